"""What an import tells: counts, reasons, delays; the same whether it was done now or before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median_low
from typing import Any

from creditreport.doublepublicity.checks import Accepted, Skipped
from creditreport.doublepublicity.form import NUMBER, Line, Reason, Returned
from creditreport.doublepublicity.merge import Merged, Replaced, row_digest
from creditreport.doublepublicity.models import ImportRow
from creditreport.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class ImportResult:
    """An import as its log has it. ``repeated``: the file had been imported before, and nothing was changed."""

    row: ImportRow
    repeated: bool
    rejection_file: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """One object, as the command prints it."""
        row, detail = self.row, self.row.detail
        counts = {key: getattr(row, key) for key in ("rows_read", "accepted", "rejected", "skipped", "late")}
        return {
            "slug": row.slug,
            "file": {"name": row.file_name, "sha256": row.file_digest},
            "at": row.at.isoformat(),
            "by": row.actor,
            "repeated": self.repeated,
            **counts,
            "replaced": len(detail["replaced"]),
            "released": detail["released"],
            "rejected_by_reason": detail["rejected_by_reason"],
            "skipped_by_reason": detail["skipped_by_reason"],
            "delay": detail["delay"],
            "rejected_rows": detail["rejected_rows"],
            "accepted_rows": detail["accepted_rows"],
            "drop": {
                "name": row.drop_name, "sha256": row.drop_digest, "rows": detail["drop_rows"],
                "previous": row.previous_drop,
            },
            "rejection_file": str(self.rejection_file) if self.rejection_file else None,
        }  # fmt: skip


def told(merged: Merged, today: date, calendar: WorkCalendar, limit: int) -> dict[str, Any]:
    """The columns of the log that follow from what became of the rows.

    ``limit`` is how many working days after the decision a penalty may be sent up (the rule set's ``upload_days``).
    """
    accepted = [one for one in merged.outcomes if isinstance(one, Accepted)]
    returned = [one for one in merged.outcomes if isinstance(one, Returned)]
    skipped = Counter(one.word for one in merged.outcomes if isinstance(one, Skipped))
    days = delays({one.decided for one in accepted}, today, calendar)
    taken = sorted(days[one.decided] for one in accepted)
    late = sum(count > limit for count in taken)
    delay = {"limit": limit, "late": late, "longest": taken[-1] if taken else None,
             "median": median_low(taken) if taken else None}  # fmt: skip
    detail = {
        "rejected_by_reason": dict(Counter(word for one in returned for word in {each.word for each in one.reasons})),
        "skipped_by_reason": dict(skipped),
        "delay": delay,
        "rejected_rows": [_returned(one) for one in returned],
        "accepted_rows": [_accepted(one, days[one.decided], limit) for one in accepted],
        "replaced": [_replaced(one) for one in merged.replaced],
        "released": merged.released,
        "drop_rows": len(merged.rows),
    }
    counts = {"rows_read": len(merged.outcomes), "accepted": len(accepted), "rejected": len(returned)}
    return {**counts, "skipped": skipped.total(), "late": late, "detail": detail}


def delays(decided: Iterable[date], today: date, calendar: WorkCalendar) -> dict[date, int]:
    """Working days from each day of decision to ``today``; each day in between is looked at once."""
    counts: dict[date, int] = {}
    later, passed = today, 0
    for day in sorted(decided, reverse=True):
        passed += calendar.working_days_between(day, later)
        counts[day], later = passed, day
    return counts


def returned_again(detail: dict[str, Any], lines: Sequence[Line]) -> list[Returned]:
    """The rows that an earlier import of the same file sent back."""
    by_number = {line.number: line for line in lines}
    return [
        Returned(by_number[one["line"]], tuple(Reason(**reason) for reason in one["reasons"]))
        for one in detail["rejected_rows"]
    ]


def _returned(one: Returned) -> dict[str, Any]:
    reasons = [{"word": each.word, "column": each.column, "sentence": each.sentence} for each in one.reasons]
    return {"line": one.line.number, "document_number": one.line.cells[NUMBER], "reasons": reasons}


def _accepted(one: Accepted, days: int, limit: int) -> dict[str, Any]:
    return {
        "line": one.line.number, "document_number": one.cells[NUMBER], "decided_on": one.decided.isoformat(),
        "days": days, "late": days > limit,
    }  # fmt: skip


def _replaced(one: Replaced) -> dict[str, Any]:
    number, code, _authority = one.by.key
    return {
        "document_number": number, "uscc": code, "columns": list(one.columns), "before": row_digest(one.cells),
        "after": row_digest(one.by.cells),
    }  # fmt: skip
