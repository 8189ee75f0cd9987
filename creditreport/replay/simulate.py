"""What another rule set would change: the valid reports' stored records screened under both, nothing touched.

Assumed, and told with the result: the records are those that the sources gave on the day of issue (a longer window
cannot show what was never asked), the day of issue and the number of years are the report's own (fewer where a rule
set offers no more).

Reports are read one after the other in the order of their numbers, so that memory does not grow with their count.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from creditreport.clock import SHANGHAI
from creditreport.errors import Problem
from creditreport.reports.facts import facts_by_digest, screening_domains
from creditreport.reports.models import CreditReport, ReportDecision, ReportStatus
from creditreport.violations.reason import Reason
from creditreport.violations.record import ViolationRecord
from creditreport.violations.ruleset import RuleSet
from creditreport.violations.screen import Decision, ScreeningDomain, ScreeningRequest, screen
from creditreport.violations.window import Window, window_for

if TYPE_CHECKING:
    from creditreport.service import Service

EXAMPLES = 5
CHUNK = 1000
ASSUMED = (
    (
        "记录以出具之日各来源给出的为准；更长的查询期间不能显示当时没有的记录。",
        "The records are those that the sources gave on the day of issue; a longer window cannot show others.",
    ),
    (
        "出具日期和查询年限与原报告相同；规则集不提供该年限的，按其最长年限。",
        "Day of issue and years are the report's own; a rule set's longest where it offers fewer.",
    ),
)


@dataclass(slots=True)
class Tally:
    """How often one thing changes: so many records, in so many reports, a few of them by number."""

    records: int = 0
    reports: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, number: str, records: int) -> None:
        """Count one report in which ``records`` of this sort change."""
        self.records += records
        self.reports += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(number)

    def as_json(self) -> dict[str, Any]:
        """As in ``rules simulate --json``."""
        return {"records": self.records, "reports": self.reports, "examples": self.examples}


@dataclass(slots=True)
class Simulation:
    """What would change. Keys of ``by_reason`` are ("added" or "removed", the reason that is gone or new)."""

    day: date
    reports: int = 0
    changed: int = 0
    fewer_years: int = 0
    by_reason: dict[tuple[str, Reason], Tally] = field(default_factory=dict)
    by_domain: dict[tuple[str, str], Tally] = field(default_factory=dict)
    failed: Tally = field(default_factory=Tally)

    def count(self, number: str, changes: Sequence[tuple[str, str, Reason]]) -> None:
        """Count one report with its changes: (added or removed, domain, reason) for each record."""
        self.reports += 1
        self.changed += bool(changes)
        for reason_key, records in Counter((change, reason) for change, _, reason in changes).items():
            self.by_reason.setdefault(reason_key, Tally()).add(number, records)
        for domain_key, records in Counter((change, domain) for change, domain, _ in changes).items():
            self.by_domain.setdefault(domain_key, Tally()).add(number, records)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What is the same for every report."""

    first: RuleSet
    second: RuleSet
    service: Service

    def changes(
        self, rows: Sequence[Row[Any]], domains: Mapping[str, ScreeningDomain]
    ) -> list[tuple[str, str, Reason]]:
        """What the second rule set lists and the first does not, and the other way round."""
        report = rows[0]
        records = [ViolationRecord.model_validate_json(row.record) for row in rows if row.record is not None]
        if not records:
            return []
        sides = [self._screened(report, records, rules, domains) for rules in (self.first, self.second)]
        found = []
        for before, after in zip(*sides, strict=True):
            if before.reason is not None and after.listed:
                found.append(("added", before.record.domain, before.reason))
            elif after.reason is not None and before.listed:
                found.append(("removed", before.record.domain, after.reason))
        return found

    def _screened(
        self,
        report: Row[Any],
        records: Sequence[ViolationRecord],
        rules: RuleSet,
        domains: Mapping[str, ScreeningDomain],
    ) -> list[Decision]:
        day, years = report.issued_at.date(), min(report.years, rules.longest_years)
        window = Window(start=report.window_start, end=report.window_end)
        if years != report.years:
            window = window_for(day, years, self.service.calendar)
        codes = tuple(json.loads(report.previous_codes))
        return screen(records, ScreeningRequest(report.uscc, day, years, rules.id, codes), rules, domains, window)


def valid_reports(day: date) -> Select[*tuple[Any, ...]]:
    """The reports that are valid on ``day``, by number, each with its records: one row for each, or one without."""
    end = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return (
        select(
            CreditReport.number,
            CreditReport.uscc,
            CreditReport.previous_codes,
            CreditReport.issued_at,
            CreditReport.years,
            CreditReport.window_start,
            CreditReport.window_end,
            CreditReport.catalog_digest,
            ReportDecision.record,
        )
        .outerjoin(ReportDecision, ReportDecision.number == CreditReport.number)
        .where(
            CreditReport.status == ReportStatus.ISSUED, CreditReport.valid_until >= day, CreditReport.issued_at < end
        )
        .order_by(CreditReport.number, ReportDecision.position)
    )


def count_valid(session: Session, day: date) -> int:
    """How many reports are valid on ``day``."""
    numbers = valid_reports(day).with_only_columns(CreditReport.number).order_by(None).distinct().subquery()
    return session.scalar(select(func.count()).select_from(numbers)) or 0


def simulate(
    service: Service, first: RuleSet, second: RuleSet, day: date, step: Callable[[], object] = lambda: None
) -> Simulation:
    """Screen every report that is valid on ``day`` under both rule sets; ``step`` is called after each.

    A report whose stored records cannot be screened is counted as failed, by number, and never as unchanged.
    """
    rules, result = _Rules(first, second, service), Simulation(day)
    with service.reading() as session:
        catalogs = _Catalogs(service)
        for number, rows in _one_by_one(session, day):
            try:
                result.fewer_years += rows[0].years > min(first.longest_years, second.longest_years)
                result.count(number, rules.changes(rows, catalogs.of(rows[0].catalog_digest)))
            except (ValidationError, ValueError, Problem):
                result.reports += 1
                result.failed.add(number, len(rows))
            step()
    return result


def _one_by_one(session: Session, day: date) -> Iterator[tuple[str, list[Row[Any]]]]:
    stream = session.execute(valid_reports(day), execution_options={"stream_results": True, "yield_per": CHUNK})
    for number, rows in groupby(stream, key=lambda row: str(row.number)):
        yield number, list(rows)


class _Catalogs:
    """The catalogue of each report's day; there are as many as it was changed in a month, not as reports."""

    def __init__(self, service: Service) -> None:
        self._sessions = service.reading
        self._today = screening_domains(service.facts)
        self._known: dict[str, Mapping[str, ScreeningDomain]] = {}

    def of(self, digest: str | None) -> Mapping[str, ScreeningDomain]:
        """The domains by slug; those of today for a report from before they were kept."""
        if digest is None:
            return self._today
        if digest not in self._known:
            with self._sessions() as session:
                self._known[digest] = screening_domains(facts_by_digest(session, digest))
        return self._known[digest]
