"""Periods, shares and charts: borders, rounding, and places on the drawing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from creditreport.errors import Problem
from creditreport.statistics.charts import Bar, Box, Label, bars, columns, nice_top, shortened
from creditreport.statistics.period import Period, month_before, month_of, read_month, read_period
from creditreport.statistics.svg import svg
from creditreport.statistics.table import middle, share
from creditreport.statistics.written import percent

TODAY = date(2026, 11, 5)


def test_periods_are_whole_days_of_shanghai() -> None:
    february = read_month("2028-02")
    assert (february.first, february.last, february.month) == (date(2028, 2, 1), date(2028, 2, 29), "2028-02")
    assert february.begin.isoformat() == "2028-02-01T00:00:00+08:00"
    assert february.end.isoformat() == "2028-03-01T00:00:00+08:00"
    assert month_before(date(2026, 1, 31)) == read_month("2025-12")
    assert read_period("", "", TODAY) == Period(date(2026, 11, 1), TODAY)
    assert read_period("", "2026-02-14", TODAY) == Period(date(2026, 2, 1), date(2026, 2, 14))
    assert read_period("2026-10-01", "2026-10-31", TODAY).month == "2026-10"
    assert read_period("2026-10-01", "2026-10-30", TODAY).month is None
    assert read_period("2026-10-31", "2026-10-31", TODAY).days == [date(2026, 10, 31)]
    assert month_of(date(2026, 12, 31)).end.isoformat() == "2027-01-01T00:00:00+08:00"


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "0000-01", "202610", "２０２６-10", ""])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(Problem) as refused:
        read_month(month)
    assert refused.value.code == "INVALID_PERIOD"


@pytest.mark.parametrize(
    ("first", "last"), [("2026-10-02", "2026-10-01"), ("2025-01-01", "2026-01-02"), ("2027-01-01", "")]
)
def test_what_is_no_period_is_refused(first: str, last: str) -> None:
    with pytest.raises(Problem) as refused:
        read_period(first, last, TODAY)
    assert refused.value.code == "INVALID_PERIOD"


def test_nearly_all_is_not_all() -> None:
    assert share(0, 0) is None
    assert [percent(value) for value in (share(2, 3), share(1, 1), share(0, 5), share(1, 2)) if value is not None] == [
        "66.7%", "100%", "0%", "50%",
    ]  # fmt: skip
    assert percent(share(99_999, 100_000) or Decimal(0)) == "99.9%"
    assert percent(share(1, 100_000) or Decimal(0)) == "0.1%"
    assert (middle([]), middle([3]), middle([1, 2])) == (None, Decimal("3.0"), Decimal("1.5"))


@pytest.mark.parametrize(
    ("greatest", "top", "step"),
    [(0, 1, 1), (1, 1, 1), (4, 4, 1), (5, 6, 2), (36, 40, 10), (68, 80, 20), (999, 1000, 500)],
)
def test_lines_are_at_round_numbers(greatest: int, top: int, step: int) -> None:
    assert nice_top(greatest) == (top, step)


def test_columns_are_as_high_as_their_values_and_stay_inside() -> None:
    values = [(f"10-{day}", day % 7) for day in range(1, 32)]
    chart = columns("k", "t", values, "d", width=320, height=170, size=11)
    drawn = [mark for mark in chart.marks if isinstance(mark, Box) and mark.part == "bar"]
    heights = [mark.height for mark in drawn]
    assert len(heights) == 31
    assert heights[5] == max(heights)
    assert round(heights[5] / heights[2], 1) == 2.0
    assert heights[6] == 0
    for mark in drawn:
        assert mark.x >= 0
        assert mark.x + mark.width <= 320
        assert 0 <= mark.y <= 170
    named = [mark.text for mark in chart.marks if isinstance(mark, Label) and mark.anchor == "middle"]
    assert named == ["10-1", "10-6", "10-11", "10-16", "10-21", "10-26", "10-31"]


def test_bars_show_what_is_missing_to_all_and_nothing_for_nothing() -> None:
    rows = [Bar("甲局", Decimal("0.25"), "25%"), Bar("乙局", None, "–"), Bar("丙局", Decimal(0), "0%")]
    chart = bars("k", "t", rows, width=200, size=10, full=Decimal(1))
    assert [mark.width for mark in chart.marks if isinstance(mark, Box)] == [200, 50.0, 200, 200, 0.0]
    counted = bars("k", "t", [Bar("a", 0, "0"), Bar("b", 9999, "9,999"), Bar("c", 1, "1")], width=200, size=10)
    assert [mark.width for mark in counted.marks if isinstance(mark, Box)] == [0.0, 200.0, 1.0]
    assert shortened("发展和改革领域", 40, 10) == "发展和…"
    assert shortened("ab", 40, 10) == "ab"


def test_the_drawing_is_wellformed_named_and_escaped() -> None:
    chart = bars("k", "<t>", [Bar('<script>"&', 1, "1")], width=200, size=10)
    tree = ElementTree.fromstring(svg(chart))
    assert tree.attrib["role"] == "img"
    assert tree.attrib["aria-labelledby"] == "k-title k-what"
    assert [node.text for node in tree[:2]] == ["<t>", '<script>"& 1']
    assert "style" not in str(svg(chart))
    # A unit's name is Chinese on an English page too, and the voice must know.
    mixed = ElementTree.fromstring(svg(bars("k", "t", [Bar("甲局", 1, "1"), Bar("b", 1, "2")], width=200, size=10)))
    assert [node.attrib.get("lang") for node in mixed.iter("text")] == ["zh-Hans-CN", None, None, None]
    assert mixed[1].attrib["lang"] == "zh-Hans-CN"
