"""Everything besides reports that a signing key signed and that is still known: sheets, letters, the trail's heads.

After a theft a person must find all of it. The answers that programs may have signed are not kept, so no list of them
exists; whoever kept one sees in it which key signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditHead
from creditreport.bidpacks.models import BidSheet
from creditreport.objections.models import ObjectionCase, ObjectionLetter
from creditreport.reports.content import grouped

MINUTE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class SignedSheet:
    """One sheet of a bid pack: its code leads to what it says."""

    code: str
    signed_at: datetime
    project: str
    opening: date

    def as_json(self) -> dict[str, Any]:
        """As ``keys reports --json`` tells it."""
        told = {"kind": "bid_sheet", "code": grouped(self.code), "signed_at": self.signed_at.isoformat()}
        return {**told, "project": self.project, "opening": self.opening.isoformat()}

    def line(self) -> str:
        """As ``keys reports`` prints it."""
        return f"核验单 sheet  {grouped(self.code)}  {self.signed_at:{MINUTE}}  {self.project}"


@dataclass(frozen=True, slots=True)
class SignedLetter:
    """One co-handling letter of an objection, by the number that stands on it."""

    number: str
    case_id: int
    signed_at: datetime
    unit: str

    def as_json(self) -> dict[str, Any]:
        """As ``keys reports --json`` tells it."""
        told = {"kind": "objection_letter", "number": self.number, "case": self.case_id}
        return {**told, "signed_at": self.signed_at.isoformat(), "unit": self.unit}

    def line(self) -> str:
        """As ``keys reports`` prints it."""
        return f"协查函 letter  {self.number}  {self.signed_at:{MINUTE}}  {self.unit}"


@dataclass(frozen=True, slots=True)
class SignedHeads:
    """How many heads of the audit trail, up to which places, and when: they are many and alike."""

    count: int
    first_position: int | None
    last_position: int | None
    first_at: datetime | None
    last_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As ``keys reports --json`` tells it."""
        told: dict[str, Any] = {"kind": "audit_head", "count": self.count}
        told |= {"first_position": self.first_position, "last_position": self.last_position}
        for name, at in (("first_at", self.first_at), ("last_at", self.last_at)):
            told[name] = at.isoformat() if at is not None else None
        return told

    def line(self) -> str:
        """As ``keys reports`` prints it."""
        places = f"{self.first_position}–{self.last_position}"
        return f"审计链头 heads of the audit trail  {places}  {self.first_at:{MINUTE}} – {self.last_at:{MINUTE}}"


@dataclass(frozen=True, slots=True)
class Signed:
    """What a key signed besides reports, each kind oldest first."""

    sheets: tuple[SignedSheet, ...]
    letters: tuple[SignedLetter, ...]
    heads: SignedHeads

    def as_json(self) -> dict[str, Any]:
        """As ``keys reports --json`` tells it."""
        listed = {"sheets": [one.as_json() for one in self.sheets], "letters": [one.as_json() for one in self.letters]}
        return {**listed, "heads": self.heads.as_json()}

    def lines(self) -> list[str]:
        """As ``keys reports`` prints it, a line for each; the heads in one."""
        heads = [self.heads.line()] if self.heads.count else []
        return [*(one.line() for one in self.sheets), *(one.line() for one in self.letters), *heads]

    def counts(self) -> str:
        """How many of each."""
        sheets, letters, heads = len(self.sheets), len(self.letters), self.heads.count
        return f"核验单 / sheets {sheets}，协查函 / objection letters {letters}，审计链头 / audit trail heads {heads}"


def signed_besides_reports(session: Session, fingerprint: str) -> Signed:
    """All that the key with this ``fingerprint`` signed and that is no report."""
    return Signed(_sheets(session, fingerprint), _letters(session, fingerprint), _heads(session, fingerprint))


def _sheets(session: Session, fingerprint: str) -> tuple[SignedSheet, ...]:
    query = select(BidSheet.code, BidSheet.signed_at, BidSheet.project, BidSheet.opening)
    query = query.where(BidSheet.signer_fingerprint == fingerprint).order_by(BidSheet.signed_at, BidSheet.code)
    return tuple(SignedSheet(*row) for row in session.execute(query))


def _letters(session: Session, fingerprint: str) -> tuple[SignedLetter, ...]:
    query = (
        select(ObjectionCase.number, ObjectionLetter.case_id, ObjectionLetter.n, ObjectionLetter.made_at,
               ObjectionLetter.unit)
        .join(ObjectionCase, ObjectionCase.id == ObjectionLetter.case_id)
        .where(ObjectionLetter.signer_fingerprint == fingerprint)
        .order_by(ObjectionLetter.made_at, ObjectionLetter.case_id, ObjectionLetter.n)
    )  # fmt: skip
    return tuple(
        SignedLetter(f"{number}-{n}", case_id, made_at, unit)
        for number, case_id, n, made_at, unit in session.execute(query)
    )


def _heads(session: Session, fingerprint: str) -> SignedHeads:
    place, at = AuditHead.position, AuditHead.signed_at
    query = select(func.count(), func.min(place), func.max(place), func.min(at), func.max(at))
    return SignedHeads(*session.execute(query.where(AuditHead.signer_fingerprint == fingerprint)).one())
