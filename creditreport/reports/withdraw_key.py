"""Withdrawing a signing key that others may have: which reports it signed, and what becomes of them.

The rule. From the moment ``since`` on, a signature by this key proves nothing by itself: whoever checks a report
without us, by its signature alone, could be deceived. So every report signed from then on becomes ``REVOKED`` and
should be issued again with another key (``keys reissue``); a verifier is told so. Reports signed before stay as they
are: the chain is judged at their own signing time, their digests are stored here, and a thief cannot add one (step 4).
A report of which only a further edition was signed from then on is revoked as well: both bear the same number and code.
Whoever may act for a business whose report is revoked by this is told in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, func, select, true, union, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.reports.ending.telling import tell_revoked
from creditreport.reports.models import CreditReport, ReportEdition, ReportStatus
from creditreport.signing.algorithms import SigningKey
from creditreport.signing.models import KeyState, SigningKeyRow
from creditreport.signing.register import enter_key, find_key, fingerprint_of, look_up_key

ALWAYS = true()
REASON = "签名密钥 {name} 已吊销：{reason}"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The key, since when it counts as lost, the reports revoked by this, and how many earlier ones stand."""

    fingerprint: str
    since: datetime
    revoked: tuple[str, ...]
    standing: int
    changed: bool


@dataclass(frozen=True, slots=True)
class SignedReport:
    """One report that a key signed."""

    number: str
    issued_at: datetime
    status: str
    successor: str | None

    def as_json(self) -> dict[str, str | None]:
        """As ``keys reports --json`` tells it."""
        told = {"kind": "report", "number": self.number, "issued_at": self.issued_at.isoformat()}
        return {**told, "status": self.status, "successor": self.successor}

    def line(self) -> str:
        """As ``keys reports`` prints it."""
        after = f" → {self.successor}" if self.successor else ""
        return f"报告 report  {self.number}  {self.issued_at:%Y-%m-%d %H:%M}  {self.status}{after}"


def withdraw_key(
    sessions: sessionmaker[Session],
    fingerprint: str,
    *,
    since: datetime,
    reason: str,
    by: str,
    now: datetime,
    current: SigningKey | None = None,
) -> Withdrawal:
    """Withdraw the key, and revoke what it signed from ``since`` on: one transaction.

    ``fingerprint`` may be its beginning; ``current`` is the key that the settings name, which can be withdrawn before
    it ever signed. Safe to repeat; a second withdrawal may move ``since`` back, never forward.
    Raises ``UNKNOWN_KEY``; ``INVALID_MOMENT`` for a ``since`` later than ``now``.
    """
    if since > now:
        raise Problem("INVALID_MOMENT", value=since.isoformat())
    with sessions.begin() as session:
        if current is not None and find_key(session, fingerprint_of(current)) is None:
            enter_key(session, current, now)
        row = look_up_key(session, fingerprint, lock=True)
        changed = _withdraw(row, since, reason, by, now)
        since = row.compromised_since or since
        numbers = _numbers_to_revoke(session, row.fingerprint, since)
        _revoke(session, numbers, REASON.format(name=row.fingerprint[:16], reason=row.reason), by, now)
        if changed or numbers:
            detail = {"since": since.isoformat(), "reason": reason, "reports": len(numbers)}
            add_entry(
                session, at=now, actor=by, action="key.revoked", subject=f"key:{row.fingerprint[:16]}", detail=detail
            )
        standing = select(func.count()).where(
            CreditReport.signer_fingerprint == row.fingerprint, CreditReport.status == ReportStatus.ISSUED
        )
        return Withdrawal(row.fingerprint, since, numbers, session.scalar(standing) or 0, changed)


def _withdraw(row: SigningKeyRow, since: datetime, reason: str, by: str, now: datetime) -> bool:
    if row.state != KeyState.REVOKED:
        row.state, row.revoked_at, row.compromised_since = KeyState.REVOKED, now, since
    elif row.compromised_since is not None and since < row.compromised_since:
        row.compromised_since = since
    else:
        return False
    row.reason, row.changed_by = reason, by
    return True


def _numbers_to_revoke(session: Session, fingerprint: str, since: datetime) -> tuple[str, ...]:
    signed = _signed(fingerprint, first=CreditReport.issued_at >= since, further=ReportEdition.made_at >= since)
    query = select(CreditReport.number).where(
        CreditReport.status == ReportStatus.ISSUED, CreditReport.number.in_(signed)
    )
    return tuple(session.scalars(query.order_by(CreditReport.number)))


def _revoke(session: Session, numbers: tuple[str, ...], reason: str, by: str, now: datetime) -> None:
    values = {"status": ReportStatus.REVOKED, "status_since": now, "status_reason": reason, "status_by": by}
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        statement = update(CreditReport).where(CreditReport.number.in_(part)).values(**values)
        session.execute(statement, execution_options={"synchronize_session": False})
    for number in numbers:
        add_entry(
            session, at=now, actor=by, action="report.revoked", subject=f"report:{number}", detail={"reason": reason}
        )
        tell_revoked(session, number, now)


def signed_reports(session: Session, fingerprint: str) -> list[SignedReport]:
    """Every report that the key signed, in its first edition or a further one; oldest first."""
    columns = (CreditReport.number, CreditReport.issued_at, CreditReport.status, CreditReport.superseded_by)
    query = select(*columns).where(CreditReport.number.in_(_signed(fingerprint)))
    return [SignedReport(*row) for row in session.execute(query.order_by(CreditReport.issued_at, CreditReport.number))]


def _signed(
    fingerprint: str, first: ColumnElement[bool] = ALWAYS, further: ColumnElement[bool] = ALWAYS
) -> CompoundSelect[tuple[str]]:
    """Numbers of the reports whose ``first`` or a ``further`` edition the key signed; each list by its index."""
    return union(
        select(CreditReport.number).where(CreditReport.signer_fingerprint == fingerprint, first),
        select(ReportEdition.number).where(ReportEdition.signer_fingerprint == fingerprint, further),
    )


def to_reissue(session: Session, fingerprint: str, now: datetime) -> list[str]:
    """The reports revoked with this key that would still be valid today and have no successor yet.

    One that its business had withdrawn before is not among them: nobody asked for it again.
    """
    numbers = [one.number for one in signed_reports(session, fingerprint) if one.successor is None]
    query = select(CreditReport.number).where(
        CreditReport.number.in_(numbers),
        CreditReport.status == ReportStatus.REVOKED,
        CreditReport.withdrawn_at.is_(None),
        CreditReport.valid_until >= now.date(),
    )
    return list(session.scalars(query.order_by(CreditReport.number))) if numbers else []
