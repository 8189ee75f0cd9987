"""Filing a draft: one transaction that gives it its number, or joins it to the open case about the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from creditreport.errors import Problem
from creditreport.objections.flow import CaseKind, Move, Party, State
from creditreport.objections.holding import hold_records
from creditreport.objections.models import EvidenceUse, ObjectionCase, ObjectionEvent, ObjectionEvidence
from creditreport.objections.numbers import draw_number
from creditreport.objections.stepping import finish, hold_own, note, text_of

if TYPE_CHECKING:
    from creditreport.service import Service

# Files of one case, those of every asking that was joined to it together.
MOST_JOINED = 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """What filing gives. ``joined``: there was an open case about the same already, and this was added to it."""

    case_id: int
    number: str
    filed_at: datetime
    joined: bool


def file_case(service: Service, register_id: str, case_id: int, *, by: str, now: datetime) -> Receipt:
    """File a draft: it gets its number and its clock begins. Safe to repeat.

    The same again (business, record, kind) while a case is open is joined to that one: text and new files are added.
    Raises ``UNKNOWN_OBJECTION``, ``INVALID_OBJECTION`` (a text is missing), ``OBJECTION_NEEDS_NEW_EVIDENCE`` after the
    same was rejected, ``EVIDENCE_REFUSED`` when joining would make too many files, ``OBJECTION_NUMBERS_EXHAUSTED``.
    """
    try:
        return _file(service, register_id, case_id, by, now)
    except IntegrityError:
        # The same was filed in the same moment: there is an open case by now.
        return _file(service, register_id, case_id, by, now)


def _file(service: Service, register_id: str, case_id: int, by: str, now: datetime) -> Receipt:
    with service.sessions.begin() as session:
        case = hold_own(session, register_id, case_id)
        if case.state != State.DRAFT:
            return _repeated(session, case)
        text_of(case.statement, "statement")
        text_of(case.wish, "wish")
        _check_new_evidence(session, case)
        # A report that is being issued either waits and sees the dispute, or is stored before it.
        hold_records(session, register_id)
        key = open_key(case)
        there = session.scalar(select(ObjectionCase).where(ObjectionCase.open_key == key).with_for_update())
        if there is not None:
            return _join(session, case, there, by, now)
        case.number, case.open_key, case.filed_at = draw_number(session, now), key, now
        finish(session, case, Move.FILE, Party.BUSINESS, by, now)
        session.flush()
        return Receipt(case.id, case.number, now, joined=False)


def open_key(case: ObjectionCase) -> str:
    """What is the same of two cases about the same."""
    return sha256("\n".join((case.register_id, case.domain, case.record_id or "", case.kind)).encode()).hexdigest()


def _join(session: Session, case: ObjectionCase, there: ObjectionCase, by: str, now: datetime) -> Receipt:
    """Add text and files of ``case`` to the open one; the draft is over and says where it went."""
    known = set(session.scalars(_digests(there.id)))
    new = [one for one in session.scalars(_files(case.id)) if one.sha256 not in known]
    if len(known) + len(new) > MOST_JOINED:
        raise Problem(
            "EVIDENCE_REFUSED",
            name="",
            detail_zh=f"同一事项的材料最多 {MOST_JOINED} 份",
            detail_en=f"one case takes at most {MOST_JOINED} files",
        )
    for one in new:
        one.case_id = there.id
    said = f"{case.statement}\n\n{case.wish}"
    finish(session, there, Move.ADD_EVIDENCE, Party.BUSINESS, by, now, why=said, detail={"files": len(new)})
    case.state, case.version, case.closed_at, case.changed_at = State.WITHDRAWN, case.version + 1, now, now
    note(session, case, Move.FILE, Party.BUSINESS, by, now, detail={"joined": there.id})
    return _receipt(there, joined=True)


def _repeated(session: Session, case: ObjectionCase) -> Receipt:
    if case.number is not None:
        return _receipt(case, joined=False)
    query = select(ObjectionEvent).where(ObjectionEvent.case_id == case.id, ObjectionEvent.move == Move.FILE)
    return _receipt(session.get_one(ObjectionCase, session.scalars(query).one().detail["joined"]), joined=True)


def _receipt(case: ObjectionCase, *, joined: bool) -> Receipt:
    assert case.number is not None  # noqa: S101 - it was filed
    assert case.filed_at is not None  # noqa: S101
    return Receipt(case.id, case.number, case.filed_at, joined)


def _check_new_evidence(session: Session, case: ObjectionCase) -> None:
    """After a rejection the same needs something that was not looked at then."""
    rejected = _rejected_before(session, case)
    if not rejected:
        return
    query = select(ObjectionEvidence.sha256).where(ObjectionEvidence.case_id.in_([one.id for one in rejected]))
    if not set(session.scalars(_digests(case.id))) - set(session.scalars(query)):
        raise Problem("OBJECTION_NEEDS_NEW_EVIDENCE", number=rejected[-1].number)


def _rejected_before(session: Session, case: ObjectionCase) -> Sequence[ObjectionCase]:
    """About the same record (calling it another kind makes it no new one); of a field in general: of the same kind."""
    query = select(ObjectionCase).where(
        ObjectionCase.register_id == case.register_id,
        ObjectionCase.domain == case.domain,
        ObjectionCase.state == State.REJECTED,
    )
    if case.record_id is None:
        query = query.where(ObjectionCase.record_id.is_(None), ObjectionCase.kind == case.kind)
    else:
        query = query.where(ObjectionCase.record_id == case.record_id)
        repair = ObjectionCase.kind == CaseKind.REPAIR
        query = query.where(repair if CaseKind(case.kind).is_repair else ~repair)
    return session.scalars(query.order_by(ObjectionCase.id)).all()


def _files(case_id: int) -> Select[ObjectionEvidence]:
    return select(ObjectionEvidence).where(ObjectionEvidence.case_id == case_id).order_by(ObjectionEvidence.id)


def _digests(case_id: int) -> Select[str]:
    business = ObjectionEvidence.use == EvidenceUse.BUSINESS
    return select(ObjectionEvidence.sha256).where(ObjectionEvidence.case_id == case_id, business)
