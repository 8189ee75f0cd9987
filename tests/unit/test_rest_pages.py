"""Pages of an interface: all three ways to go on, and every way in which a page gets lost, repeated or halved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.department import Department, Reply, Request, serving
from tests.interface import CODE, INCOMPLETE, OLD, SUCCESS, UNAVAILABLE, ask, department, ids, page, refused, row

__all__ = ["department"]

PAGE = {"by": "page", "parameter": "p", "size": "s", "page_size": 2}
CURSOR = {"by": "cursor", "parameter": "c", "next": "/next"}
LINK = {"by": "link"}
BODY_LINK = {"by": "link", "next": "/next"}
ROWS = [row(number) for number in range(1, 6)]


def numbered(request: Request, rows: list[Any], total: int | None) -> Reply:
    start = (int(request.parameters["p"]) - 1) * 2
    return Reply(page(*rows[start : start + 2], **({} if total is None else {"n": total})))


@pytest.mark.parametrize(("total", "requests"), [(5, 3), (None, 4)])
def test_pages_by_number(department: Department, tmp_path: Path, total: int | None, requests: int) -> None:
    """Without a total only an empty page is the end: a short one may be half of one."""
    department.answer = lambda request: numbered(request, ROWS, total)
    found = ids(ask(tmp_path, department.url, paging=PAGE, **({} if total is None else {"total": "/n"})))
    assert found == ["r1", "r2", "r3", "r4", "r5"]
    wanted = [{"who": CODE, "p": str(number), "s": "2"} for number in range(1, requests + 1)]
    assert [one.parameters for one in department.requests] == wanted


def test_pages_may_count_from_nought(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page(row(1), n=2), page(row(2), n=2))
    assert ids(ask(tmp_path, department.url, paging=PAGE | {"first": 0}, total="/n")) == ["r1", "r2"]
    assert [one.parameters["p"] for one in department.requests] == ["0", "1"]


def test_pages_by_cursor(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page(row(1), next="a b&c"), page(row(2), next=17), page(row(3), next=None))
    assert ids(ask(tmp_path, department.url, paging=CURSOR)) == ["r1", "r2", "r3"]
    assert [one.parameters.get("c") for one in department.requests] == [None, "a b&c", "17"]


def test_a_cursor_that_is_missing_is_the_end_only_where_a_total_proves_it(
    department: Department, tmp_path: Path
) -> None:
    department.answer = serving(page(row(1), n="1"))
    refused(ask(tmp_path, department.url, paging=CURSOR), INCOMPLETE, "/next")
    assert ids(ask(tmp_path, department.url, paging=CURSOR, total="/n")) == ["r1"]


def test_pages_by_link_header(department: Department, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if "after" in request.parameters:
            return Reply(page(row(2), n=2), headers={"link": '</list>; rel="first"'})
        header = f'<{department.url}/list?after=1>; rel="next", </list>; rel="first"'
        return Reply(page(row(1), n=2), headers={"link": header})

    department.answer = answer
    assert ids(ask(tmp_path, department.url, paging=LINK, total="/n")) == ["r1", "r2"]
    assert department.requests[1].parameters == {"after": "1"}


def test_pages_by_address_in_the_body(department: Department, tmp_path: Path) -> None:
    department.answer = serving(page(row(1), next="?q=2"), page(row(2), next=""))
    assert ids(ask(tmp_path, department.url, paging=BODY_LINK)) == ["r1", "r2"]
    assert department.requests[1].target == "/list?q=2"


@pytest.mark.parametrize(
    "link", ["http://localhost:{port}/list", "http://127.0.0.1:1/x", "//evil.example/x", "https://127.0.0.1:{port}/x"]
)
def test_the_next_page_is_never_fetched_elsewhere(department: Department, tmp_path: Path, link: str) -> None:
    department.answer = serving(page(row(1), next=link.format(port=department.port)), page(row(2), next=""))
    refused(ask(tmp_path, department.url, paging=BODY_LINK), INCOMPLETE, "在别处")
    assert len(department.requests) == 1


LOST = {
    "a page is missing at the end": ((page(row(1), row(2), n=3), page(n=3)), PAGE, "称有 3 行"),
    "more rows than the total": ((page(row(1), row(2), row(3), n=2),), PAGE, "称有 2 行，读到 3"),
    "the total changes": ((page(row(1), row(2), n=3), page(row(3), n=4)), PAGE, "总数不同"),
    "the total is no count": ((page(row(1), n=True),), PAGE, "不是行数"),
    "the total is negative": ((page(row(1), n=-1),), PAGE, "不是行数"),
    "no total": ((page(row(1)),), PAGE, "/n"),
    "the same page again": ((page(row(1), row(2), n=4), page(row(1), row(2), n=4)), PAGE, "与前页相同"),
    "a row of page one on page two": (
        (page(row(1), row(2), n=4), page(row(2, amount="9"), row(3), n=4)), PAGE, "重复了前页"
    ),
    "another form on page two": ((page(row(1), row(2), n=4), page({"id": "r3"}, n=4)), PAGE, "列不一致"),
    "an error page two": ((page(row(1), row(2), n=4), Reply(b"<html>", content_type="text/html")), PAGE, "不是 JSON"),
    "half of page two": ((page(row(1), row(2), n=4), Reply(b'{"code": 0, "list": [')), PAGE, "JSON"),
    "no success on page two": ((page(row(1), row(2), n=4), page(row(3), n=4) | {"code": 5}), PAGE, "成功标志"),
    "the same cursor again": ((page(row(1), next="a", n=3), page(row(2), next="a", n=3)), CURSOR, "重复"),
    "a cursor that is none": ((page(row(1), next={"a": 1}, n=3),), CURSOR, "不是下一页"),
    "the same link again": ((page(row(1), next="?a", n=3), page(row(2), next="?a", n=3)), BODY_LINK, "重复"),
    "the link header is lost": ((page(row(1), n=3),), LINK, "称有 3 行，读到 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_a_lost_or_repeated_page_is_incomplete(department: Department, tmp_path: Path, name: str) -> None:
    answers, paging, words = LOST[name]
    department.answer = serving(*answers)
    asked = ask(tmp_path, department.url, paging=paging, total="/n", success=SUCCESS)
    refused(asked, INCOMPLETE, words)


def test_page_two_fails(department: Department, tmp_path: Path) -> None:
    failing = Reply(status=500)
    department.answer = serving(page(row(1), row(2), n=3), failing)
    refused(ask(tmp_path, department.url, paging=PAGE, total="/n", deadline=5), UNAVAILABLE, "500")
    # Asked again it may work; the page that was read is not read twice.
    department.requests.clear()
    department.answer = serving(page(row(1), row(2), n=3), failing, page(row(3), n=3))
    assert ids(ask(tmp_path, department.url, paging=PAGE, total="/n")) == ["r1", "r2", "r3"]
    assert [one.parameters["p"] for one in department.requests] == ["1", "2", "2"]


def test_there_is_an_end_to_pages(department: Department, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        return Reply(page(row(int(request.parameters["p"]))))

    department.answer = answer
    refused(ask(tmp_path, department.url, paging=PAGE, max_pages=3), INCOMPLETE, "3 页")
    assert len(department.requests) == 3


def test_the_second_code_is_read_to_its_end_too(department: Department, tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.parameters["who"] == CODE:
            return Reply(page(row(1), n=1))
        return numbered(request, [row(number, OLD) for number in range(2, 5)], 3)

    department.answer = answer
    asked = ask(tmp_path, department.url, codes=(CODE, OLD), paging=PAGE, total="/n")
    assert ids(asked) == ["r1", "r2", "r3", "r4"]
