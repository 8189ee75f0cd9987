"""The font program that goes into the PDF, read back by fontTools."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Any

import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.recordingPen import RecordingPen
from reportlab.pdfbase.pdfdoc import PDFDocument

from creditreport.reports.cff import Glyphs, charstring, font_program, is_blank
from creditreport.reports.contours import DRIFT, GRID
from creditreport.reports.fonts import FontSet
from creditreport.reports.pdfobjects import spliced

TEXT = "一盐城A1，j (㑇"


@pytest.fixture(params=[0, 4, len(TEXT)])
def program(fonts: FontSet, request: pytest.FixtureRequest) -> Any:
    split: int = request.param
    codes = sorted(map(ord, TEXT))
    glyphs = [(code, fonts.regular.file.glyph(code)) for code in codes]
    lot = [(code, glyph.code) for code, glyph in glyphs if glyph]
    data = b"".join(font_program("ABCDEF+Some", (-10, -200, 1000, 900), Glyphs(lot[:split]), Glyphs(lot[split:])))
    read = CFFFontSet()
    read.decompile(BytesIO(data), None)
    assert list(read.fontNames) == ["ABCDEF+Some"]
    return read[0]


def test_it_is_keyed_by_code_point(program: Any) -> None:
    assert program.ROS == ("Adobe", "Identity", 0)
    assert program.FontBBox == [-10, -200, 1000, 900]
    assert program.CIDCount == 0x10000
    assert program.charset == [".notdef", *(f"cid{ord(character):05d}" for character in sorted(TEXT))]


def test_outlines_and_widths_are_those_of_the_font(program: Any, fonts: FontSet) -> None:
    for character in TEXT:
        drawn = program.CharStrings[f"cid{ord(character):05d}"]
        one, other = AreaPen(None), AreaPen(None)
        drawn.draw(one)
        width = fonts.regular.file.draw(ord(character), other)
        assert drawn.width == width
        assert abs(one.value) == pytest.approx(abs(other.value), rel=0.05, abs=1)


def test_points_stand_on_the_grid_and_near_where_they_were(program: Any, fonts: FontSet) -> None:
    glyph = program.CharStrings[f"cid{ord('城'):05d}"]
    pen, original = RecordingPen(), RecordingPen()
    glyph.draw(pen)
    fonts.regular.file.draw(ord("城"), original)
    points = [point for _, places in pen.value for point in places]
    assert points
    assert all(x % GRID == 0 and y % GRID == 0 for x, y in points)
    ends = [places[-1] for operator, places in original.value if operator == "moveTo"]
    reach = DRIFT
    for x, y in ends:
        assert any(abs(x - a) <= reach and abs(y - b) <= reach for a, b in points), (x, y)


def test_a_space_is_blank_and_nothing_else_is(fonts: FontSet) -> None:
    for character in TEXT:
        glyph = fonts.regular.file.glyph(ord(character))
        assert glyph is not None
        assert is_blank(glyph.code) == (character == " ")
    assert is_blank(charstring(lambda pen: None, 1000))
    assert is_blank(charstring(lambda pen: None, -1131))
    assert is_blank(charstring(lambda pen: None, 30000))


@pytest.mark.parametrize("size", [0, 1, 70_000])
def test_pieces_that_were_compressed_apart_are_one_stream(size: int) -> None:
    before, usual, after = b"head", bytes(at * at % 251 for at in range(size)), b"tail" * 9
    stream = spliced(before, usual, after, Subtype="/Some").format(PDFDocument())
    data = stream.split(b"stream\n", 1)[1].removesuffix(b"\nendstream")
    assert zlib.decompress(data) == before + usual + after
    assert f"/Length {len(data)}".encode() in stream


def test_a_program_of_more_than_64_kilobytes_has_wider_offsets() -> None:
    lot = [(code, bytes([139]) * 300 + b"\x0e") for code in range(1, 301)]
    read = CFFFontSet()
    read.decompile(BytesIO(b"".join(font_program("A", (0, 0, 0, 0), Glyphs(lot), Glyphs([])))), None)
    strings = read[0].CharStrings
    assert [strings[f"cid{code:05d}"].bytecode for code, _ in lot] == [code for _, code in lot]
