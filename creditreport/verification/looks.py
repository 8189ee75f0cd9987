"""Who looked: that a report was verified, by which way, from what kind of client; never by whom.

A verdict must not wait for this note, and on SQLite it must not queue behind writers. So a note is only put down in
memory (a microsecond), and a moment later everything that came together is written by a thread of its own, in one
transaction and one statement: a bid opening with thousands of scans makes a handful of writes. A process that is
killed loses the notes of its last second at most; they are a courtesy to the business, no part of the audit trail.
While the store cannot be written the notes wait, up to a limit; then the oldest are dropped, and the log says so.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from creditreport.clock import as_shanghai
from creditreport.verification.models import Channel, Look

if TYPE_CHECKING:
    from creditreport.service import Service
    from creditreport.verification.verdict import Verdict

log = structlog.get_logger(__name__)
# How long a note may lie in memory, and how many may.
WRITTEN_AFTER_SECONDS = 1.0
MOST_WAITING = 20_000
MOST_AT_ONCE = 1000
CLIENT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class DayCount:
    """How often a report was looked at on one day (Asia/Shanghai)."""

    day: date
    looks: int


@dataclass(frozen=True, slots=True)
class Looks:
    """What the business sees of one report: how often in all, by day (the newest first), and the last ones."""

    total: int
    days: tuple[DayCount, ...]
    last: tuple[Look, ...]

    @property
    def most(self) -> int:
        """The looks of the day with most of them."""
        return max((one.looks for one in self.days), default=0)


class LookBook:
    """Notes that wait to be written; one per process (``service.looks``)."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._waiting: deque[dict[str, Any]] = deque(maxlen=MOST_WAITING)
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._timer: threading.Timer | None = None
        self._owner = os.getpid()
        # At the end of the process, or when nobody holds this any more, what waits is still written.
        self._last = weakref.finalize(self, _write_all, sessions, self._waiting, os.getpid())

    def add(self, row: dict[str, Any]) -> None:
        """Put one note down; returns at once."""
        with self._lock:
            if self._owner != os.getpid():
                # After a fork: the notes and the timer are the parent's.
                self._owner, self._timer = os.getpid(), None
                self._waiting.clear()
            if len(self._waiting) == MOST_WAITING:
                log.warning("look_dropped", waiting=MOST_WAITING)
            self._waiting.append(row)
            if self._timer is None:
                self._timer = threading.Timer(WRITTEN_AFTER_SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> int:
        """Write what waits; returns how many were written. Safe to call at any time and at once."""
        with self._lock:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        with self._writing:
            return _write_all(self._sessions, self._waiting, os.getpid())


def note_look(service: Service, verdict: Verdict, channel: Channel, client: str, now: datetime) -> None:
    """Note that ``verdict`` was told at ``now``; one that leads to no report, nor is a copy of one, leaves nothing.

    ``client`` is the kind of browser and system, or the title of a program: never an address, never a name. To be
    called after the answer is known; it costs no query and raises nothing.
    """
    report = verdict.report or (verdict.copy_of.report if verdict.copy_of is not None else None)
    if report is None:
        return
    service.looks.add(
        {
            "number": report.number,
            "at": now,
            "day": as_shanghai(now).date(),
            "channel": channel.value,
            "client": client[:CLIENT_LENGTH],
            "verdict": verdict.status.value,
        }
    )


def looks_at(session: Session, number: str, *, days: int = 14, last: int = 10) -> Looks:
    """The looks at report ``number``: all, the newest ``days`` on which there were any, and the newest ``last``."""
    mine = Look.number == number
    by_day = select(Look.day, func.count()).where(mine).group_by(Look.day).order_by(Look.day.desc())
    counted = [DayCount(day, looks) for day, looks in session.execute(by_day)]
    newest = select(Look).where(mine).order_by(Look.at.desc(), Look.id.desc()).limit(last)
    return Looks(sum(one.looks for one in counted), tuple(counted[:days]), tuple(session.scalars(newest)))


def remove_looks(session: Session, before: datetime) -> int:
    """Remove the looks from before ``before``, in the caller's transaction; returns how many."""
    done = session.execute(delete(Look).where(Look.at < before).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


KEPT = timedelta(days=730)


def _write_all(sessions: sessionmaker[Session], waiting: deque[dict[str, Any]], owner: int) -> int:
    """Write what waits in parts; what a store that is away did not take goes back in front. Never raises."""
    if owner != os.getpid():
        return 0
    written = 0
    while rows := _take(waiting):
        try:
            with sessions.begin() as session:
                session.execute(insert(Look), rows)
        except SQLAlchemyError as error:
            log.warning("looks_not_written", count=len(rows), error=type(error).__name__)
            if not isinstance(error, OperationalError | InterfaceError):
                # Rows that no store would take must not keep the next ones waiting for ever.
                continue
            waiting.extendleft(reversed(rows[: MOST_WAITING - len(waiting)]))
            break
        written += len(rows)
    return written


def _take(waiting: deque[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while waiting and len(rows) < MOST_AT_ONCE:
        rows.append(waiting.popleft())
    return rows
