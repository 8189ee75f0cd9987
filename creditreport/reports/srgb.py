"""The colour space of the report, sRGB (IEC 61966-2-1), as the ICC profile that PDF/A asks for.

Built here from the numbers of the standard, so that it has no author and no licence: a matrix profile of ICC version
4.2 (ISO 15076-1; PDF 1.7 takes it), white point D65 adapted to D50 by Bradford's matrix, the curve as a formula.
"""

from __future__ import annotations

import struct
from functools import cache

NAME = "sRGB IEC61966-2.1"

# Adapted primaries (columns of the matrix to XYZ under D50), the adaptation itself, and the white that it leads to.
_RED = (0.43606567, 0.22248840, 0.01391602)
_GREEN = (0.38514709, 0.71687317, 0.09707642)
_BLUE = (0.14306641, 0.06060791, 0.71409607)
_ADAPTATION = (
    1.04788208, 0.02291870, -0.05021667, 0.02958679, 0.99047852, -0.01707458, -0.00923157, 0.01507568, 0.75167847,
)  # fmt: skip
_D50 = (0.9642, 1.0, 0.8249)
# IEC 61966-2-1, 5.2: ((x + 0.055) / 1.055) ^ 2.4 above 0.04045, x / 12.92 below.
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


@cache
def srgb_profile() -> bytes:
    """The profile. Its date is that of the standard it follows, so that it is always the same bytes."""
    curve = b"para" + struct.pack(">4xHxx", 3) + _fixed(_CURVE)
    tags = {
        b"desc": _text(NAME),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _xyz(_D50),
        b"chad": b"sf32" + bytes(4) + _fixed(_ADAPTATION),
        b"rXYZ": _xyz(_RED),
        b"gXYZ": _xyz(_GREEN),
        b"bXYZ": _xyz(_BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    data, places = b"", {}
    begin = 128 + 4 + 12 * len(tags)
    for value in dict.fromkeys(tags.values()):  # the three curves are one
        places[value] = (begin + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    table = b"".join(tag + struct.pack(">2I", *places[value]) for tag, value in tags.items())
    body = struct.pack(">I", len(tags)) + table + data
    return _head(128 + len(body)) + body


def _head(size: int) -> bytes:
    made = struct.pack(">6H", 1999, 10, 18, 0, 0, 0)
    kind = struct.pack(">I4s4s4s", 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    # After the signature: platform, flags, manufacturer, model, attributes and rendering intent, all unsaid.
    head = struct.pack(">I4x", size) + kind + made + b"acsp" + bytes(28) + _fixed(_D50)
    return head.ljust(128, b"\0")


def _fixed(values: tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(values)


def _text(said: str) -> bytes:
    encoded = said.encode("utf-16-be")
    return b"mluc" + struct.pack(">4x2I2s2s2I", 1, 12, b"en", b"US", len(encoded), 28) + encoded
