"""Fonts: made once, chosen by what they really cover, a character that none has stops by name."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from creditreport.errors import Problem
from creditreport.reports.embedding import to_unicode_map
from creditreport.reports.font_setup import CUTS, everyday
from creditreport.reports.fontfile import PREPARED, FontFile, UnusableFont, prepare_outlines, prepared_outlines
from creditreport.reports.fonts import FontSet, load_fonts, prepare_fonts
from creditreport.reports.glyphs import cid, outlines

RARE = "𬭎𠮷㑇㛃䶮𬴂鿏"
NOWHERE = "\ue000"


def _folder_with_fonts(var_dir: Path, made: Path) -> Path:
    folder = var_dir / "fonts"
    (folder / "extra").mkdir(parents=True)
    outlines = [str(Path(name).with_suffix(PREPARED)) for name, _, _ in CUTS]
    for name in (*(name for name, _, _ in CUTS), *outlines, "made-from.txt"):
        (folder / name).symlink_to(made / "fonts" / name)
    return folder


def test_before_set_up_the_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        load_fonts(tmp_path)
    assert caught.value.code == "FONTS_MISSING"
    assert str(tmp_path / "fonts" / "NotoSansSC-Regular.ttf") in caught.value.zh


def test_fonts_that_are_made_are_not_cut_again(tmp_path: Path, fonts_var_dir: Path) -> None:
    folder = _folder_with_fonts(tmp_path, fonts_var_dir)
    said: list[str] = []
    prepare_fonts(tmp_path, said.append)
    assert len(said) == 1
    assert "ready" in said[0]
    assert all((folder / name).is_symlink() for name, _, _ in CUTS)  # a fresh cut would have replaced the links


def test_the_two_cuts_are_told_apart(fonts: FontSet) -> None:
    assert fonts.regular.file.name != fonts.bold.file.name
    one = outlines(fonts.regular.path, "一")[0]
    other = outlines(fonts.bold.path, "一")[0]
    assert one[0] != other[0]


def test_rare_characters_of_names_have_a_font(fonts: FontSet) -> None:
    assert fonts.missing([RARE]) == []
    for bold in (False, True):
        runs = fonts.runs(f"盐城{RARE}店 Ltd.", bold)
        assert "".join(run.text for run in runs) == f"盐城{RARE}店 Ltd."
        for run in runs:
            assert all(run.font.covers(ord(character)) for character in run.text)


def test_what_the_main_font_lacks_comes_from_a_fallback(fonts: FontSet) -> None:
    assert not fonts.regular.covers(ord("𠮷"))
    before, rare, after = fonts.runs("张𠮷店")
    assert (before.font, after.font) == (fonts.regular, fonts.regular)
    assert rare.font not in (fonts.regular, fonts.bold)


def test_missing_characters_are_named_each_once(fonts: FontSet) -> None:
    assert fonts.missing([f"甲{NOWHERE}乙", f"{NOWHERE}\uf8ff"]) == [NOWHERE, "\uf8ff"]
    with pytest.raises(Problem) as caught:
        fonts.runs(f"甲{NOWHERE}")
    assert caught.value.code == "MISSING_GLYPH"
    assert "U+E000" in caught.value.zh


def test_the_operators_own_font_is_used_before_the_systems(tmp_path: Path, fonts: FontSet, fonts_var_dir: Path) -> None:
    folder = _folder_with_fonts(tmp_path, fonts_var_dir)
    (folder / "extra" / "Own.TTF").symlink_to(fonts.fallbacks[0].path)
    assert load_fonts(tmp_path).runs("𠮷")[0].font.path == folder / "extra" / "Own.TTF"


def test_an_opentype_font_of_the_operator_is_used_too(tmp_path: Path, fonts_var_dir: Path) -> None:
    folder = _folder_with_fonts(tmp_path, fonts_var_dir)
    pen = T2CharStringPen(500, None)
    for operation, point in ((pen.moveTo, (0, 0)), (pen.lineTo, (400, 0)), (pen.lineTo, (400, 700))):
        operation(point)
    pen.closePath()
    builder = FontBuilder(500, isTTF=False)
    builder.setupGlyphOrder([".notdef", "own"])
    builder.setupCharacterMap({ord(NOWHERE): "own"})
    builder.setupCFF(
        "Own-Regular", {}, {".notdef": T2CharStringPen(0, None).getCharString(), "own": pen.getCharString()}, {}
    )
    builder.setupHorizontalMetrics({".notdef": (500, 0), "own": (500, 0)})
    builder.setupHorizontalHeader(ascent=400, descent=-100)
    builder.save(folder / "extra" / "own.otf")
    (run,) = load_fonts(tmp_path).runs(NOWHERE)
    assert run.font.path.name == "own.otf"
    (shape, width, em) = outlines(run.font.path, NOWHERE)[0]
    assert (shape, width, em) == ("0 0 m 100 0 l 100 176 l h", 125.0, 125.0)  # in steps of eight, long ones of sixteen


def test_a_broken_font_of_the_operator_is_named_when_it_is_needed(tmp_path: Path, fonts_var_dir: Path) -> None:
    broken = _folder_with_fonts(tmp_path, fonts_var_dir) / "extra" / "broken.ttf"
    broken.write_bytes(b"OTTO" + bytes(200))
    loaded = load_fonts(tmp_path)
    assert loaded.missing(["盐城"]) == []
    with pytest.raises(Problem) as caught:
        loaded.missing(["𠮷"])
    assert caught.value.code == "FONT_UNREADABLE"
    assert str(broken) in caught.value.en


def test_widths_are_those_of_the_font(fonts: FontSet) -> None:
    assert fonts.width("盐城", 10) == pytest.approx(20)
    assert fonts.width("il", 10) < fonts.width("WM", 10) < 20
    assert {fonts.width(digit, 10) for digit in "0123456789"} == {fonts.width("0", 10)}


def test_a_font_that_may_not_be_embedded_is_refused(tmp_path: Path, fonts: FontSet) -> None:
    data = bytearray(fonts.regular.path.read_bytes())
    at = next(16 * n + 12 for n in range(30) if data[16 * n + 12 : 16 * n + 16] == b"OS/2")
    place = struct.unpack_from(">I", data, at + 8)[0]
    struct.pack_into(">H", data, place + 8, 0x0002)
    (tmp_path / "own.ttf").write_bytes(data)
    with pytest.raises(UnusableFont, match="forbids"):
        FontFile(tmp_path / "own.ttf")


def test_outlines_made_at_set_up_are_those_made_on_demand(tmp_path: Path, fonts: FontSet) -> None:
    own = tmp_path / "own.ttf"
    own.write_bytes(fonts.regular.path.read_bytes())
    wanted = {ord(character) for character in "盐城 A1，㑇𬭎\u3000"}
    prepare_outlines(own, wanted.__contains__)
    file = FontFile(own)
    prepared = prepared_outlines(file)
    assert prepared is not None
    assert {code for code in range(0x2FFFF) if prepared.glyph(code)} == wanted
    for code in wanted:
        assert prepared.glyph(code) == file.glyph(code)


def test_set_up_prepares_the_everyday_characters(fonts: FontSet) -> None:
    prepared = prepared_outlines(fonts.bold.file)
    assert prepared is not None
    for character in "盐城市经营主体，。（2026）ABC xyz":
        assert everyday(ord(character))
        assert prepared.glyph(ord(character)) == fonts.bold.file.glyph(ord(character))
    assert prepared.glyph(ord("𬭎")) is None


def test_outlines_of_another_cut_are_not_used(tmp_path: Path, fonts: FontSet) -> None:
    own = tmp_path / "own.ttf"
    own.write_bytes(fonts.bold.path.read_bytes())
    own.with_suffix(PREPARED).write_bytes(fonts.regular.path.with_suffix(PREPARED).read_bytes())
    assert prepared_outlines(FontFile(own)) is None
    own.with_suffix(PREPARED).write_bytes(b"cut short")
    assert prepared_outlines(FontFile(own)) is None


def test_a_mark_is_drawn_only_by_a_glyph_that_takes_no_room(fonts: FontSet) -> None:
    assert fonts.missing(["e\u0301"]) == []
    assert fonts.glyph("\u0301")[1] == 0
    hanazono = fonts.fallbacks[-2].font
    assert hanazono.path.name == "HanaMinA.ttf"
    assert not hanazono.covers(0x20DF)  # it has one: a picture of the mark, one em wide
    assert fonts.missing(["盐\u20df"]) == ["\u20df"]


def test_half_of_a_surrogate_pair_is_named_in_a_message_that_can_be_printed(fonts: FontSet) -> None:
    with pytest.raises(Problem) as caught:
        fonts.runs("盐\ud842")
    assert "U+D842" in caught.value.zh.encode().decode()


def test_a_blank_that_is_no_space_is_no_glyph(tmp_path: Path, fonts: FontSet) -> None:
    assert fonts.regular.covers(ord("\u3000"))
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupCharacterMap({ord(" "): "blank", ord("盐"): "blank"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "blank": TTGlyphPen(None).glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "blank": (500, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.save(tmp_path / "blank.ttf")
    blank = FontFile(tmp_path / "blank.ttf")
    assert blank.glyph(ord("盐")) is None
    space = blank.glyph(ord(" "))
    assert space is not None
    assert space.advance == 500


def test_copied_text_is_utf16_with_surrogates_in_blocks_of_a_hundred() -> None:
    usual = frozenset(map(chr, range(0x4E00, 0x4E00 + 120)))
    head, middle, tail = (piece.decode() for piece in to_unicode_map(0, usual, frozenset("A（")))
    assert "<0000> <FFFF>" in head
    assert "<4E00><4E00>" in middle
    assert [int(count) for count in re.findall(r"(\d+) beginbfchar", middle)] == [100, 20]
    assert "2 beginbfchar\n<0041><0041><FF08><FF08>\nendbfchar\nendcmap" in tail
    beyond = b"".join(to_unicode_map(2, frozenset(), frozenset("𬭎𠮷𠀀"))).decode()
    assert "<CB4E><D872DF4E>" in beyond
    assert "<0BB7><D842DFB7>" in beyond
    assert "<FFFF><D840DC00>" in beyond  # U+20000: its own place is .notdef's


def test_every_character_of_a_plane_has_a_place_of_its_own() -> None:
    assert cid(0x20000) == 0xFFFF
    assert cid(0x2CB4E) == 0xCB4E
    assert len({cid(code) for code in range(0x20000, 0x2FFFE)}) == 0xFFFE
    assert 0 not in {cid(code) for code in range(0x20000, 0x30000)}
