"""Sign in and out, the business to act for, the sessions that are open."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from creditreport.accounts import sessions
from creditreport.accounts.choosing import choose_business
from creditreport.accounts.demo import DEMO_PASSWORD, demo_accounts, story
from creditreport.accounts.forms import SignInForm
from creditreport.accounts.identity import sign_out_there
from creditreport.accounts.models import Kind
from creditreport.accounts.signin import (
    authenticate,
    close_session,
    local_sign_in_allowed,
    open_session,
    person,
    signed_in_required,
)
from creditreport.accounts.targets import safe_target
from creditreport.config import Environment
from creditreport.errors import Problem
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """The sign-in form of local accounts, which are for demonstration; after it, the page that was asked for."""
    settings = service().settings
    if not local_sign_in_allowed(settings):
        if settings.identity.business is None or request.method == "POST":
            raise Problem("LOCAL_SIGN_IN_OFF", portal=settings.issuer_portal)
        return redirect(url_for("identity.start", kind="business", next=request.args.get("next")))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_target(request.args.get("next")))
    form = SignInForm()
    if not form.is_submitted():
        form.next.data = request.args.get("next", "")
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        account = authenticate(str(form.username.data), str(form.password.data), Kind.BUSINESS)
    except Problem as problem:
        return _page(form, problem), problem.kind.http_status
    open_session(account.id)
    return redirect(safe_target(form.next.data), 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this session, and the identity service's own; a copied cookie is worth nothing afterwards."""
    kind = person().kind if current_user.is_authenticated else Kind.BUSINESS
    return sign_out_there(kind, close_session()) or redirect(url_for("reports.home"), 303)


@blueprint.get("/businesses")
@signed_in_required
def choose() -> str:
    """The businesses that the person may act for, to choose one."""
    return render_template("accounts/choose.html", next=request.args.get("next", ""))


@blueprint.post("/businesses")
@signed_in_required
def switch() -> Response:
    """Act for another of one's businesses from now on."""
    choose_business(service().sessions, person(), request.form.get("register_id", ""), moment())
    return redirect(safe_target(request.form.get("next")), 303)


@blueprint.get("/account/sessions")
@signed_in_required
def open_list() -> str:
    """Where the person is signed in."""
    with reading() as store:
        found = sessions.open_sessions(store, person().account_id, moment(), person().token)
    return render_template("accounts/sessions.html", sessions=found)


@blueprint.post("/account/sessions/<handle>/end")
@signed_in_required
def end_session(handle: str) -> Response:
    """End one of one's own sessions."""
    with service().sessions.begin() as store:
        if not sessions.end_one(store, person().account_id, handle, moment()):
            raise Problem("PAGE_NOT_FOUND")
    return redirect(url_for("accounts.open_list"), 303)


@blueprint.post("/account/sessions/end")
@signed_in_required
def end_everywhere() -> Response:
    """Sign out everywhere, here too."""
    with service().sessions.begin() as store:
        sessions.end_all(store, person().account_id, moment(), person().actor, "everywhere")
    session.clear()
    return redirect(url_for("reports.home"), 303)


def _page(form: SignInForm, problem: Problem | None = None) -> str:
    demo = []
    chosen = request.args.get("demo", "")
    if service().settings.env is Environment.DEMO:
        with reading() as store:
            demo = demo_accounts(store)
        if any(account.username == chosen for account in demo) and not form.is_submitted():
            form.username.data = chosen
    filled = DEMO_PASSWORD if form.username.data and form.username.data == chosen else ""
    return render_template(
        "accounts/sign_in.html", form=form, problem=problem, accounts=demo, filled=filled, story=story
    )
