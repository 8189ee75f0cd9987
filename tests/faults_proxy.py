"""A server that stands between us and a department that answers over HTTP, and may spoil what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from creditreport.catalog.manifest import SqlSource
from creditreport.catalog.part import AsOf
from creditreport.catalog.rest_source import Ask, Auth, Paging, RestSource, Sign
from creditreport.sources.base import Deadline
from creditreport.sources.registry import make_source
from creditreport.violations.record import comparable_code
from tests.department import Department, Reply, Request, running
from tests.faults import Cell

VARIABLE, TOKEN = "CREDITREPORT_SOURCE_FAULTY", "CREDITREPORT_SOURCE_FAULTY_TOKEN"


Document = dict[str, Any]


Upstream = Callable[[Request], tuple[Document, dict[str, str]]]


# What is made of the n-th answer: the document and its headers as the department gave them.
Spoil = Callable[[Cell, int, Document, dict[str, str]], Reply]


PLAIN = RestSource(
    driver="rest",
    url=f"env:{VARIABLE}/rows",
    ask=Ask(uscc="code"),
    rows="/data/list",
    success=Sign(at="/code", equals=0),
    total="/data/total",
    empty_ok=True,
    paging=Paging(by="page", parameter="page", size="size", page_size=1),
    auth=Auth(kind="bearer", token=f"env:{TOKEN}"),
    as_of=AsOf(pointer="/data/as_of"),
)


def source_of(cell: Cell) -> RestSource:
    source = cell.manifest.source
    assert isinstance(source, RestSource)
    return source


def declared_upstream(cell: Cell) -> Upstream:
    """The demo's own interface of this field, asked in small pages."""
    source = source_of(cell)
    name = source.url.removeprefix("env:").partition("/")[0]
    place = urlsplit(cell.environ[name])
    assert place.port
    port: int = place.port
    if source.paging is not None and source.paging.size is not None:
        paging = source.paging.model_copy(update={"page_size": 1})
        cell.change(source=source.model_copy(update={"paging": paging}))

    def forward(request: Request) -> tuple[Document, dict[str, str]]:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            headers = {key: value for key, value in request.headers.items() if key not in ("host", "content-length")}
            connection.request(request.method, request.target, request.body or None, headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.status
            link = answer.getheader("link")
            return json.loads(answer.read()), {"link": link} if link else {}
        finally:
            connection.close()

    cell.environ[VARIABLE] = name
    return forward


def plain_upstream(cell: Cell) -> Upstream:
    """The field's rows, in pages of one, with two rows of another business's after the business's own."""
    manifest, domain = cell.manifest, cell.domain
    with make_source(cell.located, cell.environ).open(Deadline(60)) as opened:
        take = manifest.source.take
        taken = [row for row in opened.rows if take is None or row[take.column] in take.values]
    rows = [{key: plain(value) for key, value in row.items()} for row in taken]
    join = manifest.source.join if isinstance(manifest.source, SqlSource) else None
    more = [*join.on, *(f"{join.alias}.{one}" for one in join.on.values())] if join else []
    ignore = tuple(dict.fromkeys([*manifest.ignore, *more]))
    cell.change(source=PLAIN.model_copy(update={"take": manifest.source.take}), ignore=ignore)
    cell.environ |= {VARIABLE: "", TOKEN: "t"}
    as_of = f"{cell.demo.window_end} 23:00:00"

    def of(code: str) -> list[Document]:
        return [row for row in rows if any(comparable_code(str(row[one] or "")) == code for one in domain.code_columns)]

    def answer(request: Request) -> tuple[Document, dict[str, str]]:
        found = of(request.parameters["code"])
        own = [*found, *others(cell, found[:2])]
        start = int(request.parameters["page"]) - 1
        data = {"total": len(own), "as_of": as_of, "list": own[start : start + 1]}
        return {"code": 0, "data": data}, {}

    return answer


def plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else str(value)


def others(cell: Cell, rows: list[Document], mark: str = "X") -> list[Document]:
    """The same rows as another business's, with keys of their own."""
    domain, changed = cell.domain, []
    for row in rows:
        words = dict.fromkeys(domain.code_columns, domain.other.uscc)
        words[domain.name_column or ""] = domain.other.name
        keys = {key: f"{row[key]}{mark}" for key in domain.manifest.key if key not in domain.code_columns}
        changed.append({column: {**keys, **words}.get(column, value) for column, value in row.items()})
    return changed


def put(document: Document, pointer: str, value: Any) -> None:
    *way, last = pointer.split("/")[1:]
    for part in way:
        document = document[part]
    document[last] = value


def get(document: Document, pointer: str) -> Any:
    value: Any = document
    for part in pointer.split("/")[1:]:
        value = value[part]
    return value


def behind(cell: Cell, spoil: Spoil) -> Department:
    """Put the server that spoils between us and the department."""
    declared = cell.domain.driver == "rest"
    upstream = declared_upstream(cell) if declared else plain_upstream(cell)
    department = cell.stack.enter_context(running())
    if declared:
        name = cell.environ.pop(VARIABLE)
        cell.environ[name] = department.url + urlsplit(cell.environ[name]).path
    else:
        cell.environ[VARIABLE] = department.url
    asked: dict[str, int] = {}
    name_of_code = source_of(cell).ask

    def answer(request: Request) -> Reply:
        code = request.parameters.get(name_of_code.uscc, "") if name_of_code else ""
        asked[code] = asked.get(code, 0) + 1
        document, headers = upstream(request)
        return spoil(cell, asked[code], document, headers)

    department.answer = answer
    return department
