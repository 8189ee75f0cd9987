"""Who is signed in, and what a page may ask of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import Flask, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from creditreport.accounts import sessions
from creditreport.accounts.acting import businesses_of
from creditreport.accounts.actor import Acting
from creditreport.accounts.models import LOCAL, Account, Kind, Role, RoleGrant, SignInSession
from creditreport.accounts.passwords import hash_password, matches, outdated
from creditreport.accounts.person import Person
from creditreport.config import Environment, Settings
from creditreport.errors import Problem
from creditreport.web.context import moment, reading, service
from creditreport.web.problems import problem_response, wants_json

P = ParamSpec("P")


def local_sign_in_allowed(settings: Settings) -> bool:
    """Local accounts of businesses are for demonstration and tests only."""
    return settings.env is not Environment.PRODUCTION


def authenticate(username: str, password: str, kind: Kind) -> Account:
    """The local account of ``username`` if ``password`` is right; else ``SIGN_IN_FAILED``, the same for every cause.

    Raises ``TOO_MANY_ATTEMPTS`` before anything is looked at when the account or the address failed too often.
    """
    limits, address = service().sign_in_limits, request.remote_addr or "?"
    limits.check(username.strip(), address)
    query = select(Account).where(Account.issuer == LOCAL, Account.subject == username.strip())
    with reading() as store:
        account = store.scalar(query)
    # Outside the transaction: hashing is slow on purpose.
    right = matches(account.password_hash if account else None, password)
    if not right or account is None or account.kind != kind or account.disabled_at is not None:
        limits.failed(username.strip(), address)
        raise Problem("SIGN_IN_FAILED")
    if account.password_hash is not None and outdated(account.password_hash):
        with service().sessions.begin() as store:
            store.merge(account).password_hash = hash_password(password)
    if kind is Kind.BUSINESS:  # staff have a second step, and fail or succeed there
        limits.forget(username.strip())
    return account


def open_session(account_id: int, *, acting_for: str | None = None, id_token: str | None = None) -> None:
    """Begin a session for the account and give it to this browser; a fresh cookie for a fresh identity.

    ``acting_for`` is the register id of the business that the person came with, if they may act for it.
    """
    client = sessions.client_kind(request.headers.get("User-Agent", ""))
    with service().sessions.begin() as store:
        account = store.get_one(Account, account_id)
        may = businesses_of(store, account_id, moment())
        ids = [one.register_id for one in may]
        chosen = acting_for if acting_for in ids else ids[0] if len(ids) == 1 else None
        token = sessions.begin(store, account, client, moment(), acting_for=chosen, id_token=id_token)
        person = _person(store, store.get_one(SignInSession, sessions.digest_of(token)), account, token, moment())
    # Nothing planted before sign-in survives it.
    session.clear()
    session.permanent = True
    login_user(person)


def close_session() -> str | None:
    """End this browser's session; returns what the identity service needs to end its own, if it was one."""
    kept = None
    if current_user.is_authenticated:
        with service().sessions.begin() as store:
            kept = sessions.end(store, current_user.token, moment())
    logout_user()
    session.clear()
    return kept


def person() -> Person:
    """The signed-in person; only for views under one of the guards below."""
    return cast(Person, current_user._get_current_object())


def business() -> Acting:
    """The business that the person acts for; only for views under :func:`business_required`."""
    return cast(Acting, person().acting)


def signed_in_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Guard a view: signed out goes to sign-in and comes back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        return view(*args, **kwargs) if current_user.is_authenticated else _ask_to_sign_in("accounts.sign_in")

    return guarded


def business_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Guard a view: signed out goes to sign-in, staff and people without a business are refused.

    Who may act for several businesses and has not chosen yet goes to the choice and comes back.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if not current_user.is_authenticated:
            return _ask_to_sign_in("accounts.sign_in")
        if not current_user.businesses:
            raise Problem("NOT_ALLOWED" if current_user.kind is Kind.STAFF else "NO_BUSINESS")
        if current_user.acting is None:
            return redirect(url_for("accounts.choose", next=request.path if request.method == "GET" else None))
        return view(*args, **kwargs)

    return guarded


def staff_required(*roles: Role) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Guard a view for staff with one of ``roles``; signed out goes to the staff's sign-in."""

    def guard(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if not current_user.is_authenticated:
                return _ask_to_sign_in("staff_entry.sign_in")
            if current_user.kind is not Kind.STAFF or not current_user.roles & set(roles):
                raise Problem("NOT_ALLOWED")
            return view(*args, **kwargs)

        return guarded

    return guard


def _ask_to_sign_in(endpoint: str) -> Response:
    if wants_json() or request.method not in ("GET", "HEAD"):
        return problem_response(Problem("SIGN_IN_REQUIRED"))
    return redirect(url_for(endpoint, next=request.path))


def _person(store: Session, row: SignInSession, account: Account, token: str, now: datetime) -> Person:
    kind = Kind(account.kind)
    grants = store.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)) if kind is Kind.STAFF else ()
    roles = [(Role(grant.role), grant.domain) for grant in grants]
    may = businesses_of(store, account.id, now) if kind is Kind.BUSINESS else ()
    return Person(
        token=token,
        account_id=account.id,
        kind=kind,
        display_name=account.display_name,
        local=account.issuer == LOCAL,
        roles=frozenset(role for role, _domain in roles),
        domains=frozenset(domain for _role, domain in roles if domain),
        businesses=may,
        acting=next((one for one in may if one.register_id == row.acting_for), None),
    )


def _load(token: str) -> Person | None:
    """The person whose cookie this is; None once the session ended, whoever still holds the cookie."""
    now, digest = moment(), sessions.digest_of(token)
    with reading() as store:
        row = store.get(SignInSession, digest)
        if row is None or not sessions.still_open(row, now):
            return None
        account = store.get_one(Account, row.account_id)
        barred = account.issuer == LOCAL and account.kind == Kind.BUSINESS
        if account.disabled_at is not None or (barred and not local_sign_in_allowed(service().settings)):
            return None
        found = _person(store, row, account, token, now)
    if now - row.last_seen_at >= sessions.NOTED_EVERY:
        with service().sessions.begin() as store:
            sessions.note_use(store, digest, now)
    return found


def init_sign_in(app: Flask) -> None:
    """Wire Flask-Login into the application."""
    manager = LoginManager(app)
    # "strong" would sign phones out whenever their address changes; the cookie itself is signed and HttpOnly.
    manager.session_protection = "basic"
    manager.user_loader(_load)
