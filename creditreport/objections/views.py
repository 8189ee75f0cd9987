"""A business's objections and requests for repair: written, filed, completed, withdrawn, and how they stand.

Every use case here is bound to the business that the person acts for; another business's case reads as "not there".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from creditreport.accounts.signin import business, business_required, person
from creditreport.errors import Problem
from creditreport.objections.evidence import MOST_BYTES, MOST_FILES, add_evidence, own_evidence, remove_evidence
from creditreport.objections.filing import complete_case, discard_draft, file_case, save_draft, withdraw_case
from creditreport.objections.flow import CaseKind, State
from creditreport.objections.forms import BODY_LIMIT, OBJECTIONS, filing, sent_files
from creditreport.objections.reading import own_case, own_cases
from creditreport.reports.archive import content_of, find_report, own_report
from creditreport.reports.content import ListedRecord
from creditreport.web.context import moment, reading, service
from creditreport.web.security import body_limit

blueprint = Blueprint("objections", __name__)
# What a form shows beside its fields; anything else is a page of its own.
ON_THE_FORM = (
    "INVALID_OBJECTION", "EVIDENCE_REFUSED", "OBJECTION_NEEDS_NEW_EVIDENCE", "SOURCE_UNAVAILABLE", "SOURCE_STALE",
    "SOURCE_INCOMPLETE", "UNKNOWN_DOMAIN", "TOO_MANY_OBJECTIONS",
)  # fmt: skip


@blueprint.get("/objections")
@business_required
def overview() -> str:
    """The business's cases and drafts: how each stands, until when, and whose turn it is."""
    return render_template("objections/list.html", cases=own_cases(service(), business().register_id, moment()))


@blueprint.get("/objections/new")
@business_required
def begin() -> str:
    """The form, for the record or field that the address names."""
    return _form()


@blueprint.post("/objections")
@body_limit(BODY_LIMIT)
@business_required
def make() -> Response | tuple[str, int]:
    """Keep what was written as a draft with its files, and file it if that was asked for."""
    try:
        case = save_draft(service(), business().register_id, filing(), by=person().actor, now=moment())
    except Problem as problem:
        return _form(_shown(problem)), problem.kind.http_status
    return _go_on(case.id)


@blueprint.get("/objections/<int:case_id>")
@business_required
def show(case_id: int) -> str:
    """One case: the form while it is a draft, else how it stands."""
    return _case(case_id)


@blueprint.post("/objections/<int:case_id>")
@body_limit(BODY_LIMIT)
@business_required
def change(case_id: int) -> Response | tuple[str, int]:
    """Keep a draft's words and files, and file it if that was asked for."""

    def deed() -> None:
        save_draft(service(), business().register_id, filing(), by=person().actor, now=moment(), case_id=case_id)

    refused = _refused(case_id, deed)
    return refused or _go_on(case_id)


@blueprint.post("/objections/<int:case_id>/discard")
@business_required
def discard(case_id: int) -> Response:
    """Forget a draft."""
    discard_draft(service(), business().register_id, case_id, by=person().actor, now=moment())
    return redirect(url_for("objections.overview"), 303)


@blueprint.post("/objections/<int:case_id>/evidence")
@body_limit(BODY_LIMIT)
@business_required
def add_files(case_id: int) -> Response | tuple[str, int]:
    """Add files to an open case."""
    return _refused(case_id, lambda: _add(case_id)) or redirect(url_for("objections.show", case_id=case_id), 303)


@blueprint.post("/objections/<int:case_id>/evidence/<int:evidence_id>/remove")
@business_required
def remove_file(case_id: int, evidence_id: int) -> Response:
    """Take a file out of a draft."""
    remove_evidence(service(), business().register_id, evidence_id, by=person().actor, now=moment())
    return redirect(url_for("objections.show", case_id=case_id), 303)


@blueprint.get("/objections/evidence/<int:evidence_id>")
@business_required
def file(evidence_id: int) -> Response:
    """A file of an own case, as an attachment only."""
    with reading() as session:
        found = own_evidence(session, business().register_id, evidence_id)
    return send_file(BytesIO(found.content), found.mimetype, as_attachment=True, download_name=found.name)


@blueprint.post("/objections/<int:case_id>/complete")
@body_limit(BODY_LIMIT)
@business_required
def complete(case_id: int) -> Response | tuple[str, int]:
    """Say what was missing, with files, and hand the case in again."""

    def deed() -> None:
        _add(case_id)
        text = request.form.get("text", "")
        complete_case(service(), business().register_id, case_id, text, by=person().actor, now=moment())

    return _refused(case_id, deed) or redirect(url_for("objections.show", case_id=case_id), 303)


@blueprint.post("/objections/<int:case_id>/withdraw")
@business_required
def withdraw(case_id: int) -> Response | tuple[str, int]:
    """Withdraw an open case."""

    def deed() -> None:
        why = request.form.get("why", "")
        withdraw_case(service(), business().register_id, case_id, why, by=person().actor, now=moment())

    return _refused(case_id, deed) or redirect(url_for("objections.show", case_id=case_id), 303)


def _go_on(case_id: int) -> Response | tuple[str, int]:
    """The draft is kept: add its files, then file it or lead to it."""
    refused = _refused(case_id, lambda: _add(case_id))
    if refused is not None or request.form.get("go") != "file":
        return refused or redirect(url_for("objections.show", case_id=case_id), 303)
    try:
        receipt = file_case(service(), business().register_id, case_id, by=person().actor, now=moment())
    except Problem as problem:
        return _case(case_id, _shown(problem)), problem.kind.http_status
    told = "joined" if receipt.joined else "filed"
    return redirect(url_for("objections.show", case_id=receipt.case_id, told=told), 303)


def _add(case_id: int) -> None:
    for one in sent_files():
        add_evidence(
            service(), business().register_id, case_id, one.name, one.read(), by=person().actor, now=moment()
        )  # fmt: skip


def _refused(case_id: int, deed: Callable[[], None]) -> tuple[str, int] | None:
    try:
        deed()
    except Problem as problem:
        return _case(case_id, _shown(problem)), problem.kind.http_status
    return None


def _shown(problem: Problem) -> Problem:
    if problem.code not in ON_THE_FORM:
        raise problem
    return problem


def _form(problem: Problem | None = None) -> str:
    typed = filing()
    if typed.domain:
        service().catalog.domain(typed.domain)
    return render_template(
        "objections/form.html", typed=asdict(typed), record=_record(typed.domain, typed.record_id, typed.report),
        problem=problem, **_choices(typed.record_id, typed.kind),
    )  # fmt: skip


def _case(case_id: int, problem: Problem | None = None) -> str:
    found = own_case(service(), business().register_id, case_id, moment())
    case = found.line.case
    if found.line.state is not State.DRAFT:
        return render_template(
            "objections/case.html", found=found, case=case, problem=problem, typed=request.form, most=MOST_FILES,
            megabytes=MOST_BYTES // 1_000_000,
        )  # fmt: skip
    typed = {name: getattr(case, name) or "" for name in ("kind", "domain", "record_id", "report", "statement", "wish")}
    if problem is not None and "statement" in request.form:
        typed |= asdict(filing())
    record = ListedRecord.model_validate(case.record) if case.record else None
    return render_template(
        "objections/form.html", typed=typed, record=record, problem=problem, found=found, case=case,
        **_choices(typed["record_id"], typed["kind"]),
    )  # fmt: skip


def _choices(record_id: str, kind: str) -> dict[str, object]:
    """What the form offers: kinds for a record or a field, the fields, the limits of files."""
    repair = bool(record_id) and kind == CaseKind.REPAIR
    return {
        "repair": repair,
        "kinds": (CaseKind.REPAIR,) if repair else OBJECTIONS,
        "domains": [located.manifest for located in service().catalog.domains],
        "most": MOST_FILES,
        "megabytes": MOST_BYTES // 1_000_000,
    }


def _record(domain: str, record_id: str, report: str) -> ListedRecord | None:
    """The record as the business's own report prints it; of one that is on no report nothing is known here yet."""
    if not (record_id and report):
        return None
    with reading() as session:
        own_report(session, business().register_id, report, moment())
        content = content_of(find_report(session, report))
    for result in content.domains:
        for record in result.records:
            if (result.slug, record.record_id) == (domain, record_id):
                return record
    raise Problem("UNKNOWN_RECORD")
