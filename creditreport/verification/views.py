"""Verifying: the page a scan opens, the page where a code is typed or a PDF dropped, and the same as JSON."""

from __future__ import annotations

from io import BytesIO
from typing import cast

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.sansio.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from creditreport.errors import Problem
from creditreport.reports.editions import stored_edition
from creditreport.verification.codes import Mistyped, read_code
from creditreport.verification.currency import CurrencyCheck
from creditreport.verification.status import VerdictStatus
from creditreport.verification.verdict import Verdict
from creditreport.verification.verify import verify_code, verify_file
from creditreport.web.context import EXTENSION, moment, reading, service
from creditreport.web.fishing import against_fishing, may_ask, missed
from creditreport.web.problems import wants_json

blueprint = Blueprint("verification", __name__)
CURRENCY = "creditreport.currency"


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """One check of currency for the process: what it asked the sources is kept for a minute."""
    state.app.extensions[CURRENCY] = CurrencyCheck(state.app.extensions[EXTENSION])


@blueprint.get("/v/<path:code>")
@against_fishing
def by_code(code: str) -> Response:
    """What became of the report with this code: HTML, or the verdict's JSON when that is preferred.

    200 for a well-formed code whatever the verdict, 404 for one that cannot be a code.
    """
    with reading() as session:
        verdict = _verdict(session, code).as_json()
    response = (
        jsonify(verdict)
        if wants_json()
        else make_response(render_template("verification/verdict.html", verdict=verdict, typed=code))
    )
    response.status_code = 404 if verdict["status"] == "MISTYPED" else 200
    response.vary.add("Accept")
    return response


@blueprint.get("/v/<path:code>/pdf")
@against_fishing
def original(code: str) -> AnyResponse:
    """The signed file, while the business lets verifiers have it and its details may be told."""
    with reading() as session:
        verdict = _verdict(session, code)
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
        return render_template("verification/ask.html", typed=typed, mistyped=found), 422
    return redirect(url_for("verification.by_code", code=found.value), 303)


@blueprint.post("/verify")
def check_file() -> str | tuple[str, int]:
    """Check an uploaded PDF step by step."""
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
    return render_template("verification/file.html", verdict=verdict.as_json(), file_name=upload.filename)


def _current() -> CurrencyCheck:
    return cast(CurrencyCheck, current_app.extensions[CURRENCY])


def _verdict(session: Session, code: str) -> Verdict:
    verdict = verify_code(session, code, moment(), current=service().currency)
    if verdict.status in (VerdictStatus.UNKNOWN, VerdictStatus.MISTYPED):
        missed()
    return verdict
