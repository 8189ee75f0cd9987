"""Sign in and out. Local accounts are for demonstration; the page says so and production refuses them."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from creditreport.accounts.demo import DEMO_PASSWORD, demo_accounts, story
from creditreport.accounts.forms import SignInForm
from creditreport.accounts.signin import authenticate, local_sign_in_allowed
from creditreport.config import Environment
from creditreport.errors import Problem
from creditreport.web.context import reading, service

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """The sign-in form; after it, the page that was asked for."""
    settings = service().settings
    if not local_sign_in_allowed(settings):
        raise Problem("LOCAL_SIGN_IN_OFF", portal=settings.issuer_portal)
    if current_user.is_authenticated and request.method == "GET":
        return redirect(_safe(request.args.get("next")))
    form = SignInForm()
    if not form.is_submitted():
        form.next.data = request.args.get("next", "")
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        person = authenticate(str(form.username.data), str(form.password.data))
    except Problem as problem:
        return _page(form, problem), problem.kind.http_status
    # A fresh session for a fresh identity: nothing planted before sign-in survives it.
    session.clear()
    session.permanent = True
    login_user(person)
    return redirect(_safe(form.next.data), 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Forget who was signed in."""
    logout_user()
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


def _safe(target: str | None) -> str:
    """``target`` if it is a path on this site, else the first page: no sign-in sends anybody elsewhere."""
    if target and target.isprintable() and target.startswith("/") and not target.startswith("//"):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc and "\\" not in target:
            return target
    return url_for("reports.home")
