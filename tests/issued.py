"""Issued reports for tests of verification: a small real PDF, really signed, really stored, without the sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy.orm import Session, sessionmaker

from creditreport.entities.models import EntityRow
from creditreport.reports.content import DomainResult, ListedRecord, Purpose, ReportContent, Subject, Window
from creditreport.reports.models import CreditReport, NumberStatus, ReportNumber, ReportPdf
from creditreport.signing.signer import DocumentSigner, digest_of
from creditreport.verification.codes import new_code
from creditreport.violations.record import Kind

BOX = (380.0, 90.0, 480.0, 190.0)
URL = "https://credit.example.gov.cn"


@dataclass(frozen=True, slots=True)
class Issued:
    """What a business got: the file, and what is known about it."""

    number: str
    code: str
    pdf: bytes
    unsigned: bytes


def make_pdf(code: str, *, text: str = "报告") -> bytes:
    """Two plain pages that carry the code as a report does: in the information, in clear."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595.28, 841.89), invariant=True)
    canvas.setTitle("Report")
    canvas.setKeywords(code)
    for page in (1, 2):
        canvas.drawString(72, 700, f"{text} {page}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def make_content(code: str, number: str, at: datetime, valid_until: date, listed: int) -> ReportContent:
    """Two domains; the first lists ``listed`` records, the second is not implemented."""
    records = tuple(
        ListedRecord(
            record_id=str(place),
            kind=Kind.PENALTY,
            document_number=f"盐市监处罚〔2026〕{place}号",
            decided_on=at.date(),
        )
        for place in range(1, listed + 1)
    )
    units = {"title_en": "A domain", "responsible_unit": "一个单位"}
    return ReportContent(
        number=number,
        verification_code=code,
        verification_url=f"{URL}/v/{code}",
        issuer_portal="信用中国（江苏盐城）",
        issuing_authority="盐城市公共信用信息中心",
        official_domain="credit.example.gov.cn",
        subject=Subject(
            uscc="91320900MA1DEMO00X", name="演示甲有限公司", entity_type="company", registration_status="active"
        ),
        years=3,
        window=Window(start=date(2023, 11, 20), end=date(2026, 11, 20)),
        purpose=Purpose.FINANCE,
        issued_at=at,
        valid_until=valid_until,
        ruleset="yancheng-2024",
        ruleset_title="盐城市实施方案",
        ruleset_digest="0" * 64,
        domains=(
            DomainResult(
                number=20,
                slug="market_regulation",
                title="市场监管",
                status="complete",
                data_as_of=at,
                records=records,
                **units,
            ),
            DomainResult(number=45, slug="utilities", title="公用事业", status="not_implemented", **units),
        ),
    )


def store(
    sessions: sessionmaker[Session],
    signer: DocumentSigner,
    at: datetime,
    *,
    number: str = "320900202611210000017",
    valid_until: date = date(2026, 12, 21),
    listed: int = 0,
    status: str = "ISSUED",
) -> Issued:
    """Sign and store one report, valid unless said otherwise."""
    code = new_code()
    unsigned = make_pdf(code)
    pdf = signer.sign(unsigned, at=at, page=0, box=BOX)
    return keep(sessions, signer, make_content(code, number, at, valid_until, listed), unsigned, pdf, status)


def keep(
    sessions: sessionmaker[Session],
    signer: DocumentSigner,
    content: ReportContent,
    unsigned: bytes,
    pdf: bytes,
    status: str = "ISSUED",
) -> Issued:
    """Store a signed report as issued."""
    number, code, at = content.number, content.verification_code, content.issued_at
    with sessions.begin() as session:
        if session.get(EntityRow, "E1") is None:
            session.add(EntityRow(register_id="E1", uscc=content.subject.uscc, name=content.subject.name,
                                  entity_type="company", registration_status="active", synced_at=at))  # fmt: skip
        session.add(ReportNumber(number=number, verification_code=code, area="320900", day=at.date(),
                                 sequence=int(number[-7:-1]), status=NumberStatus.ISSUED, reserved_at=at))  # fmt: skip
        session.flush()
        session.add(_row(content, signer, pdf, unsigned, status))
        session.flush()
        session.add(ReportPdf(number=number, pdf=pdf))
    return Issued(number, code, pdf, unsigned)


def _row(content: ReportContent, signer: DocumentSigner, pdf: bytes, unsigned: bytes, status: str) -> CreditReport:
    text = content.to_json()
    facts: dict[str, Any] = {
        "uscc": content.subject.uscc,
        "entity_name": content.subject.name,
        "window_start": content.window.start,
        "window_end": content.window.end,
        "pdf_sha256": digest_of(pdf),
        "pdf_bytes": len(pdf),
        "rendered_sha256": digest_of(unsigned),
        "content": text,
        "content_sha256": digest_of(text.encode()),
        "signer_fingerprint": signer.fingerprint,
        "signature_level": signer.level,
    }
    same = ("number", "verification_code", "years", "issued_at", "valid_until", "ruleset", "ruleset_digest", "listed")
    return CreditReport(
        **facts,
        **{name: getattr(content, name) for name in same},
        purpose=content.purpose.value,
        register_id="E1",
        status=status,
        status_since=content.issued_at,
        requested_by="test",
        renderer="test",
    )
