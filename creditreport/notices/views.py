"""The page of notices, and the address to which they are mailed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from creditreport.accounts.apiaccess import without_form_token
from creditreport.accounts.models import Account, Kind
from creditreport.accounts.signin import person, signed_in_required
from creditreport.errors import Problem
from creditreport.notices.choice import address_to_confirm, ask_address, confirm_address, stop_by_link, stop_mails
from creditreport.notices.mail import read_opt_out
from creditreport.notices.models import NoticeChoice, NoticeKind
from creditreport.notices.reading import Told, mark_read, notices_of, unread
from creditreport.reports.ending.telling import Ending, endings_of, replacements_of
from creditreport.web.context import moment, reading, service
from creditreport.web.language import language

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@signed_in_required
def overview() -> str:
    """The person's notices; those shown for the first time are marked, and count as read from now on."""
    return _page()


@blueprint.post("/notices/email")
@signed_in_required
def set_address() -> Response | tuple[str, int]:
    """Ask for mails to an address: a link is sent there first."""
    _refuse_staff()
    try:
        ask_address(service(), person().account_id, request.form.get("email", ""), language(), moment())
    except Problem as problem:
        if problem.code not in ("INVALID_EMAIL", "CONFIRMATION_TOO_SOON", "MAIL_UNAVAILABLE"):
            raise
        return _page(problem), problem.kind.http_status
    return redirect(url_for("notices.overview", _anchor="mail"), 303)


@blueprint.post("/notices/email/stop")
@signed_in_required
def end_mails() -> Response:
    """No more mails; the address is forgotten."""
    _refuse_staff()
    stop_mails(service(), person().account_id, moment())
    return redirect(url_for("notices.overview", _anchor="mail"), 303)


@blueprint.get("/notices/confirm/<token>")
def confirmation(token: str) -> str:
    """What the link of a mail confirms; programs that open links in mails confirm nothing by that."""
    with reading() as session:
        address = address_to_confirm(session, token, moment())
    return render_template("notices/link.html", confirms=address, token=token)


@blueprint.post("/notices/confirm/<token>")
def confirm(token: str) -> str:
    """The address is the person's own: notices are mailed there."""
    confirm_address(service(), token, moment())
    return render_template("notices/link.html", confirmed=True)


@blueprint.get("/notices/opt-out/<token>")
def opting_out(token: str) -> str:
    """One button, no sign-in; programs that open links in mails end nothing by that."""
    read_opt_out(service().settings, token)
    return render_template("notices/link.html", stops=True, token=token)


@blueprint.post("/notices/opt-out/<token>")
@without_form_token
def opt_out(token: str) -> str:
    """No more mails: the button, or one click in a mail program (RFC 8058), which knows no form token."""
    stop_by_link(service(), token, moment())
    return render_template("notices/link.html", stopped=True)


@blueprint.app_context_processor
def marks() -> dict[str, object]:
    """For the head of every page: how many notices were not seen yet."""
    return {"unread_notices": _unread}


def _unread() -> int:
    if not current_user.is_authenticated or current_user.kind is Kind.STAFF:
        return 0
    try:
        with reading() as session:
            return unread(session, current_user.account_id, current_user.businesses)
    except SQLAlchemyError:
        # The page that says that the store is away has a head, too.
        return 0


def _refuse_staff() -> None:
    if person().kind is Kind.STAFF:
        raise Problem("NOT_ALLOWED")


def _endings(session: Session, found: Sequence[Told]) -> dict[int, Ending]:
    """How the reports ended that notices tell of, by notice."""
    about = {one.id: one.report for one in found if one.report is not None}
    ended = {one.id for one in found if one.kind == NoticeKind.REPORT_REVOKED}
    replaced = {one.id for one in found if one.kind == NoticeKind.REPORT_REPLACED}
    revocations = endings_of(session, [about[one] for one in ended])
    replacements = replacements_of(session, [about[one] for one in replaced])
    told = {one: revocations.get(about[one]) for one in ended} | {one: replacements.get(about[one]) for one in replaced}
    return {one: ending for one, ending in told.items() if ending is not None}


def _page(problem: Problem | None = None) -> str:
    _refuse_staff()
    me = person()
    with reading() as session:
        found = notices_of(session, me.account_id, me.businesses)
        endings = _endings(session, found)
        address = session.get_one(Account, me.account_id).email
        choice = session.get(NoticeChoice, me.account_id)
    mark_read(service(), me.account_id, found, moment())
    return render_template(
        "notices/list.html",
        notices=found,
        endings=endings,
        address=address,
        pending=choice.pending_email if choice is not None else None,
        mails=service().settings.mail is not None,
        problem=problem,
        typed=request.form.get("email", ""),
    )
