"""Working days: the State Council's calendar, an operator's file, and the estimate that says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from creditreport.errors import Problem
from creditreport.worktime import load_work_calendar


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 20), True),  # a Friday
        (date(2026, 11, 21), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 7), False),  # its last day off, a Wednesday
        (date(2026, 10, 8), True),
        (date(2026, 9, 20), True),  # a Sunday worked for National Day
        (date(2026, 10, 10), True),  # a Saturday worked for National Day
        (date(2025, 1, 26), True),  # a Sunday worked for the Spring Festival
        (date(2025, 2, 4), False),  # a Tuesday of the Spring Festival
    ],
)
def test_official_years(day: date, worked: bool) -> None:
    assert load_work_calendar(None).is_working_day(day) is worked


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 11, 21), date(2026, 11, 20)),
        (date(2026, 11, 20), date(2026, 11, 19)),
        (date(2026, 11, 23), date(2026, 11, 20)),
        (date(2026, 10, 8), date(2026, 9, 30)),
        (date(2026, 10, 11), date(2026, 10, 10)),  # the worked Saturday
        (date(2026, 10, 12), date(2026, 10, 10)),
        (date(2027, 1, 1), date(2026, 12, 31)),
    ],
)
def test_previous_working_day_is_strictly_before(day: date, before: date) -> None:
    assert load_work_calendar(None).previous_working_day(day) == before


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 19), 0),
        (date(2026, 11, 19), date(2026, 11, 20), 1),
        (date(2026, 11, 20), date(2026, 11, 22), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 9, 30), date(2026, 10, 7), 0),
        (date(2026, 9, 30), date(2026, 10, 10), 3),  # 8, 9 and the worked Saturday
    ],
)
def test_working_days_between_excludes_the_first_day(after: date, until: date, count: int) -> None:
    assert load_work_calendar(None).working_days_between(after, until) == count


def test_add_working_days() -> None:
    calendar = load_work_calendar(None)
    assert calendar.add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert calendar.add_working_days(date(2026, 9, 29), 1) == date(2026, 9, 30)
    assert calendar.add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 21)
    with pytest.raises(ValueError, match="negative"):
        calendar.add_working_days(date(2026, 11, 21), -1)


def test_a_year_nobody_stated_is_estimated_and_says_so_once() -> None:
    calendar = load_work_calendar(None)
    with capture_logs() as lines:
        free = [calendar.is_working_day(date(2031, month, day)) for month, day in [(1, 1), (5, 1), (5, 2), (10, 3)]]
        worked = [calendar.is_working_day(date(2031, 10, 6)), calendar.is_working_day(date(2031, 5, 5))]
        weekend = calendar.is_working_day(date(2031, 11, 1))
    assert (free, worked, weekend) == ([False] * 4, [True, True], False)
    assert [(line["log_level"], line["year"]) for line in lines] == [("warning", 2031)]
    assert len(calendar.notes) == 1
    assert "2031" in calendar.notes[0]


def test_official_and_stated_years_leave_no_note(tmp_path: Path) -> None:
    calendar = load_work_calendar(_with_year(tmp_path, 2031, "holidays = []\nworking_weekends = []"))
    with capture_logs() as lines:
        calendar.working_days_between(date(2031, 1, 1), date(2031, 2, 1))
        calendar.is_working_day(date(2026, 12, 31))
    assert (lines, calendar.notes) == ([], ())


def _with_year(var_dir: Path, year: int | str, text: str) -> Path:
    (var_dir / "workdays").mkdir()
    (var_dir / "workdays" / f"{year}.toml").write_text(text, encoding="utf-8")
    return var_dir


def test_an_operators_year(tmp_path: Path) -> None:
    text = "holidays = [2031-01-01, 2031-01-23]\nworking_weekends = [2031-01-19]"
    calendar = load_work_calendar(_with_year(tmp_path, 2031, text))
    days = [date(2031, 1, 1), date(2031, 1, 23), date(2031, 1, 24), date(2031, 1, 19), date(2031, 1, 18)]
    assert [calendar.is_working_day(day) for day in days] == [False, False, True, True, False]
    # The file says all of the year: a fixed holiday that it does not name is a working day.
    assert calendar.is_working_day(date(2031, 5, 1))


def test_an_operators_file_does_not_change_an_official_year(tmp_path: Path) -> None:
    calendar = load_work_calendar(_with_year(tmp_path, 2026, "holidays = [2026-11-20]\nworking_weekends = []"))
    assert calendar.is_working_day(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("next_year", "holidays = []\nworking_weekends = []", "next_year.toml"),
        ("2031", "holidays = []", "working_weekends"),
        ("2031", "working_weekends = []", "holidays"),
        ("2031", "holidays = []\nworking_weekends = []\nholiday = []", "holiday"),
        ("2031", "holidays = [2030-01-01]\nworking_weekends = []", "2030-01-01"),
        ("2031", 'holidays = ["2031-01-01"]\nworking_weekends = []', "2031-01-01"),
        ("2031", "holidays = [2031-01-01T00:00:00]\nworking_weekends = []", "2031-01-01 00:00:00"),
        ("2031", "holidays = []\nworking_weekends = [2031-01-20]", "2031-01-20"),
        ("2031", "holidays = [", "2031.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, name: str, text: str, named: str) -> None:
    with pytest.raises(Problem) as raised:
        load_work_calendar(_with_year(tmp_path, name, text))
    assert raised.value.code == "INVALID_SETTING"
    assert f"{name}.toml" in raised.value.zh
    assert named in raised.value.zh
