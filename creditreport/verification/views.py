"""Verifying: the page a scan opens, the page where a code is typed or a PDF dropped, and the same as JSON."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from creditreport.bidpacks.signing import SheetVerdict, sheet_by_file
from creditreport.bidpacks.views import sheet_answer, sheet_of, sheet_page
from creditreport.errors import Problem
from creditreport.reports.editions import stored_edition
from creditreport.verification.by_code import verify_code
from creditreport.verification.codes import Mistyped, read_code
from creditreport.verification.models import Channel
from creditreport.verification.paging import part_of
from creditreport.verification.status import VerdictStatus
from creditreport.verification.told import verdict_told
from creditreport.verification.verdict import Verdict
from creditreport.verification.verify import verify_file
from creditreport.web.context import looked_up, moment, reading, service
from creditreport.web.fishing import against_fishing, answered, may_ask, missed
from creditreport.web.gate import VERDICT
from creditreport.web.problems import wants_json

blueprint = Blueprint("verification", __name__)


@blueprint.get("/v/<path:code>")
@against_fishing
def by_code(code: str) -> Response:
    """What became of the report with this code: HTML, or the verdict's JSON when that is preferred.

    200 for a well-formed code whatever the verdict, 404 for one that cannot be a code. Long lists of records come in
    parts (``?page=2``).
    """
    page = request.args.get("page", 1, type=int)
    verdict, response = _answer(code, page)
    request.environ[VERDICT] = verdict
    if page == 1 and request.method == "GET":
        answered(verdict, Channel.PAGE if response.mimetype == "text/html" else Channel.API)
    response.headers.add("Vary", "Accept")
    return response


def _answer(code: str, page: int) -> tuple[Verdict, Response]:
    def look(session: Session) -> tuple[Verdict, SheetVerdict | None]:
        verdict = _verdict(session, code)
        return verdict, sheet_of(session, verdict, code)

    # A replica may lack what is a second old: only a report that it knows is told from there.
    verdict, sheet = looked_up(look, lambda found: found[0].report is not None)
    if sheet is not None:
        return replace(verdict, misses=0), sheet_answer(sheet, verdict)
    response = jsonify(verdict.as_json()) if wants_json() else make_response(_page(verdict, code, page))
    response.status_code = 404 if verdict.status is VerdictStatus.MISTYPED else 200
    return verdict, response


@blueprint.get("/v/<path:code>/pdf")
@against_fishing
def original(code: str) -> AnyResponse:
    """The signed file, while the business lets verifiers have it and its details may be told."""
    with reading() as session:
        verdict = _verdict(session, code)
        for _ in range(verdict.misses):
            missed()
        if verdict.report is None or not verdict.original_shown:
            raise Problem("ORIGINAL_NOT_SHOWN")
        stored = stored_edition(session, verdict.report.number)
    name = f"经营主体专用信用报告_{stored.number}.pdf"
    return send_file(BytesIO(stored.pdf), "application/pdf", as_attachment=True, download_name=name)


@blueprint.get("/verify")
def ask() -> AnyResponse | str | tuple[str, int]:
    """Type a code or choose a PDF; a typed code leads to its own address."""
    typed = request.args.get("code", "").strip()
    if not typed:
        return render_template("verification/ask.html", typed="", mistyped=None)
    may_ask()
    found = read_code(typed)
    if isinstance(found, Mistyped):
        missed()
        verdict_told(VerdictStatus.MISTYPED.value, Channel.PAGE)
        return render_template("verification/ask.html", typed=typed, mistyped=found), 422
    return redirect(url_for("verification.by_code", code=found.value), 303)


@blueprint.post("/verify")
@against_fishing
def check_file() -> str:
    """Check an uploaded PDF, or the picture of a page, step by step."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Problem("NOTHING_TO_VERIFY")
    limit = service().settings.upload_limit_bytes
    # One byte more than allowed is enough to know that it is too large.
    pdf = upload.stream.read(limit + 1)
    if len(pdf) > limit:
        raise Problem("UPLOAD_TOO_LARGE", limit=limit // (1024 * 1024))
    with reading() as session:
        verdict = verify_file(session, pdf, moment(), service().trust, limit, current=service().currency)
        sheet = sheet_by_file(session, pdf) if verdict.report is None else None
    if sheet is not None:
        return sheet_page(sheet, by_file=True)
    answered(verdict, Channel.FILE)
    told, leads_to = verdict.as_json(), verdict.report or (verdict.copy_of.report if verdict.copy_of else None)
    return render_template(
        "verification/file.html",
        verdict=told,
        file_name=upload.filename,
        part=part_of(told["records"] or (), 1),
        code=leads_to.verification_code if leads_to is not None else None,
    )


def _page(verdict: Verdict, code: str, page: int) -> str:
    told = verdict.as_json()
    part = part_of(told["records"] or (), page)
    return render_template("verification/verdict.html", verdict=told, code=code, part=part)


def _verdict(session: Session, code: str) -> Verdict:
    return verify_code(session, code, moment(), current=service().currency)
