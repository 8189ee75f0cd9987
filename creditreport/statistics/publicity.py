"""Double publicity (双公示): do the units that send it send it, is it right, is it in time; and duplicate codes.

As the city's credit monitoring asks: each penalty within the limit of working days of its decision (上报及时率), in the
standard's form (合规率), from every unit that has the duty (上报率).
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.catalog.load import Catalog
from creditreport.doublepublicity.models import ImportRow, ImportState
from creditreport.entities.models import CodeConflict
from creditreport.statistics.period import Period
from creditreport.statistics.table import Indicator, Kind, Table, Value, share, table

COLUMNS = (
    ("field", Kind.FIELD), ("unit", Kind.TEXT), ("files", Kind.COUNT), ("accepted", Kind.COUNT),
    ("rejected", Kind.COUNT), ("compliance", Kind.SHARE), ("late", Kind.COUNT), ("timeliness", Kind.SHARE),
    ("median_days", Kind.DAYS), ("longest_days", Kind.DAYS),
)  # fmt: skip


def publicity(session: Session, catalog: Catalog, period: Period) -> tuple[list[Indicator], list[Table]]:
    """What departments sent in the double-publicity form within ``period``.

    A row that was sent back counts as not compliant each time that it comes wrong; rows that were left out by name
    (natural persons, rows that were there before) count nowhere.
    """
    imports: defaultdict[str, list[ImportRow]] = defaultdict(list)
    query = select(ImportRow).where(
        ImportRow.state == ImportState.DONE, ImportRow.at >= period.begin, ImportRow.at < period.end
    )
    for row in session.scalars(query):
        imports[row.slug].append(row)
    duty = {one.manifest.slug: one.manifest for one in catalog.domains if one.manifest.double_publicity is not None}
    rows = [_row(slug, manifest.responsible_unit, imports[slug]) for slug, manifest in duty.items()]
    sent = [row for slug in duty for row in imports[slug]]
    accepted, rejected, late = (sum(getattr(row, key) for row in sent) for key in ("accepted", "rejected", "late"))
    return [
        Indicator("publicity_reporting", Kind.SHARE, share(sum(1 for slug in duty if imports[slug]), len(duty))),
        Indicator("publicity_compliance", Kind.SHARE, share(accepted, accepted + rejected)),
        Indicator("publicity_timeliness", Kind.SHARE, share(accepted - late, accepted)),
    ], [table("publicity", COLUMNS, rows)]


def _row(slug: str, unit: str, imports: list[ImportRow]) -> tuple[Value, ...]:
    accepted, rejected, late = (sum(getattr(row, key) for row in imports) for key in ("accepted", "rejected", "late"))
    taken = sorted(one["days"] for row in imports for one in row.detail["accepted_rows"])
    return (
        slug, unit, len(imports), accepted, rejected, share(accepted, accepted + rejected), late,
        share(accepted - late, accepted), int(median(taken)) if taken else None, taken[-1] if taken else None,
    )  # fmt: skip


def codes(session: Session, period: Period) -> list[Indicator]:
    """Codes held twice that were found within ``period``, and how many of those due by its end were cleaned by then."""
    found = session.scalars(select(CodeConflict).where(CodeConflict.found_at < period.end)).all()
    new = [one for one in found if one.found_at >= period.begin]
    due = [one for one in found if period.first <= one.due_on <= period.last]
    clean = [one for one in due if one.settled_at is not None and period.day(one.settled_at) <= one.due_on]
    return [
        Indicator("codes_found", Kind.COUNT, len(new)),
        Indicator("codes_cleaned", Kind.SHARE, share(len(clean), len(due))),
    ]
