"""What strangers hand in: sorted by content, refused beyond its limits; tables read by heading or by their content."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from creditreport.bidpacks.codes import expected_codes, typed_codes, verification_codes
from creditreport.bidpacks.facts import Kind, Trouble
from creditreport.bidpacks.items import NewItem, Upload, clean_label, sorted_items
from creditreport.bidpacks.limits import MEGABYTE
from creditreport.bidpacks.tables import table_rows
from creditreport.demo.codes import unified_code
from creditreport.errors import Problem
from creditreport.verification.codes import new_code
from tests.bidding import zipped

PDF = b"%PDF-1.7\n1 0 obj\n"
LIMIT = MEGABYTE
A, B, C = (unified_code("91", "320902", number) for number in (1, 2, 3))
CODE, OTHER = new_code(), new_code()


def items(*uploads: tuple[str, bytes]) -> list[NewItem]:
    return sorted_items([Upload(*one) for one in uploads], LIMIT)


def refusal(*uploads: tuple[str, bytes]) -> Problem:
    with pytest.raises(Problem) as caught:
        items(*uploads)
    return caught.value


def workbook(*rows: tuple[object, ...], more: tuple[tuple[object, ...], ...] = ()) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for row in more:
        sheet = book["二"] if "二" in book.sheetnames else book.create_sheet("二")
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def codes(upload: bytes, name: str = "t.xlsx") -> list[str]:
    return [text for _, text in verification_codes(name, table_rows(name, upload))]


def test_files_zips_and_tables_in_one_go_in_their_order() -> None:
    packed = zipped(
        ("投标/甲.pdf", PDF + b"1"), ("投标/乙.txt", b"words"), ("__MACOSX/._甲.pdf", b"x"), ("投标/.DS_Store", b"x")
    )
    found = items(("一.pdf", PDF), ("包.zip", packed), ("码.csv", f"核验码\n{CODE}\n".encode()), ("空.pdf", b""))
    assert [(one.label.split(" ")[0], one.kind, one.trouble) for one in found] == [
        ("一.pdf", Kind.FILE, None),
        ("包.zip/投标/甲.pdf", Kind.FILE, None),
        ("包.zip/投标/乙.txt", Kind.FILE, Trouble.NOT_PDF),
        ("码.csv", Kind.CODE, None),
        ("空.pdf", Kind.FILE, Trouble.EMPTY),
    ]
    assert [one.trouble for one in items(("说明.txt", b"hello"), ("码.txt", f"{CODE}\n".encode()))] == [
        Trouble.NOT_PDF,
        None,
    ]
    # Nothing is stored of what is no PDF; a code is not in its label.
    assert [one.data for one in found] == [PDF, PDF + b"1", None, CODE.encode(), None]
    assert CODE not in found[3].label


@pytest.mark.parametrize(
    ("name", "data", "trouble"),
    [
        ("a.pdf", b"Rar!\x1a\x07", Trouble.ARCHIVE),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", Trouble.ARCHIVE),
        ("a.pdf", b"MZ\x90", Trouble.NOT_PDF),
        ("a.docx", zipped(("[Content_Types].xml", b""), ("word/document.xml", b"")), Trouble.NOT_PDF),
        ("a.pdf", PDF + bytes(LIMIT), Trouble.TOO_LARGE),
    ],
)
def test_told_by_content_and_not_by_name(name: str, data: bytes, trouble: Trouble) -> None:
    assert [(one.trouble, one.data) for one in items((name, data))] == [(trouble, None)]
    assert items(("report.exe", PDF))[0].trouble is None


def test_an_archive_within_an_archive_stays_closed() -> None:
    inner = zipped(("a.pdf", PDF))
    assert [one.trouble for one in items(("o.zip", zipped(("i.zip", inner), ("b.pdf", PDF))))] == [
        Trouble.ARCHIVE,
        None,
    ]


def _encrypted() -> bytes:
    data = bytearray(zipped(("a.pdf", PDF)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def _lzma() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.pdf", PDF)
    return out.getvalue()


def _spoilt() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.pdf", PDF)
    return out.getvalue().replace(b"1 0 obj", b"2 0 obj", 1)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and no more",
        zipped(("a.pdf", PDF))[:-30],
        _encrypted(),
        _lzma(),
        _spoilt(),
    ],
    # Named: an archive holds the time of its making, and each process that runs the tests makes its own.
    ids=["a beginning", "cut off", "encrypted", "unknown compression", "spoilt"],
)
def test_an_archive_that_cannot_be_read_is_refused_by_name(data: bytes) -> None:
    found = refusal(("包.zip", data))
    assert found.code == "ARCHIVE_UNREADABLE"
    assert "包.zip" in found.zh


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped(("a.pdf", PDF + bytes(3 * MEGABYTE)))
    with pytest.raises(Problem, match="unlikely"):
        sorted_items([Upload("b.zip", bomb)], 4 * MEGABYTE)
    assert refusal(("many.zip", zipped(*((f"{at}.pdf", PDF) for at in range(201))))).code == "PACK_TOO_MANY"
    assert refusal(*((f"{at}.pdf", PDF) for at in range(201))).code == "PACK_TOO_MANY"
    large = PDF + bytes(LIMIT - 100)
    assert refusal(*((f"{at}.pdf", large) for at in range(65))).code == "PACK_TOO_LARGE"
    assert refusal().code == "PACK_EMPTY"
    assert refusal(("e.zip", zipped(("__MACOSX/x", b"")))).code == "PACK_EMPTY"


def test_names_are_shown_without_what_turns_or_hides_them() -> None:
    assert clean_label("甲\u202egpj.pdf\x00\n") == "甲gpj.pdf"
    assert clean_label("a\\b\\c.pdf") == "a/b/c.pdf"
    assert clean_label("\x07") == "?"
    assert len(clean_label("长" * 500)) == 160


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_codes_are_found_by_their_heading(encoding: str, delimiter: str) -> None:
    lines = ["序号;报告核验码;单位", f"1;{CODE};甲", "2;写错了;乙", ";;", f"3;{OTHER};丙"]
    data = "\r\n".join(lines).replace(";", delimiter).encode(encoding)
    assert codes(data, "t.csv") == [CODE, "写错了", OTHER]


def test_codes_are_found_by_what_stands_there() -> None:
    rows = [("某项目", None), ("单位", "码"), ("甲", CODE), ("乙", "ABC"), ("丙", OTHER)]
    assert codes(workbook(*rows)) == [CODE, "ABC", OTHER]
    assert codes(f"{CODE}\n{OTHER}\n".encode(), "list.txt") == [CODE, OTHER]
    # A heading above nothing does not hide the column beside it.
    assert codes(workbook(("核验码", "x"), (None, CODE))) == [CODE]


def test_every_visible_sheet_is_read() -> None:
    rows = [(CODE,)]
    both = verification_codes("t.xlsx", table_rows("t.xlsx", workbook(*rows, more=((OTHER,),))))
    assert [text for _, text in both] == [CODE, OTHER]
    assert both[1][0] == "二 1"


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing_and_is_not_lost() -> None:
    book = Workbook()
    book.active["A1"], book.active["A1048576"], book.active["XFD3"] = CODE, OTHER, "far"
    out = BytesIO()
    book.save(out)
    assert verification_codes("t.xlsx", table_rows("t.xlsx", out.getvalue())) == [("1", CODE), ("1048576", OTHER)]


def test_a_row_beyond_the_end_of_the_format_is_not_counted_up_to() -> None:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook((CODE,)))) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                data = re.sub(rb"<dimension [^>]*/>", b"", data)
                data = data.replace(b"</sheetData>", b'<row r="3000000"><c r="A3000000"><v>1</v></c></row></sheetData>')
            new.writestr(info, data)
    assert table_rows("t.xlsx", out.getvalue()) == [("1", [CODE, *[""] * 59])]


def test_a_table_that_is_too_long_is_refused_and_not_cut_off() -> None:
    for name, data in (("t.csv", f"{CODE}\n".encode() * 5001), ("t.xlsx", workbook(*[(CODE,)] * 5001))):
        with pytest.raises(Problem, match="more than 5000 rows"):
            table_rows(name, data)
    assert len(table_rows("t.csv", f"{CODE}\n\n".encode() * 5000)) == 5000


def test_a_workbook_that_unpacks_to_more_than_it_says_is_refused() -> None:
    out = BytesIO(workbook((CODE,)))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(25 * MEGABYTE))
    assert refusal(("t.xlsx", out.getvalue())).code == "TABLE_UNREADABLE"


@pytest.mark.parametrize("data", [b"PK\x03\x04 no", bytes(range(128, 256)), b"a\x00b"])
def test_a_table_that_cannot_be_read(data: bytes) -> None:
    with pytest.raises(Problem) as caught:
        table_rows("t.csv", data)
    assert caught.value.code == "TABLE_UNREADABLE"


def test_a_table_without_codes_says_what_it_should_hold() -> None:
    assert refusal(("t.csv", "甲,乙\n1,2".encode())).code == "TABLE_WITHOUT_CODES"
    with pytest.raises(Problem, match="unified social credit codes"):
        expected_codes("t.csv", table_rows("t.csv", CODE.encode()))


def test_expected_businesses_as_they_are_typed() -> None:
    assert typed_codes(f"{A} 甲公司\n\n乙公司，{B.lower()}\n{A}；{C}\n") == (A, B, C)
    for line, where in (
        ("甲公司", "1"),
        (f"{A}\n{B[:-1]}", "2"),
        (f"{A}\n{A[:-1]}{'0' if A[-1] != '0' else '1'}", "2"),
    ):
        with pytest.raises(Problem) as caught:
            typed_codes(line)
        assert (caught.value.code, caught.value.details["where"]) == ("EXPECTED_WRONG", where)


def test_expected_businesses_of_a_table() -> None:
    table = workbook(("名称", "统一社会信用代码"), ("甲", A), ("乙", f" {B} "), ("甲", A))
    assert expected_codes("t.xlsx", table_rows("t.xlsx", table)) == (A, B)
    with pytest.raises(Problem) as caught:
        expected_codes("t.xlsx", table_rows("t.xlsx", workbook(("统一社会信用代码",), (A,), ("合计 1 家",))))
    assert (caught.value.code, caught.value.details["where"]) == ("EXPECTED_WRONG", "3")
    many = "\n".join(unified_code("91", "320902", number) for number in range(1001))
    with pytest.raises(Problem) as caught:
        typed_codes(many)
    assert caught.value.code == "TOO_MANY_EXPECTED"
