"""Outlines of characters as they go into the file: few curves, on a grid, in the order that takes least room.

What is rounded is the step from one point to the next, not each place by itself: strokes that are equally thick in the
font stay so on the grid, which looks better than rounded places, and the same numbers again take less room.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.pens.recordingPen import RecordingPen

# All fonts are brought to 1000 units: readers disagree about the matrix of a CID-keyed font of another size.
EM = 1000
# Coordinates are multiples of this, and long steps of twice as much: no point is farther from its place than 0.024 mm
# at 8.5 points, a dot of a printer of 1000 dpi. Powers of two, as the bytes of a charstring's numbers then repeat most.
GRID = 8
# How far a cubic may be from the quadratic curves that it replaces, in units.
TOLERANCE = 4.0
# How far a point may come from its place by rounding steps, in units.
DRIFT = 8.0
# A step up to this long is one byte of a charstring, a longer one two (Adobe Technical Note 5177, 3.2).
ONE_BYTE = 107

Draw = Callable[[Any], object]
Point = tuple[float, float]
Segment = tuple[str, tuple[Point, ...]]
Contour = list[Segment]


def contours(draw: Draw) -> list[Contour]:
    """What ``draw`` draws on a pen, as segments of fontTools' pens with cubic curves; each contour is closed."""
    pen = RecordingPen()
    draw(Qu2CuPen(pen, TOLERANCE, all_cubic=True))
    found: list[Contour] = []
    for operator, points in pen.value:
        if operator == "moveTo":
            found.append([])
        found[-1].append((operator, points))
    return _near([made for one in found if len(made := _on_grid(one)) > 2])


def replay(drawn: list[Contour], pen: Any) -> None:
    """Draws on ``pen`` what :func:`contours` gave."""
    for contour in drawn:
        for operator, points in contour:
            getattr(pen, operator)(*points)


def _on_grid(contour: Contour) -> Contour:
    """The contour on the grid, without lines that lead nowhere and without the last one, which closing draws."""
    begin = contour[0][1][0]
    first = _rounded(begin)
    kept: Contour = [("moveTo", (first,))]
    true, at = begin, first
    for operator, points in contour[1:-1]:
        moved: list[Point] = []
        for point in points:
            at = first if point == begin else (_step(point[0], true[0], at[0]), _step(point[1], true[1], at[1]))
            true = point
            moved.append(at)
        if any(point != kept[-1][1][-1] for point in moved):
            kept.append((operator, tuple(moved)))
    if kept[-1] == ("lineTo", (first,)):
        del kept[-1]
    return [*kept, ("closePath", ())]


def _rounded(point: Point) -> Point:
    return round(point[0] / GRID) * GRID, round(point[1] / GRID) * GRID


def _step(to: float, true: float, at: float) -> float:
    """Where a coordinate comes that is ``to`` in the font, after one that is ``true`` there and ``at`` on the grid."""
    if abs(to - true) > ONE_BYTE:
        return at + round((to - at) / (2 * GRID)) * 2 * GRID
    stepped = at + round((to - true) / GRID) * GRID
    return stepped if abs(stepped - to) <= DRIFT else round(to / GRID) * GRID


def _near(left: list[Contour]) -> list[Contour]:
    """The contours in an order of short ways from the end of one to the beginning of the next."""
    placed: list[Contour] = []
    x = y = 0.0

    def way(contour: Contour) -> tuple[int, float]:
        ((right, up),) = contour[0][1]
        steps = (abs(right - x), abs(up - y))
        return sum((step > 0) + (step > ONE_BYTE) for step in steps), sum(steps)

    while left:
        placed.append(left.pop(min(range(len(left)), key=lambda place: way(left[place]))))
        x, y = placed[-1][-2][1][-1]
    return placed
