"""A replica of the store, for verification only, and only while it is known to be fresh.

A verdict must not be older than a person would forgive: a report that was revoked may not read ``VALID`` from a copy
that has not heard of it. So the copy is asked how far it has come, and compared with how far the primary was at a
moment that is at most ``READ_DELAY_SECONDS`` past; whatever was committed before that moment is in the copy, whatever
the clocks of the two machines say. A copy that lags, is away or is no copy at all is not asked: the primary is.
What a copy does not know (a report that is one second old) is asked of the primary, too, before it reads ``UNKNOWN``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from creditreport.config_store import StoreSettings
from creditreport.db import make_engine, make_sessions

T = TypeVar("T")
log = structlog.get_logger(__name__)
# Places in the log of changes ("16/B374D848") are compared by the server itself. Every commit that anybody knows of
# stands before this one, also where the server was told to answer before it has written.
PRIMARY_AT = text("SELECT pg_current_wal_insert_lsn()::text")
REPLICA_HAS = text(
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() >= CAST(:place AS pg_lsn) ELSE false END"
)
# How long a copy that failed is left alone, and how soon one that is a moment behind is asked again.
LEFT_ALONE_SECONDS = 5.0
AGAIN_SECONDS = 0.05
LONG_AGO = float("-inf")


class Replica:
    """Looks things up on the copy while it is fresh, else on the primary."""

    def __init__(self, url: str, bounds: StoreSettings, primary: Engine) -> None:
        self.engine = make_engine(url, bounds)
        self._sessions = make_sessions(self.engine)
        self._primary = primary
        self._delay = float(bounds.read_delay_seconds)
        self._lock = threading.Lock()
        self._place, self._place_at = "", LONG_AGO
        self._fresh_until = self._again = LONG_AGO

    def look(self, query: Callable[[Session], T], known: Callable[[T], bool], primary: sessionmaker[Session]) -> T:
        """What ``query`` finds on a fresh copy if that is ``known``, else what it finds on the primary."""
        if self.fresh():
            try:
                with self._sessions() as session:
                    found = query(session)
                if known(found):
                    return found
            except SQLAlchemyError as error:
                self._leave_alone(type(error).__name__)
        with primary() as session:
            return query(session)

    def fresh(self) -> bool:
        """Whether the copy has all that was committed until ``READ_DELAY_SECONDS`` ago."""
        if time.monotonic() < self._fresh_until:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._fresh_until:
                return True
            if now < self._again:
                return False
            try:
                if self._has_come_so_far(now):
                    self._fresh_until = self._place_at + self._delay
                else:
                    self._again = now + AGAIN_SECONDS
            except SQLAlchemyError as error:
                self._leave_alone(type(error).__name__)
            return now < self._fresh_until

    def forget(self) -> None:
        """Know nothing of the copy any more, as at the beginning."""
        self._place, self._place_at = "", LONG_AGO
        self._fresh_until = self._again = LONG_AGO

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _has_come_so_far(self, now: float) -> bool:
        """As far as the primary was at a moment (``_place_at``) within the time that is allowed."""
        if now >= self._place_at + self._delay:
            # Counted from before the primary is asked.
            with self._primary.connect() as connection:
                self._place, self._place_at = connection.execute(PRIMARY_AT).scalar_one(), now
        with self.engine.connect() as connection:
            return bool(connection.execute(REPLICA_HAS, {"place": self._place}).scalar_one())

    def _leave_alone(self, why: str) -> None:
        self._again = time.monotonic() + LEFT_ALONE_SECONDS
        log.warning("replica_left_alone", why=why)
