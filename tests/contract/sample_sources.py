"""A real source of a manifest's own kind with the rows of its sample in it: database, file drop or interface."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from creditreport.catalog.manifest import FilesSource, SqlSource
from creditreport.catalog.rest_source import RestSource
from tests.contract.sampling import BUSINESS, Cells, Sample
from tests.department import Answering, Reply, Request, running

LOADED = "2026-11-20 23:00:00"
# The tables that the market regulation's two queries put together: class, table, its columns by those of the query.
_MARKET = {
    "行政处罚": ("dw_nb_scjdgl_xzcfgsxx", {
        "row_id": "lic_id", "uni_social_crd_cd": "uni_social_crd_cd", "name": "taxer_nm", "punish_rea": "punish_rea",
        "admin_punish_doc": "admin_punish_doc", "punish_result": "punish_result", "punish_dt": "punish_dt",
    }),
    "严重违法失信名单": ("dw_zj_scjdgl_yzwfsx", {
        "row_id": "ill_comp_id", "uni_social_crd_cd": "uni_social_crd_cd", "name": "comp_name",
        "punish_rea": "serill_rea", "inclu_dt": "abn_tm", "remove_dt": "rem_dt", "decorg": "decorg_org",
        "reg_no": "reg_no",
    }),
    "经营异常名录": ("dw_zj_scjdgl_jyycmlxx", {
        "row_id": "busexclist", "uni_social_crd_cd": "uni_social_crd_cd", "name": "comp_nm",
        "punish_rea": "inclu_reason", "inclu_dt": "inclu_dt", "remove_dt": "remove_dt", "decorg": "decorg_cn",
        "reg_no": "reg_no",
    }),
}  # fmt: skip


@contextmanager
def standing(sample: Sample, folder: Path) -> Iterator[dict[str, str]]:
    """The source stands with the sample's rows in it; gives the variables that the manifest refers to."""
    source = sample.manifest.source
    rows = [sample.row(one) for one in sample.form.rows]
    names = set(re.findall(r"env:([A-Z_0-9]+)", source.model_dump_json()))
    environ = dict.fromkeys(names, "a secret of the tests")
    if isinstance(source, RestSource):
        with running() as department:
            department.answer = _interface(source, sample, rows)
            yield environ | {_variable(source.url): department.url}
    elif isinstance(source, SqlSource):
        _database(source, sample, rows, folder / "source.sqlite3")
        yield environ | {_variable(source.url): f"sqlite:///{folder / 'source.sqlite3'}"}
    else:
        _drop(source, sample.columns, rows, folder / source.folder.partition("/")[2])
        yield environ | {_variable(source.folder): str(folder)}


def _variable(reference: str) -> str:
    return reference.removeprefix("env:").partition("/")[0]


def _database(source: SqlSource, sample: Sample, rows: list[Cells], path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        asked = f"{source.as_of.query or ''} {sample.manifest.expect.success or ''}"
        for log in ("tb_rz", "sjjh_rz"):
            loaded = [{"bm": name, "wcsj": LOADED, "zt": "成功"} for name in re.findall(r"bm = '(\w+)'", asked)]
            _table(connection, log, ("bm", "wcsj", "zt"), loaded)
        if source.query is None:
            _tables(connection, source, sample.columns, rows)
        elif sample.manifest.slug == "register":
            _register(connection, sample.columns, rows)
        else:
            for word, (table, columns) in _MARKET.items():
                own = [row for row in rows if row["row_class"] == word]
                lines = [{name: row[column] for column, name in columns.items()} for row in own]
                _table(connection, table, tuple(columns.values()), lines)


def _table(
    connection: sqlite3.Connection, name: str, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]
) -> None:
    columns = list(columns)
    quoted = ", ".join(f'"{column}"' for column in columns)
    connection.execute(f"CREATE TABLE {name} ({quoted})")
    places = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {name} VALUES ({places})", [[row[one] for one in columns] for row in rows])


def _tables(connection: sqlite3.Connection, source: SqlSource, columns: Iterable[str], rows: list[Cells]) -> None:
    main = [column for column in columns if "." not in column]
    _table(connection, source.table or "", main, rows)
    if source.join is not None:
        prefix, key = f"{source.join.alias}.", next(iter(source.join.on.values()))
        joined = [column.removeprefix(prefix) for column in columns if column.startswith(prefix)]
        # One case may have several decisions: its row stands once.
        cases = {row[prefix + key]: {column: row[prefix + column] for column in joined} for row in reversed(rows)}
        _table(connection, source.join.table, joined, cases.values())


def _register(connection: sqlite3.Connection, columns: Iterable[str], rows: list[Cells]) -> None:
    replaced = {"previous_codes": "统一社会信用代码变更", "renamed": "名称变更"}
    _table(connection, "dw_zj_scjdgl_scztxx", [column for column in columns if column not in replaced], rows)
    changes = [
        {"main_identi_id": row["main_identi_id"], "bgsx": what, "bgq": before, "bgrq": day}
        for row in rows
        for column, what in replaced.items()
        for item in (row[column] or "").split("；")
        for before, _sign, day in [item.partition("|")]
        if before
    ]
    _table(connection, "dw_zj_scjdgl_bgdj", ("main_identi_id", "bgsx", "bgq", "bgrq"), changes)


def _drop(source: FilesSource, columns: tuple[str, ...], rows: list[Cells], folder: Path) -> None:
    folder.mkdir(parents=True)
    path = folder / source.pattern.replace("*", "20261120")
    if path.suffix == ".xlsx":
        book = Workbook()
        assert book.active is not None
        book.active.title = source.sheet or "Sheet1"
        for line in ([*columns], *([row[column] for column in columns] for row in rows)):
            book.active.append(line)
        book.save(path)
    else:
        encoding = "utf-8" if source.encoding == "auto" else source.encoding
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=source.delimiter)
            writer.writerow(columns)
            writer.writerows([row[column] for column in columns] for row in rows)
    if source.checksum is not None:
        digest = hashlib.new(source.checksum, path.read_bytes(), usedforsecurity=False).hexdigest()
        path.with_name(f"{path.name}.{source.checksum}").write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    if source.done_marker:
        path.with_name(f"{path.name}.done").touch()


def _interface(source: RestSource, sample: Sample, rows: list[Cells]) -> Answering:
    def answer(request: Request) -> Reply:
        document: dict[str, Any] = {}
        asked = request.parameters.get(source.ask.uscc) if source.ask is not None else BUSINESS.uscc
        paging = source.paging
        first = paging is None or paging.by != "page" or request.parameters.get(paging.parameter or "") == "1"
        found = rows if asked == BUSINESS.uscc else []
        _put(document, source.rows, found if first else [])
        if source.success is not None:
            _put(document, source.success.at, source.success.equals)
        if source.total is not None:
            _put(document, source.total, len(found))
        if paging is not None and paging.next is not None:
            _put(document, paging.next, None)
        if source.as_of.pointer is not None:
            _put(document, source.as_of.pointer, LOADED)
        return Reply(json.dumps(document, ensure_ascii=False, default=_number).encode())

    return answer


def _number(value: Any) -> float:
    assert isinstance(value, Decimal)
    return float(value)


def _put(document: dict[str, Any], pointer: str, value: Any) -> None:
    *outer, name = pointer.strip("/").split("/")
    for part in outer:
        document = document.setdefault(part, {})
    document[name] = value
