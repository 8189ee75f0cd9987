"""Issuing a report: one use case, one commit.

No transaction is open while sources, pages or the signing key are awaited. The number is reserved in a short
transaction of its own and later issued with the report, or abandoned with a reason; whatever happens in between, a
kill included, every number is accounted for and no half report exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.entities.eligible import check_eligible
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.register import find_entity
from creditreport.errors import Problem
from creditreport.objections.holding import still_the_same
from creditreport.reports.compose import Case, compose
from creditreport.reports.content import ReportContent, grouped
from creditreport.reports.gather import gather
from creditreport.reports.numbers import Reservation, abandon_number, mark_issued, reserve_number
from creditreport.reports.once import issued_before, once_key
from creditreport.reports.pages import Language, render
from creditreport.reports.request import (
    IssueRequest,
    moment_of_issue,
    read_language,
    read_purpose,
    read_showing,
    read_years,
)
from creditreport.reports.store import SignedDocument, signed_document, store_report
from creditreport.reports.supersede import Replaced, supersede
from creditreport.signing.register import use_key
from creditreport.steps import step
from creditreport.violations.collect import Heard

if TYPE_CHECKING:
    from creditreport.service import Service
    from creditreport.signing.algorithms import SigningKey

log = structlog.get_logger(__name__)
CHANGED = "RECORDS_CHANGED_MEANWHILE"
# What must be stored together with the report, or not at all.
Also = Callable[[Session, ReportContent], None]


@dataclass(frozen=True, slots=True)
class IssuedReport:
    """A report that is stored and signed."""

    content: ReportContent
    document: SignedDocument

    @property
    def number(self) -> str:
        """The report's number."""
        return self.content.number

    @property
    def pdf(self) -> bytes:
        """The signed file."""
        return self.document.pdf

    def as_json(self, path: str) -> dict[str, Any]:
        """What ``issue --json`` prints; ``path`` is where the file was written."""
        content = self.content
        return {
            "number": content.number,
            "verification_code": grouped(content.verification_code),
            "verification_url": content.verification_url,
            "uscc": content.subject.uscc,
            "entity_name": content.subject.name,
            "purpose": content.purpose.value,
            "issued_at": content.issued_at.isoformat(),
            "valid_until": content.valid_until.isoformat(),
            "window": {"start": content.window.start.isoformat(), "end": content.window.end.isoformat()},
            "years": content.years,
            "ruleset": content.ruleset,
            "listed": content.listed,
            "language": self.document.language,
            "domains": [
                {
                    "slug": domain.slug,
                    "status": domain.status,
                    "listed": len(domain.records),
                    "data_as_of": domain.data_as_of.isoformat() if domain.data_as_of else None,
                }
                for domain in content.domains
            ],
            "signature": {"level": self.document.signature_level, "wanted": self.document.signature_wanted},
            "pdf": {"path": path, "sha256": self.document.sha256, "bytes": len(self.pdf)},
        }


def issue_report(
    service: Service,
    request: IssueRequest,
    now: datetime,
    replaces: Replaced | None = None,
    heard: Heard = lambda _answer: None,
    also: Also | None = None,
) -> IssuedReport:
    """Issue the report that ``request`` asks for, at ``now``; ``replaces`` is the report whose place it takes.

    An asking with a key (``request.once``) is answered once: sent again, the report of the first time is returned.
    ``heard`` is told each source's answer as soon as it is there. ``also`` is done in the transaction that stores the
    report; if it raises, nothing is issued.

    Raises, with nothing stored as issued: ``INVALID_YEARS``, ``INVALID_PURPOSE``, ``INVALID_LANGUAGE``,
    ``INVALID_SHOWING``, ``BACKDATING_REFUSED`` (the request);
    ``UNKNOWN_RULESET``, ``RULESET_NOT_EFFECTIVE`` (the operator's choice of rules);
    ``INVALID_USCC``, ``UNKNOWN_ENTITY``, ``DUPLICATE_USCC``, ``ENTITY_NOT_ELIGIBLE`` (the business);
    ``SOURCE_UNAVAILABLE``, ``SOURCE_STALE``, ``SOURCE_INCOMPLETE`` naming the sources; ``MISSING_GLYPH``,
    ``FONTS_MISSING``, ``SIGNING_UNAVAILABLE``, ``NUMBERS_EXHAUSTED``, ``NUMBER_LOST`` (making the document).
    """
    moment = moment_of_issue(request.on, now, service.settings.env)
    years = read_years(request.years, service.rules.on(moment.date()))
    purpose = read_purpose(request.purpose)
    language, _showing = read_language(request.language), read_showing(request.showing)
    with service.looking() as session:
        entity = find_entity(session, request.uscc)
        request = replace(request, once=once_key(entity, request, moment.date()))
        if before := issued_before(session, request.once):
            return IssuedReport(*before)
    check_eligible(entity)

    def attempt() -> IssuedReport:
        try:
            check_eligible(entity)
            with step("issue.collect"):
                case = gather(service, entity, years, purpose, moment, heard)
        except Problem as problem:
            _note_refusal(service, entity, request, problem, moment)
            raise
        return _make(service, case, language, request, replaces, also)

    try:
        issued = _once_more_if_changed(attempt)
    except IntegrityError:
        # The same asking came twice at once: both are given the report of the one that was stored first.
        with service.reading() as session:
            if before := issued_before(session, request.once):
                return IssuedReport(*before)
        raise
    content, signature = issued.content, issued.document.signature_level
    log.info("report issued", number=issued.number, listed=content.listed, bytes=len(issued.pdf), signature=signature)
    return issued


def _once_more_if_changed(issue: Callable[[], IssuedReport]) -> IssuedReport:
    """A record that was corrected, or disputed, while its report was being signed: all is asked again, once."""
    try:
        return issue()
    except Problem as problem:
        if problem.code != CHANGED:
            raise
        return issue()


def _make(
    service: Service,
    case: Case,
    language: Language,
    request: IssueRequest,
    replaces: Replaced | None,
    also: Also | None,
) -> IssuedReport:
    # What can fail without a number fails before one is reserved.
    fonts, edition, signer = service.fonts, service.editions[language], service.signer
    moment = case.moment
    with _number(service, moment) as reserved:
        code = reserved.verification_code
        content = compose(case, service.settings, number=reserved.number, verification_code=code)
        with step("issue.render"):
            rendered = render(content, fonts, edition)
        with step("issue.sign"):
            sealed = signer.seal(rendered.pdf, at=moment, page=rendered.seal_page, box=rendered.seal_box)
        document = signed_document(rendered, sealed, signer.fingerprint)
        with step("issue.store"):
            _commit(service, case, content, document, request, signer.key, replaces, also)
    return IssuedReport(content, document)


@contextmanager
def _number(service: Service, moment: datetime) -> Iterator[Reservation]:
    """A reserved number for the body; abandoned with the reason if the body fails for whatever reason."""
    reserved = reserve_number(service.sessions, service.settings.area_code, moment, service.draw_code)
    try:
        yield reserved
    except BaseException as error:
        reason = error.code if isinstance(error, Problem) else type(error).__name__
        try:
            abandon_number(service.sessions, reserved.number, reason, moment)
        except SQLAlchemyError:
            # The store is gone as well; the next reservation after ten minutes settles this one.
            log.warning("number left reserved", number=reserved.number, reason=reason)
        raise


def _commit(
    service: Service,
    case: Case,
    content: ReportContent,
    document: SignedDocument,
    request: IssueRequest,
    key: SigningKey,
    replaces: Replaced | None,
    also: Also | None,
) -> None:
    with service.sessions.begin() as session:
        if not still_the_same(session, case.entity.register_id, case.own_seen):
            raise Problem(CHANGED)
        use_key(session, key, content.issued_at)
        mark_issued(session, content.number, content.issued_at)
        store_report(session, case, content, document, request)
        if replaces is not None:
            supersede(session, replaces, content.number, by=request.requested_by, at=content.issued_at)
        if also is not None:
            also(session, content)
        add_entry(
            session,
            at=content.issued_at,
            actor=request.requested_by,
            action="report.issued",
            subject=f"report:{content.number}",
            detail={"uscc": content.subject.uscc, "listed": content.listed, "pdf_sha256": document.sha256},
        )


def _note_refusal(
    service: Service, entity: BusinessEntity, request: IssueRequest, problem: Problem, moment: datetime
) -> None:
    with service.sessions.begin() as session:
        add_entry(
            session,
            at=moment,
            actor=request.requested_by,
            action="report.refused",
            subject=f"business:{entity.uscc}",
            detail={"code": problem.code, **problem.shown},
        )
    log.info("report refused", code=problem.code, domains=problem.shown.get("domains"))
