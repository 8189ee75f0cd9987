"""The demo comes out as its plan says: every business, all 45 domains, mapped by the real manifests and screened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import pytest

from creditreport.catalog.load import Catalog, load_catalog
from creditreport.catalog.manifest import LocatedManifest, Role
from creditreport.catalog.shared import shared_key, shared_words
from creditreport.clock import SHANGHAI
from creditreport.config import CHECKOUT
from creditreport.demo.environment import demo_environment
from creditreport.demo.fill import fill
from creditreport.demo.plan import DemoPlan, PlannedBusiness
from creditreport.demo.restserver import SourceServer
from creditreport.entities.entity import BusinessEntity
from creditreport.sources.base import Deadline, Opened, Row, Rows
from creditreport.sources.registry import make_source
from creditreport.sources.rest_http import close_clients
from creditreport.violations.answer import AnswerStatus, OverlayEntry
from creditreport.violations.collect import collect, read_register
from creditreport.violations.overlays import apply_overlays
from creditreport.violations.question import Collecting
from creditreport.violations.reading import Kept, about_business
from creditreport.violations.record import ViolationRecord
from creditreport.violations.ruleset import load_ruleset
from creditreport.violations.screen import ScreeningDomain, ScreeningRequest, screen
from creditreport.violations.window import window_for
from creditreport.worktime import load_work_calendar
from tests.patience import patient
from tests.register import with_their_numbers

SATURDAY = date(2026, 11, 21)
# Quarter's and year's ends, a leap day, the day after the October holiday; two years that no calendar knows yet.
DAYS = (date(2026, 3, 31), date(2028, 2, 29), date(2025, 10, 9), date(2026, 10, 8), date(2027, 1, 1))
CATALOG = patient(load_catalog(CHECKOUT / "domains"))
RULESET = load_ruleset("yancheng-2024")


@dataclass
class Held:
    """The demo of one day; each source is read once and its rows kept, so that hundreds of businesses can be asked."""

    plan: DemoPlan
    ctx: Collecting
    asked_at: datetime
    entities: Mapping[str, BusinessEntity]
    catalog: Catalog = CATALOG
    rows: dict[str, tuple[tuple[str, ...], list[Row]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for located in (*self.catalog.domains, *self.catalog.overlays):
            if getattr(located.manifest.source, "ask", None):
                continue  # Answers about one business at a time.
            with make_source(located, self.ctx.environ).open(Deadline(60)) as opened:
                self.rows[located.manifest.slug] = (opened.columns, list(opened.rows))
        self.shared = shared_words(self.catalog.domains, self.ctx.environ)

    def kept(self, located: LocatedManifest, entity: BusinessEntity) -> Kept:
        if located.manifest.slug not in self.rows:
            with make_source(located, self.ctx.environ, entity.codes).open(Deadline(60)) as opened:
                asked = Rows(opened, Deadline(60), None)
                return about_business(located.manifest, entity, self.ctx.vocabulary, frozenset(), asked)
        columns, rows = self.rows[located.manifest.slug]
        taken = self.shared.get(shared_key(located, self.ctx.environ), frozenset())
        asked = Rows(Opened(columns, iter(rows)), Deadline(60), None)
        return about_business(located.manifest, entity, self.ctx.vocabulary, taken, asked)

    def records(self, entity: BusinessEntity) -> tuple[list[ViolationRecord], set[str]]:
        """The business's records after the overlays, and the sources with a row that a person must settle."""
        found: list[ViolationRecord] = []
        entries: list[OverlayEntry] = []
        unsettled = set()
        for located in (*self.catalog.domains, *self.catalog.overlays):
            kept = self.kept(located, entity)
            (entries if located.manifest.role is Role.OVERLAY else found).extend(kept.values)
            if kept.quarantined:
                unsettled.add(located.manifest.slug)
        applied = apply_overlays(found, entries, entity)
        return list(applied.records), unsettled | set(applied.quarantined)


Hold = Callable[[Path, date], Held]


@pytest.fixture(scope="module")
def hold() -> Iterator[Callable[[Path, date], Held]]:
    """Fills and reads the demo of a day; the departments' interfaces answer until the module's end."""
    servers: list[SourceServer] = []
    yield lambda var_dir, day: _hold(var_dir, day, servers)
    close_clients()
    for server in servers:
        server.close()


def _hold(var_dir: Path, day: date, servers: list[SourceServer]) -> Held:
    calendar = load_work_calendar(var_dir)
    plan = fill(var_dir / "demo", day, calendar=calendar)
    environ = demo_environment(var_dir)
    servers.append(SourceServer(var_dir / "demo", environ).start())
    ctx = Collecting({**environ, **servers[-1].urls}, CATALOG.vocabulary, calendar)
    asked_at = datetime.combine(day, time(9, 30), SHANGHAI)
    reading = read_register(CATALOG.register, ctx, asked_at)
    assert reading.answer.status is AnswerStatus.COMPLETE
    assert reading.quarantined == ()
    entities = {entity.register_id: entity for entity in with_their_numbers(reading.entities)}
    return Held(plan, ctx, asked_at, entities)


@pytest.fixture(scope="module")
def saturday(tmp_path_factory: pytest.TempPathFactory, hold: Hold) -> Held:
    """The demo of Saturday, 21 November 2026."""
    return hold(tmp_path_factory.mktemp("saturday"), SATURDAY)


def decided(
    held: Held, entity: BusinessEntity, records: list[ViolationRecord]
) -> dict[tuple[str, str], dict[str, str]]:
    """For each record the reason for one, two and three years ("" for listed)."""
    day = held.plan.days.today
    found: dict[tuple[str, str], dict[str, str]] = {}
    domains = {
        one.manifest.slug: ScreeningDomain(one.manifest.number or 0, one.manifest.effective_from or date.max)
        for one in held.catalog.domains
    }
    for years in (1, 2, 3):
        request = ScreeningRequest(entity.uscc, day, years, RULESET.id, entity.previous_codes)
        for decision in screen(records, request, RULESET, domains, window_for(day, years, held.ctx.calendar)):
            key = (decision.record.domain, decision.record.record_id)
            found.setdefault(key, {})[str(years)] = decision.reason or ""
    return found


def wrong(held: Held, planned: PlannedBusiness) -> Iterator[str]:
    """Whatever does not come out for one business as planned."""
    entity = held.entities[planned.business.register_id]
    records, unsettled = held.records(entity)
    name = planned.business.role or planned.business.name
    if unsettled != set(planned.refused_domains):
        yield f"{name}: rows to be settled in {sorted(unsettled)}"
    expected = {(one.slug, one.record_id): one for one in planned.records}
    by_key = {(record.domain, record.record_id): record for record in records}
    if set(by_key) != set(expected):
        yield f"{name}: records {sorted(set(by_key) ^ set(expected))}"
        return
    for key, record in by_key.items():
        one = expected[key]
        day = record.listed_on if record.kind.continuing else record.decided_on
        fine = None if record.fine_yuan is None else f"{record.fine_yuan:f}"
        if (record.kind, day, fine) != (one.kind, one.day, one.fine_yuan):
            yield f"{name}: {key} is {record.kind} of {day}, fine {fine}"
    for key, reasons in decided(held, entity, records).items():
        planned_reasons = {years: reason or "" for years, reason in expected[key].decisions.items()}
        if reasons != planned_reasons:
            yield f"{name}: {key} is {reasons}, planned {planned_reasons}"


def test_every_business_comes_out_as_planned(saturday: Held) -> None:
    assert len(saturday.plan.businesses) == len(saturday.entities) >= 300
    assert [line for planned in saturday.plan.businesses for line in wrong(saturday, planned)] == []


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_showcases_come_out_as_planned_on_other_days(tmp_path: Path, day: date, hold: Hold) -> None:
    held = hold(tmp_path, day)
    assert [line for planned in held.plan.showcase.values() for line in wrong(held, planned)] == []


@pytest.mark.parametrize("role", ["clean", "busiest", "replaced_code", "individual", "reason_superseded"])
def test_all_45_domains_answer_completely(saturday: Held, role: str) -> None:
    planned = saturday.plan.showcase[role]
    entity = saturday.entities[planned.business.register_id]
    days = saturday.plan.days
    collection = collect(CATALOG, entity, days.today, days.window_end, saturday.asked_at, saturday.ctx)
    answers = (*collection.answers, *collection.overlay_answers)
    assert [(one.slug, one.problem) for one in answers if one.status is not AnswerStatus.COMPLETE] == []
    assert len(collection.answers) == 45
    found = {(record.domain, record.record_id) for one in collection.answers for record in one.records}
    assert found == {(record.slug, record.record_id) for record in planned.records}


@pytest.mark.parametrize("role", ["quarantined", "quarantined_unclear"])
def test_rows_that_a_person_must_settle_are_named(saturday: Held, role: str) -> None:
    planned = saturday.plan.showcase[role]
    entity = saturday.entities[planned.business.register_id]
    days = saturday.plan.days
    collection = collect(CATALOG, entity, days.today, days.window_end, saturday.asked_at, saturday.ctx)
    incomplete = {one.slug for one in collection.answers if one.status is AnswerStatus.INCOMPLETE}
    assert incomplete == set(planned.refused_domains)


def test_the_demo_is_not_stale_after_a_weekend_or_the_october_holiday(tmp_path: Path, hold: Hold) -> None:
    held = hold(tmp_path, date(2026, 9, 30))
    planned = held.plan.showcase["clean"]
    entity = held.entities[planned.business.register_id]
    for today in (date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9)):
        end = held.ctx.calendar.previous_working_day(today)
        asked_at = datetime.combine(today, time(9, 30), SHANGHAI)
        collection = collect(CATALOG, entity, today, end, asked_at, held.ctx)
        answers = (*collection.answers, *collection.overlay_answers)
        assert [(one.slug, one.problem) for one in answers if not one.usable] == []


def test_what_is_no_violation_record_is_counted_by_name(saturday: Held) -> None:
    entity = saturday.entities[saturday.plan.showcase["clean"].business.register_id]
    skipped = {one.manifest.slug: dict(saturday.kept(one, entity).skipped) for one in CATALOG.domains}
    assert skipped["utilities"] == {"arrears_not_violation": saturday.plan.rows["water.dw_nb_sl_qjsfqyxx"]}
    assert skipped["work_safety"] == {"test_data": 4}
    assert skipped["transport"] == {"natural_person": 30}
    assert skipped["commerce"] == {"natural_person": 5}
    assert skipped["health"] == {"natural_person": 5}
