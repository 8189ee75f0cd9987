"""The 45 fields as they stand now, told from our own store: no source is asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.catalog.load import Catalog
from creditreport.mirror.models import MirrorRun, RunState
from creditreport.reports.models import SourceAnswer


@dataclass(frozen=True, slots=True)
class GuideField:
    """One field. ``data_as_of`` is as its source last told us, ``heard_at`` when that was; both may be unknown."""

    number: int
    title: str
    title_en: str
    unit: str
    effective_from: date | None
    implemented: bool
    mirrored: bool
    data_as_of: datetime | None
    heard_at: datetime | None

    def named(self, language: str) -> str:
        """Its title in ``language``."""
        return self.title_en if language == "en" else self.title


def guide_fields(session: Session, catalog: Catalog, day: date) -> list[GuideField]:
    """All fields in the order of their numbers, with how fresh they were when last heard of; two queries."""
    synced, answered = _synced(session), _answered(session)
    fields = []
    for located in catalog.domains:
        manifest = located.manifest
        mirrored = manifest.mode == "mirrored"
        heard = (synced if mirrored else answered).get(manifest.slug)
        implemented = manifest.effective_from is None or manifest.effective_from <= day
        fields.append(
            GuideField(
                manifest.number or 0, manifest.title, manifest.title_en, manifest.responsible_unit,
                manifest.effective_from, implemented, mirrored, *(heard or (None, None)),
            )
        )  # fmt: skip
    return fields


Heard = dict[str, tuple[datetime | None, datetime | None]]


def _synced(session: Session) -> Heard:
    """The newest complete reading of each mirrored source."""
    newest = select(func.max(MirrorRun.id)).where(MirrorRun.state == RunState.COMPLETE).group_by(MirrorRun.slug)
    rows = session.execute(
        select(MirrorRun.slug, MirrorRun.data_as_of, MirrorRun.ended_at).where(MirrorRun.id.in_(newest))
    )
    return {slug: (as_of, ended) for slug, as_of, ended in rows}


def _answered(session: Session) -> Heard:
    """What the sources told for the report with the highest number, that is the newest of the city."""
    newest = select(func.max(SourceAnswer.number)).scalar_subquery()
    rows = session.execute(
        select(SourceAnswer.slug, SourceAnswer.data_as_of, SourceAnswer.answered_at).where(
            SourceAnswer.number == newest, SourceAnswer.status == "complete"
        )
    )
    return {slug: (as_of, answered) for slug, as_of, answered in rows}
