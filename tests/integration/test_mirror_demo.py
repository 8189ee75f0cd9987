"""The same answers from our store as from the sources themselves: the demo's sources mirrored, business by business."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.shared import shared_key, shared_words
from creditreport.catalog.sync import Sync
from creditreport.clock import FixedClock
from creditreport.config import load_settings
from creditreport.demo.environment import demo_environment
from creditreport.demo.fill import fill
from creditreport.entities.entity import BusinessEntity
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
from creditreport.sources.base import Deadline, Opened, Row, Rows
from creditreport.sources.registry import make_source
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.collect import collect_one, read_register
from creditreport.violations.reading import about_business
from tests.conftest import NOON
from tests.patience import patient
from tests.register import with_their_numbers
from tests.stores import make_store

ROLES = (
    "clean",
    "busiest",
    "many_records",
    "replaced_code",
    "older_numbers",
    "former_name",
    "quarantined",
    "quarantined_unclear",
    "branch",
)


@dataclass
class Mirrored:
    """The demo with every table and file mirrored, and what the sources themselves hold."""

    service: Service
    sources: tuple[LocatedManifest, ...]
    rows: dict[str, tuple[tuple[str, ...], list[Row]]]
    entities: tuple[BusinessEntity, ...]


def as_mirror(located: LocatedManifest) -> LocatedManifest:
    if located.manifest.source.driver == "rest":
        return located
    changes = {"mode": "mirrored", "sync": Sync(compare="full")}
    return located.model_copy(update={"manifest": located.manifest.model_copy(update=changes)})


@pytest.fixture
def mirrored(database_url: str, tmp_path: Path) -> Iterator[Mirrored]:
    plan = fill(tmp_path / "demo", NOON.date())
    variables = {
        "ENV": "test", "DATABASE_URL": database_url, "PUBLIC_URL": "https://credit.example.gov.cn",
        "SECRET_KEY": "x", "SIGNING_PASSPHRASE": "x", "VAR_DIR": str(tmp_path),
    }  # fmt: skip
    settings = load_settings(
        {f"CREDITREPORT_{name}": value for name, value in variables.items()} | demo_environment(tmp_path)
    )
    make_store(database_url)
    service = Service(settings, FixedClock(NOON))
    catalog = patient(service.catalog)
    service.catalog = replace(
        catalog, domains=tuple(map(as_mirror, catalog.domains)), overlays=tuple(map(as_mirror, catalog.overlays))
    )
    sources = tuple(one for one in service.catalog.all if one.manifest.mode == "mirrored")
    rows = {}
    for located in sources:
        with make_source(located, settings.environ).open(Deadline(60)) as opened:
            rows[located.manifest.slug] = (opened.columns, list(opened.rows))
    read = with_their_numbers(read_register(catalog.register, service.collecting, NOON).entities)
    showcases = [plan.showcase[role].business.register_id for role in plan.showcase if role in ROLES]
    some = tuple(one for n, one in enumerate(read) if one.register_id in showcases or n % 40 == 0)
    yield Mirrored(service, sources, rows, some)
    service.close()


def test_every_business_is_told_the_same(mirrored: Mirrored) -> None:
    service = mirrored.service
    outcomes = sync_sources(service, NOON)
    assert [(one.slug, one.problem) for one in outcomes if one.status is not AnswerStatus.COMPLETE] == []
    assert [one.slug for one in sync_sources(service, NOON) if one.added or one.changed or one.vanished] == []
    words = shared_words(service.catalog.domains, service.settings.environ)
    end = service.calendar.previous_working_day(NOON.date())
    told = 0
    for located in mirrored.sources:
        columns, rows = mirrored.rows[located.manifest.slug]
        taken = words.get(shared_key(located, service.settings.environ), frozenset())
        for entity in mirrored.entities:
            live = about_business(
                located.manifest,
                entity,
                service.catalog.vocabulary,
                taken,
                Rows(Opened(columns, iter(rows)), Deadline(60), None),
            )
            ours = collect_one(located, entity, end, NOON, NOON.date(), service.collecting, service.catalog)
            who = (located.manifest.slug, entity.uscc)
            assert ((ours.entries or ours.records), who) == (live.values, who)
            assert (ours.quarantined, who) == (live.quarantined, who)
            assert (dict(ours.skipped), ours.rows_read) == (dict(live.skipped), len(rows))
            told += len(live.values) + len(live.quarantined)
    assert told > 50
