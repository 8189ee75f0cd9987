"""Codes that several live businesses hold: found by the sync, kept until the register is cleaned.

A code that two businesses share is cleaned within the month in which it was found (the city's work plan on the social
credit system); until then neither gets a report.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.clock import as_shanghai
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.models import CodeConflict, EntityRow


@dataclass(frozen=True, slots=True)
class Conflict:
    """One code held twice, as staff see it; ``overdue`` when its month has passed and it is still open."""

    uscc: str
    holders: tuple[dict[str, str], ...]
    found_at: datetime
    due_on: date
    settled_at: datetime | None
    overdue: bool

    def as_json(self) -> dict[str, Any]:
        """As in ``entities duplicates``."""
        return {
            "uscc": self.uscc,
            "holders": list(self.holders),
            "found_at": self.found_at.isoformat(),
            "due_on": self.due_on.isoformat(),
            "settled_at": self.settled_at.isoformat() if self.settled_at else None,
            "overdue": self.overdue,
        }


def codes_held_twice(entities: Iterable[BusinessEntity]) -> dict[str, list[str]]:
    """Each code, present or replaced, that several live businesses hold, with their register ids in order."""
    holders: dict[str, list[str]] = {}
    for entity in entities:
        if entity.registration_status.live:
            for code in set(entity.codes):
                holders.setdefault(code, []).append(entity.register_id)
    return {code: sorted(ids) for code, ids in sorted(holders.items()) if len(ids) > 1}


def keep_conflicts(session: Session, held_twice: dict[str, list[str]], now: datetime) -> int:
    """Keep what a sync found in the caller's transaction, each change with its entry; returns how many are open."""
    known = {row.uscc: row for row in session.scalars(select(CodeConflict).where(CodeConflict.settled_at.is_(None)))}
    for code, holders in held_twice.items():
        row = known.pop(code, None)
        if row is None:
            session.add(CodeConflict(uscc=code, holders=holders, found_at=now, due_on=_due(now)))
            _note(session, "register.duplicate_found", code, holders, now)
        elif row.holders != holders:
            row.holders = holders
            _note(session, "register.duplicate_changed", code, holders, now)
    for code, row in known.items():
        row.settled_at = now
        _note(session, "register.duplicate_cleaned", code, row.holders, now)
    return len(held_twice)


def list_conflicts(session: Session, now: datetime, *, settled_too: bool = False) -> list[Conflict]:
    """The codes held twice, the longest known first."""
    query = select(CodeConflict).order_by(CodeConflict.found_at, CodeConflict.uscc)
    if not settled_too:
        query = query.where(CodeConflict.settled_at.is_(None))
    today = as_shanghai(now).date()
    return [
        Conflict(
            row.uscc,
            tuple(_holder(session, key) for key in row.holders),
            row.found_at,
            row.due_on,
            row.settled_at,
            overdue=row.settled_at is None and today > row.due_on,
        )
        for row in session.scalars(query)
    ]


def _holder(session: Session, register_id: str) -> dict[str, str]:
    row = session.get_one(EntityRow, register_id)
    return {
        "register_id": register_id,
        "uscc": row.uscc,
        "name": row.name,
        "type": row.entity_type,
        "status": row.registration_status,
    }


def _due(now: datetime) -> date:
    day = as_shanghai(now).date()
    return day.replace(day=monthrange(day.year, day.month)[1])


def _note(session: Session, action: str, code: str, holders: list[str], now: datetime) -> None:
    add_entry(session, at=now, actor="register", action=action, subject=f"code:{code}", detail={"holders": holders})
