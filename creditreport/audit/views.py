"""The auditors' page: the trail with filters, how far it is sealed and checked, and taking entries away."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request

from creditreport.accounts.models import Role
from creditreport.accounts.signin import person, staff_required
from creditreport.audit.export import as_csv, as_json, note_export
from creditreport.audit.listing import Filter, count_of, page_of, read_filter
from creditreport.audit.state import state_of
from creditreport.errors import Problem
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("audit", __name__)
# What a page hands out at once; more is for the command, which nobody waits for.
MOST = 100_000
FORMS = {"csv": (as_csv, "text/csv; charset=utf-8"), "json": (as_json, "application/json")}


@blueprint.get("/staff/audit")
@staff_required(Role.AUDITOR)
def overview() -> str | tuple[str, int]:
    """The newest entries that fit the filter, and the state of the chain."""
    problem, status = None, 200
    try:
        wanted = _wanted()
    except Problem as found:
        wanted, problem, status = Filter(), found, found.kind.http_status
    with reading() as store:
        page = page_of(store, wanted, request.args.get("before", ""))
        state = state_of(store, moment())
    typed = {name: request.args.get(name, "") for name in ("from", "to", "actor", "action", "subject")}
    shown = render_template(
        "audit/trail.html", page=page, state=state, wanted=wanted, typed=typed, problem=problem,
        folder=service().settings.audit_export_dir,
    )  # fmt: skip
    return shown, status


@blueprint.get("/staff/audit/entries.<any(csv, json):form>")
@staff_required(Role.AUDITOR)
def export(form: str) -> Response:
    """The entries that fit the filter as a file; that they were taken away is an entry itself."""
    wanted = _wanted()
    with reading() as store:
        if count_of(store, wanted, MOST) > MOST:
            raise Problem("TOO_MANY_ENTRIES", most=f"{MOST:,}")
    note_export(service(), wanted, form, person().actor, moment())
    write, kind = FORMS[form]
    stored = service().reading

    def parts() -> Iterator[str]:
        with stored() as store:
            yield from write(store, wanted)

    answer = Response(parts(), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{moment():%Y%m%d-%H%M}.{form}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wanted() -> Filter:
    told = [request.args.get(name, "")[:120] for name in ("from", "to", "actor", "action", "subject")]
    return read_filter(*told)
