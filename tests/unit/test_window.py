"""The window ends on the working day before the day of issue; a report is valid for one month."""

from __future__ import annotations

from datetime import date

import pytest

from creditreport.violations.window import Window, valid_until, window_for
from creditreport.worktime import load_work_calendar

CALENDAR = load_work_calendar(None)


@pytest.mark.parametrize(
    ("issued_on", "years", "start", "end"),
    [
        (date(2026, 11, 21), 3, date(2023, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), 2, date(2024, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), 1, date(2025, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2025, 11, 19), date(2026, 11, 19)),
        (date(2026, 11, 23), 1, date(2025, 11, 20), date(2026, 11, 20)),
        (date(2026, 10, 8), 1, date(2025, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 11), 1, date(2025, 10, 10), date(2026, 10, 10)),
        (date(2026, 1, 5), 1, date(2025, 1, 4), date(2026, 1, 4)),  # a Sunday worked for New Year
        (date(2024, 3, 1), 1, date(2023, 2, 28), date(2024, 2, 29)),
        (date(2024, 3, 1), 3, date(2021, 2, 28), date(2024, 2, 29)),
        (date(2024, 2, 29), 1, date(2023, 2, 28), date(2024, 2, 28)),
        (date(2025, 3, 1), 1, date(2024, 2, 28), date(2025, 2, 28)),
        (date(2024, 3, 1), 4, date(2020, 2, 29), date(2024, 2, 29)),
    ],
)
def test_window(issued_on: date, years: int, start: date, end: date) -> None:
    assert window_for(issued_on, years, CALENDAR) == Window(start=start, end=end)


def test_both_ends_are_inside() -> None:
    window = Window(start=date(2023, 11, 20), end=date(2026, 11, 20))
    days = [date(2023, 11, 19), date(2023, 11, 20), date(2026, 11, 20), date(2026, 11, 21)]
    assert [day in window for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("issued_on", "last"),
    [
        (date(2026, 11, 21), date(2026, 12, 21)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 3, 29)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 11, 30), date(2026, 12, 30)),
    ],
)
def test_valid_until_the_same_day_of_the_next_month(issued_on: date, last: date) -> None:
    assert valid_until(issued_on) == last


def test_a_rule_set_may_give_more_months() -> None:
    assert valid_until(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert valid_until(date(2026, 11, 30), 12) == date(2027, 11, 30)
