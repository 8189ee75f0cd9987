"""Reporting a suspicion, and settling it.

Whoever verifies may tell what looks wrong: one sentence, no name, no address. Taken down for a code of ours and for one
that leads nowhere alike, with the same answer, so that the form tells nobody which codes exist.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from limits import RateLimitItemPerHour
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.reports.archive import find_by_code
from creditreport.verification.codes import Code, read_code
from creditreport.verification.models import Suspicion, SuspicionKind

if TYPE_CHECKING:
    from creditreport.service import Service

MOST = 500
# From one address; and from everybody together, more than any city has in an hour.
PER_ADDRESS, PER_EVERYBODY = RateLimitItemPerHour(5), RateLimitItemPerHour(300)
LISTED = 100


def report_suspicion(service: Service, who: str, kind: str, said: str, typed: str, now: datetime) -> int:
    """Take down a suspicion about the code ``typed`` (which may be none); returns its number.

    ``who`` is whom it is counted for and is not stored. One transaction. Raises ``INVALID_SUSPICION``,
    ``TOO_MANY_SUSPICIONS``.
    """
    text = " ".join(said.split())
    if kind not in set(SuspicionKind) or not 1 <= len(text) <= MOST:
        raise Problem("INVALID_SUSPICION", most=MOST)
    _count(service, who)
    code = read_code(typed)
    with service.sessions.begin() as session:
        report = find_by_code(session, code.value) if isinstance(code, Code) else None
        row = Suspicion(at=now, kind=kind, said=text, number=report.number if report is not None else None)
        row.code = code.value if report is None and isinstance(code, Code) else None
        session.add(row)
        session.flush()
        subject, detail = f"suspicion:{row.id}", {"kind": kind, "number": row.number}
        add_entry(session, at=now, actor="verifier", action="suspicion.reported", subject=subject, detail=detail)
        return row.id


def settle_suspicion(service: Service, suspicion_id: int, note: str, *, by: str, now: datetime) -> None:
    """Settle a suspicion with what came of it. One transaction; safe to repeat by the same person with the same note.

    Raises ``INVALID_REASON``, ``UNKNOWN_SUSPICION``, ``SUSPICION_SETTLED``.
    """
    told = note.strip()
    if not 2 <= len(told) <= MOST:
        raise Problem("INVALID_REASON", most=MOST)
    with service.sessions.begin() as session:
        row = session.get(Suspicion, suspicion_id, with_for_update=True)
        if row is None:
            raise Problem("UNKNOWN_SUSPICION", value=suspicion_id)
        if row.settled_at is not None:
            if (row.settled_by, row.note) == (by, told):
                return
            raise Problem("SUSPICION_SETTLED", value=suspicion_id)
        row.settled_at, row.settled_by, row.note = now, by, told
        detail = {"kind": row.kind, "number": row.number}
        add_entry(session, at=now, actor=by, action="suspicion.settled", subject=f"suspicion:{row.id}", detail=detail)


def open_suspicions(session: Session) -> int:
    """How many wait for staff."""
    return session.scalar(select(func.count()).where(Suspicion.settled_at.is_(None))) or 0


def suspicions(session: Session, *, settled: bool, number: str | None = None) -> list[Suspicion]:
    """Those that wait (oldest first) or were settled (newest first), all or about one report."""
    query = select(Suspicion).where(Suspicion.settled_at.is_not(None) if settled else Suspicion.settled_at.is_(None))
    if number is not None:
        query = query.where(Suspicion.number == number)
    order = Suspicion.settled_at.desc() if settled else Suspicion.at
    return list(session.scalars(query.order_by(order, Suspicion.id).limit(LISTED)))


def remove_suspicions(session: Session, before: datetime) -> int:
    """Remove those that were settled before ``before``, in the caller's transaction; returns how many."""
    old = delete(Suspicion).where(Suspicion.settled_at < before).execution_options(synchronize_session=False)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _count(service: Service, who: str) -> None:
    for limit, key in ((PER_ADDRESS, who), (PER_EVERYBODY, "everybody")):
        if not service.counter.hit(limit, "suspicion", key):
            wait = max(1, service.counter.wait(limit, "suspicion", key))
            raise Problem("TOO_MANY_SUSPICIONS", shown={"retry_after": wait}, seconds=wait)
