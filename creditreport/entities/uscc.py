"""The unified social credit code (GB 32100-2015): checking what a person typed, and saying what is wrong with it.

18 characters: registering authority and type, 6 digits of region, 9 characters of organisation code, check character.
The letters I, O, S, V and Z do not occur, so that they cannot be taken for 1, 0, 5, U and 2.
"""

from __future__ import annotations

from stdnum.cn import uscc as standard
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength

from creditreport.errors import Problem
from creditreport.violations.record import comparable_code

LENGTH = 18
LETTERS_FROM = 9
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
OLDER = {
    9: ("（像是组织机构代码）", " (perhaps an organisation code)"),
    15: ("（像是旧注册号或税号）", " (perhaps an old registration or tax number)"),
}
TAKEN_FOR = {"O": "0", "I": "1", "Z": "2", "S": "5"}


def is_uscc(code: str) -> bool:
    """Whether ``code``, in comparable form, is a right unified code."""
    return len(code) == LENGTH and bool(standard.is_valid(code))


def read_uscc(text: str) -> str:
    """The code that ``text`` means: full-width and lower case are read, white space is dropped.

    Raises ``INVALID_USCC`` whose sentence names what is wrong, and where.
    """
    code = comparable_code(text)
    if not code:
        raise _invalid(text, "没有输入内容", "nothing was typed")
    if len(code) != LENGTH:
        # Told by the form alone: whose number it is must not be learnt from this sentence.
        zh, en = OLDER.get(len(code.replace("-", "")), ("", ""))
        raise _invalid(
            text, f"共 {len(code)} 位{zh}，应为 {LENGTH} 位", f"it has {len(code)} characters{en}, not {LENGTH}"
        )
    for place, character in enumerate(code, start=1):
        _check_character(text, place, character)
    try:
        return str(standard.validate(code))
    except InvalidChecksum:
        raise _invalid(
            text, "校验位不符，可能有一位输错", "the check character does not fit, so one character is probably wrong"
        ) from None
    except (InvalidFormat, InvalidLength, InvalidComponent) as error:
        raise _invalid(text, "格式不符", "its form is not that of a unified code") from error


def _check_character(text: str, place: int, character: str) -> None:
    """Stop at a character that cannot stand at ``place`` (from 1); the first eight places are digits but for the first.

    The first two places are the registering authority and type; the library wants digits there as in practice.
    """
    if character in ALPHABET and (place >= LETTERS_FROM or character.isdigit()):
        return
    meant = TAKEN_FOR.get(character)
    guess_zh = f"（是否为数字 {meant}？）" if meant else ""
    guess_en = f" (perhaps the digit {meant}?)" if meant else ""
    if character in ALPHABET:
        raise _invalid(text, f"第 {place} 位 {character} 应为数字", f"character {place}, {character}, must be a digit")
    raise _invalid(
        text,
        f"第 {place} 位 {character} 不是合法字符{guess_zh}",
        f"character {place}, {character}, is not allowed{guess_en}",
    )


def _invalid(text: str, detail_zh: str, detail_en: str) -> Problem:
    return Problem("INVALID_USCC", value=text.strip(), detail_zh=detail_zh, detail_en=detail_en)
