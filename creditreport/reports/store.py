"""Storing an issued report with everything that proves it, in the caller's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from creditreport.reports.compose import Case
from creditreport.reports.content import ReportContent
from creditreport.reports.facts import remember_facts
from creditreport.reports.inserting import insert_report
from creditreport.reports.models import ReportStatus
from creditreport.reports.request import IssueRequest
from creditreport.rules.store import remember_ruleset
from creditreport.violations.answer import Answer, AnswerStatus, OverlayEntry
from creditreport.violations.own import SLUG

if TYPE_CHECKING:
    from creditreport.reports.pages import Rendered
    from creditreport.signing.longterm import Sealed


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """The PDF as handed out, and what is known of how it was made; ``content`` is attached to it."""

    pdf: bytes
    sha256: str
    rendered_sha256: str
    renderer: str
    signature_level: str
    signer_fingerprint: str
    signature_wanted: str
    language: str
    content: str


def signed_document(rendered: Rendered, sealed: Sealed, signer_fingerprint: str) -> SignedDocument:
    """The file to hand out, with what is known of how it was rendered and signed."""
    return SignedDocument(
        sealed.pdf,
        digest(sealed.pdf),
        digest(rendered.pdf),
        rendered.version,
        sealed.level.value,
        signer_fingerprint,
        sealed.wanted.value,
        rendered.language.value,
        rendered.content,
    )


def canonical_json(value: Any) -> str:
    """The one text of a JSON value: sorted keys, no spaces, Chinese left readable."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return sha256(data).hexdigest()


def store_report(
    session: Session, case: Case, content: ReportContent, document: SignedDocument, request: IssueRequest
) -> None:
    """Add report, PDF, answers and decisions; the caller settles the number and commits."""
    requested_by = request.requested_by
    remember_ruleset(session, case.ruleset, at=content.issued_at, actor=requested_by)
    catalog_digest = remember_facts(session, case.catalog, at=content.issued_at, actor=requested_by)
    answers = [_answer_row(content.number, "domain", answer) for answer in case.answers.values()]
    answers += [_answer_row(content.number, "overlay", answer) for answer in case.overlay_answers.values()]
    if case.own:
        answers.append(_own_row(content.number, case))
    report = _report_row(case, content, document, request, catalog_digest)
    insert_report(session, report, document.pdf, answers, _decision_rows(content.number, case))


def _report_row(
    case: Case, content: ReportContent, document: SignedDocument, request: IssueRequest, catalog_digest: str
) -> dict[str, Any]:
    return {
        "number": content.number,
        "verification_code": content.verification_code,
        "uscc": content.subject.uscc,
        "register_id": case.entity.register_id,
        "previous_codes": canonical_json(list(case.entity.previous_codes)),
        "entity_name": content.subject.name,
        "purpose": content.purpose.value,
        "years": content.years,
        "window_start": content.window.start,
        "window_end": content.window.end,
        "issued_at": content.issued_at,
        "valid_until": content.valid_until,
        "ruleset": content.ruleset,
        "ruleset_digest": content.ruleset_digest,
        "catalog_digest": catalog_digest,
        "listed": content.listed,
        "status": ReportStatus.ISSUED.value,
        "status_since": content.issued_at,
        "showing": request.showing,
        "requested_by": request.requested_by,
        "asked_once": request.once,
        "content": document.content,
        "content_sha256": digest(document.content.encode()),
        "language": document.language,
        "rendered_sha256": document.rendered_sha256,
        "renderer": document.renderer,
        "pdf_sha256": document.sha256,
        "pdf_bytes": len(document.pdf),
        "signature_level": document.signature_level,
        "signature_wanted": document.signature_wanted,
        "signer_fingerprint": document.signer_fingerprint,
    }


def _answer_row(number: str, role: str, answer: Answer) -> dict[str, Any]:
    return {
        "number": number,
        "slug": answer.slug,
        "role": role,
        "status": answer.status.value,
        "asked_at": answer.asked_at,
        "answered_at": answer.answered_at,
        "data_as_of": answer.data_as_of,
        "source_version": answer.source_version,
        "problem": answer.problem,
        "rows_read": answer.rows_read,
        # Most say nothing of a business, and half a hundred times nothing is the same.
        "skipped": canonical_json(dict(answer.skipped)) if answer.skipped else "{}",
        "records": canonical_json([record.canonical() for record in answer.records]) if answer.records else "[]",
        "entries": canonical_json([_entry(entry) for entry in answer.entries]) if answer.entries else "[]",
    }


def _own_row(number: str, case: Case) -> dict[str, Any]:
    """What our own corrections and open objections changed, so that the report can be made again."""
    answer = Answer(SLUG, AnswerStatus.COMPLETE, case.moment, case.moment)
    return _answer_row(number, "own", answer) | {"entries": canonical_json([one.as_json() for one in case.own])}


def _entry(entry: OverlayEntry) -> dict[str, Any]:
    changes = {key: value if isinstance(value, bool) else str(value) for key, value in entry.changes.items()}
    return {
        "entry_id": entry.entry_id,
        "uscc": entry.uscc,
        "document_number": entry.document_number,
        "changes": changes,
    }


def _decision_rows(number: str, case: Case) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "position": position,
            "domain": decision.record.domain,
            "record_id": decision.record.record_id,
            "listed": decision.listed,
            "reason": decision.reason.value if decision.reason else None,
            "basis": decision.basis,
            "record": canonical_json(decision.record.canonical()),
        }
        for position, decision in enumerate(case.decisions)
    ]
