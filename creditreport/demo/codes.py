"""Unified social credit codes (GB 32100-2015) for invented businesses.

The organisation code of each begins with ``DEM``, which no registry gives out, so that no code of the demo can be
that of a real business; both check characters are right.
"""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def organisation_code(serial: int) -> str:
    """The 9-character organisation code (GB 11714) of the ``serial``-th invented organisation."""
    # Scattered, so that neighbours do not look alike; 7919 is prime to 100000, so that none comes twice.
    body = f"DEM{serial * 7919 % 100000:05d}"
    rest = 11 - sum(weight * _VALUES.index(letter) for weight, letter in zip(_WEIGHTS, body, strict=True)) % 11
    return body + {10: "X", 11: "0"}.get(rest, str(rest))


def unified_code(registry: str, region: str, serial: int) -> str:
    """A valid unified code: ``registry`` such as ``91``, ``region`` such as ``320902``."""
    body = registry + region + organisation_code(serial)
    return body + str(uscc.calc_check_digit(body))


def registration_number(region: str, serial: int) -> str:
    """A registration number (GS 15-2006) of the time before the unified code, with its check digit."""
    body = f"{region}{serial:08d}"
    return body + str(mod_11_10.calc_check_digit(body))


def masked(code: str) -> str:
    """A code as some tables publish it, six characters starred out."""
    return code[:6] + "******" + code[12:]
