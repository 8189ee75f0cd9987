"""The numbers that a business had before the unified code, and how each is read and checked (pure).

- Registration number (注册号, GS 15-2006): 15 digits, the last a check digit, ISO 7064 MOD 11,10.
- Organisation code (组织机构代码, GB 11714-1997): 8 digits or capitals and a check character, weighted sum modulo 11;
  positions 9 to 17 of the unified code (GB 32100-2015).
- Tax number (纳税人识别号): 15 characters, six digits of the tax district and the organisation code; since 2015 the
  unified code itself. Of an individual without an organisation code it was made from the identity card's number: such
  a number is a person's, it is recognised so that it is never looked up and never kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from creditreport.violations.record import comparable_code

ORGANISATION = slice(8, 17)
_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_TAX_DISTRICT = 6


class NumberKind(StrEnum):
    """Which number of a business it is."""

    UNIFIED = "unified_code"
    REPLACED = "replaced_code"
    REGISTRATION = "registration_number"
    ORGANISATION = "organisation_code"
    TAX = "tax_number"


@dataclass(frozen=True, slots=True, order=True)
class KeptNumber:
    """A number as the register's businesses are found by it: ``kind`` is ``REGISTRATION`` or ``ORGANISATION``."""

    kind: NumberKind
    number: str


def read_organisation_code(text: str) -> str | None:
    """The organisation code that ``text`` is, ``12345678-9`` or ``123456789``; ``None`` if it is none, or mistyped."""
    code = comparable_code(text).replace("-", "")
    if len(code) != 9 or not code.isascii() or not code.isalnum():
        return None
    rest = 11 - sum(weight * _VALUES.index(letter) for weight, letter in zip(_WEIGHTS, code[:8], strict=True)) % 11
    return code if code[8] == {10: "X", 11: "0"}.get(rest, str(rest)) else None


def read_registration_number(text: str) -> str | None:
    """The registration number that ``text`` is; ``None`` if it is none, or its check digit does not fit."""
    number = comparable_code(text)
    if len(number) != 15 or not number.isascii() or not number.isdigit() or not mod_11_10.is_valid(number):
        return None
    return number


def read_tax_number(text: str) -> str | None:
    """The organisation code in an old tax number; ``None`` if it is none. The district in front is not compared: the
    tax office's need not be the registry's."""
    number = comparable_code(text).replace("-", "")
    if len(number) != 15 or not (number[:_TAX_DISTRICT].isascii() and number[:_TAX_DISTRICT].isdigit()):
        return None
    return read_organisation_code(number[_TAX_DISTRICT:])


def readings(text: str) -> dict[KeptNumber, NumberKind]:
    """What ``text`` may be among the old numbers, by the number to look up. Fifteen digits may be two of them."""
    found: dict[KeptNumber, NumberKind] = {}
    if (organisation := read_organisation_code(text)) is not None:
        found[KeptNumber(NumberKind.ORGANISATION, organisation)] = NumberKind.ORGANISATION
    if (registration := read_registration_number(text)) is not None:
        found[KeptNumber(NumberKind.REGISTRATION, registration)] = NumberKind.REGISTRATION
    if (taxed := read_tax_number(text)) is not None:
        found[KeptNumber(NumberKind.ORGANISATION, taxed)] = NumberKind.TAX
    return found


def is_personal(text: str) -> bool:
    """Whether ``text`` is, or was made from, the number of a person's identity card (15 or 18 characters and, as a
    tax number, perhaps two more). A right unified code is none, whatever else it looks like."""
    number = comparable_code(text)
    if uscc.is_valid(number):
        return False
    if len(number) in {18, 20}:
        return bool(ric.is_valid(number[:18]))
    return len(number) in {15, 17} and number.isascii() and number.isdigit() and _is_day(f"19{number[6:12]}")


def without_person(text: str) -> str:
    """``text``, with all but its ends hidden if it is a person's number whose check character is right.

    Fifteen digits have none and may be a mistyped registration number, which staff must be able to read.
    """
    if len(comparable_code(text)) < 18 or not is_personal(text):
        return text
    return f"{text[:4]}{'*' * (len(text) - 6)}{text[-2:]}"


def _is_day(text: str) -> bool:
    try:
        return datetime.strptime(text, "%Y%m%d") is not None  # noqa: DTZ007 - only whether there is such a day
    except ValueError:
        return False


def numbers_of(codes: tuple[str, ...], registration_number: str | None) -> frozenset[KeptNumber]:
    """The numbers by which a business with these unified codes and this registration number is found.

    A registration number is kept as the register states it, in comparable form: those before 2007 have no check digit.
    """
    found = {KeptNumber(NumberKind.ORGANISATION, code[ORGANISATION]) for code in codes if len(code) == 18}
    registration = comparable_code(registration_number or "")
    if registration:
        found.add(KeptNumber(NumberKind.REGISTRATION, registration))
    return frozenset(found)
