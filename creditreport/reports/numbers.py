"""Report numbers: reserved in a short transaction of their own, then issued or abandoned, every one accounted for.

Structure: area code (6), day of issue (YYYYMMDD), sequence of that day (6), check digit (ISO 7064 mod 11,10). The
verification code is drawn together with the number, so that it too is unique before anything is printed with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, sessionmaker
from stdnum.iso7064 import mod_11_10

from creditreport.db import add_or_step, insert_on, on_server
from creditreport.errors import Problem
from creditreport.reports.models import NumberCounter, NumberStatus, ReportNumber

LAST_SEQUENCE = 999_999
STALE_AFTER = timedelta(minutes=10)
PROCESS_ENDED = "process ended"
DRAWS = 5
_NEW = "new_"

_TABLE: Any = ReportNumber.__table__
# Made once, of the table itself: every report does these.
_SETTLE = (
    update(_TABLE)
    .where(_TABLE.c.status == NumberStatus.RESERVED.value)
    .values(status=bindparam("to"), reason=bindparam("because"), settled_at=bindparam("now"))
)
_SETTLE_ONE = _SETTLE.where(_TABLE.c.number == bindparam("of"))
_SETTLE_STALE = _SETTLE.where(_TABLE.c.reserved_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Reservation:
    """A number and a code that nobody else has or will have."""

    number: str
    verification_code: str


@dataclass(frozen=True, slots=True)
class DayOfNumbers:
    """How many numbers of a day are reserved, issued and abandoned, and the last sequence given out."""

    area: str
    day: date
    last: int
    reserved: int
    issued: int
    abandoned: int

    @property
    def accounted_for(self) -> bool:
        """Whether every sequence from 1 to the last is one of the three."""
        return self.last == self.reserved + self.issued + self.abandoned


def compose_number(area: str, day: date, sequence: int) -> str:
    """The report number; raises ``NUMBERS_EXHAUSTED`` when the day has no sequence left."""
    if sequence > LAST_SEQUENCE:
        raise Problem("NUMBERS_EXHAUSTED", day=day.isoformat())
    body = f"{area}{day:%Y%m%d}{sequence:06d}"
    return body + str(mod_11_10.calc_check_digit(body))


def reserve_number(
    sessions: sessionmaker[Session], area: str, now: datetime, draw_code: Callable[[], str]
) -> Reservation:
    """Reserve the next number of the day of ``now`` with a fresh verification code, and commit.

    Abandons what earlier processes left behind. ``draw_code`` is asked again in the (never seen) case that its code
    exists already.
    """
    day = now.date()
    with sessions.begin() as session:
        # A number that is lost with the server's last moments was on no paper: its report is stored by a later commit.
        key = {"area": area, "day": day}
        sequence = add_or_step(session, NumberCounter, key, "last", left_to_next_commit=True)
        number = compose_number(area, day, sequence)
        row = {"number": number, "area": area, "day": day, "sequence": sequence, "reserved_at": now}
        code = _insert_with_code(session, row, now, draw_code)
    return Reservation(number, code)


def _insert_with_code(session: Session, row: dict[str, Any], now: datetime, draw_code: Callable[[], str]) -> str:
    """Reserve the number, and settle what is stale: on a server in the same statement."""
    server = on_server(session)
    if not server:
        settle_stale_reservations(session, now)
    for _ in range(DRAWS):
        code = draw_code()
        drawn = row | {"verification_code": code, "status": NumberStatus.RESERVED.value}
        asked = {_NEW + name: value for name, value in drawn.items()} | (_stale(now) if server else {})
        if session.execute(_reserving(server), asked).scalar() is not None:
            return code
    raise RuntimeError(f"{DRAWS} verification codes in a row exist already")


@lru_cache
def _reserving(server: bool) -> Any:
    names = ("number", "verification_code", "area", "day", "sequence", "status", "reserved_at")
    # Under names of their own: a value by a column's name would be set by both parts of the statement.
    new = insert_on(server, ReportNumber).values({name: bindparam(_NEW + name) for name in names})
    new = new.on_conflict_do_nothing(index_elements=["verification_code"]).returning(_TABLE.c.number)
    return new.add_cte(_SETTLE_STALE.returning(_TABLE.c.number).cte("stale")) if server else new


def mark_issued(session: Session, number: str, now: datetime) -> None:
    """Settle ``number`` as issued, in the transaction that stores its report.

    Raises ``NUMBER_LOST`` if it is not reserved any more: then nothing may be stored under it.
    """
    if not _settle(session, number, NumberStatus.ISSUED, None, now):
        raise Problem("NUMBER_LOST", number=number)


def abandon_number(sessions: sessionmaker[Session], number: str, reason: str, now: datetime) -> None:
    """Settle ``number`` as abandoned for ``reason`` (a code or a technical word, no personal data)."""
    with sessions.begin() as session:
        _settle(session, number, NumberStatus.ABANDONED, reason, now)


def _settle(session: Session, number: str, status: NumberStatus, reason: str | None, now: datetime) -> bool:
    return _count(session, _SETTLE_ONE, {"to": status.value, "because": reason, "now": now, "of": number}) == 1


def settle_stale_reservations(session: Session, now: datetime) -> int:
    """Mark as abandoned what was reserved more than ten minutes before ``now``: its process has ended.

    Issuing takes seconds; a process that is still at it finds its number lost and stores nothing. Returns how many.
    """
    return _count(session, _SETTLE_STALE, _stale(now))


def _stale(now: datetime) -> dict[str, Any]:
    return {"to": NumberStatus.ABANDONED.value, "because": PROCESS_ENDED, "now": now, "before": now - STALE_AFTER}


def _count(session: Session, statement: Any, values: dict[str, Any]) -> int:
    return cast(CursorResult[Any], session.execute(statement, values)).rowcount


def days_of_numbers(session: Session, limit: int | None = None, day: date | None = None) -> list[DayOfNumbers]:
    """Each day's numbers, newest day first; the newest ``limit`` days, or ``day`` alone."""
    newest = select(NumberCounter).order_by(NumberCounter.day.desc(), NumberCounter.area).limit(limit)
    rows = session.scalars(newest if day is None else newest.where(NumberCounter.day == day)).all()
    if not rows:
        return []
    counts: dict[tuple[str, date], dict[str, int]] = {}
    query = (
        select(ReportNumber.area, ReportNumber.day, ReportNumber.status, func.count())
        # By index: only the days that are told.
        .where(
            ReportNumber.area.in_(sorted({row.area for row in rows})),
            ReportNumber.day.between(rows[-1].day, rows[0].day),
        )
        .group_by(ReportNumber.area, ReportNumber.day, ReportNumber.status)
    )
    for area, on, status, count in session.execute(query):
        counts.setdefault((area, on), {})[status] = count
    days = []
    for row in rows:
        found = counts.get((row.area, row.day), {})
        days.append(DayOfNumbers(row.area, row.day, row.last, *(found.get(status, 0) for status in NumberStatus)))
    return days
