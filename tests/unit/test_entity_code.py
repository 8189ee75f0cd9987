"""What a person is told about a code that is not right, and where it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as standard

from creditreport.entities.uscc import ALPHABET, read_uscc
from creditreport.errors import Problem

GOOD = "91320900MA1WXYTE70"
GOOD = GOOD[:17] + standard.calc_check_digit(GOOD[:17])


def _with(place: int, character: str) -> str:
    return GOOD[: place - 1] + character + GOOD[place:]


@pytest.mark.parametrize(
    "typed",
    [
        GOOD,
        GOOD.lower(),
        f"  {GOOD[:8]} {GOOD[8:]}\n",
        "".join(chr(ord(character) + 0xFEE0) for character in GOOD),  # full-width
    ],
)
def test_what_is_meant_is_read(typed: str) -> None:
    assert read_uscc(typed) == GOOD


@pytest.mark.parametrize(
    ("typed", "zh", "en"),
    [
        ("", "没有输入内容", "nothing was typed"),
        (GOOD[:17], "共 17 位，应为 18 位", "it has 17 characters, not 18"),
        (GOOD + "0", "共 19 位，应为 18 位", "it has 19 characters, not 18"),
        (
            _with(5, "O"),
            "第 5 位 O 不是合法字符（是否为数字 0？）",
            "character 5, O, is not allowed (perhaps the digit 0?)",
        ),
        (
            _with(9, "I"),
            "第 9 位 I 不是合法字符（是否为数字 1？）",
            "character 9, I, is not allowed (perhaps the digit 1?)",
        ),
        (_with(9, "V"), "第 9 位 V 不是合法字符", "character 9, V, is not allowed"),
        (_with(8, "A"), "第 8 位 A 应为数字", "character 8, A, must be a digit"),
        (_with(10, "*"), "第 10 位 * 不是合法字符", "character 10, *, is not allowed"),
    ],
)
def test_what_is_wrong_is_named(typed: str, zh: str, en: str) -> None:
    with pytest.raises(Problem) as raised:
        read_uscc(typed)
    assert raised.value.code == "INVALID_USCC"
    assert raised.value.details["detail_zh"] == zh
    assert raised.value.details["detail_en"] == en


@given(st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_never_accepted(place: int, character: str) -> None:
    typed = GOOD[:place] + character + GOOD[place + 1 :]
    if typed != GOOD:
        with pytest.raises(Problem):
            read_uscc(typed)
