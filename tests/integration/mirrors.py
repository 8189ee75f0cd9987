"""A field of the small city that is mirrored, for tests: its manifest, its syncs, what our store holds of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from creditreport.clock import FixedClock
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.register import find_entity
from creditreport.mirror.models import MirrorRow
from creditreport.mirror.sync import SyncOutcome, sync_sources
from creditreport.service import Service
from creditreport.violations.answer import Answer
from creditreport.violations.collect import collect_one
from tests.integration.city import City

FULL = 'compare = "full"'


def mirror(city: City, field: int = 7, how: str = FULL, **replaced: str) -> str:
    """Make a field mirrored, before the catalogue is loaded; returns its slug. ``replaced``: text of the manifest."""
    path = city.domains_dir / f"{field:02d}_field_{field:02d}.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("freshness = 0", 'freshness = 0\nmode = "mirrored"').replace(
        "[fields]", f"[sync]\n{how}\n\n[fields]"
    )
    for old, new in replaced.items():
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return f"field_{field:02d}"


def run_sync(service: Service, days: int = 0) -> SyncOutcome:
    """The one mirrored field brought up to date, ``days`` after the service's present."""
    (outcome,) = sync_sources(service, service.clock.now() + timedelta(days=days))
    return outcome


def counts(outcome: SyncOutcome) -> tuple[int, int, int, int]:
    """Added, changed, vanished, unchanged."""
    return outcome.added, outcome.changed, outcome.vanished, outcome.unchanged


def answer(service: Service, code: str, slug: str = "field_07", *, live: bool = False, days: int = 0) -> Answer:
    """What the field says about a business: read in our store, or asked itself."""
    moment = service.clock.now() + timedelta(days=days)
    end = service.calendar.previous_working_day(moment.date())
    ctx = replace(service.collecting, store=None) if live else service.collecting
    located = service.catalog.find(slug)
    return collect_one(located, entity(service, code), end, moment, moment.date(), ctx, service.catalog)


def entity(service: Service, code: str) -> BusinessEntity:
    """The business of the register."""
    with service.reading() as session:
        return find_entity(session, code)


def versions(service: Service, slug: str = "field_07") -> list[tuple[str | None, str | None, datetime | None]]:
    """Key, why it ended and when we learnt that, of every version, in the order in which we learnt them."""
    with service.reading() as session:
        rows = session.scalars(
            select(MirrorRow).where(MirrorRow.slug == slug).order_by(MirrorRow.from_run, MirrorRow.n)
        )
        return [(row.row_key, row.ended, row.until) for row in rows]


def contents(service: Service, without: Collection[int] = ()) -> list[tuple[Any, ...]]:
    """Everything that is held and not closed, whatever run brought it but those ``without``."""
    with service.reading() as session:
        query = select(MirrorRow.slug, MirrorRow.fingerprint, MirrorRow.row_key, MirrorRow.uscc, MirrorRow.content)
        query = query.where(MirrorRow.until_run.is_(None), MirrorRow.from_run.not_in(list(without)))
        return sorted(map(tuple, session.execute(query)), key=str)


def at(service: Service, days: int) -> Service:
    """The same service some days later."""
    later = Service(service.settings, FixedClock(service.clock.now() + timedelta(days=days)))
    later.fonts = service.fonts
    return later
