"""What a report is today, and what the store knows of a file: its digest, its codes, its signer."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.clock import SHANGHAI
from creditreport.config_signing import Level
from creditreport.reports.archive import state_at
from creditreport.reports.models import CreditReport, ReportEdition


class VerdictStatus(StrEnum):
    """The one word of a verdict."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"
    REVOKED = "REVOKED"
    UNKNOWN = "UNKNOWN"
    MISTYPED = "MISTYPED"
    TAMPERED = "TAMPERED"
    NOT_ISSUED_HERE = "NOT_ISSUED_HERE"


class Mark(StrEnum):
    """What a verifier should know beside the status."""

    OBJECTION_OPEN = "OBJECTION_OPEN"
    FACTS_CHANGED = "FACTS_CHANGED"
    REDUCED_SIGNATURE_LEVEL = "REDUCED_SIGNATURE_LEVEL"


def status_today(report: CreditReport, now: datetime) -> VerdictStatus:
    """The report's status at ``now``.

    A report is valid to the end of ``valid_until`` in Asia/Shanghai; that it was revoked or superseded says more
    than that it would also have expired.
    """
    return VerdictStatus(state_at(report.status, report.valid_until, now))


def status_since(report: CreditReport, status: VerdictStatus) -> datetime | None:
    """Since when a report that is not valid has been what it is; ``None`` for a valid one."""
    if status is VerdictStatus.VALID:
        return None
    if status is VerdictStatus.EXPIRED:
        return datetime.combine(report.valid_until + timedelta(days=1), time(), SHANGHAI)
    return report.status_since


class IssuedFile(NamedTuple):
    """A file that was handed out: whose report it is, when it was signed, and whether below the wanted level."""

    report: CreditReport
    signed_at: datetime
    reduced: bool


def first_file(report: CreditReport) -> IssuedFile:
    """The file that the report was issued as."""
    return IssuedFile(report, report.issued_at, signature_is_reduced(report))


def file_by_digest(session: Session, sha256: str) -> IssuedFile | None:
    """The file, of whatever edition, that has this SHA-256."""
    report = session.scalar(select(CreditReport).where(CreditReport.pdf_sha256 == sha256))
    if report is not None:
        return first_file(report)
    edition = session.scalar(select(ReportEdition).where(ReportEdition.pdf_sha256 == sha256))
    if edition is None:
        return None
    return IssuedFile(session.get_one(CreditReport, edition.number), edition.made_at, signature_is_reduced(edition))


def signature_is_reduced(report: CreditReport | ReportEdition) -> bool:
    """Whether a service had failed when the file was signed, so that it is below the level that was wanted."""
    return Level(report.signature_level).rank < Level(report.signature_wanted).rank


def code_is_ours(session: Session, codes: tuple[str, ...]) -> bool:
    """Whether one of these codes stands on a report that was issued here."""
    if not codes:
        return False
    asked = select(CreditReport.number).where(CreditReport.verification_code.in_(codes)).limit(1)
    return session.scalar(asked) is not None


def signer_is_known(session: Session, fingerprint: str) -> bool:
    """Whether a certificate with this SHA-256 has signed a report that was issued here."""
    return any(
        session.scalar(select(table.number).where(table.signer_fingerprint == fingerprint).limit(1)) is not None
        for table in (CreditReport, ReportEdition)
    )
