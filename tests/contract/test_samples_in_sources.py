"""The samples once more, out of a real source of the manifest's own kind, asked as a report asks it.

So the cells of a sample are those that the driver hands over, and the manifests' own statements run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from creditreport.catalog.load import load_catalog
from creditreport.catalog.manifest import LocatedManifest, Role
from creditreport.catalog.sync import Sync
from creditreport.clock import FixedClock
from creditreport.config import load_settings
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.collect import collect_one, read_register
from creditreport.violations.question import Collecting
from creditreport.worktime import load_work_calendar
from tests.conftest import NOON
from tests.contract.sample_checks import told_apart
from tests.contract.sample_sources import standing
from tests.contract.sampling import BUSINESS, load_sample
from tests.stores import make_store

CATALOG = load_catalog(Path(__file__).parents[2] / "domains")
WINDOW_END = date(2026, 11, 20)


def patient(located: LocatedManifest) -> LocatedManifest:
    """The manifest without its guard rails, which a few rows cannot meet, and with time for a busy machine."""
    manifest = located.manifest
    expect = manifest.expect.model_copy(update={"min_rows": 1, "max_rows": None, "share": ()})
    return located.model_copy(
        update={"manifest": manifest.model_copy(update={"expect": expect, "deadline_seconds": 30})}
    )


@pytest.mark.parametrize("located", CATALOG.all, ids=lambda located: located.manifest.slug)
def test_out_of_a_real_source_come_the_same_records(located: LocatedManifest, tmp_path: Path) -> None:
    sample = load_sample(located, CATALOG.vocabulary, frozenset())
    with standing(sample, tmp_path) as environ:
        ctx = Collecting(environ, CATALOG.vocabulary, load_work_calendar(None))
        answer: Answer
        values: list[Any]
        if located.manifest.role is Role.REGISTER:
            reading = read_register(patient(located), ctx, NOON)
            answer, values = reading.answer, list(reading.entities)
        else:
            answer = collect_one(patient(located), BUSINESS, WINDOW_END, NOON, NOON.date(), ctx, CATALOG)
            values = [*answer.records, *answer.entries]
    assert list(told_apart(sample, values, answer.quarantined, answer.skipped)) == [], answer.problem
    if not answer.quarantined:
        assert answer.status is AnswerStatus.COMPLETE, answer.problem
    assert answer.rows_read == len(sample.form.rows)


# A source that is asked about one business cannot be mirrored, and the register has a sync of its own.
MIRRORED = [
    located
    for located in (*CATALOG.domains, *CATALOG.overlays)
    if getattr(located.manifest.source, "ask", None) is None
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    address = f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.sqlite3'}"
    make_store(address)
    return address


@contextmanager
def city(store: str, located: LocatedManifest, environ: Mapping[str, str]) -> Iterator[Service]:
    """The program over the catalogue in which this one source is mirrored."""
    variables = {
        "ENV": "test", "DATABASE_URL": store, "PUBLIC_URL": "https://credit.example.gov.cn", "SECRET_KEY": "x",
        "SIGNING_PASSPHRASE": "x", "VAR_DIR": str(Path(store.removeprefix("sqlite:///")).parent),
    }  # fmt: skip
    settings = load_settings({f"CREDITREPORT_{name}": value for name, value in variables.items()} | dict(environ))
    with Service(settings, FixedClock(NOON)) as service:
        others = {
            role: tuple(located if one.manifest.slug == located.manifest.slug else one for one in ones)
            for role, ones in (("domains", CATALOG.domains), ("overlays", CATALOG.overlays))
        }
        service.catalog = replace(CATALOG, **others)  # type: ignore[arg-type]
        yield service


@pytest.mark.parametrize("located", MIRRORED, ids=lambda located: located.manifest.slug)
def test_out_of_our_store_come_the_same_records(located: LocatedManifest, store: str, tmp_path: Path) -> None:
    sample = load_sample(located, CATALOG.vocabulary, frozenset())
    one = patient(located)
    changes = {"mode": "mirrored", "sync": Sync(compare="full", deadline_seconds=60)}
    one = one.model_copy(update={"manifest": one.manifest.model_copy(update=changes)})
    with standing(sample, tmp_path) as environ, city(store, one, environ) as service:
        (outcome,) = sync_sources(service, NOON, one.manifest.slug)
        assert outcome.problem is None
        (again,) = sync_sources(service, NOON, one.manifest.slug)
        assert (again.added, again.changed, again.vanished) == (0, 0, 0)
    # The source is gone: only our store is left to answer.
    with city(store, one, {}) as service:
        answer = collect_one(one, BUSINESS, WINDOW_END, NOON, NOON.date(), service.collecting, service.catalog)
    values = [*answer.records, *answer.entries]
    assert list(told_apart(sample, values, answer.quarantined, answer.skipped)) == [], answer.problem
