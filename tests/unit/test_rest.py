"""The rest driver against a real HTTP server: what is read, and what never reads as "no record"."""

from __future__ import annotations

import socket
from decimal import Decimal
from pathlib import Path

import pytest

from creditreport.sources.rest_auth import signature
from creditreport.sources.rest_http import close_clients
from tests.department import Department, Reply, Request, serving
from tests.interface import (
    CODE,
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


def test_a_list_that_is_read_as_a_whole_has_guard_rails(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page(row(1)))
    rails = {"min_rows": 2}
    refused(ask(tmp_path, department.url, ask=None, expect=rails), INCOMPLETE, "至少")
    department.answer = serving(page(row(1), row(2)))
    assert ids(ask(tmp_path, department.url, ask=None, expect=rails)) == ["r1", "r2"]
    department.answer = serving(page())
    allowed = {"success": SUCCESS, "empty_ok": True, "ask": None}
    assert ids(ask(tmp_path, department.url, **allowed)) == []
