"""The same faults met by ``domains sync``: each field that can be mirrored, before its first sync and after a good one.

A sync that fails leaves what was last brought, which counts while it is fresh; before the first there is nothing that
could read as "no record". A sync that brings bad rows, or old ones, is told by the next report.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from creditreport.catalog.rest_source import RestSource
from creditreport.catalog.sync import Sync
from creditreport.db import make_engine
from creditreport.mirror.sync import sync_sources
from creditreport.sources.rest_http import close_clients
from creditreport.violations.answer import AnswerStatus
from tests.conftest import NOON
from tests.faults import PATIENT, Cell, Demo, Domain, Fault, Faults, Must, prepared
from tests.faults_files import FILES
from tests.faults_rest import REST
from tests.faults_sql import SQL
from tests.patience import with_manifest

DRIVERS: dict[str, Faults] = {"sql": SQL, "files": FILES, "rest": REST}
# What a first sync can meet: nothing read, something else read, rows that are not certain.
FIRST = ("refused connection", "empty", "half the rows", "unknown word", "too old", "another's rows")
# These rows were read: the report must tell, whatever was brought before.
TOLD = ("unknown word", "too old")
NO_FAULT = Fault(lambda _cell: None, must=Must.RIGHT)


def can_be_mirrored(domain: Domain) -> bool:
    source = domain.manifest.source
    return not isinstance(source, RestSource) or source.ask is None


def after_a_good_sync(name: str, fault: Fault) -> Must:
    """A source that cannot be read changes nothing on the same day; one that answers is believed."""
    return fault.must if name in TOLD else Must.RIGHT


def synced(cell: Cell, engine: Engine, seconds: float, moment: datetime = NOON) -> AnswerStatus:
    """Bring the field into the store as it can be read now, and let reports read it there."""
    cell.engine = engine
    cell.change(mode="mirrored", sync=Sync(compare="full", deadline_seconds=seconds))
    with cell.service(moment) as service:
        return sync_sources(service, moment, cell.manifest.slug)[0].status


class Field:
    """One field's cells, one after another; each kind of fault meets a store of its own."""

    def __init__(self, demo: Demo, domain: Domain, folder: Path) -> None:
        self.demo, self.domain, self.folder = demo, domain, folder
        self.faults = {name: one for name, one in DRIVERS[domain.driver].items() if one.applies(domain)}
        folder.mkdir()
        self.good, self.store = folder / "good.sqlite3", folder / "store.sqlite3"
        self.engine = make_engine(f"sqlite:///{self.store}")
        shutil.copy(demo.store, self.store)

    def run(self) -> Iterator[tuple[str, str, str]]:
        """When, which fault, and what came of it."""
        with prepared(self.demo, self.domain, NO_FAULT, self.folder / "cell") as cell:
            assert synced(cell, self.engine, PATIENT) is AnswerStatus.COMPLETE
            yield "good sync", "no fault", told(cell.outcome(), Must.RIGHT)
        shutil.copy(self.store, self.good)
        for name, fault in self.faults.items():
            yield "after a good sync", name, self._cell(fault, self.good, after_a_good_sync(name, fault))
            if name in FIRST:
                yield "first sync", name, self._cell(fault, self.demo.store, fault.must)
        if self.domain.manifest.source.as_of.live:
            yield "no sync since", "refused connection", self._long_ago()

    def _cell(self, fault: Fault, before: Path, must: Must) -> str:
        shutil.copy(before, self.store)
        with prepared(self.demo, self.domain, fault, self.folder / "cell") as cell:
            synced(cell, self.engine, fault.seconds)
            return told(cell.outcome(), must)

    def _long_ago(self) -> str:
        """The last good sync is older than the field's data may be; today's fails."""
        shutil.copy(self.demo.store, self.store)
        before = NOON - timedelta(days=(NOON.date() - self.demo.too_old(self.domain.manifest)).days)
        with ExitStack() as stack:
            located = with_manifest(self.domain.located)
            cell = Cell(self.demo, self.domain, self.folder, dict(self.demo.environ), located, stack, self.engine)
            assert synced(cell, self.engine, PATIENT, before) is AnswerStatus.COMPLETE
        fault = self.faults["refused connection"]
        with prepared(self.demo, self.domain, fault, self.folder / "cell") as cell:
            synced(cell, self.engine, fault.seconds)
            return told(cell.outcome(), Must.REFUSED)


def told(outcome: str, must: Must) -> str:
    return outcome if outcome == must else f"FALSE: {outcome}"


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory, closed_account: str
) -> Iterator[dict[tuple[str, str, str], str]]:
    """Every cell: field, when, fault."""
    folder = tmp_path_factory.mktemp("mirrored")
    demo = Demo(folder / "var", closed_account)
    fields = [Field(demo, one, folder / one.manifest.slug) for one in demo.domains if can_be_mirrored(one)]
    found: dict[tuple[str, str, str], str] = {}
    with ThreadPoolExecutor(4) as pool:
        for field, cells in zip(fields, pool.map(lambda one: list(one.run()), fields), strict=True):
            found |= {(field.domain.manifest.slug, when, name): outcome for when, name, outcome in cells}
    yield found
    demo.server.close()
    close_clients()


def test_a_failed_sync_never_reads_as_no_record(
    outcomes: dict[tuple[str, str, str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print_totals(outcomes)
    assert {cell: outcome for cell, outcome in outcomes.items() if outcome not in (Must.REFUSED, Must.RIGHT)} == {}


def test_every_field_that_can_be_mirrored_met_every_fault(outcomes: dict[tuple[str, str, str], str]) -> None:
    cells = Counter(when for _slug, when, _name in outcomes)
    fields = {slug for slug, _when, _name in outcomes}
    # Three interfaces are asked about one business at a time: nothing to mirror.
    assert len(fields) == cells["good sync"] == 42
    assert {slug for slug, when, name in outcomes if (when, name) == ("after a good sync", "500")} == fields
    assert {slug for slug, when, name in outcomes if (when, name) == ("first sync", "empty")} == fields
    assert cells["no sync since"] > 20


def print_totals(outcomes: dict[tuple[str, str, str], str]) -> None:
    whens = list(dict.fromkeys(when for _slug, when, _name in outcomes))
    print(f"\n{'fault matrix, mirrored':22}  cells  refused  right  false")
    for one in (*whens, "all"):
        found = Counter(outcome[:5] for (_, when, _), outcome in outcomes.items() if one in (when, "all"))
        numbers = f"{found.total():5}  {found['refus']:7}  {found['right']:5}  {found['FALSE']:5}"
        print(f"{one:22}  {numbers}")
