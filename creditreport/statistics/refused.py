"""Requests that came to no report: why, and which sources were to blame.

Told from the audit trail, where each refusal stands with its code and the sources. A request that waits is tried again
and again: so the businesses are counted once a day for each reason, and the tries beside them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditEntry
from creditreport.statistics.period import Period
from creditreport.statistics.table import Indicator, Kind, Table, table

ACTION = "report.refused"
Asking = tuple[date, str]


def refused(session: Session, period: Period) -> tuple[list[Indicator], list[Table]]:
    """The refusals within ``period``."""
    tries: Counter[str] = Counter()
    blamed: Counter[str] = Counter()
    askings: defaultdict[str, set[Asking]] = defaultdict(set)
    kept_from: defaultdict[str, set[Asking]] = defaultdict(set)
    query = select(AuditEntry.at, AuditEntry.subject, AuditEntry.detail).where(
        AuditEntry.action == ACTION, AuditEntry.at >= period.begin, AuditEntry.at < period.end
    )
    for at, subject, detail in session.execute(query):
        asking = period.day(at), subject
        code = str(detail.get("code", "?"))
        tries[code] += 1
        askings[code].add(asking)
        for slug in detail.get("domains") or ():
            blamed[slug] += 1
            kept_from[slug].add(asking)
    everybody = set().union(*askings.values())
    return [Indicator("refused", Kind.COUNT, len(everybody))], [
        _table("refused_by_reason", ("reason", Kind.REASON), tries, askings),
        _table("refused_by_source", ("field", Kind.FIELD), blamed, kept_from),
    ]


def _table(key: str, first: tuple[str, Kind], tries: Counter[str], askings: dict[str, set[Asking]]) -> Table:
    rows = sorted(
        ((word, len(askings[word]), count) for word, count in tries.items()), key=lambda row: (-row[1], row[0])
    )
    return table(key, [first, ("askings", Kind.COUNT), ("tries", Kind.COUNT)], rows)
