"""What our own store says about the records of a business: corrections that hold, and objections that are open."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, exists, literal, select
from sqlalchemy.orm import Session

from creditreport.objections.correction_models import CorrectionState, RecordCorrection
from creditreport.objections.flow import OPEN, CaseKind
from creditreport.objections.models import ObjectionCase, ObjectionLetter
from creditreport.reports.models import ReportDecision
from creditreport.violations.own import OwnEntry

DISPUTED = {"disputed": True}
OPEN_STATES = tuple(sorted(OPEN))

# Made once: every report asks these, twice.
_CORRECTIONS = (
    select(RecordCorrection)
    .where(RecordCorrection.register_id == bindparam("register_id"), RecordCorrection.state != CorrectionState.LIFTED)
    .order_by(RecordCorrection.id)
)
_DISPUTES = (
    select(ObjectionCase.number, ObjectionCase.domain, ObjectionCase.record_id)
    .where(
        ObjectionCase.register_id == bindparam("register_id"),
        ObjectionCase.state.in_(OPEN_STATES),
        ObjectionCase.kind != CaseKind.REPAIR,
        ObjectionCase.record_id.is_not(None),
    )
    .order_by(ObjectionCase.id)
)


def own_entries(session: Session, register_id: str) -> tuple[OwnEntry, ...]:
    """The entries of our own overlay for a business, in the order in which they apply.

    A correction that the source has taken over counts again if the source goes back to exactly what was held to be
    wrong; staff are then told by ``comparing``.
    """
    business = {"register_id": register_id}
    made = [
        OwnEntry(
            f"correction:{row.id}",
            row.domain,
            row.record_id,
            row.changes,
            row.base_digest if row.state == CorrectionState.RETIRED else None,
        )
        for row in session.scalars(_CORRECTIONS, business)
    ]
    open_ = [
        OwnEntry(f"objection:{number}", domain, record_id, DISPUTED)
        for number, domain, record_id in session.execute(_DISPUTES, business)
        if record_id is not None
    ]
    return (*made, *open_)


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
