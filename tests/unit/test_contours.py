"""Outlines as they go into the file: near those of the font, and of even strokes."""

from __future__ import annotations

from typing import Any

import pytest
from fontTools.pens.boundsPen import BoundsPen

from creditreport.reports.contours import DRIFT, GRID, TOLERANCE, contours, replay
from creditreport.reports.fonts import FontSet

TEXT = "盐城市经营主体信用报告Agj8，"


def _bar(pen: Any, left: float, bottom: float, right: float, top: float) -> None:
    pen.moveTo((left, bottom))
    for corner in ((right, bottom), (right, top), (left, top), (left, bottom)):
        pen.lineTo(corner)
    pen.closePath()


@pytest.mark.parametrize("bottom", range(0, 40, 3))
def test_strokes_of_one_thickness_stay_of_one_thickness(bottom: int) -> None:
    (contour,) = contours(lambda pen: _bar(pen, 10, bottom, 900, bottom + 68))
    heights = {y for _, points in contour for _, y in points}
    assert max(heights) - min(heights) == 8 * GRID  # 68 is nearest to 64, wherever the bar is


def test_a_closing_line_is_left_to_the_closing() -> None:
    (contour,) = contours(lambda pen: _bar(pen, 0, 0, 80, 80))
    assert [operator for operator, _ in contour] == ["moveTo", "lineTo", "lineTo", "lineTo", "closePath"]


def test_a_contour_that_is_nothing_on_the_grid_is_left_out() -> None:
    assert contours(lambda pen: _bar(pen, 100, 100, 102, 102)) == []


def test_each_contour_begins_near_where_the_one_before_ended() -> None:
    def draw(pen: Any) -> None:
        for left in (0, 800, 160, 640):
            _bar(pen, left, 0, left + 40, 40)

    assert [contour[0][1][0][0] for contour in contours(draw)] == [0, 160, 640, 800]


@pytest.mark.parametrize("character", TEXT)
def test_a_character_keeps_its_extent(character: str, fonts: FontSet) -> None:
    one, other = BoundsPen(None), BoundsPen(None)
    fonts.regular.file.draw(ord(character), one)
    replay(contours(lambda pen: fonts.regular.file.draw(ord(character), pen)), other)
    apart = [abs(a - b) for a, b in zip(one.bounds, other.bounds, strict=True)]
    assert max(apart) <= DRIFT + TOLERANCE
