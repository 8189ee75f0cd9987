"""Several mirrored sources looked up at once: each is told as of its own last good sync."""

from __future__ import annotations

from sqlalchemy import event, select, update

from creditreport.mirror.models import MirrorRun, RunState
from creditreport.mirror.store import MirrorStore
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
from creditreport.violations.collect import Collection, collect
from creditreport.violations.settled import NOTHING_SETTLED
from creditreport.violations.stored import Wanted
from tests.integration.asking import Sync
from tests.integration.city import City
from tests.integration.mirrors import entity, mirror

FIELDS = (7, 9, 11)


def _bring(service: Service, field: int) -> None:
    sync_sources(service, service.clock.now(), _slug(field))


def _collected(service: Service, code: str) -> Collection:
    now = service.clock.now()
    end = service.calendar.previous_working_day(now.date())
    return collect(service.catalog, entity(service, code), now.date(), end, now, service.collecting)


def _facts(service: Service, code: str) -> dict[str, list[str]]:
    answers = {one.slug: one for one in _collected(service, code).answers}
    return {slug: [str(one.fine_yuan) for one in answers[slug].records] for slug in map(_slug, FIELDS)}


def _slug(field: int) -> str:
    return f"field_{field:02d}"


def test_each_source_stands_at_its_own_sync(city: City, service: Service, sync: Sync) -> None:
    for field in FIELDS:
        mirror(city, field)
    code = city.business(1, "盐城甲有限公司")
    for field in FIELDS:
        city.penalty(field, f"A{field}", code)
    city.penalty(7, "B7", code, amount="500")
    sync()
    for field in FIELDS:
        _bring(service, field)
    city.run("UPDATE field_07 SET amount = '3000' WHERE id = 'A7'")
    city.run("DELETE FROM field_07 WHERE id = 'B7'")
    city.run("UPDATE field_09 SET amount = '4000'")
    # The first has a later run than the others; the second's change is not brought yet.
    _bring(service, 7)
    assert _facts(service, code) == {"field_07": ["3000"], "field_09": ["2000"], "field_11": ["2000"]}


def test_a_source_never_brought_is_told_beside_others_that_were(city: City, service: Service, sync: Sync) -> None:
    for field in FIELDS:
        mirror(city, field)
    code = city.business(1, "盐城甲有限公司")
    sync()
    _bring(service, 9)
    wanted = [Wanted(service.catalog.find(_slug(field)), frozenset(), NOTHING_SETTLED) for field in FIELDS]
    held = MirrorStore(service.reading).held_all(wanted, entity(service, code))
    assert [one.problem is None for one in held] == [False, True, False]


def test_a_row_without_a_code_is_found_in_each_source_by_its_name(city: City, service: Service, sync: Sync) -> None:
    for field in FIELDS:
        mirror(city, field)
    code = city.business(1, "盐城甲有限公司")
    city.penalty(9, "A9", "", name="盐城甲有限公司")
    city.penalty(11, "A11", "", name="盐城乙有限公司")
    sync()
    for field in FIELDS:
        _bring(service, field)
    answers = {one.slug: one for one in _collected(service, code).answers}
    assert [len(answers[_slug(field)].quarantined) for field in FIELDS] == [0, 1, 0]


def test_the_number_of_queries_does_not_grow_with_the_number_of_sources(
    city: City, service: Service, sync: Sync
) -> None:
    for field in FIELDS:
        mirror(city, field)
    code = city.business(1, "盐城甲有限公司")
    sync()
    for field in FIELDS:
        _bring(service, field)
    one_of_it, store = entity(service, code), MirrorStore(service.reading)
    wanted = [Wanted(service.catalog.find(_slug(field)), frozenset(), NOTHING_SETTLED) for field in FIELDS]
    asked: list[str] = []
    event.listen(service.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    store.held_all(wanted[:1], one_of_it)
    alone = len(asked)
    store.held_all(wanted, one_of_it)
    assert len(asked) == 2 * alone
    # With runs that are known already: the one statement, and what SQLite begins it with.
    asked.clear()
    store.held_all(wanted, one_of_it)
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


def test_a_store_that_was_restored_under_a_running_process_is_read_as_it_is(
    city: City, service: Service, sync: Sync
) -> None:
    mirror(city, 7)
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A7", code)
    sync()
    _bring(service, 7)
    city.run("DELETE FROM field_07 WHERE id = 'A7'")
    _bring(service, 7)
    assert _facts(service, code)["field_07"] == []
    # As in a backup made during the second sync: that run had closed the row and was not complete.
    with service.sessions.begin() as session:
        running = session.scalars(select(MirrorRun.id).order_by(MirrorRun.id.desc())).first()
        session.execute(update(MirrorRun).where(MirrorRun.id == running).values(state=RunState.RUNNING))
    assert _facts(service, code)["field_07"] == ["2000"]
