"""Time limits in working days: over National Day, into 2027, with the time in which the business completes."""

from __future__ import annotations

from datetime import datetime

import pytest

from creditreport.clock import SHANGHAI
from creditreport.objections.clock import Deadline, deadlines, limits_of
from creditreport.objections.flow import CaseKind
from creditreport.objections.models import ObjectionCase
from creditreport.objections.numbers import is_number
from creditreport.violations.ruleset import load_ruleset
from creditreport.worktime import load_work_calendar

CALENDAR = load_work_calendar(None)
RULES = load_ruleset("yancheng-2024")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def case(state: str, filed: str, **moments: str) -> ObjectionCase:
    return ObjectionCase(state=state, filed_at=at(filed), **{name: at(text) for name, text in moments.items()})


def told(one: ObjectionCase, now: str, kind: CaseKind = CaseKind.OTHER) -> dict[str, tuple[str | None, int, int]]:
    found = deadlines(one, limits_of(kind, RULES), CALENDAR, at(now))
    return {each.name.value: (_day(each), each.left, each.late) for each in found}


def _day(one: Deadline) -> str | None:
    return None if one.due is None else f"{one.due:%Y-%m-%d %H:%M:%S}"


def test_over_national_day() -> None:
    # Wednesday 30 September; 1 to 7 October are off, Saturday 10 October is worked (State Council, 2026).
    filed = case("FILED", "2026-09-30 16:00")
    assert told(filed, "2026-09-30 17:00") == {
        "forward": ("2026-10-08 23:59:59", 1, 0),
        "office_answer": ("2026-10-10 23:59:59", 3, 0),
    }
    # The holidays take nothing.
    assert told(filed, "2026-10-07 12:00")["forward"] == ("2026-10-08 23:59:59", 1, 0)
    assert told(filed, "2026-10-09 00:00")["forward"] == ("2026-10-08 23:59:59", 0, 1)
    referred = case("REFERRED", "2026-09-29 09:00", accepted_at="2026-09-30 09:00", referred_at="2026-09-30 10:00")
    assert told(referred, "2026-10-05 12:00")["unit_answer"] == ("2026-10-08 23:59:59", 1, 0)


def test_completion_over_national_day() -> None:
    returned = case("RETURNED", "2026-09-25 09:00", returned_at="2026-09-28 15:00")
    # 29, 30 September, 8, 9, 10, 12 … 16 October.
    assert told(returned, "2026-10-01 09:00") == {
        "completion": ("2026-10-16 23:59:59", 8, 0),
        "office_answer": (None, 0, 0),
    }
    assert told(returned, "2026-10-17 00:00")["completion"] == ("2026-10-16 23:59:59", 0, 1)


def test_the_office_clock_stands_still_meanwhile() -> None:
    # Filed on Monday; Tuesday counts, the days that the pause touches do not, Thursday and Friday of the next week do.
    again = case("FILED", "2026-11-02 09:00", returned_at="2026-11-04 10:00", completed_at="2026-11-11 18:00")
    assert told(again, "2026-11-11 19:00") == {
        "forward": ("2026-11-03 23:59:59", 0, 6),
        "office_answer": ("2026-11-13 23:59:59", 2, 0),
    }


def test_filed_at_the_end_of_2026() -> None:
    # The package knows no working days of 2027: New Year's Day is off, the rest is estimated and said to be.
    filed = case("ANSWERED", "2026-12-30 10:00", referred_at="2026-12-31 10:00", answered_at="2026-12-31 11:00")
    assert told(filed, "2026-12-31 12:00") == {"office_answer": ("2027-01-05 23:59:59", 3 - 1, 0)}
    returned = case("RETURNED", "2026-12-30 10:00", returned_at="2026-12-30 15:00")
    assert told(returned, "2026-12-30 16:00")["completion"][0] == "2027-01-14 23:59:59"


@pytest.mark.parametrize(
    ("kind", "unit", "office"),
    [(CaseKind.OTHER, "2026-11-24", "2026-11-26"), (CaseKind.REPAIR, "2026-11-26", "2026-12-07")],
)
def test_a_repair_request_has_limits_of_its_own(kind: CaseKind, unit: str, office: str) -> None:
    referred = case("REFERRED", "2026-11-23 09:00", accepted_at="2026-11-23 09:30", referred_at="2026-11-23 10:00")
    found = told(referred, "2026-11-23 11:00", kind)
    assert {name: due[:10] for name, (due, _left, _late) in found.items() if due} == {
        "unit_answer": unit,
        "office_answer": office,
    }


def test_sent_back_it_is_forwarded_anew() -> None:
    back = case("ACCEPTED", "2026-11-23 09:00", referred_at="2026-11-23 10:00", accepted_at="2026-11-25 10:00")
    assert told(back, "2026-11-25 11:00")["forward"] == ("2026-11-26 23:59:59", 1, 0)
    first = case("ACCEPTED", "2026-11-23 09:00", accepted_at="2026-11-24 10:00")
    assert told(first, "2026-11-25 11:00")["forward"] == ("2026-11-24 23:59:59", 0, 1)


@pytest.mark.parametrize("state", ["UPHELD", "REJECTED", "WITHDRAWN", "DRAFT"])
def test_nothing_runs_once_it_is_closed(state: str) -> None:
    assert told(case(state, "2026-11-23 09:00"), "2026-12-23 09:00") == {}


def test_numbers_have_a_check_digit() -> None:
    right = [digit for digit in "0123456789" if is_number(f"2026112100001{digit}")]
    assert len(right) == 1
    assert not is_number(f"2026112100010{right[0]}")
    assert not is_number("2026112100001")
    assert not is_number("２０２６１１２１００００１２")
