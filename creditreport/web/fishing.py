"""Guarding the addresses at which a code can be asked for: who misses too often waits (verification/misses.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from creditreport.accounts.apiaccess import check_scopes, present_program, who_asks
from creditreport.accounts.models import Scope
from creditreport.web.context import moment, service

P = ParamSpec("P")


def against_fishing(view: Callable[P, Any]) -> Callable[P, Any]:
    """Guard a view by :func:`may_ask`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        may_ask()
        return view(*args, **kwargs)

    return guarded


def may_ask() -> None:
    """Pass for everybody who has not missed too often; a program that shows its secret needs ``verify``.

    To be called before anything is looked up. Raises ``TOO_MANY_MISSES``.
    """
    program = present_program()
    if program is not None:
        check_scopes(program, Scope.VERIFY)
    may_miss()


def may_miss() -> None:
    """Raise ``TOO_MANY_MISSES`` for who has missed too often; what a program may ask for is looked at elsewhere."""
    service().miss_limits.check(who_asks(), moment())


def missed() -> None:
    """Count a miss of whoever asks."""
    service().miss_limits.missed(who_asks(), moment())
