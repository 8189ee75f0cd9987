"""Verification codes: drawing them, and reading what people type.

A code is 19 random characters of Crockford's base32 (95 bits, so that guessing is hopeless) and a check character
over them: ISO 7064 mod 33,32, that is python-stdnum's mod 37,36 with the 32-letter alphabet. It finds every single
wrong character, so a slip of the finger reads as "mistyped" and never as "no such report".
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20

# Crockford: what looks alike is read alike.
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
# White space, hyphens and dashes of every script, and invisible format characters that come along when copying.
_IGNORED = {"Zs", "Zl", "Zp", "Pd", "Cf", "Cc"}
_ADDRESS = re.compile(r"/v/([^/?#]*)", re.IGNORECASE)
_MINUS = "\u2212"
# A code within a line that was copied whole, e.g. "核验码：ABCD-EFGH-JKMN-PQRS-TVWX（扫码核验）".
# A look ahead, so that a word of four letters before it ("code ABCD-…") does not swallow its beginning.
_WITHIN = re.compile(r"(?<![0-9A-Z])(?=([0-9A-Z]{4}(?:[-\s]{0,3}[0-9A-Z]{4}){4})(?![0-9A-Z]))")
# Nobody copies more than a page.
_MOST_TYPED = 4000


@dataclass(frozen=True, slots=True)
class Code:
    """A well-formed code: 20 characters, its check character right."""

    value: str


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What was typed cannot be a code: ``length``, ``letter`` or ``check`` is wrong, told in both languages."""

    reason: str
    zh: str
    en: str


def new_code() -> str:
    """A new code: 20 characters, ungrouped."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + str(mod_37_36.calc_check_digit(body, alphabet=ALPHABET))


def read_code(text: str) -> Code | Mistyped:
    """The code that a person typed, or why it cannot be one.

    Forgiven: lower case, spaces, hyphens, full-width characters, O for 0, I and L for 1, a whole pasted address
    ``…/v/CODE``, and a whole pasted line with one code in it.
    """
    folded = unicodedata.normalize("NFKC", text)
    address = _ADDRESS.search(folded)
    found = _read(address.group(1) if address is not None else folded)
    if isinstance(found, Code):
        return found
    within = {code.value: code for code in map(_read, _candidates(folded)) if isinstance(code, Code)}
    return next(iter(within.values())) if len(within) == 1 else found


def _candidates(folded: str) -> list[str]:
    """What looks like a code within a longer text; dashes of every script are hyphens there."""
    plain = "".join(
        "-" if unicodedata.category(char) == "Pd" or char == _MINUS else char for char in folded[:_MOST_TYPED]
    )
    return _WITHIN.findall(plain.upper())


def _read(folded: str) -> Code | Mistyped:
    kept = "".join(char for char in folded if unicodedata.category(char) not in _IGNORED and char != _MINUS)
    value = kept.upper().translate(_LOOKALIKES)
    for place, char in enumerate(value, start=1):
        if char not in ALPHABET:
            return _foreign(place, char)
    if len(value) != LENGTH:
        return Mistyped(
            "length",
            f"核验码应为 {LENGTH} 位，输入了 {len(value)} 位",
            f"a verification code has {LENGTH} characters, {len(value)} were typed",
        )
    if not mod_37_36.is_valid(value, alphabet=ALPHABET):
        return Mistyped(
            "check",
            "核验码的校验位不符，请逐位核对",
            "the code's check character does not fit; compare it character by character",
        )
    return Code(value)


def _foreign(place: int, char: str) -> Mistyped:
    # What was typed is shown back; one character of it is enough, and a control character is never shown.
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    return Mistyped(
        "letter",
        f"第 {place} 位“{shown}”不是核验码用的字符",
        f"“{shown}” at place {place} is not a character of a verification code",
    )
