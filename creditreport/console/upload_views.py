"""Double-publicity uploads on the page: sent, told, and the rows that were sent back."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, render_template, request, send_file
from werkzeug.wrappers import Response

from creditreport.accounts.models import Role
from creditreport.accounts.signin import person, staff_required
from creditreport.audit.trail import add_entry
from creditreport.console.people import check_may_settle, check_sees, domains_seen, may_settle, names_of
from creditreport.console.uploads import rejections_of, upload_form, uploads
from creditreport.doublepublicity.result import ImportResult
from creditreport.doublepublicity.summary import REASONS, SKIPPED
from creditreport.errors import Problem
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("uploads", __name__)
OFFICERS = (Role.CREDIT_OFFICER, Role.DEPARTMENT_OFFICER)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ON_THE_FORM = ("UPLOAD_UNREADABLE", "UPLOAD_COLUMNS", "UPLOAD_EMPTY", "UPLOAD_NOT_DECLARED", "DROP_UNREADABLE")


@blueprint.get("/staff/data/uploads")
@staff_required(*OFFICERS, Role.AUDITOR)
def overview() -> str:
    """What was uploaded, and the form to upload."""
    return _page()


@blueprint.post("/staff/data/uploads")
@staff_required(*OFFICERS)
def upload() -> str | tuple[str, int]:
    """Import a department's form; what became of it is told on the page."""
    slug, file = request.form.get("slug", ""), request.files.get("file")
    check_may_settle(person(), slug)
    if file is None or not file.filename:
        return _page(problem=Problem("UPLOAD_MISSING")), 422
    try:
        done = upload_form(service(), slug, file.filename, file.stream, person().actor, moment())
    except Problem as problem:
        if problem.code not in ON_THE_FORM:
            raise
        return _page(problem=problem), problem.kind.http_status
    return _page(done=done)


@blueprint.get("/staff/data/uploads/<int:import_id>/rejections")
@staff_required(*OFFICERS, Role.AUDITOR)
def rejections(import_id: int) -> Response:
    """The rows that an upload sent back, with their reasons, to be corrected and sent again."""
    with service().sessions.begin() as session:
        row, content = rejections_of(session, import_id)
        check_sees(person(), row.slug)
        add_entry(
            session, at=moment(), actor=person().actor, action="staff.looked", subject=f"double_publicity:{row.slug}",
            detail={"file": row.file_digest},
        )  # fmt: skip
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=f"退回_{row.slug}_{row.id}.xlsx")


def _page(done: ImportResult | None = None, problem: Problem | None = None) -> str:
    with reading() as session:
        listed = uploads(session, domains_seen(person()))
        names = names_of(session, (one.row.actor for one in listed))
    takes = [
        located.manifest
        for located in service().catalog.domains
        if located.manifest.double_publicity is not None and may_settle(person(), located.manifest.slug)
    ]
    return render_template(
        "console/uploads.html", uploads=listed, names=names, takes=takes, done=done, problem=problem,
        reasons=REASONS, skipped=SKIPPED, chosen=request.form.get("slug") or request.args.get("slug", ""),
    )  # fmt: skip
