"""Making corrections, and what staff decide about one that its source questions. Each change leaves an event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.objections.correction_models import (
    CorrectionEvent,
    CorrectionEventKind,
    CorrectionState,
    RecordCorrection,
)
from creditreport.objections.holding import hold_records
from creditreport.objections.models import ObjectionCase
from creditreport.objections.officer import Officer, is_credit_officer
from creditreport.objections.stepping import text_of
from creditreport.violations.own import digest_of
from creditreport.violations.record import ViolationRecord

if TYPE_CHECKING:
    from creditreport.service import Service

# A source is looked at again once a day; what it has corrected itself is known by then.
LOOK_AGAIN = timedelta(days=1)


def make_correction(
    session: Session, case: ObjectionCase, source: ViolationRecord, changes: dict[str, Any], by: str, now: datetime
) -> RecordCorrection:
    """The correction of an upheld case, in the caller's transaction.

    There is one correction of a record at a time: a new one carries on what an earlier one said, and that is over.
    """
    digest = digest_of(source)
    carried: dict[str, Any] = {}
    for earlier in _standing(session, case):
        carried |= earlier.changes
        earlier.state, earlier.next_look_at, earlier.disagrees_since = CorrectionState.LIFTED, None, None
        add_event(session, earlier, CorrectionEventKind.LIFTED, by, now, detail={"objection": case.number})
    row = RecordCorrection(
        case_id=case.id, register_id=case.register_id, domain=case.domain, record_id=case.record_id,
        outcome=case.outcome, changes=carried | changes, base=source.canonical(), base_digest=digest,
        seen_digest=digest, state=CorrectionState.ACTIVE, version=0, made_at=now, made_by=by,
        next_look_at=now + LOOK_AGAIN,
    )  # fmt: skip
    session.add(row)
    session.flush()
    add_event(session, row, CorrectionEventKind.MADE, by, now, detail={"keys": sorted(changes)})
    return row


def _standing(session: Session, case: ObjectionCase) -> list[RecordCorrection]:
    query = select(RecordCorrection).where(
        RecordCorrection.register_id == case.register_id,
        RecordCorrection.domain == case.domain,
        RecordCorrection.record_id == case.record_id,
        RecordCorrection.state != CorrectionState.LIFTED,
    )
    return list(session.scalars(query.order_by(RecordCorrection.id).with_for_update()))


def questioned_corrections(session: Session) -> list[RecordCorrection]:
    """The corrections whose source says neither what it said nor what we say, the longest first: for staff."""
    query = select(RecordCorrection).where(RecordCorrection.disagrees_since.is_not(None))
    return list(session.scalars(query.order_by(RecordCorrection.disagrees_since, RecordCorrection.id)))


def standing_corrections(session: Session) -> list[RecordCorrection]:
    """Every correction that was not lifted, the newest first."""
    query = select(RecordCorrection).where(RecordCorrection.state != CorrectionState.LIFTED)
    return list(session.scalars(query.order_by(RecordCorrection.id.desc())))


def correction_events(session: Session, correction_id: int) -> list[CorrectionEvent]:
    """What happened to a correction, in order."""
    query = select(CorrectionEvent).where(CorrectionEvent.correction_id == correction_id)
    return list(session.scalars(query.order_by(CorrectionEvent.id)))


def settle_correction(
    service: Service, correction_id: int, version: int, *, keep: bool, why: str, officer: Officer, now: datetime
) -> None:
    """The credit office decides: the correction stays over what the source says now (``keep``), or is lifted.

    Lifted, the record shows as its source has it from the next report on. Raises ``NOT_ALLOWED``,
    ``UNKNOWN_CORRECTION``, ``CORRECTION_MOVED``, ``INVALID_OBJECTION`` (no reason).
    """
    if not is_credit_officer(officer):
        raise Problem("NOT_ALLOWED")
    _settle(service, correction_id, version, keep=keep, why=why, by=officer.actor, now=now)


def settle_by_hand(service: Service, correction_id: int, *, keep: bool, why: str, by: str, now: datetime) -> None:
    """As :func:`settle_correction`, for the operator's command line, whatever its version. Raises the same."""
    _settle(service, correction_id, None, keep=keep, why=why, by=by, now=now)


def _settle(
    service: Service, correction_id: int, version: int | None, *, keep: bool, why: str, by: str, now: datetime
) -> None:
    said = text_of(why, "why")
    with service.sessions.begin() as session:
        row = session.get(RecordCorrection, correction_id, with_for_update=True)
        if row is None:
            raise Problem("UNKNOWN_CORRECTION")
        if version not in (None, row.version) or row.state == CorrectionState.LIFTED:
            raise Problem("CORRECTION_MOVED")
        hold_records(session, row.register_id)
        row.disagrees_since = None
        if keep:
            add_event(session, row, CorrectionEventKind.KEPT, by, now, why=said)
        else:
            row.state, row.next_look_at = CorrectionState.LIFTED, None
            add_event(session, row, CorrectionEventKind.LIFTED, by, now, why=said)


def add_event(
    session: Session, row: RecordCorrection, kind: CorrectionEventKind, by: str, now: datetime, *,
    why: str | None = None, detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """A new version of the correction, its event and its audit entry."""
    row.version += 1
    event = CorrectionEvent(
        correction_id=row.id, at=now, by=by, kind=kind.value, why=why, detail=detail or {}, version=row.version
    )
    session.add(event)
    known = {"state": row.state, **(detail or {})}
    subject = f"correction:{row.id}"
    add_entry(session, at=now, actor=by, action=f"correction.{kind.value}", subject=subject, detail=known)
