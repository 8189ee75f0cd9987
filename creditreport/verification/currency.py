"""Whether what a valid report lists would be listed again today.

A verifier must not read what has since been repaired, removed or corrected. So, before the records of a report are
told, the sources that it listed from and the overlays are asked again and the answers are screened as of today, with
the report's own window and rule set. Details are told only when every listed record is listed again with the same
content; when a source cannot be asked, that is not known and nothing is told.

That something changed is told as a mark, yes or no, and by nothing else; ``FACTS_CHANGED_MARK=off`` withholds even
that, so that a verifier cannot tell it from a source that does not answer. Only what a report lists is looked at. A
report without records is never "changed": it speaks of its own window, which a decision made later does not touch, and
a mark on it would tell every holder of an old code that there is a new record, which the business has shown to nobody.
Whoever wants to know about the time since asks for a new report.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from creditreport.catalog.manifest import LocatedManifest
from creditreport.clock import FixedClock, as_shanghai
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.models import EntityRow
from creditreport.entities.register import with_sole_numbers
from creditreport.errors import Problem
from creditreport.objections.corrections import own_entries
from creditreport.reports.archive import content_of
from creditreport.reports.compose import listed_record
from creditreport.reports.content import ListedRecord, ReportContent
from creditreport.reports.models import CreditReport
from creditreport.rules.store import ruleset_by_digest
from creditreport.verification.by_code import Currency
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.collect import collect_one
from creditreport.violations.overlays import apply_overlays, joined
from creditreport.violations.own import OwnEntry, apply_own
from creditreport.violations.record import ViolationRecord
from creditreport.violations.screen import ScreeningDomain, ScreeningRequest, screen
from creditreport.violations.window import Window, window_for

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)

# At a bid opening one report is scanned by many: the sources are asked once a minute for it, not for each scan.
KEPT = timedelta(seconds=60)
MOST_KEPT = 10_000


class CurrencyCheck:
    """Asks the sources about a report, and keeps each answer for a minute; one per process."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._kept: dict[str, tuple[datetime, Currency]] = {}
        self._lock = threading.Lock()

    def __call__(self, report: CreditReport, now: datetime) -> Currency:
        """``CURRENT``, ``CHANGED``, or ``UNKNOWN`` when a source could not be asked; never raises a ``Problem``.

        Where the settings switch the mark off, ``CHANGED`` is not told either.
        """
        known = self.known(report.number, now)
        if known is not None:
            return known
        try:
            found = self._ask(report, as_shanghai(now))
        except Problem as problem:
            log.warning("listed records not checked", number=report.number, code=problem.code)
            found = Currency.UNKNOWN
        if found is Currency.CHANGED and not self._service.settings.facts_changed_mark:
            found = Currency.UNKNOWN
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[report.number] = (now, found)
        return found

    def known(self, number: str, now: datetime) -> Currency | None:
        """What was found of report ``number`` less than a minute ago."""
        kept = self._kept.get(number)
        # Where the clock stands still (tests, drills) a minute would never end.
        if kept is None or isinstance(self._service.clock, FixedClock):
            return None
        return kept[1] if timedelta(0) <= now - kept[0] < KEPT else None

    def _ask(self, report: CreditReport, now: datetime) -> Currency:
        content, entity = content_of(report), self._entity(report)
        slugs = [domain.slug for domain in content.domains if domain.records]
        catalog = self._service.catalog
        answers = self._answers([catalog.domain(slug) for slug in slugs], entity, report.years, now)
        overlays = self._answers(catalog.overlays, entity, report.years, now)
        if entity is None or any(answer.status is not AnswerStatus.COMPLETE for answer in (*answers, *overlays)):
            return Currency.UNKNOWN
        records = _amended(answers, overlays, entity, self._own(entity))
        if records is None:
            return Currency.UNKNOWN
        today = self._listed_today(records, entity, report, now)
        same = all(today.get(key) == record for key, record in _listed_then(content).items())
        return Currency.CURRENT if same else Currency.CHANGED

    def _own(self, entity: BusinessEntity) -> Sequence[OwnEntry]:
        with self._service.reading() as session:
            return own_entries(session, entity.register_id)

    def _entity(self, report: CreditReport) -> BusinessEntity | None:
        with self._service.reading() as session:
            row = session.get(EntityRow, report.register_id)
            return with_sole_numbers(session, row.as_entity()) if row is not None else None

    def _answers(
        self, located: Sequence[LocatedManifest], entity: BusinessEntity | None, years: int, now: datetime
    ) -> list[Answer]:
        """All at the same time: one slow source costs its own deadline and no more."""
        if entity is None or not located:
            return []
        service, day = self._service, now.date()
        # Fresh as of today: a source that has been silent since the report cannot say that nothing was repaired.
        end = window_for(day, years, service.calendar).end
        with ThreadPoolExecutor(len(located)) as pool:
            asked = pool.map(
                lambda one: collect_one(one, entity, end, now, day, service.collecting, service.catalog), located
            )
            return list(asked)

    def _listed_today(
        self, records: Sequence[ViolationRecord], entity: BusinessEntity, report: CreditReport, now: datetime
    ) -> dict[tuple[str, str], ListedRecord]:
        with self._service.reading() as session:
            ruleset = ruleset_by_digest(session, report.ruleset_digest)
        codes = tuple(code for code in (report.uscc, *entity.previous_codes) if code != entity.uscc)
        request = ScreeningRequest(entity.uscc, now.date(), report.years, ruleset.id, codes)
        window = Window(start=report.window_start, end=report.window_end)
        domains = {}
        for located in self._service.catalog.domains:
            manifest = located.manifest
            if manifest.number is not None and manifest.effective_from is not None:  # every domain has both
                domains[manifest.slug] = ScreeningDomain(manifest.number, manifest.effective_from)
        decisions = screen(records, request, ruleset, domains, window)
        return {
            (one.record.domain, one.record.record_id): _comparable(listed_record(one.record))
            for one in decisions
            if one.listed
        }


def _amended(
    answers: Sequence[Answer], overlays: Sequence[Answer], entity: BusinessEntity, own: Sequence[OwnEntry]
) -> tuple[ViolationRecord, ...] | None:
    """The records with the overlays and our corrections applied; ``None`` when an entry for one cannot be settled.

    An entry that joins none of these records belongs to a domain that was not asked here.
    """
    records = [record for answer in answers for record in answer.records]
    entries = [entry for answer in overlays for entry in answer.entries if joined(entry, records, entity)]
    applied = apply_overlays(records, entries, entity)
    ours = apply_own(applied.records, own)
    return None if applied.quarantined or ours.broken else ours.records


def _listed_then(content: ReportContent) -> dict[tuple[str, str], ListedRecord]:
    return {
        (domain.slug, record.record_id): _comparable(record) for domain in content.domains for record in domain.records
    }


def _comparable(record: ListedRecord) -> ListedRecord:
    # That an objection was opened or closed since corrects nothing; it has a mark of its own.
    return record.model_copy(update={"disputed": False})
