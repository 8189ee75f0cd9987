"""Double-publicity forms for tests: rows that are right until a test changes a cell, and files of each kind."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from stdnum.cn import uscc

from creditreport.doublepublicity.form import COLUMNS

UNIT = "盐城市卫生健康委员会"


def code(number: int, start: str = "91") -> str:
    """A right unified code; ``start`` 92 is an individual business, 11 an organ."""
    body = f"{start}320900MA{number:07d}"
    return body + str(uscc.calc_check_digit(body))


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A right row of the form: a fine of 5000 yuan, decided on a Monday, 10 working days before 21 November 2026."""
    cells: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    cells |= {
        "CF_XDR_MC": f"盐城样例{number}有限公司", "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": code(number),
        "CF_FRDB": "王某", "CF_FR_ZJLX": "身份证", "CF_WSH": f"盐卫罚〔2026〕{number}号", "CF_WFXW": "未按规定消毒",
        "CF_SY": f"经查，第{number}号单位未按规定消毒。", "CF_YJ": "《消毒管理办法》", "CF_CFLB": "罚款",
        "CF_NR": "罚款5000元", "CF_NR_FK": "0.5", "CF_JDRQ": "2026-11-9", "CF_YXQ": "2099-12-31",
        "CF_GSJZQ": "2029-11-9", "CF_CFJG": UNIT, "CF_CFJGDM": code(1, "11"), "CF_SJLY": UNIT,
        "CF_SJLYDM": code(1, "11"),
    }  # fmt: skip
    return cells | changes


def write(path: Path, rows: Iterable[Mapping[str, Any]], encoding: str = "utf-8", more: Iterable[str] = ()) -> Path:
    """The form as a file: a workbook or a CSV by the name of ``path``; ``more`` are further columns."""
    columns = [*COLUMNS, *more]
    lines = [columns, *([each.get(column, "") for column in columns] for each in rows)]
    if path.suffix == ".xlsx":
        book = Workbook()
        for line in lines:
            book.worksheets[0].append(line)
        book.save(path)
        book.close()
    else:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(lines)
    return path


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file that the program wrote, as text."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        cells = [["" if value is None else str(value) for value in line] for line in book.active.values]
        kinds = {cell.data_type for line in book.active.iter_rows() for cell in line}
        book.close()
        assert kinds <= {"s", "inlineStr", "n"}, kinds  # "f" would be a formula; "n" is an empty cell
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = list(csv.reader(file))
    return [dict(zip(cells[0], line, strict=True)) for line in cells[1:]]
