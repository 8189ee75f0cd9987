"""Breaking Chinese and mixed text into lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditreport.reports.pages.typeset import NOT_FIRST, NOT_LAST, one_line, printable, wrap


def em(text: str) -> float:
    """Chinese characters are one wide, others half."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


TEXT = st.text(alphabet="盐城市监管局罚款，。、；：（）《》“”…— 0123456789.,%abcXYZ-/\n", max_size=300)


@given(text=TEXT, limit=st.integers(min_value=4, max_value=40))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, limit: int) -> None:
    lines = wrap(text, limit, em)
    assert lines
    assert all(em(line) <= limit for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(words=st.lists(st.sampled_from(["盐城市", "罚款", "，", "。", "（", "）", "《", "》", "；"]), max_size=80))
def test_closing_marks_do_not_begin_a_line_and_opening_ones_do_not_end_it(words: list[str]) -> None:
    # Runs of marks alone cannot be broken well; between words at most three stand together.
    text = "".join(f"{word}字字" if word in NOT_FIRST | NOT_LAST else word for word in words)
    lines = wrap(text, 12, em)
    assert not [line for line in lines[1:] if line[0] in NOT_FIRST]
    assert not [line for line in lines[:-1] if line[-1] in NOT_LAST]


def test_latin_words_and_numbers_stay_whole() -> None:
    assert wrap("依据GB/T15834-2011号标准", 8, em) == ["依据", "GB/T15834-2011号", "标准"]
    assert wrap("共计罚款人民币1,234,567.89元整", 8, em) == ["共计罚款人民币", "1,234,567.89元整"]


def test_a_number_keeps_its_measure_word() -> None:
    assert wrap("查见违法记录 45 个领域", 8, em) == ["查见违法记录", "45 个领域"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("网址https-aaaaaaaaaaaaaaaa", 5, em) == ["网址", "https-aaaa", "aaaaaaaaaa", "aa"]


def test_paragraphs_are_kept_and_trailing_empty_ones_dropped() -> None:
    assert wrap("一\r\n二\r三\u2028四\n\n", 10, em) == ["一", "二", "三", "四"]
    assert wrap("", 10, em) == [""]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("甲\u200b乙\ufeff丙\u00ad", "甲乙丙"),
        ("葛\U000e0100城", "葛城"),
        ("\u202e倒序\u202c", "倒序"),
        ("甲\u00a0乙\u2009丙\t丁", "甲 乙 丙 丁"),
        ("a\x07b\x00", "ab"),
        ("甲\u3000乙", "甲\u3000乙"),
        ("私\ue000用", "私\ue000用"),
    ],
)
def test_what_has_no_glyph_by_nature_is_left_out_and_nothing_else(text: str, drawn: str) -> None:
    assert printable(text) == drawn


def test_one_line() -> None:
    assert one_line("盐城\n公司") == "盐城 公司"
