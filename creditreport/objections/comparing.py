"""Comparing corrections with their sources once a day: what a source says itself by now is retired, the rest watched.

What a source can be found to say of a record that we corrected:

* what we say (for a withdrawn record also: nothing any more) — the correction is retired;
* what it said when it was held to be wrong — the correction goes on; one that was retired is back, and staff are told;
* anything else — staff are told and decide; meanwhile the correction goes on. A record that is gone leaves a correction
  that changed it with nothing to do, which is told once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.errors import Problem
from creditreport.notices.models import NoticeKind
from creditreport.notices.outbox import tell
from creditreport.objections.asking import ask_field
from creditreport.objections.correcting import LOOK_AGAIN, add_event
from creditreport.objections.correction_models import CorrectionEventKind, CorrectionState, RecordCorrection
from creditreport.objections.models import Outcome
from creditreport.objections.units import credit_officers
from creditreport.violations.own import digest_of
from creditreport.violations.record import Effect, Repair, ViolationRecord

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)

ACTOR = "job:corrections"
AT_ONCE = 200
# What a source that is down would say is not known: it is asked again in a while.
NOT_KNOWN = timedelta(hours=2)


class Said(StrEnum):
    """What a source says of a record that we corrected."""

    SAME = "same"
    AS_BEFORE = "as_before"
    OTHER = "other"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Compared:
    """What one run came to."""

    looked_at: int
    retired: int
    questioned: int
    not_known: int


def compare_corrections(service: Service, now: datetime, most: int = AT_ONCE) -> Compared:
    """Look at the corrections that are due, ``most`` of them; each its own transaction. Safe to repeat."""
    due = select(RecordCorrection).where(RecordCorrection.next_look_at <= now).order_by(RecordCorrection.next_look_at)
    with service.reading() as session:
        rows = session.scalars(due.limit(most)).all()
    counts = dict.fromkeys(("retired", "questioned", "not_known"), 0)
    for row in rows:
        try:
            record = ask_field(service, row.register_id, row.domain, now).of_source(row.record_id)
        except Problem as problem:
            log.warning("correction not compared", correction=row.id, code=problem.code)
            _look_again(service, row.id, now + NOT_KNOWN)
            counts["not_known"] += 1
            continue
        with service.sessions.begin() as session:
            for word in _settle(session, row.id, record, now):
                counts[word] += 1
    return Compared(len(rows), **counts)


def what_is_said(row: RecordCorrection, record: ViolationRecord | None) -> Said:
    """What the source says now, beside what it said then and what we say (pure)."""
    if record is None:
        return Said.SAME if row.outcome == Outcome.WITHDRAW else Said.GONE
    if _says(record, row.outcome, row.changes):
        return Said.SAME
    return Said.AS_BEFORE if digest_of(record) == row.base_digest else Said.OTHER


def _says(record: ViolationRecord, outcome: str, changes: Mapping[str, Any]) -> bool:
    """Whether the record says itself what we changed. On which day it was removed or repaired is the source's word."""
    if outcome == Outcome.WITHDRAW:
        return record.effect is Effect.REVOKED or record.removed_on is not None
    if outcome == Outcome.REPAIRED:
        return record.repair is Repair.REPAIRED
    known = record.model_dump(mode="json")
    return all(known[key] == value for key, value in changes.items())


def _settle(session: Session, correction_id: int, record: ViolationRecord | None, now: datetime) -> list[str]:
    row = session.get(RecordCorrection, correction_id, with_for_update=True, populate_existing=True)
    if row is None or row.state == CorrectionState.LIFTED:
        return []
    said, seen = what_is_said(row, record), digest_of(record) if record is not None else None
    before, fresh = row.seen_digest, seen != row.seen_digest
    row.next_look_at, row.seen_digest = now + LOOK_AGAIN, seen
    if said is Said.SAME:
        row.disagrees_since = None
        if row.state == CorrectionState.ACTIVE:
            row.state = CorrectionState.RETIRED
            add_event(session, row, CorrectionEventKind.RETIRED, ACTOR, now)
            return ["retired"]
        return []
    if said is Said.AS_BEFORE:
        if row.state == CorrectionState.ACTIVE:
            row.disagrees_since = None
            return []
        row.state = CorrectionState.ACTIVE
        return _question(session, row, CorrectionEventKind.BACK, {}, now)
    if not fresh:
        return []
    if said is Said.GONE:
        return _question(session, row, CorrectionEventKind.GONE, {"seen": before is not None}, now)
    assert record is not None  # noqa: S101 - a record that is gone was told above
    return _question(session, row, CorrectionEventKind.CHANGED, {"keys": _differing(row, record)}, now)


def _question(
    session: Session, row: RecordCorrection, kind: CorrectionEventKind, detail: dict[str, Any], now: datetime
) -> list[str]:
    """Tell staff that a source questions the correction: an event, the list of those, a notice."""
    row.disagrees_since = row.disagrees_since or now
    add_event(session, row, kind, ACTOR, now, detail=detail)
    subject = f"correction:{row.id}:{row.version}"
    kind_ = NoticeKind.CORRECTION_QUESTIONED
    tell(session, credit_officers(session), kind_, subject, about=row.register_id, now=now)
    return ["questioned"]


def _differing(row: RecordCorrection, record: ViolationRecord) -> list[str]:
    known = record.canonical()
    keys = (known.keys() | row.base.keys()) - {"disputed"}
    return sorted(key for key in keys if known.get(key) != row.base.get(key))


def _look_again(service: Service, correction_id: int, at: datetime) -> None:
    with service.sessions.begin() as session:
        row = session.get(RecordCorrection, correction_id, with_for_update=True)
        if row is not None and row.next_look_at is not None:
            row.next_look_at = at
