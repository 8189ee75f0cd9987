"""Staff's pages of issued reports: find one, see what became of it, revoke it by two persons, issue it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from creditreport.accounts.colleagues import note_look
from creditreport.accounts.models import Account, Kind, Role
from creditreport.accounts.signin import person, staff_required
from creditreport.errors import Problem
from creditreport.reports.archive import ReportSummary, find_by_code, reports_about
from creditreport.reports.ending.models import Ground
from creditreport.reports.ending.reading import staff_report, waiting_revocations
from creditreport.reports.ending.replacing import replace_report
from creditreport.reports.ending.revoking import confirm_revocation, propose_revocation, read_reason, refuse_revocation
from creditreport.reports.models import CreditReport
from creditreport.verification.codes import Code, read_code
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("endings", __name__)
# What is told on the report's own page; anything else is a page of its own.
ON_THE_PAGE = (
    "INVALID_REASON", "INVALID_GROUND", "REVOCATION_OPEN", "NO_OPEN_REVOCATION", "ANOTHER_PERSON_NEEDED",
    "NOT_VALID_ANY_MORE", "ALREADY_REPLACED",
)  # fmt: skip
MOST_FOUND = 50


@blueprint.get("/staff/reports")
@staff_required(Role.CREDIT_OFFICER, Role.AUDITOR)
def overview() -> Response | str | tuple[str, int]:
    """Find a report by its number, its code, or the business's unified code; and revocations that wait."""
    typed = request.args.get("q", "").strip()
    found: list[ReportSummary] = []
    problem = None
    with reading() as store:
        waiting = waiting_revocations(store)
        if typed:
            number = _number(store, typed)
            if number is not None:
                return redirect(url_for("endings.show", number=number), 303)
            try:
                found = reports_about(store, typed, moment(), MOST_FOUND)
            except Problem as refused:
                problem = refused if refused.code == "INVALID_USCC" else None
    page = render_template("staff/reports.html", typed=typed, found=found, waiting=waiting, problem=problem)
    return (page, 422) if problem else page


@blueprint.get("/staff/reports/<number>")
@staff_required(Role.CREDIT_OFFICER, Role.AUDITOR)
def show(number: str) -> str:
    """One report with its history; that somebody looked is noted."""
    return _page(number, look=True)


@blueprint.post("/staff/reports/<number>/revocation")
@staff_required(Role.CREDIT_OFFICER)
def propose(number: str) -> Response | tuple[str, int]:
    """Propose to revoke the report; another person confirms."""
    form, by = request.form, person().actor
    return _done(
        number,
        lambda: propose_revocation(
            service(), number, form.get("ground", ""), form.get("reason", ""), by=by, now=moment()
        ),
    )


@blueprint.post("/staff/reports/<number>/revocation/<any(confirm, refuse):deed>")
@staff_required(Role.CREDIT_OFFICER)
def settle(number: str, deed: str) -> Response | tuple[str, int]:
    """Confirm what another person proposed, or not; who proposed may take it back."""
    by, note = person().actor, request.form.get("note", "")
    if deed == "confirm":
        return _done(number, lambda: confirm_revocation(service(), number, by=by, now=moment()))
    return _done(number, lambda: refuse_revocation(service(), number, note, by=by, now=moment()))


@blueprint.post("/staff/reports/<number>/replacement")
@staff_required(Role.CREDIT_OFFICER)
def replace(number: str) -> Response | tuple[str, int]:
    """Issue the report again with today's facts; the new one takes its place in the same commit."""
    reason, by = request.form.get("reason", ""), person().actor
    return _done(number, lambda: replace_report(service(), number, reason=read_reason(reason), by=by, now=moment()))


def _done(number: str, deed: Callable[[], object]) -> Response | tuple[str, int]:
    try:
        deed()
    except Problem as problem:
        if problem.code not in ON_THE_PAGE:
            raise
        return _page(number, problem=problem), problem.kind.http_status
    return redirect(url_for("endings.show", number=number), 303)


def _page(number: str, problem: Problem | None = None, *, look: bool = False) -> str:
    with service().sessions.begin() as store:
        one = staff_report(store, number, moment())
        if look:
            note_look(store, person(), f"report:{number}", moment())
        actors = [entry.actor for entry in one.deeds]
        actors += [by for row in one.revocations for by in (row.proposed_by, row.settled_by) if by]
        names = _names(store, actors)
    return render_template(
        "staff/report.html", one=one, names=names, problem=problem, me=person().actor, grounds=list(Ground),
        form=request.form if problem else {},
    )  # fmt: skip


def _number(store: Session, typed: str) -> str | None:
    """The number of the one report that ``typed`` names: its number, or its code however it was typed."""
    if store.get(CreditReport, typed) is not None:
        return typed
    code = read_code(typed)
    report = find_by_code(store, code.value) if isinstance(code, Code) else None
    return report.number if report is not None else None


def _names(store: Session, actors: Iterable[str]) -> dict[str, str]:
    """The names of colleagues; who acts for a business is named by nobody here."""
    ids = {actor: int(actor.partition(":")[2]) for actor in actors if actor.startswith("account:")}
    query = select(Account.id, Account.display_name).where(Account.id.in_(ids.values()), Account.kind == Kind.STAFF)
    named = {row.id: row.display_name for row in store.execute(query)}
    return {actor: named[account_id] for actor, account_id in ids.items() if account_id in named}
