"""Verdict pages that were drawn before, given again word for word while nothing that they tell has changed.

At a bid opening one report is scanned by many, and drawing its page is nearly all of the work. Nothing is kept for a
time: at every scan one statement reads whatever about the report can change, and the page is found by that. So a
revocation, an objection, a business that shows less, the last midnight of its month: each is another page at once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, literal_column, select, text

from creditreport.db import for_single_reads
from creditreport.objections.corrections import open_objection
from creditreport.reports.archive import state_at
from creditreport.reports.models import CreditReport
from creditreport.verification.by_code import Currency
from creditreport.verification.currency import CurrencyCheck
from creditreport.verification.status import Mark, VerdictStatus
from creditreport.verification.verdict import Verdict

MOST = 200
# What stands first in a state; the rest is only compared.
FIRST = ("valid_until", "status", "listed", "number")
State = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page with its headers, and the verdict that it tells."""

    page: bytes
    headers: tuple[tuple[str, str], ...]
    verdict: Verdict


class KeptPages:
    """The pages that were asked for last; one per process."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, threading.Lock()
        self._pages: OrderedDict[Hashable, KeptPage] = OrderedDict()

    def get(self, key: Hashable) -> KeptPage | None:
        """The page kept under ``key``."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def keep(self, key: Hashable, page: KeptPage) -> None:
        """Keep a page; the one that was longest not asked for is forgotten."""
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            if len(self._pages) > self._most:
                self._pages.popitem(last=False)


class StateReader:
    """Reads what is stored of a report, but its content, which never changes, and whether an objection is open about
    it: one statement, put together once, on whatever store ``engine`` is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = for_single_reads(engine)
        table = CreditReport.__table__
        others = [column for column in table.columns if column.name not in (*FIRST, "content")]
        disputed = open_objection(table.c.register_id, table.c.number)
        query = select(*(table.c[name] for name in FIRST), *others, disputed)
        query = query.where(table.c.verification_code == literal_column(":code"))
        literal = query.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
        self._statement = text(str(literal)).columns(table.c.valid_until)

    def __call__(self, code: str) -> State | None:
        """The state of the report with ``code`` (20 characters); ``None`` when there is none."""
        with self._engine.connect() as connection:
            row = connection.execute(self._statement, {"code": code}).one_or_none()
        return tuple(row) if row is not None else None


def page_key(state: State, now: datetime, currency: CurrencyCheck) -> Hashable | None:
    """What the page of a report in ``state`` depends on at ``now``; ``None`` while that is not known."""
    valid_until, stored, listed, number = state[: len(FIRST)]
    status = VerdictStatus(state_at(stored, valid_until, now))
    if status is not VerdictStatus.VALID or listed == 0:
        return status, None, state
    known = currency.known(number, now)
    return None if known is None else (status, known, state)


def tells(verdict: Verdict, key: Hashable) -> bool:
    """Whether ``verdict`` is the one that ``key`` stands for: it was reached a moment before or after."""
    assert isinstance(key, tuple)  # noqa: S101 - of page_key
    status, currency, _ = key
    if verdict.status is not status or currency is None:
        return verdict.status is status
    changed = Mark.FACTS_CHANGED in verdict.marks
    return (verdict.details, changed) == (currency is Currency.CURRENT, currency is Currency.CHANGED)
