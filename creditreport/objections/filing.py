"""The business's side: a draft, completing it when asked, withdrawing it. Each one transaction.

Filing itself is ``submitting.file_case``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.entities.models import EntityRow
from creditreport.errors import Problem
from creditreport.objections.clock import limits_of
from creditreport.objections.flow import OPEN, CaseKind, Move, Party, State, refused
from creditreport.objections.limits import rules_for
from creditreport.objections.models import ObjectionCase, ObjectionEvidence
from creditreport.objections.stepping import finish, hold_own, invalid, text_of
from creditreport.objections.submitting import Receipt, file_case
from creditreport.objections.targets import Target, find_target

if TYPE_CHECKING:
    from creditreport.service import Service

__all__ = ["Filing", "Receipt", "complete_case", "discard_draft", "file_case", "save_draft", "withdraw_case"]

# Of one business, drafts and open cases together: more than anybody needs, fewer than a program could make.
MOST_CASES = 100
LONGEST_WISH = 1000


@dataclass(frozen=True, slots=True)
class Filing:
    """What a business writes, as typed. ``record_id`` empty: about the field in general.

    ``report``: the number of the report that it saw the record on; empty: on the pre-check.
    """

    kind: str
    domain: str
    record_id: str
    report: str
    statement: str
    wish: str


def save_draft(
    service: Service, register_id: str, filing: Filing, *, by: str, now: datetime, case_id: int | None = None
) -> ObjectionCase:
    """Keep a draft, a new one or over the one with ``case_id``; the record is looked up and kept with it.

    Raises ``INVALID_OBJECTION`` naming what is wrong with kind, field or texts (an empty text is no error yet);
    ``UNKNOWN_REPORT`` and ``UNKNOWN_RECORD`` also for another business's; ``SOURCE_UNAVAILABLE`` and its like when a
    record of the pre-check cannot be asked for now; ``UNKNOWN_OBJECTION``; ``OBJECTION_MOVE_REFUSED`` once filed;
    ``TOO_MANY_OBJECTIONS``; ``UNKNOWN_DOMAIN``.
    """
    kind = _kind(filing)
    statement = text_of(filing.statement, "statement", needed=False)
    wish = text_of(filing.wish, "wish", needed=False, longest=LONGEST_WISH)
    record_id, report = filing.record_id or None, filing.report or None
    service.catalog.domain(filing.domain)
    target = _target(service, register_id, filing, case_id, now)
    with service.sessions.begin() as session:
        case = _draft(session, register_id, case_id, by, now)
        case.kind, case.domain, case.record_id, case.report = kind.value, filing.domain, record_id, report
        case.statement, case.wish, case.changed_at = statement, wish, now
        if target is not None:
            case.record, case.unit = target.record, target.unit
        case.version += 1
        session.flush()
        add_entry(session, at=now, actor=by, action="objection.drafted", subject=f"objection:{case.id}")
    return case


def _kind(filing: Filing) -> CaseKind:
    if filing.kind not in set(CaseKind):
        raise invalid("kind", "请选择一种", "choose one")
    kind = CaseKind(filing.kind)
    if kind.is_repair and not filing.record_id:
        raise invalid("record_id", "修复申请须针对一条记录", "a request for repair is about one record")
    return kind


def _target(
    service: Service, register_id: str, filing: Filing, case_id: int | None, now: datetime
) -> Target | None:  # fmt: skip
    """The target; ``None`` while a draft stays about the same: its words can be kept whatever a source does."""
    wanted = (filing.domain, filing.record_id or None, filing.report or None)
    if case_id is not None:
        with service.reading() as session:
            before = session.get(ObjectionCase, case_id)
            if before is not None and (before.domain, before.record_id, before.report) == wanted:
                return None
    return find_target(service, register_id, *wanted, now)


def _draft(session: Session, register_id: str, case_id: int | None, by: str, now: datetime) -> ObjectionCase:
    if case_id is not None:
        case = hold_own(session, register_id, case_id)
        if case.state != State.DRAFT:
            raise refused(State(case.state), Move.FILE)
        return case
    counted = select(func.count()).where(
        ObjectionCase.register_id == register_id, ObjectionCase.state.in_([State.DRAFT, *sorted(OPEN)])
    )
    if (session.scalar(counted) or 0) >= MOST_CASES:
        raise Problem("TOO_MANY_OBJECTIONS", most=MOST_CASES)
    uscc = session.get_one(EntityRow, register_id).uscc
    case = ObjectionCase(
        register_id=register_id, uscc=uscc, state=State.DRAFT, version=0, made_at=now, made_by=by
    )  # fmt: skip
    session.add(case)
    return case


def discard_draft(service: Service, register_id: str, case_id: int, *, by: str, now: datetime) -> bool:
    """Delete a draft with its files; tells whether there was one. Raises ``OBJECTION_MOVE_REFUSED`` once filed."""
    with service.sessions.begin() as session:
        case = session.get(ObjectionCase, case_id, with_for_update=True)
        if case is None or case.register_id != register_id:
            return False
        if case.state != State.DRAFT:
            raise refused(State(case.state), Move.WITHDRAW)
        session.execute(delete(ObjectionEvidence).where(ObjectionEvidence.case_id == case_id))
        session.delete(case)
        add_entry(session, at=now, actor=by, action="objection.discarded", subject=f"objection:{case_id}")
    return True


def complete_case(service: Service, register_id: str, case_id: int, text: str, *, by: str, now: datetime) -> None:
    """Say what was missing and hand the case in again; files were added before. The office's clock goes on.

    Raises ``INVALID_OBJECTION`` for no text, ``OBJECTION_MOVE_REFUSED`` when it was not returned, ``OBJECTION_LAPSED``
    when the time for it is over.
    """
    said = text_of(text, "text")
    with service.sessions.begin() as session:
        case = hold_own(session, register_id, case_id)
        if case.state == State.RETURNED and case.returned_at is not None:
            days = limits_of(CaseKind(case.kind), rules_for(service, case)).completion
            due = service.calendar.deadline(case.returned_at, days)
            if now > due:
                raise Problem("OBJECTION_LAPSED", number=case.number, day=due.date().isoformat())
        finish(session, case, Move.COMPLETE, Party.BUSINESS, by, now, why=said)
        case.completed_at = now


def withdraw_case(service: Service, register_id: str, case_id: int, why: str, *, by: str, now: datetime) -> None:
    """Withdraw an open case; safe to repeat. Raises ``OBJECTION_MOVE_REFUSED`` once decided."""
    said = text_of(why, "why", needed=False)
    with service.sessions.begin() as session:
        case = hold_own(session, register_id, case_id)
        if case.state == State.WITHDRAWN:
            return
        finish(session, case, Move.WITHDRAW, Party.BUSINESS, by, now, why=said or None)
