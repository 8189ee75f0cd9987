"""Tables for spreadsheets: whatever a text looks like, no program takes it for a formula; numbers stay numbers."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from creditreport.spreadsheets import csv_lines, escaped, workbook

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "　=1", "＝1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_escaped_in_csv_and_text_in_a_workbook(text: str) -> None:
    assert escaped(text) == f"'{text}"
    (row,) = csv.reader(StringIO("".join(csv_lines([[text]])).removeprefix("\ufeff"), newline=""))
    assert row == [f"'{text}"]
    cell = load_workbook(BytesIO(workbook([("s", [[text]])]))).active["A1"]  # type: ignore[index]
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert str(cell.value).strip() == text.strip()


def test_numbers_stay_numbers_and_nothing_is_nothing() -> None:
    row = [-1, Decimal("-0.5"), 0.25, None, "盐城", "a=b"]
    assert "".join(csv_lines([row])) == "\ufeff-1,-0.5,0.25,,盐城,a=b\r\n"
    sheet = load_workbook(BytesIO(workbook([("s", [row])]))).active
    assert [cell.value for cell in next(iter(sheet.rows))] == [-1, -0.5, 0.25, None, "盐城", "a=b"]  # type: ignore[union-attr]
    assert "".join(csv_lines([])) == "\ufeff"


def test_sheets_have_names_that_a_workbook_takes() -> None:
    names = ["a/b:c*?[d]\\", "x" * 40, "X" * 40, "", "'q'"]
    found = load_workbook(BytesIO(workbook([(name, []) for name in names]))).sheetnames
    assert found == ["a-b-c---d--", "x" * 31, "X" * 29 + " 2", "-", "q"]
