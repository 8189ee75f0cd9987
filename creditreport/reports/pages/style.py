"""One sheet of design for the whole report: measures in points, colours, type sizes.

A4, one accent colour, thin rules. Red is kept for the seal.
"""

from __future__ import annotations

from typing import Final

MM: Final = 72 / 25.4
WIDTH: Final = 210 * MM
HEIGHT: Final = 297 * MM

LEFT: Final = 20 * MM
RIGHT: Final = WIDTH - 20 * MM
TOP: Final = 18 * MM
BODY_TOP: Final = 24 * MM
BODY_BOTTOM: Final = HEIGHT - 21 * MM
FOOT: Final = HEIGHT - 14 * MM
MEASURE: Final = RIGHT - LEFT

Colour = tuple[float, float, float]


def _hex(value: str) -> Colour:
    return (int(value[0:2], 16) / 255, int(value[2:4], 16) / 255, int(value[4:6], 16) / 255)


INK: Final = _hex("1B1F24")
QUIET: Final = _hex("5B6570")
FAINT: Final = _hex("9AA3AD")
RULE: Final = _hex("D3D9E0")
ACCENT: Final = _hex("1F4E79")
TINT: Final = _hex("F2F5F9")
SEAL: Final = _hex("C8102E")
BLACK: Final = (0.0, 0.0, 0.0)

HAIR: Final = 0.5

# The middle of a CJK glyph stands this far above its baseline, in em: puts text in the middle of a line's box.
MIDDLE: Final = 0.38
