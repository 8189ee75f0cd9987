"""The list of a batch: a CSV with a header, UTF-8 or GB18030, one report a line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from creditreport.errors import Problem

# What a column may be called, in the file of whoever made the list.
NAMES = {
    "uscc": ("uscc", "统一社会信用代码", "信用代码"),
    "years": ("years", "年限", "查询年限"),
    "purpose": ("purpose", "用途"),
    "language": ("language", "语言", "文种"),
    "showing": ("showing", "展示"),
}
NEEDED = ("uscc", "years", "purpose")
PURPOSES = {"金融": "finance", "商务": "commerce", "行政": "administration"}


@dataclass(frozen=True, slots=True)
class Line:
    """What one line asks for, as typed; ``number`` is where it stands in the file, the header being 1."""

    number: int
    uscc: str
    years: str
    purpose: str
    language: str = "zh"
    showing: str = "records"


def read_lines(file: Path) -> list[Line]:
    """The lines of ``file``; empty ones are passed over. What is typed in them is judged when a report is issued.

    Raises ``BATCH_UNREADABLE`` when the file is no such list: nothing is issued from half a list.
    """
    text = _text(file)
    try:
        rows = list(csv.reader(StringIO(text), strict=True))
    except csv.Error as error:
        raise _unreadable(file, f"不是正确的 CSV（{error}）", f"it is not right CSV ({error})") from error
    if not rows:
        raise _unreadable(file, "是空的", "it is empty")
    columns = _columns(file, rows[0])
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(rows[0]):
            zh, en = f"第 {number} 行有 {len(cells)} 列", f"line {number} has {len(cells)} columns"
            raise _unreadable(file, zh, en)
        given = {name: cells[at] for name, at in columns.items() if cells[at]}
        given["purpose"] = PURPOSES.get(given.get("purpose", ""), given.get("purpose", ""))
        lines.append(Line(number, **{"uscc": "", "years": "", **given}))
    if not lines:
        raise _unreadable(file, "没有一行", "it has no lines")
    return lines


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise _unreadable(file, str(error), str(error)) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(file, "不是 UTF-8 或 GB18030 文本", "it is neither UTF-8 nor GB18030 text")


def _columns(file: Path, header: list[str]) -> dict[str, int]:
    """Where each column stands. A column that is not known is an error, so that nothing in it is silently ignored."""
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        name = next((name for name, called in NAMES.items() if cell.strip().lower() in called), None)
        if name is None or name in found:
            raise _unreadable(file, f"表头“{cell}”不认识或重复", f"the column “{cell}” is not known or there twice")
        found[name] = at
    if missing := [name for name in NEEDED if name not in found]:
        raise _unreadable(file, f"缺少列 {', '.join(missing)}", f"it lacks the columns {', '.join(missing)}")
    return found


def _unreadable(file: Path, detail_zh: str, detail_en: str) -> Problem:
    return Problem("BATCH_UNREADABLE", file=file.name, detail_zh=detail_zh, detail_en=detail_en)
