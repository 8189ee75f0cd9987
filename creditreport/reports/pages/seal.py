"""The seal over the issuing body: the visible face of the electronic signature, drawn as outlines.

Outlines, not text: the name stands once in the document's text, on the line below the seal's star.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, radians, sin

from creditreport.reports.fonts import FontSet
from creditreport.reports.glyphs import outlines
from creditreport.reports.pages.paper import Page
from creditreport.reports.pages.style import HEIGHT, MM, SEAL

DIAMETER = 40 * MM
RIM = 1.0 * MM
# The name runs clockwise over the top, from here to the mirrored angle (degrees from the upright).
SPREAD = 112
STAR = 5.2 * MM


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
    step = min(2 * SPREAD / max(count - 1, 1), 34)
    size = min(6.4 * MM, radians(step) * radius * 0.86)
    foot = radius - RIM / 2 - 1.1 * MM - size * 0.88
    operators = []
    for at, (path, width, em) in enumerate(_glyphs(organ, fonts)):
        turn = radians(-(at - (count - 1) / 2) * step)
        scale = size / em
        # Upright seal script is narrower than it is high; the name stands on a circle of radius `foot`.
        wide = scale * 0.78
        shift = -width / 2 * wide
        px = x + shift * cos(turn) - foot * sin(turn)
        py = y + shift * sin(turn) + foot * cos(turn)
        matrix = (wide * cos(turn), wide * sin(turn), -scale * sin(turn), scale * cos(turn), px, py)
        operators.append("q " + " ".join(f"{value:.5f}" for value in matrix) + f" cm {path} f Q")
    return operators


def _glyphs(organ: str, fonts: FontSet) -> list[tuple[str, float, float]]:
    return [glyph for run in fonts.runs(organ, bold=True) for glyph in outlines(run.font.path, run.text)]
