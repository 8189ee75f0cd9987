"""One record through time, for who decides about it: as reports showed it, and as its source's rows said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.entities.models import EntityRow
from creditreport.mirror.models import MirrorRow
from creditreport.reports.models import CreditReport, ReportDecision

# So many reports of one business are looked through, the newest first.
MOST_REPORTS = 200
Told = tuple[datetime, dict[str, Any], str | None, datetime | None, str | None]


@dataclass(frozen=True, slots=True)
class Version:
    """The record as it was from ``at`` on. ``changed`` are the keys that differ from the version before.

    ``report`` is the first report that showed it so; ``until`` and ``ended`` are told of a source's row.
    """

    at: datetime
    values: dict[str, Any]
    changed: tuple[str, ...]
    report: str | None = None
    until: datetime | None = None
    ended: str | None = None


def reported_versions(session: Session, register_id: str, domain: str, record_id: str) -> list[Version]:
    """The record as it was screened for the business's reports, each change once, the newest first."""
    query = (
        select(CreditReport.number, CreditReport.issued_at, ReportDecision.record)
        .join(ReportDecision, ReportDecision.number == CreditReport.number)
        .where(
            CreditReport.register_id == register_id,
            ReportDecision.domain == domain,
            ReportDecision.record_id == record_id,
        )
        .order_by(CreditReport.issued_at.desc(), CreditReport.number.desc())
        .limit(MOST_REPORTS)
    )
    found = reversed(session.execute(query).all())
    told: list[Told] = [(at, json.loads(record), number, None, None) for number, at, record in found]
    return _changes(told)


def source_versions(session: Session, register_id: str, domain: str, record_id: str) -> list[Version]:
    """The source's own rows for the record, cells as they came: only of mirrored sources, which are kept here."""
    row = session.get(EntityRow, register_id)
    if row is None:
        return []
    entity = row.as_entity()
    query = (
        select(MirrorRow)
        .where(MirrorRow.slug == domain, MirrorRow.uscc.in_(entity.codes), MirrorRow.row_key == record_id)
        .order_by(MirrorRow.learnt_at, MirrorRow.from_run)
        .limit(MOST_REPORTS)
    )
    told: list[Told] = [
        (one.learnt_at, json.loads(one.content), None, one.until, one.ended) for one in session.scalars(query)
    ]
    return _changes(told)


def _changes(told: list[Told]) -> list[Version]:
    """Each version that differs from the one before, with what differs, the newest first."""
    versions: list[Version] = []
    for at, values, report, until, ended in told:
        before = versions[-1].values if versions else values
        changed = tuple(sorted(key for key in before.keys() | values.keys() if before.get(key) != values.get(key)))
        if not versions or changed or versions[-1].ended is not None:
            versions.append(Version(at, values, changed, report, until, ended))
    return list(reversed(versions))
