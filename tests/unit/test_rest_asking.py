"""The rest driver against a real HTTP server: what is asked, and with which credentials."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.sources.rest_auth import canonical_request, signature
from creditreport.violations.collect import collect_one
from creditreport.violations.question import Collecting
from creditreport.worktime import load_work_calendar
from tests.department import Department, Reply, serving
from tests.interface import (
    ASKED_AT,
    CODE,
    COMPLETE,
    INCOMPLETE,
    OLD,
    OTHER,
    SUCCESS,
    UNAVAILABLE,
    ask,
    department,
    ids,
    page,
    refused,
    row,
)

__all__ = ["department"]


def test_the_source_is_asked_once_for_each_code_that_the_business_has_or_had(
    department: Department, tmp_path: Path
) -> None:
    department.answer = lambda request: Reply(page(row(1 if request.parameters["who"] == CODE else 2)))
    asked = ask(tmp_path, department.url, codes=(CODE.lower(), OLD, CODE))
    assert ids(asked) == ["r1", "r2"]
    assert [one.parameters for one in department.requests] == [{"who": CODE}, {"who": OLD}]
    assert asked.data_as_of == ASKED_AT
    assert (asked.version or "").startswith("sha256:")


def test_without_ask_the_whole_list_is_read(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page(row(1), row(2, OTHER)))
    assert ids(ask(tmp_path, department.url, ask=None, codes=())) == ["r1", "r2"]
    assert department.requests[0].parameters == {}


def test_a_source_that_is_asked_by_code_has_no_whole_list(department: Department, tmp_path: Path) -> None:
    refused(ask(tmp_path, department.url, codes=()), INCOMPLETE, "逐个主体")
    assert department.requests == []


def test_parameters_of_the_address_stay_and_a_post_carries_them_in_its_body(
    department: Department, tmp_path: Path
) -> None:
    department.answer = serving(page(row(1)))
    ask(tmp_path, department.url, url="env:HERE/list?kind=1", environ={"HERE": department.url})
    assert department.requests[0].parameters == {"kind": "1", "who": CODE}
    ask(tmp_path, department.url, method="POST", paging={"by": "page", "parameter": "p"}, total="/n")
    assert department.requests[1].method == "POST"
    assert department.requests[1].parameters == {"who": CODE, "p": "1"}
    assert department.requests[1].target == "/list"


def test_bearer_basic_and_header(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page(row(1)))
    (tmp_path / "token").write_text("t-1\n")
    ask(tmp_path, department.url, auth={"kind": "bearer", "token": "file:token"})
    assert department.requests[0].headers["authorization"] == "Bearer t-1"
    basic = {"kind": "basic", "username": "印", "password": "env:PASS"}
    ask(tmp_path, department.url, auth=basic, environ={"PASS": "p:w"})
    scheme, _, pair = department.requests[1].headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(pair).decode()) == ("Basic", "印:p:w")
    header = {"kind": "header", "header": "X-Key", "secret": "env:KEY"}
    ask(tmp_path, department.url, auth=header, environ={"KEY": "k-1"})
    assert department.requests[2].headers["x-key"] == "k-1"
    unset = ask(tmp_path, department.url, auth=header)
    refused(unset, UNAVAILABLE, "KEY")
    assert len(department.requests) == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hmac_signs_what_is_really_sent(department: Department, tmp_path: Path, method: str) -> None:
    department.answer = serving(page(row(1)))
    auth = {"kind": "hmac", "key": "k", "secret": "env:SECRET", "signature_header": "X-Sign"}
    ids(ask(tmp_path, department.url, method=method, auth=auth, environ={"SECRET": "s"}))
    got = department.requests[0]
    stamp = got.headers["x-timestamp"]
    assert got.headers["x-app-key"] == "k"
    assert got.headers["x-sign"] == signature("s", method, got.target, stamp, got.body)
    assert abs(datetime.now(UTC).timestamp() - int(stamp)) < 3600


def test_the_canonical_request_is_the_documented_one() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert canonical_request("GET", "/a?b=c", "1700000000", b"") == f"GET\n/a?b=c\n1700000000\n{empty}"
    known = "980815c13ec2b1dc765a4bc7710f1ffbf34142fa8a107e6972fa75c91f49ffd3"
    assert signature("s", "GET", "/a?b=c", "1700000000", b"") == known


def test_connections_are_reused(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page(row(1)))
    for _ in range(3):
        ids(ask(tmp_path, department.url, codes=(CODE, OLD)))
    assert len({one.peer for one in department.requests}) == 1


def test_a_report_asks_about_every_code_of_the_business(department: Department, tmp_path: Path) -> None:
    manifest = Manifest.model_validate({
        "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
        "effective_from": "2024-09-01", "key": ["id"], "deadline_seconds": 20,
        "fields": {"uscc": "code", "kind": {"value": "penalty"}, "decided_on": "day", "fine_yuan": "amount"},
        "source": {
            "driver": "rest", "url": f"{department.url}/list", "rows": "/list", "ask": {"uscc": "who"},
            "success": SUCCESS, "empty_ok": True, "as_of": {"live": True},
        },
    })  # fmt: skip
    rows = {OLD: [row(1, OLD, day="2026-03-04", amount=0.1), row(2, OTHER, day="2026-03-04")]}
    department.answer = lambda request: Reply(page(*rows.get(request.parameters["who"], [])))
    located = LocatedManifest(path=tmp_path / "01_a.toml", manifest=manifest)
    entity = BusinessEntity("1", CODE, "甲", EntityType.COMPANY, RegistrationStatus.ACTIVE, previous_codes=(OLD,))
    ctx = Collecting({}, {}, load_work_calendar(None))
    answer = collect_one(located, entity, date(2026, 11, 20), ASKED_AT, date(2026, 11, 21), ctx)
    assert answer.status is COMPLETE, answer.problem
    assert [(one.record_id, one.fine_yuan) for one in answer.records] == [("r1", Decimal("0.1"))]
    # Another business, of which nothing is known, may be told so.
    nobody = BusinessEntity("2", "91320900MA1MBCDEXU", "乙", EntityType.COMPANY, RegistrationStatus.ACTIVE)
    answer = collect_one(located, nobody, date(2026, 11, 20), ASKED_AT, date(2026, 11, 21), ctx)
    assert (answer.status, answer.records, answer.rows_read) == (COMPLETE, (), 0)
