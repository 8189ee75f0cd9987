"""Faults of departments that answer over HTTP: a server between us and the department that spoils what it says.

The four fields that are declared with an interface are asked as they are, through the demo's own server. Each other
field is asked in the same way once more, its rows behind an interface of the plainest kind: any field may move to one.
"""

from __future__ import annotations

import copy
import json
import socket
from collections.abc import Callable
from typing import Any

from creditreport.catalog.rest_source import RestSource
from tests.department import Reply
from tests.faults import SHORT, Cell, Domain, Fault, Faults, Must
from tests.faults_proxy import (
    Document,
    Spoil,
    behind,
    get,
    others,
    put,
    source_of,
)


def spoiled(spoil: Spoil, must: Must = Must.REFUSED, **more: Any) -> Fault:
    def make(cell: Cell) -> None:
        behind(cell, spoil)

    return Fault(make, must, **more)


def in_rows(change: Callable[[Cell, list[Document]], list[Document]], must: Must = Must.REFUSED, **more: Any) -> Fault:
    """Every page's rows changed; a total that the department states follows."""

    def spoil(cell: Cell, _number: int, document: Document, headers: dict[str, str]) -> Reply:
        source = source_of(cell)
        rows = get(document, source.rows)
        put(document, source.rows, change(cell, rows))
        return Reply(document, headers=headers)

    return spoiled(spoil, must=must, **more)


def refused(cell: Cell) -> None:
    department = behind(cell, lambda *_: Reply({}))
    department.stop()


def silent(cell: Cell) -> None:
    department = behind(cell, lambda *_: Reply({}))

    def wait(_connection: socket.socket) -> None:
        department.stopping.wait(20)

    department.answer = lambda _: Reply(raw=wait)


def dripping(cell: Cell) -> None:
    department = behind(cell, lambda *_: Reply({}))

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
        while not department.stopping.wait(0.02):
            connection.sendall(b" ")

    department.answer = lambda _: Reply(raw=drip)


def no_rows(cell: Cell, _number: int, document: Document, headers: dict[str, str]) -> Reply:
    """Nothing, and where nothing is possible not a word that all is well."""
    source = source_of(cell)
    put(document, source.rows, [])
    if source.total:
        put(document, source.total, 0)
    if source.empty_ok and source.success:
        put(document, source.success.at, "loading")
    return Reply(document)


def less(cell: Cell, number: int, document: Document, headers: dict[str, str]) -> Reply:
    """Rows are lost on the way; the department still states how many there are."""
    put(document, source_of(cell).rows, get(document, source_of(cell).rows)[:-1])
    return Reply(document, headers=headers)


def second_fails(_cell: Cell, number: int, document: Document, headers: dict[str, str]) -> Reply:
    return Reply(document, headers=headers) if number == 1 else Reply({"message": "busy"}, status=500)


def remembered() -> Spoil:
    """Every page is the first one again."""
    first: dict[int, tuple[Document, dict[str, str]]] = {}

    def spoil(cell: Cell, number: int, document: Document, headers: dict[str, str]) -> Reply:
        if number == 1:
            first[id(cell)] = copy.deepcopy(document), headers
        again, same = first[id(cell)]
        return Reply(again, headers=same)

    return spoil


def yesterday(cell: Cell, _number: int, document: Document, headers: dict[str, str]) -> Reply:
    pointer = source_of(cell).as_of.pointer
    assert pointer
    put(document, pointer, f"{cell.demo.too_old(cell.manifest)} 23:00:00")
    return Reply(document, headers=headers)


def spoil_word(cell: Cell, rows: list[Document]) -> list[Document]:
    assert cell.domain.spoilable
    column, word = cell.domain.spoilable
    return [{**row, column: word} for row in rows]


def more_rows(cell: Cell, number: int, document: Document, headers: dict[str, str]) -> Reply:
    """Before the rows, the first of them as another business's; the total counts it."""
    source = source_of(cell)
    rows = get(document, source.rows)
    if number == 1:
        put(document, source.rows, [*others(cell, rows[:1], "Y"), *rows])
    if source.total and rows:
        put(document, source.total, get(document, source.total) + 1)
    return Reply(document, headers=headers)


def asks_by_code(domain: Domain) -> bool:
    source = domain.manifest.source
    return not isinstance(source, RestSource) or source.ask is not None


def states_its_age(domain: Domain) -> bool:
    source = domain.manifest.source
    return not isinstance(source, RestSource) or source.as_of.pointer is not None


def states_a_total(domain: Domain) -> bool:
    source = domain.manifest.source
    return domain.has_rows and (not isinstance(source, RestSource) or source.total is not None)


def has_rows(domain: Domain) -> bool:
    return domain.has_rows


def as_text(_cell: Cell, _number: int, document: Document, headers: dict[str, str]) -> Reply:
    return Reply(document, content_type="text/plain", headers=headers)


def cut(_cell: Cell, _number: int, document: Document, _headers: dict[str, str]) -> Reply:
    return Reply(json.dumps(document).encode()[:-9])


def page(_cell: Cell, _number: int, _document: Document, _headers: dict[str, str]) -> Reply:
    return Reply("<!DOCTYPE html><html><body>系统维护中</body></html>".encode(), content_type="text/html")


REST: Faults = {
    "refused connection": Fault(refused),
    "hang": Fault(silent, seconds=SHORT),
    "slow drip": Fault(dripping, seconds=SHORT),
    "500": spoiled(lambda *_: Reply({"message": "error"}, status=500)),
    "error page": spoiled(page),
    "truncated": spoiled(cut),
    "wrong content type": spoiled(as_text),
    "empty": spoiled(no_rows),
    "half the rows": spoiled(less, applies=states_a_total),
    "new column": in_rows(lambda _, rows: [{**row, "brand_new": "x"} for row in rows], applies=has_rows),
    "lost column": in_rows(
        lambda cell, rows: [{k: v for k, v in row.items() if k != cell.domain.lost_column} for row in rows],
        applies=has_rows,
    ),
    "unknown word": in_rows(spoil_word, applies=lambda domain: domain.has_rows and domain.spoilable is not None),
    "another's rows": spoiled(more_rows, must=Must.RIGHT),
    "only another's rows": in_rows(others, applies=lambda domain: has_rows(domain) and asks_by_code(domain)),
    "page 2 fails": spoiled(second_fails, applies=has_rows),
    "duplicate page": spoiled(remembered(), applies=has_rows),
    "too old": spoiled(yesterday, applies=states_its_age),
    "credentials": spoiled(lambda *_: Reply({"message": "expired"}, status=401)),
    "no fault": spoiled(lambda _cell, _n, document, headers: Reply(document, headers=headers), must=Must.RIGHT),
}
