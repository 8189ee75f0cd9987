"""The pages of a bid pack: handing it in, how far it is, its table, the workbook and the signed sheet."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from creditreport.accounts.apiaccess import who_asks
from creditreport.bidpacks.codes import expected_codes, typed_codes
from creditreport.bidpacks.find import Found, find_pack
from creditreport.bidpacks.items import Upload
from creditreport.bidpacks.judge import Word
from creditreport.bidpacks.limits import MEGABYTE, MISSES_PER_PACK, MOST_BYTES, MOST_ITEMS
from creditreport.bidpacks.signing import SheetVerdict, sheet_by_code, sheet_file
from creditreport.bidpacks.start import JOB, Started, start_pack
from creditreport.bidpacks.tables import table_rows
from creditreport.bidpacks.terms import read_terms, wrong_term
from creditreport.bidpacks.workbook import result_workbook
from creditreport.errors import Problem
from creditreport.jobs.run import run_one
from creditreport.reports.pages import Language
from creditreport.verification.codes import Code, read_code
from creditreport.verification.status import VerdictStatus
from creditreport.verification.verdict import Verdict
from creditreport.web.context import moment, reading, service
from creditreport.web.fishing import may_ask, missed
from creditreport.web.language import language
from creditreport.web.problems import wants_json

if TYPE_CHECKING:
    from creditreport.service import Service

blueprint = Blueprint("bidpacks", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFRESH_SECONDS = 2
# What the form needs beside the files, and the list of expected businesses.
BESIDE = 4 * MEGABYTE
# Packs that one process checks at a time; each uses every core already. The others wait their turn.
_AT_ONCE = threading.BoundedSemaphore(2)
FIELDS = ("project", "opening", "years", "expected")


@blueprint.url_value_preprocessor
def more_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A pack is larger than a single file; said before anything reads the form."""
    if endpoint == "bidpacks.start":
        request.max_content_length = MOST_BYTES + BESIDE
        request.max_form_parts = MOST_ITEMS + 100


@blueprint.get("/packs")
def ask() -> str:
    """The form."""
    return _form(dict.fromkeys(FIELDS, ""))


@blueprint.post("/packs")
def start() -> AnyResponse | tuple[str, int]:
    """Take the pack on; what cannot be used is said above the form, with what was typed still in it."""
    may_ask()
    service().pack_limits.check(who_asks())
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        started = _start(typed)
    except Problem as problem:
        if problem.kind.http_status not in (413, 422):
            raise
        return _form(typed, problem), problem.kind.http_status
    service().pack_limits.took(who_asks())
    for _miss in range(min(started.misses, MISSES_PER_PACK)):
        missed()
    _begin(started.id)
    return redirect(url_for("bidpacks.show", token=started.token), 303)


@blueprint.get("/packs/<token>")
def show(token: str) -> Response | str:
    """How far the pack is, on a page that fetches itself anew; then the table. Whoever has the link sees it."""
    pack = _found(token)
    here = url_for("bidpacks.show", token=token)
    if pack.result is None:
        page = make_response(render_template("bidpacks/progress.html", pack=pack, here=here))
        if not pack.given_up:
            page.headers["Refresh"] = f"{REFRESH_SECONDS}; url={here}"
        return page
    wanted = request.args.get("show", "")
    shown = wanted if wanted in set(Word) else ""
    said = summary(pack.result.counts, expected=pack.result.expected > 0)
    return render_template("bidpacks/result.html", pack=pack, token=token, here=here, show=shown, summary=said)


@blueprint.get("/packs/<token>/sheet.pdf")
def sheet(token: str) -> AnyResponse:
    """The signed sheet."""
    pack = _found(token)
    if pack.sheet_code is None:
        raise Problem("SHEET_NOT_READY")
    with reading() as session:
        pdf = sheet_file(session, pack.sheet_code)
    if pdf is None:
        raise Problem("PACK_GONE")
    name = f"批量核验单_{pack.opening.isoformat()}_{pack.sheet_code[:4]}.pdf"
    return send_file(BytesIO(pdf), "application/pdf", as_attachment=True, download_name=name)


@blueprint.get("/packs/<token>/table.xlsx")
def table(token: str) -> AnyResponse:
    """The table as a workbook."""
    pack = _found(token)
    if pack.result is None:
        raise Problem("SHEET_NOT_READY")
    book = result_workbook(pack.result, language(), pack.sheet_code)
    return send_file(BytesIO(book), XLSX, as_attachment=True, download_name=f"批量核验_{pack.opening.isoformat()}.xlsx")


def summary(counts: dict[str, int], *, expected: bool) -> str:
    """The whole table in one sentence."""
    said = str(
        _(
            "共 %(items)s 项：可用 %(usable)s 项，须复核 %(check)s 项，不可用 %(unusable)s 项。",
            items=counts["items"],
            usable=counts["usable"],
            check=counts["check"],
            unusable=counts["unusable"],
        )
    )
    if expected and counts["missing"]:
        said += str(_("应有主体中有 %(missing)s 家没有提交真实的报告。", missing=counts["missing"]))
    return said


def sheet_page(found: SheetVerdict, *, by_file: bool) -> str:
    """What is told of a sheet whose code was scanned, or whose file was handed over."""
    said = summary(found.counts, expected=found.counts["missing"] > 0)
    return render_template("bidpacks/sheet.html", sheet=found, by_file=by_file, summary=said)


def sheet_of(session: Session, verdict: Verdict, typed: str) -> SheetVerdict | None:
    """The sheet whose code was typed or scanned where a report's was looked for."""
    found = read_code(typed)
    if verdict.status is not VerdictStatus.UNKNOWN or not isinstance(found, Code):
        return None
    return sheet_by_code(session, found.value)


def sheet_answer(found: SheetVerdict, verdict: Verdict) -> Response:
    """The page of a sheet; for programs the verdict on a report's code, which it is not, with the sheet beside it."""
    if wants_json():
        answer = jsonify({**verdict.as_json(), "sheet": found.as_json()})
    else:
        answer = make_response(sheet_page(found, by_file=False))
    answer.vary.add("Accept")
    return answer


def _form(typed: dict[str, str], problem: Problem | None = None) -> str:
    longest = service().ruleset.longest_years
    return render_template(
        "bidpacks/ask.html",
        typed=typed,
        problem=problem,
        most=MOST_ITEMS,
        limit=MOST_BYTES // MEGABYTE,
        longest=longest,
    )


def _start(typed: dict[str, str]) -> Started:
    if not typed["project"].strip():
        raise wrong_term("项目名称", "没有填写", "project's name", "it was not given")
    expected = list(typed_codes(typed["expected"]))
    given = request.files.get("expected_file")
    if given is not None and given.filename:
        expected += expected_codes(given.filename, table_rows(given.filename, given.stream.read()))
    now = moment()
    terms = read_terms(
        typed["project"],
        typed["opening"],
        typed["years"],
        list(dict.fromkeys(expected)),
        ruleset=service().ruleset,
        today=now.date(),
    )
    uploads = [Upload(one.filename or "", one.stream.read()) for one in request.files.getlist("files") if one.filename]
    return start_pack(service(), uploads, terms, Language(language()), now)


def _begin(pack_id: str) -> None:
    """Without a broker the check begins here and now, beside the request; if this process ends, ``work`` goes on."""
    if service().settings.broker_url is None:
        threading.Thread(target=_check_beside, args=(service(), pack_id), name=f"pack-{pack_id[:8]}").start()


def _check_beside(parts: Service, pack_id: str) -> None:
    with _AT_ONCE:
        run_one(parts, JOB, pack_id, parts.clock.now())


def _found(token: str) -> Found:
    with reading() as session:
        return find_pack(session, token, moment())
