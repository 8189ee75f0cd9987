"""The table of a pack as a workbook: texts stay texts, the head stays in sight, columns are as wide as they need."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from creditreport.bidpacks.result import Result, ResultRow
from creditreport.bidpacks.sentences import WORDS
from creditreport.reports.content import grouped
from creditreport.spreadsheets import text_cell

_HEADS: tuple[tuple[str, str, int], ...] = (
    ("序号", "No.", 7),
    ("文件或核验码", "File or code", 44),
    ("结论", "Verdict", 14),
    ("说明", "Why", 64),
    ("真实", "Genuine", 9),
    ("开标日有效", "Valid on the opening date", 12),
    ("主体在名单中", "Expected entity", 12),
    ("年限足够", "Period long enough", 12),
    ("与第几项重复", "Twice (item)", 12),
    ("经营主体", "Entity", 34),
    ("统一社会信用代码", "Unified code", 22),
    ("报告编号", "Report number", 25),
    ("查询年限", "Years", 9),
    ("期间起", "Window from", 12),
    ("期间止", "Window to", 12),
    ("出具日期", "Issued on", 12),
    ("有效期至", "Valid until", 12),
)
_YES = {True: ("是", "yes"), False: ("否", "no"), None: ("", "")}
_DAY = "yyyy-mm-dd"
_HEAD_FILL = PatternFill("solid", fgColor="1F4E79")
Value = str | int | date | None


def result_workbook(result: Result, language: str, sheet_code: str | None) -> bytes:
    """An XLSX with the table, and beside it the terms and who is missing; ``language``: zh or en."""
    at = 1 if language == "en" else 0
    book = Workbook(write_only=True)
    table = book.create_sheet(("核验结果", "Verdicts")[at])
    table.freeze_panes = "C2"
    table.auto_filter.ref = f"A1:{_letter(len(_HEADS))}{len(result.items) + 1}"
    for place, head in enumerate(_HEADS, start=1):
        table.column_dimensions[_letter(place)].width = head[2]
    table.append([_head(table, head[1] if at else head[0]) for head in _HEADS])
    for row in result.items:
        table.append([_cell(table, value) for value in _values(row, at)])
    about = book.create_sheet(("说明", "About")[at])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 30, 60
    for label, value in _about(result, at, sheet_code):
        about.append([_cell(about, label), _cell(about, value)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _letter(place: int) -> str:
    return chr(ord("A") + place - 1)


def _values(row: ResultRow, at: int) -> list[Value]:
    yes = [_YES[one][at] for one in (row.genuine, row.valid_on_opening, row.right_business, row.window_enough)]
    return [
        row.position, row.label, WORDS[row.word][at], row.sentence.en if at else row.sentence.zh, *yes, row.same_as,
        row.entity_name, row.uscc, row.number, row.years, row.window_start, row.window_end,
        row.issued_at.date() if row.issued_at is not None else None, row.valid_until,
    ]  # fmt: skip


def _about(result: Result, at: int, sheet_code: str | None) -> list[tuple[str, Value]]:
    labels: list[tuple[tuple[str, str], Value]] = [
        (("项目名称", "Project"), result.project),
        (("开标日期", "Bid opening"), result.opening),
        (("核验时间", "Checked at"), f"{result.checked_at:%Y-%m-%d %H:%M} (UTC+8)"),
        (("要求的查询年限", "Period wanted"), result.years),
        (("核验单核验码", "Code of the sheet"), grouped(sheet_code) if sheet_code else None),
    ]
    words = {"items": ("总项数", "Items"), "missing": ("缺少的应有主体", "Missing entities")}
    words |= {word.value: said for word, said in WORDS.items()}
    labels += [(words[name], count) for name, count in result.counts.items()]
    labels += [(("没有提交真实报告", "No genuine report"), code) for code in result.missing]
    return [(label[at], value) for label, value in labels]


def _head(sheet: Any, text: str) -> Any:
    cell = text_cell(sheet, text)
    cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    if isinstance(value, str):
        text = text_cell(sheet, value)
        text.alignment = Alignment(wrap_text=True, vertical="top")
        return text
    cell: Any = WriteOnlyCell(sheet)
    cell.value = value
    cell.alignment = Alignment(vertical="top", horizontal="left")
    if isinstance(value, date):
        cell.number_format = _DAY
    return cell
