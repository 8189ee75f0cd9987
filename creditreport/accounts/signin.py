"""Who is signed in, and what a page may ask of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import Flask, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from creditreport.accounts.models import Account, Role
from creditreport.accounts.passwords import hash_password, matches, outdated
from creditreport.config import Environment, Settings
from creditreport.errors import Problem
from creditreport.web.context import reading, service
from creditreport.web.problems import problem_response, wants_json

P = ParamSpec("P")


class SignedIn(UserMixin):  # type: ignore[misc]
    """The person behind a request, as pages see them: no hash, no database."""

    def __init__(self, account: Account) -> None:
        self.id = account.id
        self.username = account.username
        self.role = Role(account.role)
        self.uscc = account.uscc
        self.display_name = account.display_name


def local_sign_in_allowed(settings: Settings) -> bool:
    """Local accounts are for demonstration and tests only."""
    return settings.env is not Environment.PRODUCTION


def authenticate(username: str, password: str) -> SignedIn:
    """The account of ``username`` if ``password`` is its own; else ``SIGN_IN_FAILED``, the same for every cause."""
    with reading() as session:
        account = session.scalar(select(Account).where(Account.username == username.strip()))
    # Outside the transaction: hashing is slow on purpose.
    if not matches(account.password_hash if account else None, password) or account is None:
        raise Problem("SIGN_IN_FAILED")
    if outdated(account.password_hash):
        with service().sessions.begin() as session:
            session.merge(account).password_hash = hash_password(password)
    return SignedIn(account)


def business() -> SignedIn:
    """The signed-in business account; only for views under :func:`business_required`."""
    return cast(SignedIn, current_user._get_current_object())


def business_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Guard a view: signed out goes to sign-in and comes back, another role is refused."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        if current_user.role is not Role.BUSINESS or not current_user.uscc:
            raise Problem("NOT_ALLOWED")
        return view(*args, **kwargs)

    return guarded


def _ask_to_sign_in() -> Response:
    if wants_json() or request.method not in ("GET", "HEAD"):
        return problem_response(Problem("SIGN_IN_REQUIRED"))
    return redirect(url_for("accounts.sign_in", next=request.path))


def init_sign_in(app: Flask) -> None:
    """Wire Flask-Login into the application."""
    manager = LoginManager(app)
    # "strong" would sign phones out whenever their address changes; the cookie itself is signed and HttpOnly.
    manager.session_protection = "basic"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(identity: str) -> SignedIn | None:
        if not local_sign_in_allowed(service().settings) or not identity.isdecimal():
            return None
        with reading() as session:
            account = session.get(Account, int(identity))
            return SignedIn(account) if account else None
