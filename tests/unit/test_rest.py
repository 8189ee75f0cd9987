"""The rest driver against a real HTTP server: what is asked, what is read, and what never reads as "no record"."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.sources.base import Asked, Rows
from creditreport.sources.registry import make_source
from creditreport.sources.rest_auth import canonical_request, signature
from creditreport.sources.rest_http import close_clients
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.collect import Collecting, collect_one
from creditreport.worktime import load_work_calendar
from tests.department import Department, Reply, Request, running, serving

ASKED_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
CODE, OLD, OTHER = "91320900MA1MBCDEXU", "91320900MA0000001L", "91320900MA0000002P"
SUCCESS = {"at": "/code", "equals": 0}
COMPLETE, INCOMPLETE, UNAVAILABLE = AnswerStatus.COMPLETE, AnswerStatus.INCOMPLETE, AnswerStatus.UNAVAILABLE


def row(number: int, code: str = CODE, **cells: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "code": code, "amount": "1", **cells}


def page(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"code": 0, "list": list(rows), **more}


@pytest.fixture
def department() -> Iterator[Department]:
    with running() as found:
        yield found
        close_clients()


def ask(
    path: Path,
    base: str,
    codes: tuple[str, ...] = (CODE,),
    deadline: float = 20,
    environ: dict[str, str] | None = None,
    retries: int = 2,
    **source: Any,
) -> Asked[Any]:
    manifest = Manifest.model_validate({
        "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
        "effective_from": "2024-09-01", "key": ["id"], "ignore": ["id"], "deadline_seconds": deadline,
        "fields": {"uscc": "code", "fine_yuan": "amount"}, "retries": retries,
        "source": {
            "driver": "rest", "url": f"{base}/list", "rows": "/list", "ask": {"uscc": "who"}, "as_of": {"live": True},
        } | source,
    })  # fmt: skip

    def every(rows: Rows) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        return rows.columns, [dict(row) for row in rows]

    located = LocatedManifest(path=path / "01_a.toml", manifest=manifest)
    return make_source(located, environ or {}, codes).start(ASKED_AT, every).wait()


def ids(asked: Asked[Any]) -> list[str]:
    assert asked.status is COMPLETE, asked.problem
    return [one["id"] for one in asked.result[1]]


def refused(asked: Asked[Any], status: AnswerStatus, words: str) -> None:
    assert (asked.status, asked.result) == (status, None)
    assert words in (asked.problem or "")


# --- what is asked ------------------------------------------------------------------------------------------


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


# --- what is read -------------------------------------------------------------------------------------------


def test_amounts_are_exact_and_words_and_objects_become_columns(department: Department, tmp_path: Path) -> None:
    row = b'{"id": "r1", "amount": 1234567890.10, "n": 9007199254740993, "party": {"code": "X"}, "w": ["a", "b"]}'
    department.answer = serving(Reply(b'{"list": [' + row + b"]}"))
    asked = ask(tmp_path, department.url, ask=None)
    columns, rows = asked.result
    assert columns == ("id", "amount", "n", "party.code", "w")
    assert rows[0]["amount"] == Decimal("1234567890.10")
    assert isinstance(rows[0]["amount"], Decimal)
    assert (rows[0]["n"], rows[0]["party.code"], rows[0]["w"]) == (9007199254740993, "X", "a；b")


def test_a_key_that_may_be_left_out_is_declared(department: Department, tmp_path: Path) -> None:
    short = {"id": "r2", "code": CODE}
    department.answer = serving(page(row(1), short))
    refused(ask(tmp_path, department.url), INCOMPLETE, "amount")
    assert ids(ask(tmp_path, department.url, optional=["amount"])) == ["r1", "r2"]
    department.answer = serving(page(short, row(1)))
    assert ask(tmp_path, department.url, optional=["amount"]).result[1][0]["amount"] is None


def test_the_watermark_of_an_answer_is_that_of_the_oldest(department: Department, tmp_path: Path) -> None:
    times = {CODE: "2026-11-20 23:00:00", OLD: "2026-11-19 23:00:00"}
    department.answer = lambda request: Reply(page(row(1), at=times.get(request.parameters["who"])))
    as_of = {"pointer": "/at"}
    asked = ask(tmp_path, department.url, codes=(CODE, OLD), as_of=as_of)
    assert asked.data_as_of is not None
    assert asked.data_as_of.isoformat() == "2026-11-19T23:00:00+08:00"
    refused(ask(tmp_path, department.url, codes=(CODE, OTHER), as_of=as_of), INCOMPLETE, "数据截至")
    refused(ask(tmp_path, department.url, as_of={"pointer": "/when"}), INCOMPLETE, "/when")


def test_nothing_found_must_be_allowed_and_said(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page())
    refused(ask(tmp_path, department.url, success=SUCCESS), INCOMPLETE, "为空")
    assert ids(ask(tmp_path, department.url, success=SUCCESS, empty_ok=True)) == []
    for body in ({"list": []}, {"code": False, "list": []}, {"code": "0", "list": []}, {"code": 1, "list": []}):
        department.answer = serving(body)
        refused(ask(tmp_path, department.url, success=SUCCESS, empty_ok=True), INCOMPLETE, "成功标志")


def test_rows_of_others_mixed_in_do_no_harm_but_an_answer_about_another_is_none(
    department: Department, tmp_path: Path
) -> None:
    department.answer = serving(page(row(1), row(2, OTHER)))
    assert ids(ask(tmp_path, department.url)) == ["r1", "r2"]
    department.answer = serving(page(row(2, OTHER)))
    refused(ask(tmp_path, department.url), INCOMPLETE, "别的主体")
    department.answer = serving(
        page(
            row(2, "9132**********"),
        )
    )
    assert ids(ask(tmp_path, department.url)) == ["r2"]
    department.answer = serving(page(about=OTHER))
    echoed = {"success": SUCCESS, "empty_ok": True, "echo": "/about"}
    refused(ask(tmp_path, department.url, **echoed), INCOMPLETE, "所查代码")
    department.answer = serving(page(about=CODE.lower()))
    assert ids(ask(tmp_path, department.url, **echoed)) == []


WRONG = {
    "an error page with 200": (Reply(b"<html>login</html>", content_type="text/html"), "不是 JSON"),
    "no content type": (Reply(page(row(1)), content_type=""), "不是 JSON"),
    "a truncated document": (Reply(b'{"list": [{"id": "r1"'), "JSON"),
    "one name twice": (Reply(b'{"list": [], "list": []}'), "JSON"),
    "not a number": (Reply(b'{"list": [{"id": NaN}]}'), "JSON"),
    "a number that fills the memory": (Reply(b'{"list": [{"id": 1e999999999}]}'), "JSON"),
    "a deep document": (Reply(b"[" * 100_000), "JSON"),
    "not UTF-8": (Reply('{"list": ["盐"]}'.encode("gb18030")), "JSON"),
    "an unknown charset": (Reply(page(row(1)), content_type="application/json; charset=x"), "JSON"),
    "no list": (Reply({"code": 0}), "/list"),
    "null for the list": (Reply({"list": None}), "不是列表"),
    "no objects": (Reply(page("a")), "不是对象"),
    "rows with other columns": (Reply(page(row(1), row(2, new="1"))), "new"),
    "a list in a list": (Reply(page(row(1, tags=[{"a": 1}]))), "tags"),
    "404": (Reply(page(row(1)), status=404), "404"),
    "204": (Reply(b"", status=204), "204"),
    "another origin": (Reply(status=302, headers={"location": "http://localhost:1/list"}), "转向别处"),
    "damaged compression": (Reply(b"no gzip", headers={"content-encoding": "gzip"}), "压缩"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_answered_wrongly_is_incomplete(department: Department, tmp_path: Path, name: str) -> None:
    reply, words = WRONG[name]
    department.answer = serving(reply)
    refused(ask(tmp_path, department.url), INCOMPLETE, words)
    assert len(department.requests) == 1  # Asking again would not make it right.


def test_another_charset_is_read_if_it_is_stated(department: Department, tmp_path: Path) -> None:
    body = '{"list": [{"id": "盐", "code": "x"}]}'.encode("gb18030")
    department.answer = serving(Reply(body, content_type='application/json;charset="GB18030"'))
    assert ids(ask(tmp_path, department.url)) == ["盐"]


def test_an_answer_larger_than_allowed(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page(row(1)))
    size = len(b'{"code": 0, "list": [{"id": "r1", "code": "91320900MA1MBCDEXU", "amount": "1"}]}')
    assert ids(ask(tmp_path, department.url, response_limit_bytes=size)) == ["r1"]
    refused(ask(tmp_path, department.url, response_limit_bytes=size - 1), INCOMPLETE, "字节")


def test_a_redirect_on_the_same_place_is_followed_and_signed_anew(department: Department, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.path == "/list":
            return Reply(status=307, headers={"location": f"/moved?who={request.parameters['who']}"})
        stamp = request.headers["x-timestamp"]
        assert request.headers["x-signature"] == signature("s", "GET", request.target, stamp, b"")
        return Reply(page(row(1)))

    department.answer = answer
    auth = {"kind": "hmac", "key": "k", "secret": "env:S"}
    assert ids(ask(tmp_path, department.url, auth=auth, environ={"S": "s"})) == ["r1"]
    department.answer = serving(Reply(status=307, headers={"location": "/list"}))
    refused(ask(tmp_path, department.url), INCOMPLETE, "转向")


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "127.0.0.1/x", "http://a:b@127.0.0.1/x", "http://[::1/x"])
def test_an_address_that_is_none(tmp_path: Path, address: str) -> None:
    refused(ask(tmp_path, "", url="env:HERE", environ={"HERE": address}), UNAVAILABLE, "地址")


def test_nothing_listens(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        refused(ask(tmp_path, f"http://127.0.0.1:{port}", deadline=5), UNAVAILABLE, "连接失败")
    close_clients()


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
