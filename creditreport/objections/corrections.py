"""What our own store says about the records of a business: corrections that hold, and objections that are open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, cast, exists, literal, null, select, union_all
from sqlalchemy.orm import Session

from creditreport.objections.correction_models import CorrectionState, RecordCorrection
from creditreport.objections.flow import OPEN, CaseKind
from creditreport.objections.models import ObjectionCase, ObjectionLetter
from creditreport.reports.models import ReportDecision
from creditreport.violations.own import OwnEntry

DISPUTED = {"disputed": True}
OPEN_STATES = tuple(sorted(OPEN))

# Made once: every report asks this, twice. Most businesses have none of either.
_OURS = union_all(
    select(
        RecordCorrection.id,
        RecordCorrection.domain,
        RecordCorrection.record_id,
        RecordCorrection.changes,
        RecordCorrection.state,
        RecordCorrection.base_digest,
        literal("").label("number"),
    ).where(
        RecordCorrection.register_id == bindparam("register_id"),
        RecordCorrection.state != CorrectionState.LIFTED,
    ),
    select(
        ObjectionCase.id,
        ObjectionCase.domain,
        ObjectionCase.record_id,
        cast(null(), RecordCorrection.changes.type),
        literal(""),
        literal(""),
        ObjectionCase.number,
    ).where(
        ObjectionCase.register_id == bindparam("register_id"),
        # Each by itself: a list would be written out anew at each asking.
        ObjectionCase.state.in_([literal(state) for state in OPEN_STATES]),
        ObjectionCase.kind != CaseKind.REPAIR,
        ObjectionCase.record_id.is_not(None),
    ),
)


def own_entries(session: Session, register_id: str) -> tuple[OwnEntry, ...]:
    """The entries of our own overlay for a business, in the order in which they apply: corrections, then disputes.

    A correction that the source has taken over counts again if the source goes back to exactly what was held to be
    wrong; staff are then told by ``comparing``.
    """
    rows = session.execute(_OURS, {"register_id": register_id}).all()
    return tuple(_entry(row) for row in sorted(rows, key=lambda row: (row.number != "", row.id)))


def _entry(row: Any) -> OwnEntry:
    if row.number:
        return OwnEntry(f"objection:{row.number}", row.domain, row.record_id, DISPUTED)
    only_if = row.base_digest if row.state == CorrectionState.RETIRED else None
    return OwnEntry(f"correction:{row.id}", row.domain, row.record_id, row.changes, only_if)


def is_disputed(session: Session, register_id: str, report: str) -> bool:
    """Whether an objection is open about a record that the report lists."""
    return bool(session.scalar(select(open_objection(literal(register_id), literal(report)))))


def open_objection(register_id: ColumnElement[str], report: ColumnElement[str]) -> ColumnElement[bool]:
    """The same as a part of a statement about reports."""
    listed = (
        exists()
        .where(
            ReportDecision.number == report,
            ReportDecision.listed,
            ReportDecision.domain == ObjectionCase.domain,
            ReportDecision.record_id == ObjectionCase.record_id,
        )
        .correlate_except(ReportDecision)
    )
    about_it = exists().where(
        ObjectionCase.register_id == register_id,
        ObjectionCase.state.in_(OPEN_STATES),
        ObjectionCase.kind != CaseKind.REPAIR,
        listed,
    )
    return about_it.correlate_except(ObjectionCase)


def is_letter(session: Session, sha256: str) -> bool:
    """Whether a file with this SHA-256 is a co-handling letter that we sent: signed by us, and no report."""
    query = select(ObjectionLetter.case_id).where(ObjectionLetter.pdf_sha256 == sha256)
    return session.scalar(query.limit(1)) is not None
