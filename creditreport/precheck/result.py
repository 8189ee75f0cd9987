"""What a pre-check tells a business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from creditreport.precheck.changes import Change
from creditreport.precheck.sentences import LISTED, REASONS
from creditreport.reports.content import ListedRecord
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.reason import Reason
from creditreport.violations.window import Window

# Why a source's part is not complete, for the business: whose turn it is, and nothing of the rows themselves.
UNUSABLE: Mapping[AnswerStatus, tuple[str, str]] = {
    AnswerStatus.UNAVAILABLE: ("没有应答，请稍后再查", "did not answer; try again later"),
    AnswerStatus.STALE: ("数据过旧，待责任单位更新", "its data are too old; the responsible unit must update them"),
    AnswerStatus.INCOMPLETE: (
        "有可能与本主体有关的数据待工作人员核定，或没有读全",
        "data that may concern the business await a person, or it was not read to the end",
    ),
}


@dataclass(frozen=True, slots=True)
class SourceGap:
    """A source whose part of the pre-check is not complete. It is never said how much is missing."""

    slug: str
    title: str
    title_en: str
    responsible_unit: str
    status: AnswerStatus
    overlay: bool

    def as_json(self) -> dict[str, Any]:
        """As in ``precheck --json``."""
        zh, en = UNUSABLE[self.status]
        return {
            "slug": self.slug,
            "title": self.title,
            "title_en": self.title_en,
            "responsible_unit": self.responsible_unit,
            "status": self.status.value,
            "zh": zh,
            "en": en,
        }


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """One record that is known about the business: what a report would do with it, why, and what would change that.

    ``years`` are the lengths of report that list it. ``certain`` is false while its own domain or an overlay has not
    answered completely. ``printed`` is the record as a report prints it, personal data masked.
    """

    domain: str
    number: int
    title: str
    title_en: str
    responsible_unit: str
    listed: bool
    reason: Reason | None
    basis: str | None
    years: tuple[int, ...]
    certain: bool
    changes: tuple[Change, ...]
    printed: ListedRecord

    @property
    def outcome(self) -> tuple[str, str]:
        """What a report would do with it, in Chinese and English."""
        return LISTED if self.reason is None else REASONS[self.reason]

    def as_json(self) -> dict[str, Any]:
        """As in ``precheck --json``."""
        zh, en = self.outcome
        return {
            "domain": self.domain,
            "number": self.number,
            "title": self.title,
            "title_en": self.title_en,
            "responsible_unit": self.responsible_unit,
            "record_id": self.printed.record_id,
            "listed": self.listed,
            "reason": self.reason.value if self.reason else None,
            "basis": self.basis,
            "outcome": {"zh": zh, "en": en},
            "listed_for_years": list(self.years),
            "certain": self.certain,
            "changes": [change.as_json() for change in self.changes],
            "record": self.printed.model_dump(mode="json", exclude_none=True, exclude={"record_id"}),
        }


@dataclass(frozen=True, slots=True)
class PreCheck:
    """The whole answer. While ``gaps`` is not empty it is not complete, and never reads as "no record".

    ``withheld`` is true when a source that may seal records did not answer: then none can be shown.
    """

    uscc: str
    entity_name: str
    at: datetime
    years: int
    offered_years: tuple[int, ...]
    ruleset: str
    ruleset_title: str
    ruleset_title_en: str
    window: Window
    asked: int
    not_implemented: tuple[str, ...]
    gaps: tuple[SourceGap, ...]
    withheld: bool
    records: tuple[KnownRecord, ...]

    @property
    def complete(self) -> bool:
        """Whether every source answered, so that a report could be issued now."""
        return not self.gaps

    @property
    def day(self) -> date:
        """The day of issue that was assumed."""
        return self.at.date()

    @property
    def listed(self) -> int:
        """How many of the shown records a report would list."""
        return sum(record.listed for record in self.records)

    def as_json(self) -> dict[str, Any]:
        """What ``precheck --json`` prints; ``listed`` is null while the pre-check is not complete."""
        return {
            "uscc": self.uscc,
            "entity_name": self.entity_name,
            "on": self.day.isoformat(),
            "years": self.years,
            "ruleset": self.ruleset,
            "window": self.window.model_dump(mode="json"),
            "complete": self.complete,
            "listed": self.listed if self.complete else None,
            "incomplete_sources": [gap.as_json() for gap in self.gaps],
            "withheld": self.withheld,
            "not_implemented": list(self.not_implemented),
            "records": [record.as_json() for record in self.records],
        }
