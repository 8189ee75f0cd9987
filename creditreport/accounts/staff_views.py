"""Staff: signing in with a second factor, and setting an account up by its link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from creditreport.accounts import secondfactor
from creditreport.accounts.forms import SignInForm
from creditreport.accounts.models import Account, Kind
from creditreport.accounts.signin import authenticate, open_session
from creditreport.accounts.staff import check_code, complete_setup, waiting_setup
from creditreport.accounts.targets import safe_target
from creditreport.clock import as_shanghai
from creditreport.errors import Problem
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("staff_entry", __name__)

PENDING, SECRET = "staff_pending", "staff_setup_secret"
# Between password and code: long enough to fetch the telephone.
WAITS = timedelta(minutes=5)


@blueprint.route("/staff/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """First step: account and password; or by the identity service where there is one."""
    if current_user.is_authenticated and current_user.kind is Kind.STAFF and request.method == "GET":
        return redirect(safe_target(request.args.get("next") or url_for("staff.home")))
    form = SignInForm()
    if not form.is_submitted():
        form.next.data = request.args.get("next", "")
        return render_template("staff/sign_in.html", form=form)
    if not form.validate():
        return render_template("staff/sign_in.html", form=form), 422
    try:
        account = authenticate(str(form.username.data), str(form.password.data), Kind.STAFF)
    except Problem as problem:
        return render_template("staff/sign_in.html", form=form, problem=problem), problem.kind.http_status
    session.clear()
    session[PENDING] = {"account": account.id, "at": moment().isoformat(), "next": form.next.data or ""}
    return redirect(url_for("staff_entry.second_step"), 303)


@blueprint.route("/staff/sign-in/code", methods=["GET", "POST"])
def second_step() -> Response | str | tuple[str, int]:
    """Second step: the one-time code."""
    pending = _pending()
    if pending is None:
        return redirect(url_for("staff_entry.sign_in"), 303)
    if request.method == "GET":
        return render_template("staff/code.html")
    account_id, address = int(pending["account"]), request.remote_addr or "?"
    with reading() as store:
        username = store.get_one(Account, account_id).subject
    limits = service().sign_in_limits
    try:
        limits.check(username, address)
        check_code(service().sessions, account_id, request.form.get("code", ""), _key(), moment())
    except Problem as problem:
        if problem.code == "WRONG_CODE":
            limits.failed(username, address)
        return render_template("staff/code.html", problem=problem), problem.kind.http_status
    limits.forget(username)
    open_session(account_id)
    return redirect(safe_target(pending["next"] or url_for("staff.home")), 303)


@blueprint.route("/staff/set-up/<token>", methods=["GET", "POST"])
def set_up(token: str) -> Response | str | tuple[str, int]:
    """Choose a password and bind an authenticator; the link counts once."""
    with reading() as store:
        account = waiting_setup(store, token, moment())
    if request.method == "GET" or SECRET not in session:
        session[SECRET] = secondfactor.new_secret()
        return _setup_page(account)
    try:
        password, code = request.form.get("password", ""), request.form.get("code", "")
        account_id = complete_setup(service().sessions, token, password, session[SECRET], code, _key(), moment())
    except Problem as problem:
        return _setup_page(account, problem), problem.kind.http_status
    open_session(account_id)
    return redirect(url_for("staff.home"), 303)


def _setup_page(account: Account, problem: Problem | None = None) -> str:
    secret = session[SECRET]
    address = secondfactor.address_of(secret, account.subject, service().settings.issuing_authority)
    return render_template("staff/set_up.html", account=account, secret=secret, address=address, problem=problem)


def _pending() -> dict[str, Any] | None:
    pending = session.get(PENDING)
    if not isinstance(pending, dict) or moment() > as_shanghai(datetime.fromisoformat(pending["at"])) + WAITS:
        return None
    return pending


def _key() -> str:
    return service().settings.secret_key
