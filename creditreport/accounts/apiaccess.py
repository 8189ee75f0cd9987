"""Programs at the door: the secret that a request shows, and guarding an address for them.

A guarded address knows no cookie: who is signed in on a page is nobody here, so no page can make a browser ask in a
person's name, and the form token that protects pages is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import g, request
from limits import RateLimitItemPerMinute

from creditreport.accounts.apiclients import Program, authenticate_client, note_client_use
from creditreport.accounts.models import Scope
from creditreport.errors import Problem
from creditreport.web.context import moment, reading, service
from creditreport.web.limits import of_address

P = ParamSpec("P")
SCOPES = "api_scopes"
BY_ADDRESS = "secret_in_address"


def present_program() -> Program | None:
    """The program whose secret the request shows, counted against its own limit; None when it shows none.

    Raises ``API_KEY_INVALID`` (counted as a miss of the address), ``API_KEY_OVER``, ``API_CLIENT_BUSY``.
    """
    if "program" not in g:
        g.program = _program()
    return cast("Program | None", g.program)


def api_client_required(*scopes: Scope) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Guard a view for programs that have all of ``scopes`` (none named: for every program)."""

    def guard(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            program = present_program()
            if program is None:
                raise Problem("API_KEY_MISSING")
            check_scopes(program, *scopes)
            return view(*args, **kwargs)

        setattr(guarded, SCOPES, scopes)
        return guarded

    return guard


def check_scopes(program: Program, *scopes: Scope) -> None:
    """``API_SCOPE_MISSING`` naming the first of ``scopes`` that the program has not."""
    for scope in scopes:
        if scope not in program.scopes:
            raise Problem("API_SCOPE_MISSING", scope=scope)


def for_programs(view: Callable[..., Any] | None) -> bool:
    """Whether the view needs no form token: :func:`api_client_required` or :func:`without_form_token` guards it."""
    return hasattr(view, SCOPES) or hasattr(view, BY_ADDRESS)


def without_form_token(view: Callable[P, Any]) -> Callable[P, Any]:
    """Mark a view whose address itself is the secret, signed by us, and which looks at no cookie."""
    setattr(view, BY_ADDRESS, True)
    return view


def who_asks() -> str:
    """Whom a miss counts for: the program, else the address."""
    program = present_program()
    return program.actor if program is not None else _address()


def _address() -> str:
    return f"address:{of_address(request.remote_addr)}"


def _program() -> Program | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    misses, now = service().miss_limits, moment()
    with reading() as store:
        try:
            program, last_used = authenticate_client(store, key.strip(), now)
        except Problem as problem:
            if problem.code == "API_KEY_INVALID":
                misses.check(_address(), now)
                misses.missed(_address(), now)
            raise
    limit = RateLimitItemPerMinute(program.per_minute)
    if not service().counter.hit(limit, "client", program.key_id):
        wait = max(1, service().counter.wait(limit, "client", program.key_id))
        raise Problem("API_CLIENT_BUSY", shown={"retry_after": wait}, per_minute=program.per_minute, seconds=wait)
    if last_used != now.date():
        note_client_use(service().sessions, program, now.date())
    return program
