"""Further editions of an issued report: the same number, code and content in another language.

An edition is made from the stored content, never from the sources: nothing is asked again and nothing can differ. It
is a file of its own with a signature of its own, made at its own moment; the report's moment of issue stays as printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.reports.archive import content_of, find_report, state_at
from creditreport.reports.models import CreditReport, ReportEdition, ReportPdf
from creditreport.reports.pages import Language, render
from creditreport.reports.request import read_language
from creditreport.reports.store import SignedDocument, digest, signed_document
from creditreport.signing.register import use_key

if TYPE_CHECKING:
    from creditreport.service import Service
    from creditreport.signing.algorithms import SigningKey

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EditionFile:
    """One edition as it was handed out, and when it was made."""

    number: str
    language: Language
    made_at: datetime
    pdf: bytes
    sha256: str

    def as_json(self, path: str) -> dict[str, Any]:
        """What ``edition --json`` prints; ``path`` is where the file was written."""
        return {
            "number": self.number,
            "language": self.language.value,
            "made_at": self.made_at.isoformat(),
            "pdf": {"path": path, "sha256": self.sha256, "bytes": len(self.pdf)},
        }


def languages_of(session: Session, number: str) -> list[Language]:
    """The editions that a report has, the one it was issued in first; empty for an unknown number."""
    first = session.scalars(select(CreditReport.language).where(CreditReport.number == number))
    more = select(ReportEdition.language).where(ReportEdition.number == number)
    further = session.scalars(more.order_by(ReportEdition.made_at, ReportEdition.language))
    return [Language(language) for language in (*first, *further)]


def find_edition(session: Session, number: str, language: Language | None = None) -> EditionFile | None:
    """A stored edition, by default the one that the report was issued in. Raises ``UNKNOWN_REPORT``."""
    report = find_report(session, number)
    if language is None or report.language == language:
        pdf = session.scalars(select(ReportPdf.pdf).where(ReportPdf.number == number)).one()
        return EditionFile(number, Language(report.language), report.issued_at, pdf, report.pdf_sha256)
    made = session.get(ReportEdition, (number, language.value))
    return EditionFile(number, language, made.made_at, made.pdf, made.pdf_sha256) if made is not None else None


def stored_edition(session: Session, number: str, language: str | None = None) -> EditionFile:
    """As :func:`find_edition`, ``language`` as typed. Raises ``UNKNOWN_REPORT``, ``NO_SUCH_EDITION``."""
    found = find_edition(session, number, read_language(language) if language is not None else None)
    if found is None:
        made = ", ".join(languages_of(session, number))
        raise Problem("NO_SUCH_EDITION", number=number, value=language, made=made)
    return found


def make_edition(service: Service, number: str, language: str, asked_by: str, now: datetime) -> EditionFile:
    """The edition of report ``number`` in ``language`` (as typed), made at ``now`` unless there is one already.

    Raises, with nothing stored: ``INVALID_LANGUAGE``; ``UNKNOWN_REPORT``; ``EDITION_REFUSED`` for a report that is no
    longer valid; ``CONTENT_DAMAGED`` if the stored content is not what was issued; what rendering and signing raise.
    """
    wanted = read_language(language)
    with service.reading() as session:
        stored = find_edition(session, number, wanted)
        if stored is not None:
            return stored
        report = find_report(session, number)
        _check_valid(report, now)
        if digest(report.content.encode()) != report.content_sha256:
            raise Problem("CONTENT_DAMAGED", number=number)
        content = content_of(report)
    rendered = render(content, service.fonts, service.editions[wanted])
    signer = service.signer
    sealed = signer.seal(rendered.pdf, at=now, page=rendered.seal_page, box=rendered.seal_box)
    document = signed_document(rendered, sealed, signer.fingerprint)
    try:
        _commit(service, number, document, asked_by, now, signer.key)
    except IntegrityError:
        # Somebody else made the same edition meanwhile: one of them is handed out, to both.
        with service.reading() as session:
            stored = find_edition(session, number, wanted)
        if stored is None:
            raise
        return stored
    log.info("edition made", number=number, language=wanted.value, bytes=len(document.pdf))
    return EditionFile(number, wanted, now, document.pdf, document.sha256)


def _check_valid(report: CreditReport, now: datetime) -> None:
    state = state_at(report.status, report.valid_until, now)
    if state != "VALID":
        raise Problem("EDITION_REFUSED", number=report.number, state=state)


def _commit(
    service: Service, number: str, document: SignedDocument, asked_by: str, now: datetime, key: SigningKey
) -> None:
    with service.sessions.begin() as session:
        use_key(session, key, now)
        _check_valid(find_report(session, number, lock=True), now)
        session.add(
            ReportEdition(
                number=number,
                language=document.language,
                made_at=now,
                made_by=asked_by,
                rendered_sha256=document.rendered_sha256,
                renderer=document.renderer,
                pdf_sha256=document.sha256,
                pdf_bytes=len(document.pdf),
                signature_level=document.signature_level,
                signature_wanted=document.signature_wanted,
                signer_fingerprint=document.signer_fingerprint,
                pdf=document.pdf,
            )
        )
        session.flush()
        add_entry(
            session,
            at=now,
            actor=asked_by,
            action="report.edition_made",
            subject=f"report:{number}",
            detail={"language": document.language, "pdf_sha256": document.sha256},
        )
