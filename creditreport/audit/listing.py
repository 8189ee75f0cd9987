"""Looking entries up: by time, who, what and on what; a page at a time by key, or all of them in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditEntry
from creditreport.clock import SHANGHAI
from creditreport.db import Moment
from creditreport.errors import Problem
from creditreport.reports.request import read_day

PAGE = 50
AT_ONCE = 2000
_LATEST = 2**63 - 1
Key = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; what is empty does not matter. Days are Asia/Shanghai, both included."""

    first: date | None = None
    last: date | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""

    def as_args(self) -> dict[str, str]:
        """As an address or an audit entry names it; what is empty is left out."""
        told = {
            "from": self.first.isoformat() if self.first else "", "to": self.last.isoformat() if self.last else "",
            "actor": self.actor, "action": self.action, "subject": self.subject,
        }  # fmt: skip
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first, and the key from which older ones go on; ``None`` if there are none."""

    entries: tuple[AuditEntry, ...]
    older: str | None


def read_filter(first: str, last: str, actor: str, action: str, subject: str) -> Filter:
    """What was typed. Raises ``INVALID_DATE``."""
    days = [read_day(text.strip() or None) for text in (first, last)]
    return Filter(days[0], days[1], actor.strip(), action.strip(), subject.strip())


def page_of(session: Session, wanted: Filter, before: str = "", size: int = PAGE) -> Page:
    """The newest entries, or those older than the key ``before`` (of an earlier page). Raises ``BAD_REQUEST``."""
    query = select(AuditEntry).where(*_conditions(wanted))
    if before:
        query = query.where(_place() < _bound(_read_key(before)))
    rows = session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(size + 1)).all()
    shown = tuple(rows[:size])
    return Page(shown, _key(shown[-1]) if len(rows) > size else None)


def all_of(session: Session, wanted: Filter) -> Iterator[AuditEntry]:
    """Every entry that is wanted, the oldest first; a million take no more memory than some thousands."""
    after: Key | None = None
    while True:
        query = select(AuditEntry).where(*_conditions(wanted))
        if after is not None:
            query = query.where(_place() > _bound(after))
        rows = session.scalars(query.order_by(AuditEntry.at, AuditEntry.id).limit(AT_ONCE)).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].at, rows[-1].id
        session.expunge_all()


def count_of(session: Session, wanted: Filter, most: int) -> int:
    """How many entries are wanted; not counted further than one more than ``most``."""
    some = select(AuditEntry.id).where(*_conditions(wanted)).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.first:
        found.append(AuditEntry.at >= datetime.combine(wanted.first, time(), SHANGHAI))
    if wanted.last:
        found.append(AuditEntry.at < datetime.combine(wanted.last + timedelta(days=1), time(), SHANGHAI))
    if wanted.actor:
        found.append(AuditEntry.actor == wanted.actor)
    if wanted.action.endswith("*"):
        found.append(AuditEntry.action.startswith(wanted.action[:-1], autoescape=True))
    elif wanted.action:
        found.append(AuditEntry.action == wanted.action)
    if wanted.subject:
        found.append(AuditEntry.subject == wanted.subject)
    return found


def _place() -> Any:
    return tuple_(AuditEntry.at, AuditEntry.id)


def _bound(key: Key) -> Any:
    return tuple_(literal(key[0], Moment()), literal(key[1]))


def _key(entry: AuditEntry) -> str:
    """The key of an entry, as an address carries it: microseconds since 1970, and the id."""
    return f"{(entry.at - _EPOCH) // timedelta(microseconds=1)}-{entry.id}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _read_key(text: str) -> Key:
    moment, _, number = text.partition("-")
    if not (text.isascii() and moment.isdecimal() and number.isdecimal() and int(number) <= _LATEST):
        raise Problem("BAD_REQUEST")
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), int(number)
    except OverflowError:
        raise Problem("BAD_REQUEST") from None
