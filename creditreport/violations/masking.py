"""Hiding telephone and identity numbers in text that goes onto a page; codes and document numbers stay."""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn import uscc

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{6}(?P<born>\d{8})\d{3}[0-9Xx](?![0-9A-Za-z])")
_OLD_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?P<born>\d{6})\d{3}(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])")
_LANDLINE = re.compile(
    r"(?<![0-9A-Za-z])(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3}[- ])\d{7,8}(?:[-转]\d{1,6})?(?![0-9A-Za-z])"
)


def mask_personal(text: str) -> str:
    """``text`` with resident identity numbers, mobile and landline numbers hidden but for a few characters.

    A number is taken for an identity number only if it holds a possible date of birth and is no right unified code.
    """
    text = _IDENTITY.sub(_identity, text)
    text = _OLD_IDENTITY.sub(_old_identity, text)
    text = _MOBILE.sub(_hide, text)
    return _LANDLINE.sub(_hide, text)


def _identity(match: re.Match[str]) -> str:
    found = match[0]
    born = match["born"]
    if not _possible(int(born[:4]), int(born[4:6]), int(born[6:])) or uscc.is_valid(found):
        return found
    return found[:4] + "*" * 12 + found[-2:]


def _old_identity(match: re.Match[str]) -> str:
    found, born = match[0], match["born"]
    possible = _possible(1900 + int(born[:2]), int(born[2:4]), int(born[4:]))
    return found[:4] + "*" * 9 + found[-2:] if possible else found


def _possible(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1900 <= year <= 2100


def _hide(match: re.Match[str]) -> str:
    found = match[0]
    digits = [at for at, character in enumerate(found) if character.isdigit()]
    hidden = set(digits[3:-2])
    return "".join("*" if at in hidden else character for at, character in enumerate(found))
