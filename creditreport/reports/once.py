"""Answering an asking once: a form sent twice, or a page loaded again, leads to the same report."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.entities.entity import BusinessEntity
from creditreport.reports.archive import content_of
from creditreport.reports.content import ReportContent
from creditreport.reports.models import CreditReport, ReportPdf
from creditreport.reports.request import IssueRequest
from creditreport.reports.store import SignedDocument, digest


def once_key(entity: BusinessEntity, request: IssueRequest, day: date) -> str | None:
    """What is stored of the key ``request.once``.

    Bound to the business, so that nobody's key reaches another's report; and to the choices and the day, so that a form
    that was left open and is sent with another choice, or another day, asks anew.
    """
    if not request.once:
        return None
    asked = (request.once, request.years, request.purpose, request.language, request.showing)
    return digest("\n".join((entity.register_id, day.isoformat(), *asked)).encode())


def issued_before(session: Session, key: str | None) -> tuple[ReportContent, SignedDocument] | None:
    """The report that was issued for the asking with this key (as :func:`once_key` makes it), if there is one."""
    report = session.scalar(select(CreditReport).where(CreditReport.asked_once == key)) if key else None
    if report is None:
        return None
    pdf = session.scalars(select(ReportPdf.pdf).where(ReportPdf.number == report.number)).one()
    document = SignedDocument(
        pdf=pdf,
        sha256=report.pdf_sha256,
        rendered_sha256=report.rendered_sha256,
        renderer=report.renderer,
        signature_level=report.signature_level,
        signer_fingerprint=report.signer_fingerprint,
        signature_wanted=report.signature_wanted,
        language=report.language,
        content=report.content,
    )
    return content_of(report), document
