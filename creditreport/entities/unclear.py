"""Entries of the register that are no certain business, kept for staff until the register is put right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from creditreport.entities.entity import Unclear
from creditreport.entities.models import UnclearEntry

# The codes among ``codes`` that an open entry states.
STATED = select(UnclearEntry.uscc).where(
    UnclearEntry.uscc.in_(bindparam("codes", expanding=True)), UnclearEntry.settled_at.is_(None)
)


def keep_unclear(session: Session, found: Iterable[Unclear], now: datetime) -> None:
    """Keep what a sync found in the caller's transaction; what it found no longer is settled."""
    known = {
        Unclear(row.register_id, row.uscc, row.column, row.problem): row
        for row in session.scalars(select(UnclearEntry).where(UnclearEntry.settled_at.is_(None)))
    }
    for one in dict.fromkeys(found):
        if known.pop(one, None) is None:
            session.add(
                UnclearEntry(
                    register_id=one.register_id, uscc=one.uscc, column=one.column, problem=one.problem, found_at=now
                )
            )
    for row in known.values():
        row.settled_at = now


def list_unclear(session: Session, *, settled_too: bool = False) -> list[UnclearEntry]:
    """The entries, oldest first."""
    query = select(UnclearEntry).order_by(UnclearEntry.id)
    return list(session.scalars(query if settled_too else query.where(UnclearEntry.settled_at.is_(None))))


def unclear_json(row: UnclearEntry) -> dict[str, Any]:
    """As in ``entities unclear``."""
    return {
        "register_id": row.register_id,
        "uscc": row.uscc,
        "column": row.column,
        "problem": row.problem,
        "found_at": row.found_at.isoformat(),
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
    }
