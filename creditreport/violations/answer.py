"""What one source said about one business: the answer, with everything needed to judge and to prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from creditreport.violations.record import ViolationRecord


class AnswerStatus(StrEnum):
    """Only ``complete`` may print as "no record seen"."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    UNAVAILABLE = "unavailable"
    STALE = "stale"
    NOT_IMPLEMENTED = "not_implemented"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that could not be mapped with certainty and may concern the business: the row as it came, where, why.

    ``fingerprint`` tells the row again when a person has settled it; "" for what is not one row of a source.
    """

    row: Mapping[str, str | None]
    column: str | None
    problem: str
    fingerprint: str = field(default="", compare=False)

    def as_json(self) -> dict[str, Any]:
        """As in ``domains pull``."""
        return {"row": dict(self.row), "column": self.column, "problem": self.problem}


@dataclass(frozen=True, slots=True)
class OverlayEntry:
    """One row of an overlay: it changes ``changes`` of the one record with this code and document number."""

    overlay: str
    entry_id: str
    uscc: str
    document_number: str
    changes: Mapping[str, Any]
    fingerprint: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """One source's answer for one business.

    ``records`` are of that business alone; ``entries`` are filled by overlays instead. ``skipped`` counts rows left
    out by name. ``problem`` says why the answer is not complete.
    """

    slug: str
    status: AnswerStatus
    asked_at: datetime
    answered_at: datetime
    data_as_of: datetime | None = None
    source_version: str | None = None
    rows_read: int = 0
    records: tuple[ViolationRecord, ...] = ()
    entries: tuple[OverlayEntry, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    problem: str | None = None

    @property
    def usable(self) -> bool:
        """Whether a report may rest on it."""
        return self.status in {AnswerStatus.COMPLETE, AnswerStatus.NOT_IMPLEMENTED}
