"""The data desk: sources at a glance, one source, the rows that a person must settle, codes held twice, numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from creditreport.accounts.colleagues import note_look
from creditreport.accounts.models import Role
from creditreport.accounts.signin import person, staff_required
from creditreport.audit.trail import add_entry
from creditreport.catalog.probe import probe_all
from creditreport.console.accounting import holes_of, reasons_of, unissued_of
from creditreport.console.people import check_may_settle, check_sees, domains_seen, may_settle, names_of
from creditreport.console.sources import source_states
from creditreport.entities.conflicts import list_conflicts
from creditreport.entities.unclear import list_unclear
from creditreport.errors import Problem
from creditreport.mirror.models import MirrorRun
from creditreport.quarantine.listing import find_row, list_rows, row_json
from creditreport.quarantine.settle import Done, correct, dismiss, map_to
from creditreport.reports.numbers import days_of_numbers
from creditreport.violations.probe import Probed
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("data", __name__)
OFFICERS = (Role.CREDIT_OFFICER, Role.DEPARTMENT_OFFICER)
DAYS, ROWS, RUNS = 60, 200, 12
# What the form of a row shows beside its fields; anything else is a page of its own.
ON_THE_FORM = (
    "STILL_UNCERTAIN", "NO_SUCH_COLUMN", "INVALID_USCC", "UNKNOWN_ENTITY", "DUPLICATE_USCC", "REASON_MISSING",
    "SAME_PERSON", "ALREADY_SETTLED", "ENTITY_UNCLEAR",
)  # fmt: skip


@blueprint.get("/staff/data")
@staff_required(*OFFICERS, Role.AUDITOR)
def overview() -> str:
    """All sources, or (``?state=``) those in one state."""
    with reading() as session:
        states = source_states(session, service(), moment(), domains_seen(person()))
    return render_template("console/data.html", states=states, chosen=request.args.get("state", ""))


@blueprint.get("/staff/data/sources/<slug>")
@staff_required(*OFFICERS, Role.AUDITOR)
def source(slug: str) -> str:
    """One source: how it stands, its last readings, its rows to be settled."""
    return _source(slug)


@blueprint.post("/staff/data/sources/<slug>/ask")
@staff_required(*OFFICERS)
def ask(slug: str) -> str:
    """Ask the source itself now, and say how it is; nothing of what it says is kept."""
    service().catalog.find(slug)
    check_may_settle(person(), slug)
    (probed,) = probe_all(service(), (slug,))
    with service().sessions.begin() as session:
        detail = {"good": probed.good, "reachable": probed.reachable}
        add_entry(
            session, at=moment(), actor=person().actor, action="source.probed", subject=f"source:{slug}", detail=detail
        )
    return _source(slug, probed)


def _source(slug: str, probed: Probed | None = None) -> str:
    manifest = service().catalog.find(slug).manifest
    check_sees(person(), slug)
    runs = select(MirrorRun).where(MirrorRun.slug == slug).order_by(MirrorRun.id.desc()).limit(RUNS)
    with reading() as session:
        (state,) = source_states(session, service(), moment(), (slug,))
        rows = list_rows(session, open_only=True, slug=slug, limit=ROWS)
        newest = list(session.scalars(runs))
    return render_template(
        "console/source.html", manifest=manifest, state=state, rows=rows, runs=newest, probed=probed,
        may_ask=may_settle(person(), slug),
    )  # fmt: skip


@blueprint.get("/staff/data/rows")
@staff_required(*OFFICERS, Role.AUDITOR)
def rows() -> str:
    """The rows that a person must settle, or (``?all=1``) also those that are settled."""
    seen, every = domains_seen(person()), bool(request.args.get("all"))
    with reading() as session:
        found = list_rows(session, open_only=not every)
        names = names_of(session, (row.proposed_by for row in found))
    shown = [row for row in found if seen is None or row.slug in seen]
    # The oldest wait longest; of the settled ones the newest are wanted.
    listed = list(reversed(shown))[:ROWS] if every else shown[:ROWS]
    return render_template("console/rows.html", rows=listed, total=len(shown), every=every, names=names)


@blueprint.get("/staff/data/rows/<int:row_id>")
@staff_required(*OFFICERS, Role.AUDITOR)
def row(row_id: int) -> str:
    """One row in full; that somebody looked is noted."""
    with service().sessions.begin() as session:
        check_sees(person(), find_row(session, row_id).slug)
        note_look(session, person(), f"quarantine:{row_id}", moment())
    return _row(row_id)


@blueprint.post("/staff/data/rows/<int:row_id>/correct")
@staff_required(*OFFICERS)
def correct_row(row_id: int) -> Response | tuple[str, int]:
    """The cells that were changed on the form replace those of the row."""
    told = _told(row_id)
    typed = {name.removeprefix("cell:"): text for name, text in request.form.items() if name.startswith("cell:")}
    cells = {column: text for column, text in typed.items() if text.strip() != (told.get(column) or "").strip()}
    return _done(row_id, lambda: correct(service(), row_id, cells, person().actor, moment()))


@blueprint.post("/staff/data/rows/<int:row_id>/map")
@staff_required(*OFFICERS)
def map_row(row_id: int) -> Response | tuple[str, int]:
    """The row is about the business with the typed code."""
    _told(row_id)
    code = request.form.get("uscc", "")
    return _done(row_id, lambda: map_to(service(), row_id, code, person().actor, moment()))


@blueprint.post("/staff/data/rows/<int:row_id>/dismiss")
@staff_required(*OFFICERS)
def dismiss_row(row_id: int) -> Response | tuple[str, int]:
    """Propose to dismiss the row, or confirm what another person proposed."""
    _told(row_id)
    reason = request.form.get("reason", "")
    return _done(row_id, lambda: dismiss(service(), row_id, reason, person().actor, moment()))


def _told(row_id: int) -> dict[str, str | None]:
    """The cells of a row that the person may settle."""
    with reading() as session:
        found = find_row(session, row_id)
    check_may_settle(person(), found.slug)
    cells: dict[str, str | None] = row_json(found)["row"]
    return cells


def _done(row_id: int, deed: Callable[[], Done]) -> Response | tuple[str, int]:
    try:
        deed()
    except Problem as problem:
        if problem.code not in ON_THE_FORM:
            raise
        return _row(row_id, problem), problem.kind.http_status
    return redirect(url_for("data.row", row_id=row_id), 303)


def _row(row_id: int, problem: Problem | None = None) -> str:
    with reading() as session:
        found = find_row(session, row_id)
        names = names_of(session, (found.proposed_by, found.settled_by))
    manifest = service().catalog.find(found.slug).manifest
    return render_template(
        "console/row.html", row=found, told=row_json(found), names=names, manifest=manifest, problem=problem,
        typed=request.form if problem else {}, may=may_settle(person(), found.slug), actor=person().actor,
    )  # fmt: skip


@blueprint.get("/staff/data/codes")
@staff_required(Role.CREDIT_OFFICER, Role.AUDITOR)
def codes() -> str:
    """Codes that several live businesses hold, and entries of the register that are no certain business."""
    every = bool(request.args.get("all"))
    with reading() as session:
        conflicts = list_conflicts(session, moment(), settled_too=every)
        unclear = list_unclear(session, settled_too=every)
    return render_template("console/codes.html", conflicts=conflicts, unclear=unclear, every=every)


@blueprint.get("/staff/data/numbers")
@staff_required(Role.CREDIT_OFFICER, Role.AUDITOR)
def numbers() -> str:
    """Each day's report numbers; ``?day=`` tells those of one day that are on no report."""
    day = _day(request.args.get("day", ""))
    with reading() as session:
        days = days_of_numbers(session, DAYS, day)
        reasons = reasons_of(session, days)
        holes = {(one.area, one.day): holes_of(session, one) for one in days if not one.accounted_for}
        unissued = [one for told in days for one in unissued_of(session, told.area, told.day)] if day else []
    return render_template("console/numbers.html", days=days, day=day, reasons=reasons, holes=holes, unissued=unissued)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem("INVALID_DATE", value=text) from None
