"""What holds for windows, validity and time limits on whatever day; and the days that shift, picked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditreport.clock import SHANGHAI
from creditreport.violations.ruleset import LimitName, load_ruleset
from creditreport.violations.window import due_at, valid_until, window_for
from creditreport.worktime import (
    KNOWN_YEARS,
    Pause,
    WorkCalendar,
    WorkYear,
    YearSource,
    end_of_day,
    end_of_month,
    load_work_calendar,
)

ONE_DAY = timedelta(days=1)
OFFICIAL = load_work_calendar(None)
# 2027 as an operator might state it; other years beyond the package's stay estimated.
STATED = WorkCalendar(
    {
        2027: WorkYear(
            holidays=frozenset({date(2027, 1, 1), *(date(2027, 2, day) for day in (5, 8, 9, 10, 11))}),
            working_weekends=frozenset({date(2027, 1, 2), date(2027, 2, 20)}),
        )
    }
)
calendars = st.sampled_from([OFFICIAL, STATED])
days = st.dates(date(2004, 2, 1), date(2040, 12, 31)) | st.dates(date(2026, 9, 1), date(2027, 3, 31))
moments = st.builds(
    lambda day, second: datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(seconds=second),
    st.dates(date(2024, 1, 1), date(2027, 6, 30)),
    st.integers(0, 86_399),
)


@settings(max_examples=300, deadline=None)
@given(days, st.integers(1, 5), calendars)
def test_a_window_ends_on_the_last_working_day_before_and_both_ends_are_inside(
    issued_on: date, years: int, calendar: WorkCalendar
) -> None:
    window = window_for(issued_on, years, calendar)
    assert window.end < issued_on
    assert calendar.is_working_day(window.end)
    between = [window.end + timedelta(days=step) for step in range(1, (issued_on - window.end).days)]
    assert not any(calendar.is_working_day(day) for day in between)
    assert (window.start.year, window.start.month) == (window.end.year - years, window.end.month)
    assert window.start.day == window.end.day or (window.end.month, window.end.day, window.start.day) == (2, 29, 28)
    assert window.start in window
    assert window.end in window
    assert window.start - ONE_DAY not in window
    assert window.end + ONE_DAY not in window


@settings(max_examples=300, deadline=None)
@given(days, st.integers(1, 4))
def test_more_years_only_ever_look_further_back(issued_on: date, years: int) -> None:
    less, more = (window_for(issued_on, count, OFFICIAL) for count in (years, years + 1))
    assert less.end == more.end
    assert more.start < less.start


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2004, 1, 1), date(2100, 12, 31)))
def test_a_report_is_valid_for_28_to_31_days(issued_on: date) -> None:
    last = valid_until(issued_on)
    assert 28 <= (last - issued_on).days <= 31
    assert last.day == issued_on.day or (last + ONE_DAY).day == 1
    assert (last.year * 12 + last.month) - (issued_on.year * 12 + issued_on.month) == 1
    assert valid_until(issued_on + ONE_DAY) >= last


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(1, 30), calendars)
def test_a_time_limit_ends_on_its_last_working_day_to_the_last_second(
    start: datetime, count: int, calendar: WorkCalendar
) -> None:
    end = calendar.deadline(start, count)
    assert calendar.is_working_day(end.date())
    assert (end + timedelta(seconds=1)).date() == end.date() + ONE_DAY
    assert calendar.working_days_between(start.date(), end.date()) == count
    assert calendar.working_days_between(start.date(), end.date() - ONE_DAY) == count - 1
    assert calendar.deadline(start, count + 1) > end
    assert calendar.paused_deadline(start, count, ()) == end
    assert calendar.deadline(start.astimezone(UTC), count) == end


pauses = st.lists(st.tuples(st.integers(-3, 20), st.integers(0, 12)), max_size=4)


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(1, 10), pauses, st.tuples(st.integers(-3, 20), st.integers(0, 12)))
def test_time_used_while_paused_is_not_counted(
    start: datetime, count: int, spans: list[tuple[int, int]], one_more: tuple[int, int]
) -> None:
    def pause(span: tuple[int, int]) -> Pause:
        begun = start + timedelta(days=span[0], hours=1)
        return Pause(begun, begun + timedelta(days=span[1], hours=2))

    taken = [pause(span) for span in spans]
    end = OFFICIAL.paused_deadline(start, count, taken)
    assert end is not None
    assert end >= OFFICIAL.deadline(start, count)
    assert OFFICIAL.is_working_day(end.date())
    assert not any(one.touches(end.date()) for one in taken)
    assert OFFICIAL.working_days_used(start, end, taken) == count
    assert OFFICIAL.working_days_used(start, end - ONE_DAY, taken) == count - 1
    longer = OFFICIAL.paused_deadline(start, count, [*taken, pause(one_more)])
    assert longer is not None
    assert longer >= end


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(1, 10), st.integers(0, 20))
def test_while_a_pause_lasts_nothing_falls_due(start: datetime, count: int, after: int) -> None:
    begun = start + timedelta(days=after)
    end = OFFICIAL.paused_deadline(start, count, [Pause(begun)])
    plain = OFFICIAL.deadline(start, count)
    assert end == (plain if begun > plain else None)


def test_a_pause_by_hand() -> None:
    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)

    # Filed on Monday 16 November, three working days: Thursday. From Wednesday 10 o'clock to Friday 15 o'clock the
    # office waits: Tuesday was used, two are left, Monday and Tuesday.
    waiting = [Pause(at(18, 10), at(20, 15))]
    assert OFFICIAL.deadline(at(16, 9), 3) == end_of_day(date(2026, 11, 19))
    assert OFFICIAL.paused_deadline(at(16, 9), 3, waiting) == end_of_day(date(2026, 11, 24))
    assert OFFICIAL.working_days_used(at(16, 9), at(21, 0), waiting) == 1
    assert OFFICIAL.paused_deadline(at(16, 9), 3, [Pause(at(18, 10))]) is None
    # A pause over a weekend costs nothing; one before the start and one after the end neither.
    assert OFFICIAL.paused_deadline(at(19, 9), 2, [Pause(at(21, 0), at(22, 23))]) == end_of_day(date(2026, 11, 23))
    assert OFFICIAL.paused_deadline(at(16, 9), 3, [Pause(at(2, 0), at(16, 8)), Pause(at(20, 1))]) == end_of_day(
        date(2026, 11, 19)
    )
    with pytest.raises(ValueError, match="before it begins"):
        Pause(at(20, 15), at(18, 10))
    with pytest.raises(ValueError, match="negative"):
        OFFICIAL.paused_deadline(at(16, 9), -1, [])


def test_a_time_limit_begins_with_the_day_in_shanghai() -> None:
    # Half past four in the afternoon in Greenwich is the next day in Shanghai.
    start = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert OFFICIAL.deadline(start, 1) == end_of_day(date(2026, 11, 23))
    assert OFFICIAL.deadline(start - timedelta(hours=1), 1) == end_of_day(date(2026, 11, 20))
    assert OFFICIAL.deadline(start, 1).isoformat() == "2026-11-23T23:59:59+08:00"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 11, 21, 12, tzinfo=SHANGHAI), date(2026, 11, 30)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=SHANGHAI), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 31)),
        (datetime(2028, 2, 1, tzinfo=SHANGHAI), date(2028, 2, 29)),
        (datetime(2027, 2, 28, tzinfo=SHANGHAI), date(2027, 2, 28)),
    ],
)
def test_within_the_month(start: datetime, end: date) -> None:
    limits = load_ruleset("yancheng-2024").limits
    assert due_at(limits[LimitName.CODE_CLEANING], start, OFFICIAL) == end_of_month(start) == end_of_day(end)


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        (LimitName.UPLOAD, date(2026, 10, 14)),
        (LimitName.UNIT_ANSWER, date(2026, 9, 30)),
        (LimitName.CREDIT_OFFICE_ANSWER, date(2026, 10, 9)),
        (LimitName.COMPLETION, date(2026, 10, 19)),
    ],
)
def test_the_rule_sets_limits_over_national_day(limit: LimitName, due: date) -> None:
    # From Tuesday 29 September: the 30th, then 8, 9, Saturday 10 October, which is worked, and 12 on.
    start = datetime(2026, 9, 29, 9, tzinfo=SHANGHAI)
    assert due_at(load_ruleset("yancheng-2024").limits[limit], start, OFFICIAL) == end_of_day(due)


# The State Council's announcements for National Day: the last working day before, the worked weekend days around.
NATIONAL_DAYS = [
    (date(2024, 9, 29), date(2024, 9, 30), range(1, 8), date(2024, 10, 8), date(2024, 10, 12)),
    (date(2025, 9, 28), date(2025, 9, 30), range(1, 9), date(2025, 10, 9), date(2025, 10, 11)),
    (date(2026, 9, 20), date(2026, 9, 30), range(1, 8), date(2026, 10, 8), date(2026, 10, 10)),
]


@pytest.mark.parametrize(("worked_before", "last", "off", "first", "worked_after"), NATIONAL_DAYS)
def test_national_day_with_its_shifted_weekends(
    worked_before: date, last: date, off: range, first: date, worked_after: date
) -> None:
    assert worked_before.weekday() == 6
    assert worked_after.weekday() == 5
    assert all(OFFICIAL.is_working_day(day) for day in (worked_before, last, first, worked_after))
    holidays = [date(first.year, 10, day) for day in off]
    assert not any(OFFICIAL.is_working_day(day) for day in holidays)
    for issued_on in (*holidays, first):
        assert window_for(issued_on, 1, OFFICIAL).end == last
    assert window_for(worked_after + ONE_DAY, 1, OFFICIAL).end == worked_after
    assert window_for(worked_before + ONE_DAY, 1, OFFICIAL).end == worked_before
    assert OFFICIAL.add_working_days(last, 1) == first


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 2, 4), True), (date(2024, 2, 9), True), (date(2024, 2, 10), False), (date(2024, 2, 18), True),
        (date(2024, 4, 7), True), (date(2024, 5, 11), True), (date(2024, 9, 14), True), (date(2024, 9, 17), False),
        (date(2025, 1, 1), False), (date(2025, 1, 26), True), (date(2025, 2, 8), True), (date(2025, 4, 27), True),
        (date(2025, 5, 5), False), (date(2025, 6, 2), False), (date(2026, 1, 4), True), (date(2026, 2, 14), True),
        (date(2026, 2, 23), False), (date(2026, 2, 28), True), (date(2026, 5, 9), True), (date(2026, 6, 19), False),
        (date(2026, 9, 25), False), (date(2026, 12, 31), True),
    ],
)  # fmt: skip
def test_other_shifted_days(day: date, worked: bool) -> None:
    assert OFFICIAL.is_working_day(day) is worked


@pytest.mark.parametrize(
    ("issued_on", "official", "stated"),
    [
        (date(2026, 12, 30), date(2026, 12, 29), date(2026, 12, 29)),
        (date(2026, 12, 31), date(2026, 12, 30), date(2026, 12, 30)),
        (date(2027, 1, 1), date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 1, 2), date(2026, 12, 31), date(2026, 12, 31)),
        # Saturday 2 January 2027 is worked in the stated year and guessed to be free in the other.
        (date(2027, 1, 3), date(2026, 12, 31), date(2027, 1, 2)),
        (date(2027, 1, 4), date(2026, 12, 31), date(2027, 1, 2)),
        (date(2027, 1, 5), date(2027, 1, 4), date(2027, 1, 4)),
        # Spring Festival is not guessed: Monday 8 February counts as worked until a file says otherwise.
        (date(2027, 2, 9), date(2027, 2, 8), date(2027, 2, 4)),
    ],
)
def test_over_the_end_of_the_known_years(issued_on: date, official: date, stated: date) -> None:
    assert KNOWN_YEARS.stop - 1 == 2026, "a newer calendar is there: these days are official now"
    assert window_for(issued_on, 3, OFFICIAL).end == official
    assert window_for(issued_on, 3, STATED).end == stated


def test_a_limit_over_the_end_of_the_known_years() -> None:
    start = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    assert OFFICIAL.deadline(start, 3) == end_of_day(date(2027, 1, 4))
    assert STATED.deadline(start, 3) == end_of_day(date(2027, 1, 2))


def test_where_a_year_comes_from(tmp_path: Path) -> None:
    assert [OFFICIAL.source_of(year) for year in (2003, 2004, 2026, 2027)] == [
        YearSource.ESTIMATED,
        YearSource.OFFICIAL,
        YearSource.OFFICIAL,
        YearSource.ESTIMATED,
    ]
    assert [STATED.source_of(year) for year in (2027, 2028)] == [YearSource.FILE, YearSource.ESTIMATED]
    assert (OFFICIAL.stated_years, STATED.stated_years) == ((), (2027,))


@pytest.mark.parametrize(
    ("issued_on", "years", "start", "end"),
    [
        (date(2028, 3, 1), 4, date(2024, 2, 29), date(2028, 2, 29)),
        (date(2028, 3, 1), 5, date(2023, 2, 28), date(2028, 2, 29)),
        (date(2026, 11, 21), 5, date(2021, 11, 20), date(2026, 11, 20)),
        (date(2027, 3, 1), 3, date(2024, 2, 26), date(2027, 2, 26)),
    ],
)
def test_windows_of_up_to_five_years(issued_on: date, years: int, start: date, end: date) -> None:
    window = window_for(issued_on, years, OFFICIAL)
    assert (window.start, window.end) == (start, end)
