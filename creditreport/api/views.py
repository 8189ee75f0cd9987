"""The addresses for programs: one code, many codes or files."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from creditreport.accounts.apiaccess import check_scopes, present_program, without_form_token
from creditreport.accounts.models import Scope
from creditreport.api.batch import Asked, Results, check_all
from creditreport.api.forms import read_batch
from creditreport.errors import Problem
from creditreport.verification.codes import Mistyped, read_code
from creditreport.web.context import moment, service
from creditreport.web.fishing import against_fishing, may_miss, missed

blueprint = Blueprint("api", __name__)


@blueprint.get("/api/v1/verifications/<path:code>")
@against_fishing
def by_code(code: str) -> Response:
    """The verdict that ``/v/<code>`` shows; a code that cannot be one is a problem+json."""
    found = read_code(code)
    if isinstance(found, Mistyped):
        missed()
        raise Problem("MISTYPED_CODE", detail_zh=found.zh, detail_en=found.en)
    results = _checked([Asked(found.value)])
    return jsonify(results.verdicts[0].as_json())


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
    return jsonify(_checked(read_batch(registered=batches)).as_json())


def _checked(asked: list[Asked]) -> Results:
    results = check_all(service(), asked, moment())
    for _ in range(results.misses):
        missed()
    return results
