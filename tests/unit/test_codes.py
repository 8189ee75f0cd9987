"""Verification codes: drawn at random, checked, and read as people type them."""

from __future__ import annotations

import pytest

from creditreport.reports.content import grouped
from creditreport.verification.codes import ALPHABET, LENGTH, Code, Mistyped, new_code, read_code

# Made once with python-stdnum; fixed so that a changed algorithm cannot hide: printed codes live for years.
KNOWN = "0123456789ABCDEFGHJY"
OTHER = "ZYXWVTSRQPNMKJHGFED8"


def test_the_algorithm_never_changes() -> None:
    assert read_code(KNOWN) == Code(KNOWN)


def test_a_new_code_is_well_formed_and_never_the_same() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) and read_code(code) == Code(code) for code in codes)
    # Each of the 19 random places uses (nearly) the whole alphabet.
    assert all(len({code[place] for code in codes}) > 28 for place in range(LENGTH - 1))


@pytest.mark.parametrize("code", [KNOWN, *(new_code() for _ in range(5))], ids=range(6))
def test_every_single_wrong_character_is_caught(code: str) -> None:
    for place in range(LENGTH):
        for char in ALPHABET:
            if char != code[place]:
                wrong = code[:place] + char + code[place + 1 :]
                answer = read_code(wrong)
                assert isinstance(answer, Mistyped), wrong
                assert answer.reason == "check"


@pytest.mark.parametrize(
    "typed",
    [
        grouped(KNOWN),
        KNOWN.lower(),
        f"  {grouped(KNOWN).replace('-', ' ')}\n",
        grouped(KNOWN).replace("-", "—"),
        grouped(KNOWN).replace("-", "−"),
        "".join(chr(ord(char) + 0xFEE0) for char in KNOWN),
        KNOWN.replace("0", "O").replace("1", "l"),
        KNOWN.replace("0", "o").replace("1", "I"),
        f"https://credit.example.gov.cn/v/{KNOWN}",
        f"http://127.0.0.1:8000/v/{grouped(KNOWN).lower()}?lang=en#top",
        f"扫码核验 https://credit.example.gov.cn/V/{KNOWN}/",
        f"\u200b{KNOWN}\ufeff",
        f"核验码：{grouped(KNOWN)}（扫码核验）",
        f"Verification code {grouped(KNOWN).lower()}, valid until 21 December 2026",
        f"报告编号 320900202611210000017 核验码 {grouped(KNOWN).replace('-', '–')}",
        f"https://credit.example.gov.cn/v/{KNOWN} 请核验",
        f"{grouped(KNOWN)}\n{KNOWN}",
    ],
)
def test_forgiven(typed: str) -> None:
    assert read_code(typed) == Code(KNOWN)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "length"),
        (KNOWN[:-1], "length"),
        (KNOWN + "0", "length"),
        ("U" + KNOWN[1:], "letter"),
        ("码" + KNOWN[1:], "letter"),
        (KNOWN[:-1] + "*", "letter"),
        ("https://credit.example.gov.cn/v/", "length"),
        ("A" * 100_000, "length"),
        (KNOWN[1] + KNOWN[0] + KNOWN[2:], "check"),
        # Two codes in one line: which is meant, nobody knows.
        (f"{grouped(KNOWN)} {grouped(OTHER)}", "length"),
        ("报告编号 320900202611210000017", "letter"),
    ],
)
def test_mistyped(typed: str, reason: str) -> None:
    answer = read_code(typed)
    assert isinstance(answer, Mistyped)
    assert answer.reason == reason
    assert answer.zh
    assert answer.en


def test_the_foreign_letter_is_named_by_place() -> None:
    answer = read_code(KNOWN[:4] + "U" + KNOWN[5:])
    assert isinstance(answer, Mistyped)
    assert "第 5 位" in answer.zh
    assert "place 5" in answer.en
