"""``/api/v1/verifications``: one code, many codes, files; who may send how many; every refusal as problem+json."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from creditreport.accounts.apiclients import add_client
from creditreport.accounts.models import Scope
from creditreport.api.batch import MOST, OPEN_MOST
from creditreport.reports.issue import IssuedReport
from creditreport.verification.codes import new_code
from tests.conftest import NOON
from tests.portal import BASE, Portal, get

ADDRESS = "/api/v1/verifications"
MISTYPED = "0000-0000-0000-0000-0001"


@pytest.fixture(scope="module")
def issued(portal: Portal) -> IssuedReport:
    return portal.issue(portal.mine)


def program(portal: Portal, *scopes: str) -> dict[str, str]:
    last = NOON.date() + timedelta(days=30)
    secret = add_client(portal.service.sessions, "示例平台", scopes or list(Scope), 60_000, last, "test", NOON)
    return {"Authorization": f"Bearer {secret}"}


def send(portal: Portal, body: Any = None, headers: dict[str, str] | None = None, **how: Any) -> TestResponse:
    how = how or {"json": body}
    return portal.visitor().post(ADDRESS, base_url=BASE, headers=headers, **how)


def code_of(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    told = answer.get_json(force=True)
    assert told["status"] == answer.status_code
    return answer.status_code, told["code"]


def test_codes_are_told_in_their_order(portal: Portal, issued: IssuedReport) -> None:
    right, unknown = issued.content.verification_code, new_code()
    asked = [unknown, right.lower(), MISTYPED, f"{BASE}/v/{right}"]
    told = send(portal, {"codes": asked}).get_json()
    assert [one["asked"] for one in told["results"]] == asked
    assert [one["status"] for one in told["results"]] == ["UNKNOWN", "VALID", "MISTYPED", "VALID"]
    assert told["counts"] == {"MISTYPED": 1, "UNKNOWN": 1, "VALID": 2}
    assert told["checked_at"] == NOON.isoformat()
    alone = get(portal.visitor(), f"{ADDRESS}/{right}").get_json()
    assert told["results"][1] == {"asked": right.lower(), **alone}
    assert send(portal, asked).get_json() == told  # the bare list means the same


def test_files_are_told_in_their_order_and_none_disturbs_another(portal: Portal, issued: IssuedReport) -> None:
    pdf = issued.pdf
    changed = pdf.replace(b"/Type", b"/Typo", 1)
    parts = [(io.BytesIO(data), name) for data, name in ((b"no pdf", "x.pdf"), (pdf, "报告.pdf"), (changed, "y.pdf"))]
    told = send(portal, data={"files": parts}).get_json()
    assert [(one["asked"], one["status"]) for one in told["results"]] == [
        ("x.pdf", "NOT_ISSUED_HERE"), ("报告.pdf", "VALID"), ("y.pdf", "TAMPERED")
    ]  # fmt: skip
    assert [step["ok"] for step in told["results"][1]["steps"]] == [True] * 5


def test_who_may_send_how_many(portal: Portal) -> None:
    few, many, too_many = ([MISTYPED] * count for count in (OPEN_MOST, MOST, MOST + 1))
    assert len(send(portal, few).get_json()["results"]) == OPEN_MOST
    refused = send(portal, few + few[:1])
    assert code_of(refused) == (401, "SECRET_NEEDED")
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    single, batch = program(portal, Scope.VERIFY), program(portal, Scope.VERIFY_BATCH)
    assert send(portal, few, single).status_code == 200
    assert code_of(send(portal, few + few[:1], single)) == (401, "SECRET_NEEDED")
    assert len(send(portal, many, batch).get_json()["results"]) == MOST
    assert code_of(send(portal, too_many, batch)) == (422, "INVALID_BATCH")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"data": b"x", "content_type": "text/plain"}, (415, "UNSUPPORTED_CONTENT")),
        ({"data": {"codes": MISTYPED}}, (415, "UNSUPPORTED_CONTENT")),
        ({"data": b"{", "content_type": "application/json"}, (400, "INVALID_JSON")),
        ({"data": b'["\xff"]', "content_type": "application/json"}, (400, "INVALID_JSON")),
        ({"data": b"[" * 100_000, "content_type": "application/json"}, (400, "INVALID_JSON")),
        ({"json": []}, (422, "INVALID_BATCH")),
        ({"json": {"codes": [], "more": 1}}, (422, "INVALID_BATCH")),
        ({"json": {"codes": MISTYPED}}, (422, "INVALID_BATCH")),
        ({"data": b"null", "content_type": "application/json"}, (422, "INVALID_BATCH")),
        ({"json": [1]}, (422, "INVALID_BATCH")),
        ({"json": [""]}, (422, "INVALID_BATCH")),
        ({"json": ["A" * 201]}, (422, "INVALID_BATCH")),
        ({"data": {"file": (io.BytesIO(b"x"), "x.pdf")}}, (422, "INVALID_BATCH")),
        ({"data": {"files": (io.BytesIO(b"x"), "x.pdf"), "project": "1"}}, (422, "INVALID_BATCH")),
        ({"data": b"[" + b" " * 11_000_000 + b"]", "content_type": "application/json"}, (413, "UPLOAD_TOO_LARGE")),
        ({"json": ["\ud800"]}, (200, "")),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(portal: Portal, how: dict[str, Any], expected: tuple[int, str]) -> None:
    answer = send(portal, **how)
    if expected[0] == 200:
        assert answer.get_json()["results"][0]["status"] == "MISTYPED"
    else:
        assert code_of(answer) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/v1/nothing", (404, "PAGE_NOT_FOUND")),
        ("GET", ADDRESS, (405, "METHOD_NOT_ALLOWED")),
        ("DELETE", f"{ADDRESS}/{MISTYPED}", (405, "METHOD_NOT_ALLOWED")),
        ("GET", f"{ADDRESS}/{MISTYPED}", (404, "MISTYPED_CODE")),
        ("GET", "/api/v1/client", (401, "API_KEY_MISSING")),
    ],
)
def test_other_refusals_are_problems_too(portal: Portal, method: str, path: str, expected: tuple[int, str]) -> None:
    answer = portal.visitor().open(path, method=method, base_url=BASE, headers={"Accept": "text/html"})
    assert code_of(answer) == expected
    assert expected[0] != 405 or answer.headers["Allow"]
