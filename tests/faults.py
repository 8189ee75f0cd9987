"""Departments that misbehave: the demo's 45 fields, one at a time with a broken source, and what comes of a report.

The question is always the same: a business that has a listed record in the field asks for a report. It must be refused
by the field's name, or list what it would have listed. The other 44 fields are declared as not yet implemented, so that
the one field decides; all else is as when a report is issued, up to the decisions.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from creditreport.catalog.load import Catalog, load_catalog
from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.clock import FixedClock
from creditreport.config import CHECKOUT, load_settings
from creditreport.db import make_engine
from creditreport.demo.environment import demo_environment
from creditreport.demo.fill import fill
from creditreport.demo.plan import PlannedBusiness
from creditreport.demo.restserver import SourceServer
from creditreport.entities.entity import BusinessEntity
from creditreport.errors import Problem
from creditreport.reports.content import Purpose
from creditreport.reports.gather import gather
from creditreport.service import Service
from creditreport.violations.collect import read_register
from creditreport.violations.question import Collecting
from creditreport.violations.ruleset import load_rulebook
from creditreport.worktime import load_work_calendar
from tests.conftest import NOON
from tests.patience import with_manifest
from tests.stores import make_store

PATIENT, SHORT = 30.0, 0.3
NOBODY_YET = date(2099, 1, 1)
ODD_WORD = "从未见过的词"
ODD_DAY = "2025年13月"


class Must(StrEnum):
    """What a report must come to; whatever else it comes to is false."""

    REFUSED = "refused"
    RIGHT = "right"


@dataclass(frozen=True)
class Domain:
    """One field of the demo and the business that asks: it has ``expected`` (record ids) listed there, if any has."""

    located: LocatedManifest
    entity: BusinessEntity
    other: BusinessEntity
    expected: frozenset[str]
    has_rows: bool

    @property
    def manifest(self) -> Manifest:
        return self.located.manifest

    @property
    def driver(self) -> str:
        return self.manifest.source.driver

    @property
    def code_columns(self) -> list[str]:
        return [rule.column for rule in self.manifest.fields["uscc"] if rule.column]

    @property
    def name_column(self) -> str | None:
        return self.manifest.fields["entity_name"][0].column

    @cached_property
    def spoilable(self) -> tuple[str, str] | None:
        """A column whose words are looked up and an unknown word for it; else a column of days and no day."""
        take = self.manifest.source.take
        query = getattr(self.manifest.source, "query", None) or ""
        for rules in self.manifest.fields.values():
            for rule in rules:
                constant = f"AS {rule.column}" in query
                if rule.lookup and rule.column and not constant and not (take and take.column == rule.column):
                    return rule.column, ODD_WORD
        for key in ("decided_on", "listed_on"):
            for rule in self.manifest.fields.get(key, ()):
                if rule.column:
                    return rule.column, ODD_DAY
        return None

    @property
    def lost_column(self) -> str:
        """A column whose silence would mean something: one that is read, but neither key, code, name nor take."""
        kept = {*self.manifest.key, *self.code_columns, self.name_column}
        kept |= {self.manifest.source.take.column} if self.manifest.source.take else set()
        columns = [rule.column for rules in self.manifest.fields.values() for rule in rules if rule.column]
        return [column for column in columns if column not in kept][-1] if set(columns) - kept else columns[0]


class Demo:
    """The demo of one day, its interfaces answering, and an empty store."""

    def __init__(self, var_dir: Path, closed_account: str) -> None:
        self.var_dir, self.closed_account = var_dir, closed_account
        self.calendar = load_work_calendar(var_dir)
        self.plan = fill(var_dir / "demo", NOON.date(), calendar=self.calendar)
        self.environ: dict[str, str] = demo_environment(var_dir)
        self.server = SourceServer(var_dir / "demo", self.environ).start()
        self.environ |= self.server.urls
        self.catalog = load_catalog(CHECKOUT / "domains")
        self.rulebook = load_rulebook()
        self.store = var_dir / "store.sqlite3"
        make_store(f"sqlite:///{self.store}")
        # Engines remember what they have compiled, so cells share them.
        self.engine = make_engine(f"sqlite:///{self.store}")
        ctx = Collecting(self.environ, self.catalog.vocabulary, self.calendar)
        reading = read_register(self.catalog.register, ctx, NOON)
        self.entities = {entity.register_id: entity for entity in reading.entities}
        self.domains = tuple(self._domain(located) for located in self.catalog.domains)

    @property
    def window_end(self) -> date:
        return self.plan.days.window_end

    def too_old(self, manifest: Manifest) -> date:
        """The last day that is one working day older than the manifest allows."""
        day = self.window_end
        while self.calendar.working_days_between(day, self.window_end) <= manifest.freshness:
            day -= timedelta(days=1)
        return day

    def _domain(self, located: LocatedManifest) -> Domain:
        slug = located.manifest.slug

        def listed(planned: PlannedBusiness) -> frozenset[str]:
            # A duplicate of a record of another field is listed while that field is not implemented.
            return frozenset(
                one.record_id
                for one in planned.records
                if one.slug == slug and one.decisions["3"] in (None, "DUPLICATE")
            )

        able = [one for one in self.plan.businesses if one.refused is None]
        best = max(able, key=lambda one: (len(listed(one)), any(each.slug == slug for each in one.records)))
        other = next(one for one in able if one is not best)
        entity, another = (self.entities[one.business.register_id] for one in (best, other))
        return Domain(located, entity, another, listed(best), any(one.slug == slug for one in best.records))

    def catalog_of(self, located: LocatedManifest) -> Catalog:
        """The catalogue in which only ``located`` is implemented; the overlays are never in a hurry."""
        domains = tuple(
            located if one.manifest.slug == located.manifest.slug else with_manifest(one, effective_from=NOBODY_YET)
            for one in self.catalog.domains
        )
        overlays = tuple(with_manifest(one, deadline_seconds=PATIENT) for one in self.catalog.overlays)
        return replace(self.catalog, domains=domains, overlays=overlays)


@dataclass
class Cell:
    """One field with one fault: its own folder, environment and manifest, for the fault to spoil."""

    demo: Demo
    domain: Domain
    folder: Path
    environ: dict[str, str]
    located: LocatedManifest
    stack: ExitStack
    engine: Engine

    @property
    def manifest(self) -> Manifest:
        return self.located.manifest

    def change(self, **changes: Any) -> None:
        """Change the manifest copy."""
        self.located = with_manifest(self.located, **changes)

    @contextmanager
    def service(self, moment: datetime = NOON) -> Iterator[Service]:
        """The program's parts over this cell's sources."""
        variables = {
            "CREDITREPORT_ENV": "test",
            "CREDITREPORT_DATABASE_URL": self.engine.url.render_as_string(),
            "CREDITREPORT_PUBLIC_URL": "https://credit.example.gov.cn",
            "CREDITREPORT_SECRET_KEY": "a secret of the tests",
            "CREDITREPORT_SIGNING_PASSPHRASE": "a passphrase of the tests",
            "CREDITREPORT_VAR_DIR": str(self.demo.var_dir),
        }
        with Service(load_settings({**variables, **self.environ}), FixedClock(moment)) as service:
            service.engine = self.engine
            service.catalog = self.demo.catalog_of(self.located)
            service.calendar, service.rulebook = self.demo.calendar, self.demo.rulebook
            yield service

    def outcome(self) -> str:
        """``right``, ``refused``, or what else came of the report."""
        slug = self.manifest.slug
        with self.service() as service:
            try:
                case = gather(service, self.domain.entity, 3, Purpose.COMMERCE, NOON)
            except Problem as problem:
                named = problem.shown.get("domains")
                good = problem.code.startswith("SOURCE_") and named == [slug]
                return Must.REFUSED if good else f"{problem.code} {named}"
        listed = {one.record.record_id for one in case.decisions if one.listed and one.record.domain == slug}
        return Must.RIGHT if listed == self.domain.expected else f"lists {len(listed)} of {len(self.domain.expected)}"


@dataclass(frozen=True)
class Fault:
    """How a fault is made of a cell, what must come of it, and how long the source may take meanwhile."""

    make: Callable[[Cell], None]
    must: Must = Must.REFUSED
    seconds: float = PATIENT
    applies: Callable[[Domain], bool] = lambda _: True

    def allows(self, outcome: str) -> bool:
        return outcome == self.must


Faults = Mapping[str, Fault]


@contextmanager
def prepared(demo: Demo, domain: Domain, fault: Fault, folder: Path) -> Iterator[Cell]:
    """The cell with its fault made; everything of it ends with the block."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        located = with_manifest(domain.located, deadline_seconds=fault.seconds, mode="live", sync=None)
        cell = Cell(demo, domain, folder, dict(demo.environ), located, stack, demo.engine)
        fault.make(cell)
        yield cell
    shutil.rmtree(folder)
