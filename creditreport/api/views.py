"""The addresses for programs: one code, many codes or files, signed answers, our keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_babel import lazy_gettext as _

from creditreport.accounts.apiaccess import check_scopes, present_program, without_form_token
from creditreport.accounts.apiclients import Program
from creditreport.accounts.models import Scope
from creditreport.api import examples
from creditreport.api.batch import Asked, Results, check_all
from creditreport.api.document import document
from creditreport.api.forms import JOSE, JSON, idempotency_key, question_of, read_batch, wants_signature
from creditreport.api.idempotency import Kept, hold, keep, let_go
from creditreport.api.jws import key_set, sign_json
from creditreport.errors import Problem
from creditreport.verification.codes import Mistyped, read_code
from creditreport.verification.models import Channel
from creditreport.web.context import moment, service
from creditreport.web.fishing import against_fishing, answered, may_miss, missed
from creditreport.web.language import language

blueprint = Blueprint("api", __name__)
# In static/api: shown on the page, fetched from there, and run by the tests.
CLIENTS = ("verify.py", "verify.sh")
PLACES = {"path": _("网址中"), "query": _("网址参数"), "header": _("请求头")}


@blueprint.get("/api/v1/verifications/<path:code>")
@against_fishing
def by_code(code: str) -> Response:
    """The verdict that ``/v/<code>`` shows; a code that cannot be one is a problem+json.

    A program may ask for it signed: then it stands in a list, as that of a batch.
    """
    signed = wants_signature()
    found = read_code(code)
    if isinstance(found, Mistyped):
        missed()
        raise Problem("MISTYPED_CODE", detail_zh=found.zh, detail_en=found.en)
    results = _checked([Asked(found.value)])
    if signed:
        return _response(_written(results, signed=True))
    answer = jsonify(results.verdicts[0].as_json())
    answer.vary.add("Accept")
    return answer


@blueprint.post("/api/v1/verifications")
@without_form_token
def many() -> Response:
    """The verdicts on up to 200 codes or files, in their order.

    Nothing is changed and no cookie is looked at, so no form token is asked for. Anybody may send a few; a batch needs
    a program's secret with ``verify:batch``. Whoever has missed too often is refused before anything is looked up; in
    a batch each miss counts, so that the next one is refused.
    """
    program = present_program()
    batches = program is not None and Scope.VERIFY_BATCH in program.scopes
    if program is not None and not batches:
        check_scopes(program, Scope.VERIFY)
    may_miss()
    signed, key = wants_signature(), idempotency_key()
    asked = read_batch(registered=batches)

    def work() -> Kept:
        return _written(_checked(asked), signed=signed)

    if program is None or key is None:
        return _response(work())
    return _once(program, key, question_of(asked, signed), work)


@blueprint.get("/api/v1/keys")
def keys() -> Response:
    """The keys by which signed answers are checked, as a JWK set."""
    answer = jsonify(key_set(service()))
    answer.mimetype = "application/jwk-set+json"
    return answer


@blueprint.get("/api/openapi.json")
def described() -> Response:
    """The description of this interface, OpenAPI 3.1, in the caller's language."""
    return jsonify(_document())


@blueprint.get("/api/docs")
def docs() -> str:
    """The same as a page, with two small programs to begin with."""
    folder = Path(current_app.static_folder or "") / "api"
    return render_template(
        "api/docs.html", doc=_document(), clients={name: (folder / name).read_text("utf-8") for name in CLIENTS},
        places=PLACES, example=examples.CODE, pretty=lambda value: json.dumps(value, ensure_ascii=False, indent=2),
    )  # fmt: skip


def _document() -> dict[str, Any]:
    return document(service().settings.public_url.rstrip("/"), language())


def _once(program: Program, key: str, question: str, work: Callable[[], Kept]) -> Response:
    """The answer to a question that may be asked again with the same key."""
    stored = service().sessions
    held = hold(stored, program.id, key, question, moment())
    if isinstance(held, Kept):
        answer = _response(held)
        answer.headers["Idempotency-Replayed"] = "true"
        return answer
    try:
        kept = work()
    except BaseException:
        let_go(stored, held)
        raise
    keep(stored, held, kept)
    return _response(kept)


def _checked(asked: list[Asked]) -> Results:
    results = check_all(service(), asked, moment())
    for verdict in results.verdicts:
        answered(verdict, Channel.API)
    return results


def _written(results: Results, *, signed: bool) -> Kept:
    if signed:
        return Kept(sign_json(service(), results.as_json(), moment()), JOSE)
    return Kept(json.dumps(results.as_json()), JSON)


def _response(kept: Kept) -> Response:
    answer = Response(kept.body, mimetype=kept.media)
    answer.vary.add("Accept")
    return answer
