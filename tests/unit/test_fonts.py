"""Fonts: made once, chosen by what they really cover, a character that none has stops by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from creditreport.errors import Problem
from creditreport.reports.font_setup import CUTS
from creditreport.reports.fonts import FontSet, load_fonts, prepare_fonts
from creditreport.reports.glyphs import outlines, to_unicode_map

RARE = "𬭎𠮷㑇㛃䶮𬴂鿏"
NOWHERE = "\ue000"


def _folder_with_fonts(var_dir: Path, made: Path) -> Path:
    folder = var_dir / "fonts"
    (folder / "extra").mkdir(parents=True)
    for name in (*(name for name, _, _ in CUTS), "made-from.txt"):
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
    assert fonts.regular.face.name != fonts.bold.face.name
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


def test_copied_text_is_utf16_with_surrogates_in_blocks_of_a_hundred() -> None:
    codes = [0, *range(0x4E00, 0x4E00 + 120), 0x2CB4E, 0x20BB7]
    written = to_unicode_map("AAAAAA+Some", codes)
    assert "<79> <D872DF4E>" in written
    assert "<7A> <D842DFB7>" in written
    assert "<01> <4E00>" in written
    assert [int(count) for count in re.findall(r"(\d+) beginbfchar", written)] == [100, 22]
