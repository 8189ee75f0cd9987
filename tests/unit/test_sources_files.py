"""The files driver on real files: the newest drop, its encoding, its header, its rows."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.sources.base import Asked, Rows
from creditreport.sources.files import drop_date, newest_drop
from creditreport.sources.registry import make_source
from creditreport.violations.answer import AnswerStatus

ASKED_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
TEXT = "文号,当事人,金额\n1号,盐城甲公司,5\n2号,盐城乙公司,\n"


def ask(place: Path, environ: dict[str, str] | None = None, **source: Any) -> Asked[list[dict[str, Any]]]:
    manifest = Manifest.model_validate({
        "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
        "effective_from": "2024-09-01", "key": ["文号"], "fields": {"uscc": "当事人"},
        "source": {"driver": "files", "folder": str(place)} | source, "expect": {"empty": True},
    })  # fmt: skip
    located = LocatedManifest(path=place.parent / "01_a.toml", manifest=manifest)

    def every(rows: Rows) -> list[dict[str, Any]]:
        return [dict(row) for row in rows]

    return make_source(located, environ or {}).start(ASKED_AT, every).wait()


def drop(folder: Path, name: str, content: bytes, modified: float | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    if modified is not None:
        os.utime(path, (modified, modified))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_encodings_of_real_files(tmp_path: Path, encoding: str) -> None:
    drop(tmp_path, "x_20261120.csv", TEXT.encode(encoding))
    asked = ask(tmp_path)
    assert asked.status is AnswerStatus.COMPLETE, asked.problem
    assert asked.result == [
        {"文号": "1号", "当事人": "盐城甲公司", "金额": "5"},
        {"文号": "2号", "当事人": "盐城乙公司", "金额": ""},
    ]
    assert asked.rows_read == 2
    assert asked.data_as_of is not None
    assert asked.data_as_of.isoformat() == "2026-11-20T00:00:00+08:00"
    assert asked.version is not None
    assert asked.version.startswith("x_20261120.csv sha256:")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TEXT.encode("utf-16"), "编码"),
        (TEXT.encode()[:-20] + b"\xff" + TEXT.encode()[-20:], "UTF-8"),
        # Cut off in the middle of a character: GB18030 would read it as nonsense without a word.
        (TEXT.encode("utf-8-sig")[:-4], "UTF-8"),
        (b"\x80\x81\xff\xff", "编码"),
        (TEXT.encode() + "3号,丙\n".encode(), "第 4 行"),
        (TEXT.encode() + "3号,丙,1,2\n".encode(), "第 4 行"),
        (TEXT.encode() + '3号,"丙,1\n'.encode(), "CSV"),
        (b"", "表头"),
        (b"\n\n", "表头"),
        ("文号,文号,金额\n1,2,3\n".encode(), "重复"),
        ("文号,,金额\n1,2,3\n".encode(), "没有名称"),
    ],
)
def test_a_file_that_cannot_be_understood_is_incomplete(tmp_path: Path, content: bytes, words: str) -> None:
    drop(tmp_path, "x_20261120.csv", content)
    asked = ask(tmp_path)
    assert asked.status is AnswerStatus.INCOMPLETE
    assert words in (asked.problem or "")
    assert asked.result is None


def test_damaged_utf8_is_not_read_as_gb18030(tmp_path: Path) -> None:
    whole = ("a,b\n" + "盐城某某有限公司,市监局\n" * 3).encode()

    def passes_for(encoding: str, content: bytes) -> bool:
        try:
            return bool(content.decode(encoding))
        except UnicodeDecodeError:
            return False

    cuts = [whole[:end] for end in range(20, len(whole))]
    damaged = [cut for cut in cuts if passes_for("gb18030", cut) and not passes_for("utf-8", cut)]
    assert damaged
    drop(tmp_path, "x.csv", damaged[-1])
    asked = ask(tmp_path)
    assert asked.status is AnswerStatus.INCOMPLETE
    assert "UTF-8" in (asked.problem or "")


def test_quoted_cells_may_hold_separators_and_line_breaks(tmp_path: Path) -> None:
    drop(tmp_path, "x.csv", '文号;当事人;金额\r\n"1\n号";"甲;乙";"说""明"""\r\n;;\r\n\r\n'.encode())
    asked = ask(tmp_path, delimiter=";")
    assert asked.result == [{"文号": "1\n号", "当事人": "甲;乙", "金额": '说"明"'}]


def test_an_empty_table_is_an_answer_and_a_missing_one_is_not(tmp_path: Path) -> None:
    drop(tmp_path / "drops", "x_20261120.csv", "文号,当事人,金额\n".encode())
    assert (ask(tmp_path / "drops").status, ask(tmp_path / "drops").result) == (AnswerStatus.COMPLETE, [])
    for folder, pattern in ((tmp_path / "nowhere", "*"), (tmp_path / "drops", "*.xlsx")):
        asked = ask(folder, pattern=pattern)
        assert asked.status is AnswerStatus.UNAVAILABLE
        assert str(folder) in (asked.problem or "")


def test_a_relative_folder_is_relative_to_the_manifest(tmp_path: Path) -> None:
    drop(tmp_path / "drops", "x_20261120.csv", TEXT.encode())
    assert ask(tmp_path / "drops", folder="drops").status is AnswerStatus.COMPLETE


def test_a_folder_by_variable_with_a_rest(tmp_path: Path) -> None:
    drop(tmp_path / "drops", "x_20261120.csv", TEXT.encode())
    assert ask(tmp_path, {"DROPS": str(tmp_path)}, folder="env:DROPS/drops").status is AnswerStatus.COMPLETE
    missing = ask(tmp_path, folder="env:DROPS/drops")
    assert missing.status is AnswerStatus.UNAVAILABLE
    assert "DROPS" in (missing.problem or "")
    assert "a：" in (missing.problem or "")


def test_the_newest_drop_is_told_by_its_name_and_then_by_its_time(tmp_path: Path) -> None:
    drop(tmp_path, "a_2026-11-19.csv", b"", 4000)
    newest = drop(tmp_path, "a_20261120.csv", b"", 1000)
    drop(tmp_path, "b_undated.csv", b"", 5000)
    drop(tmp_path, "a_20261121.csv.part", b"", 6000)
    drop(tmp_path, ".a_20261122.csv", b"", 6000)
    (tmp_path / "a_20261123.csv").mkdir()
    assert newest_drop(tmp_path, "*") == newest
    again = drop(tmp_path, "c_20261120.csv", b"", 2000)
    assert newest_drop(tmp_path, "*") == again
    assert newest_drop(tmp_path, "a_*") == newest


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("x_20261120.csv", date(2026, 11, 20)),
        ("2026-11-20.xlsx", date(2026, 11, 20)),
        ("x20261120093000.csv", date(2026, 11, 20)),
        ("x_20260101-20261120.csv", date(2026, 11, 20)),
        ("x_20261320.csv", None),
        ("x_202611.csv", None),
        ("no1232026112099999.csv", None),
        ("2026-1120.csv", None),
    ],
)
def test_the_date_in_a_name(name: str, day: date | None) -> None:
    assert drop_date(name) == day


def test_without_a_date_in_its_name_a_file_is_as_old_as_its_last_change(tmp_path: Path) -> None:
    drop(tmp_path, "x.csv", TEXT.encode(), datetime(2026, 11, 19, 18, tzinfo=UTC).timestamp())
    asked = ask(tmp_path)
    assert asked.data_as_of is not None
    assert asked.data_as_of.isoformat() == "2026-11-20T02:00:00+08:00"


def workbook(path: Path, rows: list[list[Any]], **more: list[list[Any]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for title, others in more.items():
        extra = book.create_sheet(title)
        for row in others:
            extra.append(row)
    book.save(path)


def test_a_workbook(tmp_path: Path) -> None:
    day = datetime(2026, 3, 4)  # noqa: DTZ001 - spreadsheets know no zones
    rows = [["制表：某局"], ["文号", "当事人", "金额"], ["1号", "甲", 5], [None, None, None], ["2号", day, 0.5]]
    workbook(tmp_path / "x_20261120.xlsx", rows, empty=[])
    asked = ask(tmp_path, header_row=2)
    assert asked.status is AnswerStatus.COMPLETE, asked.problem
    assert asked.result is not None
    assert [row["文号"] for row in asked.result] == ["1号", "2号"]
    assert asked.result[1]["当事人"] in {day, day.date()}
    assert asked.result[0]["金额"] == 5


def test_the_workbook_is_told_by_its_content_not_its_name(tmp_path: Path) -> None:
    workbook(tmp_path / "x_20261120.csv", [["文号"], ["1号"]])
    assert ask(tmp_path).result == [{"文号": "1号"}]


@pytest.mark.parametrize(
    ("rows", "more", "source", "words"),
    [
        ([["文号"], ["1号", "多"]], {}, {}, "第 2 行"),
        ([["文号"], ["1号"]], {"说明": [["x"]]}, {}, "说明"),
        ([["文号"], ["1号"]], {}, {"sheet": "数据"}, "数据"),
        ([], {}, {}, "没有内容"),
        ([["文号", None, "金额"], ["1号", "甲", 1]], {}, {}, "没有名称"),
    ],
)
def test_a_workbook_that_cannot_be_understood_is_incomplete(
    tmp_path: Path, rows: list[list[Any]], more: dict[str, Any], source: dict[str, str], words: str
) -> None:
    workbook(tmp_path / "x_20261120.xlsx", rows, **more)
    asked = ask(tmp_path, **source)
    assert asked.status is AnswerStatus.INCOMPLETE
    assert words in (asked.problem or "")


def test_a_sheet_by_name(tmp_path: Path) -> None:
    workbook(tmp_path / "x.xlsx", [["说明"]], 数据=[["文号"], ["1号"]])
    assert ask(tmp_path, sheet="数据").result == [{"文号": "1号"}]


def test_a_broken_workbook_is_incomplete(tmp_path: Path) -> None:
    workbook(tmp_path / "x.xlsx", [["文号"], ["1号"]])
    whole = (tmp_path / "x.xlsx").read_bytes()
    drop(tmp_path, "x.xlsx", whole[: len(whole) // 2])
    assert ask(tmp_path).status is AnswerStatus.INCOMPLETE


def test_an_error_in_a_cell_is_not_an_empty_cell(tmp_path: Path) -> None:
    day = datetime(2026, 3, 4)  # noqa: DTZ001 - spreadsheets know no zones
    workbook(tmp_path / "x.xlsx", [["文号", "日期", "金额"], ["1号", day, "#N/A"], ["2号", None, "#REF!"]], 空表=[])
    asked = ask(tmp_path)
    assert asked.result is not None
    assert [row["金额"] for row in asked.result] == ["#N/A", "#REF!"]
    assert [row["日期"] for row in asked.result] == [day, None]


def test_an_old_or_encrypted_workbook_is_refused_with_advice(tmp_path: Path) -> None:
    drop(tmp_path, "x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    asked = ask(tmp_path)
    assert asked.status is AnswerStatus.INCOMPLETE
    assert "XLSX" in (asked.problem or "")


def test_the_watermark_of_a_column_is_its_latest_value(tmp_path: Path) -> None:
    text = "文号,时间\n1,2026-11-18 10:00:00\n2,2026-11-20 09:30:00\n3,\n4,2026-11-19\n"
    drop(tmp_path, "x_20261101.csv", text.encode())
    asked = ask(tmp_path, as_of={"column": "时间"})
    assert asked.data_as_of is not None
    assert asked.data_as_of.isoformat() == "2026-11-20T09:30:00+08:00"
    drop(tmp_path, "x_20261102.csv", b"\xe6\x96\x87\xe5\x8f\xb7,\xe6\x97\xb6\xe9\x97\xb4\n")
    unknown = ask(tmp_path, as_of={"column": "时间"})
    assert (unknown.status, unknown.data_as_of) == (AnswerStatus.INCOMPLETE, None)
    assert ask(tmp_path, as_of={"column": "别的"}).status is AnswerStatus.INCOMPLETE
