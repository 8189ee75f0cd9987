"""Revoking a report: one person proposes it with a reason, another confirms it; only then the next scan says so.

A revocation takes away what a business relies on this very day, so nobody does it alone. It cannot be taken back: a
report that was once called revoked must not be called valid later. What a verifier is told is the day and the office
(the authority, or the business that asked for it), neither the reason nor a name. Whoever may act for the business is
told by a notice, in the same transaction, and reads the reason as it was written.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.reports.archive import find_report
from creditreport.reports.ending.models import Ground, Revocation, RevocationState
from creditreport.reports.ending.telling import tell_revoked
from creditreport.reports.models import CreditReport, ReportStatus

if TYPE_CHECKING:
    from creditreport.service import Service

LEAST, MOST = 2, 500


def read_reason(text: str) -> str:
    """A reason as typed, without white space around it. Raises ``INVALID_REASON``."""
    reason = text.strip()
    if not LEAST <= len(reason) <= MOST:
        raise Problem("INVALID_REASON", most=MOST)
    return reason


def propose_revocation(service: Service, number: str, ground: str, reason: str, *, by: str, now: datetime) -> int:
    """Propose to revoke report ``number``; nothing changes for verifiers yet. Returns the proposal's id.

    One transaction. Raises ``INVALID_GROUND``, ``INVALID_REASON``, ``UNKNOWN_REPORT``, ``NOT_VALID_ANY_MORE`` for a
    report that was ended otherwise (an expired one may still be revoked), ``REVOCATION_OPEN``.
    """
    if ground not in set(Ground):
        raise Problem("INVALID_GROUND")
    told = read_reason(reason)
    with service.sessions.begin() as session:
        _standing(session, number)
        if open_revocation(session, number) is not None:
            raise Problem("REVOCATION_OPEN", number=number)
        row = Revocation(
            number=number, ground=ground, reason=told, proposed_by=by, proposed_at=now, state=RevocationState.OPEN
        )
        session.add(row)
        session.flush()
        _note(session, row, "report.revocation_proposed", by, now)
        return row.id


def confirm_revocation(service: Service, number: str, *, by: str, now: datetime) -> None:
    """Revoke report ``number`` as somebody else proposed: from the next scan on; its business is told.

    One transaction. Raises ``NO_OPEN_REVOCATION`` (also when it was confirmed already), ``ANOTHER_PERSON_NEEDED`` for
    the proposer, ``NOT_VALID_ANY_MORE`` when the report was ended otherwise meanwhile.
    """
    with service.sessions.begin() as session:
        report = _standing(session, number)
        row = _open(session, number)
        if row.proposed_by == by:
            raise Problem("ANOTHER_PERSON_NEEDED", number=number)
        row.state, row.settled_by, row.settled_at = RevocationState.CONFIRMED, by, now
        report.status, report.status_since = ReportStatus.REVOKED, now
        report.status_reason, report.status_by = row.reason, by
        # Whoever verifies is told that it was the business, when it was the business that asked.
        report.withdrawn_at = now if row.ground == Ground.BUSINESS else None
        tell_revoked(session, number, now)
        _note(session, row, "report.revoked", by, now)


def refuse_revocation(service: Service, number: str, note: str, *, by: str, now: datetime) -> RevocationState:
    """Do not revoke: another person refuses with a note, or the proposer takes it back. Returns which it was.

    One transaction. Raises ``NO_OPEN_REVOCATION``, and ``INVALID_REASON`` for a refusal without a note.
    """
    with service.sessions.begin() as session:
        find_report(session, number, lock=True)
        row = _open(session, number)
        own = row.proposed_by == by
        row.state = RevocationState.TAKEN_BACK if own else RevocationState.REFUSED
        row.note = (note.strip()[:MOST] or None) if own else read_reason(note)
        row.settled_by, row.settled_at = by, now
        _note(session, row, f"report.revocation_{row.state}", by, now)
        return RevocationState(row.state)


def open_revocation(session: Session, number: str) -> Revocation | None:
    """The proposal for report ``number`` that waits for another person, if there is one."""
    query = select(Revocation).where(Revocation.number == number, Revocation.state == RevocationState.OPEN)
    return session.scalar(query)


def _standing(session: Session, number: str) -> CreditReport:
    # Two who propose, or confirm and withdraw, at once queue here.
    report = find_report(session, number, lock=True)
    if report.status != ReportStatus.ISSUED:
        raise Problem("NOT_VALID_ANY_MORE", number=number, state=report.status)
    return report


def _open(session: Session, number: str) -> Revocation:
    row = open_revocation(session, number)
    if row is None:
        raise Problem("NO_OPEN_REVOCATION", number=number)
    return row


def _note(session: Session, row: Revocation, action: str, by: str, now: datetime) -> None:
    detail = {"revocation": row.id, "ground": str(row.ground), "proposed_by": row.proposed_by}
    add_entry(session, at=now, actor=by, action=action, subject=f"report:{row.number}", detail=detail)
