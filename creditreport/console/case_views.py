"""Cases on the staff's desk: found, read in full, moved on, decided after a look at what the decision would do."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from creditreport.accounts.colleagues import note_look
from creditreport.accounts.models import Role
from creditreport.accounts.signin import person, staff_required
from creditreport.console.deciding import AMENDABLE, outcomes_of, typed_decision
from creditreport.console.history import Version, reported_versions, source_versions
from creditreport.console.people import names_of
from creditreport.console.replies import read_replies
from creditreport.console.work import case_was_read, find_cases
from creditreport.errors import Problem
from creditreport.objections.deciding import Consequence, decide_case, preview_decision
from creditreport.objections.evidence import MOST_BYTES, MOST_FILES, add_staff_evidence, staff_evidence
from creditreport.objections.flow import State
from creditreport.objections.forms import BODY_LIMIT, sent_files
from creditreport.objections.handling import (
    UnitChoice,
    accept_case,
    accept_cases,
    answer_case,
    reassign_case,
    refer_case,
    return_case,
    send_back_case,
)
from creditreport.objections.models import Finding
from creditreport.objections.reading import CaseFile, letter_pdf, staff_case
from creditreport.web.context import moment, service
from creditreport.web.language import language
from creditreport.web.security import body_limit

blueprint = Blueprint("cases", __name__)
OFFICERS = (Role.CREDIT_OFFICER, Role.DEPARTMENT_OFFICER)
# What the page of a case shows beside its forms; anything else is a page of its own.
ON_THE_FORM = (
    "OBJECTION_MOVED", "OBJECTION_MOVE_REFUSED", "INVALID_OBJECTION", "INVALID_DECISION", "EVIDENCE_REFUSED",
    "UNKNOWN_RECORD", "UNKNOWN_DOMAIN", "SOURCE_UNAVAILABLE", "SOURCE_STALE", "SOURCE_INCOMPLETE",
    "SIGNING_UNAVAILABLE",
)  # fmt: skip


@blueprint.get("/staff/cases")
@staff_required(*OFFICERS, Role.AUDITOR)
def overview() -> str:
    """Cases that the person may see, by number, code, name, document number, state or field."""
    asked = {key: request.args.get(key, "").strip() for key in ("q", "state", "domain")}
    found = find_cases(service(), person(), moment(), asked["q"], asked["state"], asked["domain"])
    return render_template(
        "console/cases.html", cases=found, asked=asked, states=[one for one in State if one is not State.DRAFT],
        domains=[located.manifest for located in service().catalog.domains],
    )  # fmt: skip


@blueprint.post("/staff/cases/accept")
@staff_required(Role.CREDIT_OFFICER)
def accept_several() -> str | Response:
    """Accept every case that was ticked; one that moved meanwhile keeps no other back."""
    pairs = [text.partition(":") for text in request.form.getlist("chosen")]
    chosen = [(_number(case_id), _number(version)) for case_id, _colon, version in pairs]
    if not chosen:
        return redirect(url_for("staff.home"), 303)
    answers = accept_cases(service(), chosen, person(), moment())
    return render_template("console/accepted.html", answers=answers)


@blueprint.get("/staff/cases/<int:case_id>")
@staff_required(*OFFICERS, Role.AUDITOR)
def show(case_id: int) -> str:
    """One case in full; that somebody looked is noted."""
    found = staff_case(service(), person(), case_id, moment())
    _note(case_id)
    return _page(found)


@blueprint.get("/staff/cases/<int:case_id>/letters/<int:n>")
@staff_required(*OFFICERS, Role.AUDITOR)
def letter(case_id: int, n: int) -> Response:
    """A co-handling letter as it was signed."""
    pdf = letter_pdf(service(), person(), case_id, n)
    _note(case_id)
    return send_file(BytesIO(pdf), "application/pdf", as_attachment=True, download_name=f"协查函_{case_id}_{n}.pdf")


@blueprint.get("/staff/cases/<int:case_id>/evidence/<int:evidence_id>")
@staff_required(*OFFICERS, Role.AUDITOR)
def evidence(case_id: int, evidence_id: int) -> Response:
    """A file of a case, as an attachment only."""
    with service().sessions.begin() as session:
        found = staff_evidence(session, person(), evidence_id)
        note_look(session, person(), f"objection:{case_id}", moment())
    return send_file(BytesIO(found.content), found.mimetype, as_attachment=True, download_name=found.name)


@blueprint.post("/staff/cases/<int:case_id>/evidence")
@body_limit(BODY_LIMIT)
@staff_required(*OFFICERS)
def add_files(case_id: int) -> Response | tuple[str, int]:
    """Add documents of the unit or of the decision."""

    def deed() -> None:
        for one in sent_files():
            add_staff_evidence(service(), person(), case_id, one.name, one.read(), now=moment())

    return _done(case_id, deed)


@blueprint.post("/staff/cases/<int:case_id>/accept")
@staff_required(Role.CREDIT_OFFICER)
def accept(case_id: int) -> Response | tuple[str, int]:
    """Accept a filed case."""
    return _done(case_id, lambda: accept_case(service(), case_id, _version(), person(), moment()))


@blueprint.post("/staff/cases/<int:case_id>/return")
@staff_required(Role.CREDIT_OFFICER)
def give_back(case_id: int) -> Response | tuple[str, int]:
    """Return a filed case to the business for completion, once."""
    text = request.form.get("missing", "")
    return _done(case_id, lambda: return_case(service(), case_id, _version(), text, person(), moment()))


@blueprint.post("/staff/cases/<int:case_id>/refer")
@staff_required(Role.CREDIT_OFFICER)
def refer(case_id: int) -> Response | tuple[str, int]:
    """Send a co-handling letter to the unit."""
    return _done(case_id, lambda: refer_case(service(), case_id, _version(), person(), moment(), _unit()))


@blueprint.post("/staff/cases/<int:case_id>/reassign")
@staff_required(Role.CREDIT_OFFICER)
def reassign(case_id: int) -> Response | tuple[str, int]:
    """To another unit, or to the same with a further question."""

    def deed() -> None:
        found = staff_case(service(), person(), case_id, moment()).line.case
        same = UnitChoice(name=found.unit)
        why = request.form.get("why", "")
        reassign_case(service(), case_id, _version(), _unit() or same, why, person(), moment())

    return _done(case_id, deed)


@blueprint.post("/staff/cases/<int:case_id>/send-back")
@staff_required(Role.DEPARTMENT_OFFICER)
def send_back(case_id: int) -> Response | tuple[str, int]:
    """The unit says that the record is not its own."""
    why = request.form.get("why", "")
    # Afterwards the case is no longer with the unit: its officer goes back to the desk.
    return _done(
        case_id,
        lambda: send_back_case(service(), case_id, _version(), why, person(), moment()),
        url_for("staff.home"),
    )


@blueprint.post("/staff/cases/<int:case_id>/answer")
@staff_required(*OFFICERS)
def answer(case_id: int) -> Response | tuple[str, int]:
    """The unit's finding of fact."""
    finding, text = request.form.get("finding", ""), request.form.get("text", "")
    return _done(case_id, lambda: answer_case(service(), case_id, _version(), finding, text, person(), moment()))


@blueprint.post("/staff/cases/<int:case_id>/preview")
@staff_required(Role.CREDIT_OFFICER)
def preview(case_id: int) -> str | tuple[str, int]:
    """What the decision on the form would change; nothing is changed yet."""
    found = staff_case(service(), person(), case_id, moment())
    try:
        decision = typed_decision(found.line.case)
        consequence = preview_decision(service(), case_id, decision, person(), moment())
    except Problem as problem:
        return _refused(case_id, problem)
    return _page(found, consequence=consequence)


@blueprint.post("/staff/cases/<int:case_id>/decide")
@staff_required(Role.CREDIT_OFFICER)
def decide(case_id: int) -> Response | tuple[str, int]:
    """Decide as the form says."""

    def deed() -> None:
        decision = typed_decision(staff_case(service(), person(), case_id, moment()).line.case)
        decide_case(service(), case_id, _version(), decision, person(), moment())

    return _done(case_id, deed)


def _done(case_id: int, deed: Callable[[], object], address: str | None = None) -> Response | tuple[str, int]:
    try:
        deed()
    except Problem as problem:
        return _refused(case_id, problem)
    return redirect(address or url_for("cases.show", case_id=case_id), 303)


def _refused(case_id: int, problem: Problem) -> tuple[str, int]:
    if problem.code not in ON_THE_FORM:
        raise problem
    return _page(staff_case(service(), person(), case_id, moment()), problem), problem.kind.http_status


def _page(found: CaseFile, problem: Problem | None = None, consequence: Consequence | None = None) -> str:
    case, settings = found.line.case, service().settings
    reported: list[Version] = []
    rows: list[Version] = []
    with service().reading() as session:
        if case.record_id is not None:
            reported = reported_versions(session, case.register_id, case.domain, case.record_id)
            rows = source_versions(session, case.register_id, case.domain, case.record_id)
        names = names_of(session, (case.finding_by, case.decided_by, *(one.added_by for one in found.evidence)))
    replies = read_replies(settings.templates_dir)
    chosen = replies.find(request.args.get("reply", ""))
    return render_template(
        "console/case.html", found=found, case=case, problem=problem, consequence=consequence, reported=reported,
        rows=rows, names=names, replies=replies, chosen=chosen,
        draft=chosen.filled(language(), _details(found)) if chosen else "", typed=request.form,
        findings=list(Finding), outcomes=outcomes_of(case), amendable=AMENDABLE, moves=found.moves,
        domains=[located.manifest for located in service().catalog.domains], most=MOST_FILES,
        megabytes=MOST_BYTES // 1_000_000,
    )  # fmt: skip


def _details(found: CaseFile) -> dict[str, str]:
    """What a wording is filled with."""
    line, record = found.line, found.line.case.record or {}
    title = line.field_title_en if language() == "en" else line.field_title
    return {
        "number": line.case.number or "",
        "record": record.get("document_number") or title,
        "unit": line.case.unit or "",
        "business": line.business,
    }


def _note(case_id: int) -> None:
    with service().sessions.begin() as session:
        note_look(session, person(), f"objection:{case_id}", moment())
        case_was_read(session, person().account_id, case_id, moment())


def _unit() -> UnitChoice | None:
    """The unit on the form; ``None``: nothing was chosen."""
    domain, name = request.form.get("unit_domain", ""), request.form.get("unit_name", "").strip()
    if name:
        return UnitChoice(name=name)
    return UnitChoice(domain=domain) if domain else None


def _version() -> int:
    return _number(request.form.get("version", ""))


def _number(text: Any) -> int:
    # Nothing else than digits is a number; -1 is no case and no version.
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else -1
