"""Signing the sheet of a pack, and telling what a sheet is worth when somebody verifies it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from creditreport.audit.trail import add_entry
from creditreport.bidpacks.models import BidPack, BidSheet
from creditreport.bidpacks.result import Result
from creditreport.bidpacks.sheet import RenderedSheet, Sheet, render_sheet
from creditreport.bidpacks.wording import load_sheet_words
from creditreport.reports.pages import Language
from creditreport.reports.store import digest
from creditreport.signing.models import KeyState
from creditreport.signing.register import find_key, use_key

if TYPE_CHECKING:
    from creditreport.service import Service
    from creditreport.signing.longterm import Sealed

ACTOR = "job:bidpack"
REASON = "出具专用信用报告批量核验单"


def sign_sheet(service: Service, pack_id: str, now: datetime) -> None:
    """Make, sign and store the sheet of a pack whose table is there and that has none yet.

    No transaction is open while it is signed. Raises what rendering and signing raise, with nothing stored.
    """
    with service.reading() as session:
        pack = session.get(BidPack, pack_id)
    if pack is None or pack.result is None or pack.sheet_code is not None:
        return
    code, settings = service.draw_code(), service.settings
    sheet = Sheet(
        result=Result.model_validate_json(pack.result), code=code, url=f"{settings.public_url}/v/{code}",
        portal=settings.issuer_portal, authority=settings.issuing_authority, domain=settings.official_domain,
        signed_at=now,
    )  # fmt: skip
    language = Language(pack.language)
    words = load_sheet_words(settings.templates_dir)
    rendered = render_sheet(sheet, service.fonts, service.editions[language], words)
    signer = service.signer.saying(REASON)
    sealed = signer.seal(rendered.pdf, at=now, page=0, box=rendered.seal_box)
    row = _row(sheet, language, rendered, sealed, signer.fingerprint)
    with service.sessions.begin() as session:
        use_key(session, signer.key, now)
        locked = session.get(BidPack, pack_id, with_for_update=True)
        if locked is None or locked.sheet_code is not None:
            return
        session.add(row)
        session.flush()
        locked.sheet_code = code
        detail = {"pack": pack_id, "pdf_sha256": row.pdf_sha256, "level": row.signature_level}
        add_entry(
            session, at=now, actor=ACTOR, action="bidpack.sheet_signed", subject=f"sheet:{row.pdf_sha256[:16]}",
            detail=detail,
        )  # fmt: skip


def _row(sheet: Sheet, language: Language, rendered: RenderedSheet, sealed: Sealed, fingerprint: str) -> BidSheet:
    result = sheet.result
    return BidSheet(
        code=sheet.code,
        project=result.project,
        opening=result.opening,
        checked_at=result.checked_at,
        counts=json.dumps(result.counts),
        language=language.value,
        renderer=rendered.version,
        rendered_sha256=digest(rendered.pdf),
        pdf_sha256=digest(sealed.pdf),
        pdf_bytes=len(sealed.pdf),
        signed_at=sheet.signed_at,
        signature_level=sealed.level.value,
        signature_wanted=sealed.wanted.value,
        signer_fingerprint=fingerprint,
        pdf=sealed.pdf,
    )


@dataclass(frozen=True, slots=True)
class SheetVerdict:
    """What is told of a sheet: that it is ours, for which project, and what the table came to.

    ``sound`` is no when its key was withdrawn as lost and the sheet was signed after that moment.
    """

    code: str
    project: str
    opening: date
    checked_at: datetime
    signed_at: datetime
    counts: dict[str, int]
    sound: bool
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """The key ``sheet`` beside a verdict on its code, which as a report's code is unknown."""
        return {
            "project": self.project,
            "opening": self.opening.isoformat(),
            "checked_at": self.checked_at.isoformat(),
            "signed_at": self.signed_at.isoformat(),
            "counts": self.counts,
            "sound": self.sound,
            "sha256": self.sha256,
        }


def sheet_by_code(session: Session, code: str) -> SheetVerdict | None:
    """The sheet with this code (20 characters, ungrouped)."""
    return _told(session, session.get(BidSheet, code))


def sheet_by_file(session: Session, pdf: bytes) -> SheetVerdict | None:
    """The sheet that is this file, byte for byte."""
    return _told(session, session.scalar(select(BidSheet).where(BidSheet.pdf_sha256 == digest(pdf))))


def _told(session: Session, row: BidSheet | None) -> SheetVerdict | None:
    if row is None:
        return None
    key = find_key(session, row.signer_fingerprint)
    lost = key is not None and key.state == KeyState.REVOKED and key.compromised_since is not None
    sound = not (
        lost and key is not None and key.compromised_since is not None and row.signed_at >= key.compromised_since
    )
    return SheetVerdict(
        row.code, row.project, row.opening, row.checked_at, row.signed_at, json.loads(row.counts), sound, row.pdf_sha256
    )


def sheet_file(session: Session, code: str) -> bytes | None:
    """The signed file, while it is kept."""
    row = session.get(BidSheet, code, options=[undefer(BidSheet.pdf)])
    return row.pdf if row is not None else None
