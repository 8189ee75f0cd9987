"""Faults of departments that send files: nothing sent, half sent, something else sent, another table sent."""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook

from creditreport.catalog.manifest import FilesSource
from creditreport.demo.environment import PREFIX
from creditreport.sources.drops import choose_drop, drop_date
from creditreport.violations.record import comparable_code
from tests.faults import Cell, Domain, Fault, Faults, Must

Line = list[str]
PAGE = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>系统维护中，请稍后再试</body></html>\n"


def source_of(domain: Domain) -> FilesSource:
    source = domain.manifest.source
    assert isinstance(source, FilesSource)
    return source


def folder_of(cell: Cell) -> Path:
    """The department's folder, in a copy of all drops that is this cell's own."""
    drops = cell.folder / "drops"
    if not drops.exists():
        shutil.copytree(Path(cell.environ[f"{PREFIX}DROPS"]), drops)
        cell.environ[f"{PREFIX}DROPS"] = str(drops)
    return drops / source_of(cell.domain).folder.partition("/")[2]


def newest(cell: Cell) -> Path:
    return choose_drop(folder_of(cell), source_of(cell.domain))


def sent_again(cell: Cell, path: Path) -> None:
    """The department's program writes the checksum of whatever it sends."""
    kind = source_of(cell.domain).checksum
    if kind is not None:
        digest = hashlib.new(kind, path.read_bytes(), usedforsecurity=False).hexdigest()
        path.with_name(f"{path.name}.{kind}").write_text(f"{digest}  {path.name}\n", encoding="utf-8")


def nothing_there(cell: Cell) -> None:
    shutil.rmtree(folder_of(cell))


def pipe(cell: Cell) -> None:
    """A name that would keep its reader waiting for ever, and no earlier drop."""
    path = newest(cell)
    for old in path.parent.iterdir():
        old.unlink()
    os.mkfifo(path)


def half_written(cell: Cell) -> None:
    """The upload is under way under another name; the drop before it, with half the rows, is not taken for it."""
    path = newest(cell)
    path.rename(path.with_name(f"{path.name}.part"))


def unreadable(cell: Cell) -> None:
    """A link to a share that is not there."""
    path = newest(cell)
    for old in path.parent.iterdir():
        old.unlink()
    path.symlink_to(cell.folder / "share" / path.name)


def content(change: Callable[[bytes], bytes]) -> Fault:
    def make(cell: Cell) -> None:
        path = newest(cell)
        path.write_bytes(change(path.read_bytes()))
        sent_again(cell, path)

    return Fault(make)


def read(cell: Cell, path: Path) -> list[Line]:
    if path.suffix == ".xlsx":
        sheet = load_workbook(path).worksheets[0]
        return [["" if one is None else str(one) for one in line] for line in sheet.iter_rows(values_only=True)]
    with path.open(encoding=encoding_of(path), newline="") as file:
        return [list(line) for line in csv.reader(file, delimiter=source_of(cell.domain).delimiter)]


def encoding_of(path: Path) -> str:
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def write(cell: Cell, path: Path, lines: list[Line]) -> None:
    source = source_of(cell.domain)
    if path.suffix == ".xlsx":
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = source.sheet or "行政处罚"
        for line in lines:
            sheet.append(line)
        book.save(path)
    else:
        with path.open("w", encoding=encoding_of(path), newline="") as file:
            csv.writer(file, delimiter=source.delimiter).writerows(lines)
    sent_again(cell, path)


def table(change: Callable[[Cell, Line, list[Line]], list[Line]], must: Must = Must.REFUSED) -> Fault:
    """The same drop with another table in it: ``change`` makes all lines of header and rows."""

    def make(cell: Cell) -> None:
        path = newest(cell)
        header, *rows = read(cell, path)
        write(cell, path, change(cell, header, rows))

    return Fault(make, must=must)


def is_mine(cell: Cell, header: Line, row: Line) -> bool:
    return any(comparable_code(row[header.index(one)]) in cell.domain.entity.codes for one in cell.domain.code_columns)


def half(cell: Cell, header: Line, rows: list[Line]) -> list[Line]:
    """The last half was not written, and with it what concerns the business; no line is cut."""
    rows = sorted(rows, key=lambda row: is_mine(cell, header, row))
    return [header, *rows[: len(rows) // 2]]


def lost_column(cell: Cell, header: Line, rows: list[Line]) -> list[Line]:
    place = header.index(cell.domain.lost_column)
    return [line[:place] + line[place + 1 :] for line in [header, *rows]]


def unknown_word(cell: Cell, header: Line, rows: list[Line]) -> list[Line]:
    assert cell.domain.spoilable
    column, word = cell.domain.spoilable
    for row in rows:
        if is_mine(cell, header, row):
            row[header.index(column)] = word
    return [header, *rows]


def mixed_in(cell: Cell, header: Line, rows: list[Line]) -> list[Line]:
    """All the business's rows once more, as another business's."""
    domain, more = cell.domain, []
    for row in rows:
        if is_mine(cell, header, row):
            words = dict.fromkeys(domain.code_columns, domain.other.uscc)
            words[domain.name_column or ""] = domain.other.name
            more.append([words.get(column, cell_) for column, cell_ in zip(header, row, strict=True)])
    assert more
    return [header, *more, *rows]


def too_old(cell: Cell) -> None:
    """The newest drop is of a day that is one working day too old; a department that stamps its files says so."""
    path = newest(cell)
    day, was = cell.demo.too_old(cell.manifest), drop_date(path.name)
    assert was
    for old in path.parent.iterdir():
        if old.name.startswith(path.name):
            old.rename(old.with_name(old.name.replace(f"{was:%Y%m%d}", f"{day:%Y%m%d}")))
        else:
            old.rename(old.with_name(old.name.replace(f"{was - timedelta(days=7):%Y%m%d}", "20260901")))
    for sums in path.parent.glob("*.sha256"):
        sent_again(cell, sums.with_suffix(""))


FILES: Faults = {
    "refused connection": Fault(nothing_there),
    "hang": Fault(pipe),
    "slow drip": Fault(half_written),
    "500": Fault(unreadable),
    "error page": content(lambda _: PAGE.encode()),
    "truncated": content(lambda data: data[: len(data) * 2 // 3]),
    "wrong content type": content(lambda _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n" * 20),
    "empty": table(lambda _cell, header, _rows: [header]),
    "half the rows": table(half),
    "new column": table(lambda _, header, rows: [[*header, "brand_new"], *([*row, "x"] for row in rows)]),
    "lost column": table(lost_column),
    "unknown word": table(unknown_word),
    "another's rows": table(mixed_in, must=Must.RIGHT),
    "duplicate page": table(lambda _, header, rows: [header, *rows, *rows], must=Must.RIGHT),
    "too old": Fault(too_old),
}
