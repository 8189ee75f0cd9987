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
    """Guard a view: open to everybody who has not missed too often; a program that shows its secret needs ``verify``.

    Raises ``TOO_MANY_MISSES`` before anything is looked up.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        program = present_program()
        if program is not None:
            check_scopes(program, Scope.VERIFY)
        service().miss_limits.check(who_asks(), moment())
        return view(*args, **kwargs)

    return guarded


def missed() -> None:
    """Count a miss of whoever asks."""
    service().miss_limits.missed(who_asks(), moment())
