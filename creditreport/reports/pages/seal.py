"""The seal over the issuing body: the visible face of the electronic signature, drawn as outlines.

Outlines, not text: the name stands once in the document's text, on the line across the seal.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, radians, sin

from creditreport.reports.fonts import FontSet
from creditreport.reports.glyphs import outlines
from creditreport.reports.pages.paper import Page
from creditreport.reports.pages.style import HEIGHT, MM, SEAL

# The measures of a common official seal: 42 mm across, a star of 14 mm, the name along the rim (国发〔1999〕25号).
DIAMETER = 42 * MM
RIM = 1.2 * MM
STAR = 7 * MM
# The name runs clockwise over the top, from here to the mirrored angle (degrees from the upright): its ends stay
# above the body's name, which is printed across the seal's lower half.
SPREAD = 101
WIDEST_STEP = 30
LETTER = 5.8 * MM
GAP = 1.0 * MM
# A letter's width to its height: seal letters are narrow, the longer the name the narrower, then they grow smaller.
NARROWEST, WIDEST = 0.6, 0.82


def draw_seal(page: Page, x: float, y: float, organ: str, fonts: FontSet) -> tuple[float, float, float, float]:
    """The seal of ``organ`` with its middle at (``x``, ``y``); gives its rectangle in PDF coordinates."""
    absent = fonts.missing((organ,))
    if not absent:  # an absent character is reported by the text that says the name
        page.raw(*_operators(x, HEIGHT - y, organ, fonts))
    radius = DIAMETER / 2
    return (round(x - radius, 2), round(HEIGHT - y - radius, 2), round(x + radius, 2), round(HEIGHT - y + radius, 2))


@lru_cache(maxsize=8)
def _operators(x: float, y: float, organ: str, fonts: FontSet) -> tuple[str, ...]:
    radius = DIAMETER / 2 - RIM / 2
    red = "{:.3f} {:.3f} {:.3f}".format(*SEAL)
    return (
        f"{red} RG {red} rg {RIM:.2f} w",
        _circle(x, y, radius),
        "S",
        _star(x, y, STAR),
        "f",
        *_arc(x, y, radius, organ, fonts),
    )


def _circle(x: float, y: float, r: float) -> str:
    k = r * 0.5522847498
    return (
        f"{x + r:.3f} {y:.3f} m "
        f"{x + r:.3f} {y + k:.3f} {x + k:.3f} {y + r:.3f} {x:.3f} {y + r:.3f} c "
        f"{x - k:.3f} {y + r:.3f} {x - r:.3f} {y + k:.3f} {x - r:.3f} {y:.3f} c "
        f"{x - r:.3f} {y - k:.3f} {x - k:.3f} {y - r:.3f} {x:.3f} {y - r:.3f} c "
        f"{x + k:.3f} {y - r:.3f} {x + r:.3f} {y - k:.3f} {x + r:.3f} {y:.3f} c h"
    )


def _star(x: float, y: float, r: float) -> str:
    points = []
    for tip in range(10):
        reach = r if tip % 2 == 0 else r * 0.381966
        angle = pi / 2 - tip * pi / 5
        points.append(f"{x + reach * cos(angle):.3f} {y + reach * sin(angle):.3f}")
    return f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " h"


def _arc(x: float, y: float, radius: float, organ: str, fonts: FontSet) -> list[str]:
    count = len(organ)
    step = radians(min(2 * SPREAD / max(count - 1, 1), WIDEST_STEP))
    outer = radius - RIM / 2 - GAP
    height = min(LETTER, 0.9 * outer * step / (NARROWEST + 0.9 * step))
    foot = outer - height
    room = min(0.9 * foot * step, WIDEST * height)
    operators = []
    for at, (path, width, em) in enumerate(_glyphs(organ, fonts)):
        turn = -(at - (count - 1) / 2) * step
        # A glyph stands from 0.08 em below its baseline to 0.88 em above it.
        high, wide = height / (0.96 * em), room / em
        base = foot + 0.08 * em * high
        px = x - width / 2 * wide * cos(turn) - base * sin(turn)
        py = y - width / 2 * wide * sin(turn) + base * cos(turn)
        matrix = (wide * cos(turn), wide * sin(turn), -high * sin(turn), high * cos(turn), px, py)
        operators.append("q " + " ".join(f"{value:.5f}" for value in matrix) + f" cm {path} f Q")
    return operators


def _glyphs(organ: str, fonts: FontSet) -> list[tuple[str, float, float]]:
    return [glyph for run in fonts.runs(organ, bold=True) for glyph in outlines(run.font.path, run.text)]
