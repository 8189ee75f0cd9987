"""Guarding the addresses at which a code can be asked for: who misses too often waits (verification/misses.py).

And what an answer leaves behind: misses counted, a note for the business (verification/looks.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from flask import request
from flask_login import current_user

from creditreport.accounts.apiaccess import check_scopes, present_program, who_asks
from creditreport.accounts.models import Scope
from creditreport.accounts.sessions import client_kind
from creditreport.verification.looks import note_look
from creditreport.verification.status import VerdictStatus
from creditreport.verification.told import verdict_told
from creditreport.web.context import moment, service

if TYPE_CHECKING:
    from creditreport.verification.models import Channel
    from creditreport.verification.verdict import Verdict

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


def answered(verdict: Verdict, channel: Channel) -> None:
    """What a known answer leaves behind: it is counted with its misses, the business sees that somebody looked.

    A business that looks at its own report is not told so.
    """
    verdict_told(verdict.status.value, channel)
    for _ in range(_misses(verdict)):
        missed()
    # Asked of the store only where somebody may be signed in.
    acting = current_user.acting if request.cookies and current_user.is_authenticated else None
    of = verdict.report or (verdict.copy_of.report if verdict.copy_of else None)
    if of is not None and (acting is None or acting.register_id != of.register_id):
        program = present_program()
        client = program.name if program is not None else client_kind(request.headers.get("User-Agent", ""))
        note_look(service(), verdict, channel, client, moment())


def _misses(verdict: Verdict) -> int:
    """How much an answer counts: each code that leads nowhere; and a file that leads nowhere once at least.

    A program that shows its secret may send a bid opening's whole post, in which files of others are no guesses.
    """
    nowhere = verdict.status is VerdictStatus.NOT_ISSUED_HERE and verdict.copy_of is None
    return max(verdict.misses, int(nowhere and present_program() is None))
