"""The business's handlers, and accepting an invitation to be one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from creditreport.accounts.handlers import accept, handlers_of, invite, read_invitation, represented, revoke
from creditreport.accounts.signin import business_required, person, signed_in_required
from creditreport.errors import Problem
from creditreport.reports.content import Purpose
from creditreport.reports.request import read_day
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("handlers", __name__)


@blueprint.get("/handlers")
@business_required
def overview() -> str:
    """Who may act for the business beside its legal representative."""
    return _page()


@blueprint.post("/handlers")
@business_required
def offer() -> str | tuple[str, int]:
    """Invite a handler; the link is shown once."""
    form = request.form
    try:
        until = read_day(form.get("until") or "?")
        assert until is not None  # noqa: S101 - only no text is no day
        token = invite(service().sessions, person(), form.get("label", ""), form.getlist("purposes"), until, moment())
    except Problem as problem:
        if problem.code not in ("INVALID_AUTHORISATION", "INVALID_DATE"):
            raise
        return _page(problem=problem), problem.kind.http_status
    return _page(link=service().settings.public_url + url_for("handlers.invitation", token=token))


@blueprint.post("/handlers/<int:authorisation_id>/revoke")
@signed_in_required
def end(authorisation_id: int) -> Response:
    """End a handler's authorisation at once."""
    revoke(service().sessions, person(), authorisation_id, moment())
    home = "handlers.overview" if person().acting is not None else "accounts.choose"
    return redirect(url_for(home), 303)


@blueprint.get("/invitations/<token>")
@signed_in_required
def invitation(token: str) -> str:
    """What is offered, before accepting it."""
    with reading() as store:
        offered = read_invitation(store, token, moment())
    return render_template("accounts/invitation.html", offered=offered, token=token)


@blueprint.post("/invitations/<token>")
@signed_in_required
def take(token: str) -> Response:
    """Become a handler; the business is then among those to choose from."""
    accept(service().sessions, person(), token, moment())
    return redirect(url_for("accounts.choose"), 303)


def _page(problem: Problem | None = None, link: str | None = None) -> str:
    register_id = represented(person())
    with reading() as store:
        found = handlers_of(store, register_id, moment())
    return render_template(
        "accounts/handlers.html", handlers=found, problem=problem, link=link, purposes=list(Purpose), form=request.form
    )
