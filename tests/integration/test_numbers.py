"""Report numbers: unique under concurrency, and every one accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from stdnum.iso7064 import mod_11_10

from creditreport.clock import SHANGHAI
from creditreport.errors import Problem
from creditreport.reports.models import NumberStatus, ReportNumber
from creditreport.reports.numbers import (
    abandon_number,
    compose_number,
    days_of_numbers,
    mark_issued,
    reserve_number,
    settle_stale_reservations,
)
from creditreport.verification.codes import new_code
from tests.forked import Running

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
AREA = "320900"
EACH = 300

RESERVE = """
import sys
from datetime import datetime
from creditreport.clock import SHANGHAI
from creditreport.db import make_engine, make_sessions
from creditreport.reports.numbers import abandon_number, mark_issued, reserve_number
from creditreport.verification.codes import new_code
sessions = make_sessions(make_engine(sys.argv[1]))
now = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
for at in range(int(sys.argv[2])):
    reserved = reserve_number(sessions, "320900", now, new_code)
    print(reserved.number, reserved.verification_code)
    if at % 10 == 0:
        abandon_number(sessions, reserved.number, "drill", now)
    elif at % 10 != 1:
        with sessions.begin() as session:
            mark_issued(session, reserved.number, now)
"""


def test_two_processes_never_draw_the_same(sessions: sessionmaker[Session], database_url: str) -> None:
    running = [Running(RESERVE, [database_url, str(EACH)], {}) for _ in range(2)]
    done = [process.done() for process in running]
    assert [one.returncode for one in done] == [0, 0], done[0].stderr + done[1].stderr
    lines = list(chain.from_iterable(one.stdout.splitlines() for one in done))
    numbers, codes = zip(*(line.split() for line in lines), strict=True)
    assert len(lines) == len(set(numbers)) == len(set(codes)) == 2 * EACH
    with sessions() as session:
        (day,) = days_of_numbers(session)
    assert (day.last, day.reserved, day.issued, day.abandoned) == (600, 60, 480, 60)
    assert day.accounted_for


def test_a_number_says_area_day_sequence_and_checks_itself(sessions: sessionmaker[Session]) -> None:
    first = reserve_number(sessions, AREA, NOON, new_code)
    second = reserve_number(sessions, AREA, NOON, new_code)
    next_day = reserve_number(sessions, AREA, NOON + timedelta(days=1), new_code)
    assert first.number[:20] == "32090020261121000001"
    assert second.number[:20] == "32090020261121000002"
    assert next_day.number[:20] == "32090020261122000001"
    assert all(mod_11_10.is_valid(one.number) for one in (first, second, next_day))


def test_the_day_is_that_of_shanghai(sessions: sessionmaker[Session]) -> None:
    reserved = reserve_number(sessions, AREA, datetime(2026, 11, 22, 0, 30, tzinfo=SHANGHAI), new_code)
    assert reserved.number[6:14] == "20261122"


def test_a_code_that_exists_is_drawn_again(sessions: sessionmaker[Session]) -> None:
    taken = reserve_number(sessions, AREA, NOON, new_code).verification_code
    drawn: Iterator[str] = iter([taken, taken, "0" * 20])
    reserved = reserve_number(sessions, AREA, NOON, lambda: next(drawn))
    assert reserved.verification_code == "0" * 20
    assert reserved.number[14:20] == "000002"


def test_a_failed_draw_leaves_no_gap(sessions: sessionmaker[Session]) -> None:
    def fail() -> str:
        raise OSError("no randomness")

    with pytest.raises(OSError, match="no randomness"):
        reserve_number(sessions, AREA, NOON, fail)
    assert reserve_number(sessions, AREA, NOON, new_code).number[14:20] == "000001"


def test_what_a_dead_process_left_is_abandoned(sessions: sessionmaker[Session]) -> None:
    dead, done = (reserve_number(sessions, AREA, NOON, new_code) for _ in range(2))
    with sessions.begin() as session:
        mark_issued(session, done.number, NOON)
    at_the_limit = NOON + timedelta(minutes=10)
    with sessions.begin() as session:
        assert settle_stale_reservations(session, at_the_limit) == 0
    alive = reserve_number(sessions, AREA, at_the_limit + timedelta(seconds=1), new_code)
    with sessions() as session:
        rows = {row.number: (row.status, row.reason) for row in session.scalars(select(ReportNumber))}
    assert rows == {
        dead.number: (NumberStatus.ABANDONED, "process ended"),
        done.number: (NumberStatus.ISSUED, None),
        alive.number: (NumberStatus.RESERVED, None),
    }


def test_an_abandoned_number_is_never_issued(sessions: sessionmaker[Session]) -> None:
    reserved = reserve_number(sessions, AREA, NOON, new_code)
    abandon_number(sessions, reserved.number, "MISSING_GLYPH", NOON)
    with pytest.raises(Problem) as raised, sessions.begin() as session:
        mark_issued(session, reserved.number, NOON)
    assert raised.value.code == "NUMBER_LOST"


def test_an_issued_number_stays_issued(sessions: sessionmaker[Session]) -> None:
    reserved = reserve_number(sessions, AREA, NOON, new_code)
    with sessions.begin() as session:
        mark_issued(session, reserved.number, NOON)
    abandon_number(sessions, reserved.number, "too late", NOON)
    with sessions() as session:
        row = session.get_one(ReportNumber, reserved.number)
    assert (row.status, row.reason, row.settled_at) == (NumberStatus.ISSUED, None, NOON)


def test_a_day_without_numbers_left_says_so() -> None:
    assert len(compose_number(AREA, date(2026, 11, 21), 999_999)) == 21
    with pytest.raises(Problem) as raised:
        compose_number(AREA, date(2026, 11, 21), 1_000_000)
    assert raised.value.code == "NUMBERS_EXHAUSTED"
