"""Reading the register into the store: one transaction, safe to repeat, nothing forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from threading import Barrier

import pytest
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.entities.models import EntityRow
from creditreport.entities.register import SyncResult, find_entity, list_entities, sync_register
from creditreport.errors import Problem
from creditreport.service import Service
from creditreport.violations.collect import read_register
from tests.integration.city import City, make_code


def run(service: Service) -> SyncResult:
    now = service.clock.now()
    return sync_register(service.sessions, read_register(service.catalog.register, service.collecting, now), now)


def test_repeating_changes_nothing(city: City, service: Service) -> None:
    city.business(1, "盐城甲有限公司", previous=make_code(7), former="旧一;旧二")
    city.business(2, "盐城乙有限公司")
    assert run(service) == SyncResult(added=2, changed=0, missing=0, unchanged=0, quarantined=0)
    assert run(service) == SyncResult(added=0, changed=0, missing=0, unchanged=2, quarantined=0)
    with service.reading() as session:
        found = find_entity(session, make_code(7))
        assert (found.name, found.former_names) == ("盐城甲有限公司", ("旧一", "旧二"))
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["register.synced"] * 2
    assert entries[0].detail == asdict(SyncResult(2, 0, 0, 0, 0))


def test_changes_replace_what_was_there(city: City, service: Service) -> None:
    city.business(1, "盐城甲有限公司", former="旧一", previous=make_code(7))
    run(service)
    city.run("UPDATE register SET name = '盐城新甲有限公司', former = '盐城甲有限公司', status = '吊销'")
    assert run(service).changed == 1
    with service.reading() as session:
        found = find_entity(session, make_code(1))
    assert (found.name, found.former_names) == ("盐城新甲有限公司", ("盐城甲有限公司",))
    assert (found.registration_status, found.previous_codes) == ("revoked", (make_code(7),))


def test_one_that_is_told_of_no_more_is_kept_but_blocked_until_it_is_back(city: City, service: Service) -> None:
    city.business(1, "盐城甲有限公司")
    city.business(2, "盐城乙有限公司")
    run(service)
    city.run("DELETE FROM register WHERE id = 'R1'")
    assert run(service).missing == 1
    assert run(service).missing == 0
    with service.reading() as session:
        assert session.get_one(EntityRow, "R1").missing_since == service.clock.now()
        with pytest.raises(Problem):
            find_entity(session, make_code(1))
    city.business(1, "盐城甲有限公司")
    assert run(service).changed == 1
    with service.reading() as session:
        assert find_entity(session, make_code(1)).register_id == "R1"


def test_a_row_in_quarantine_blocks_its_business_only(city: City, service: Service) -> None:
    city.business(1, "盐城甲有限公司")
    city.business(2, "盐城乙有限公司")
    run(service)
    city.run("UPDATE register SET status = '没听说过' WHERE id = 'R1'")
    result = run(service)
    assert (result.missing, result.quarantined, result.unchanged) == (1, 1, 1)


@pytest.mark.parametrize("statement", ["DROP TABLE register", "DELETE FROM register"])
def test_a_register_that_cannot_be_read_changes_nothing(city: City, service: Service, statement: str) -> None:
    city.business(1, "盐城甲有限公司")
    run(service)
    city.run(statement)
    with pytest.raises(Problem) as raised:
        run(service)
    assert raised.value.code == "REGISTER_UNREADABLE"
    with service.reading() as session:
        assert [one.register_id for one in list_entities(session)] == ["R1"]


def test_a_sync_that_fails_half_way_changes_nothing(city: City, service: Service) -> None:
    city.business(1, "盐城甲有限公司")
    run(service)
    city.run("UPDATE register SET name = '盐城新甲有限公司'")
    city.business(2, "盐城乙有限公司")
    now = service.clock.now()
    reading = read_register(service.catalog.register, service.collecting, now)
    broken = replace(reading.entities[-1], register_id="R3", name=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="name"):
        sync_register(service.sessions, replace(reading, entities=(*reading.entities, broken)), now)
    with service.reading() as session:
        assert [one.name for one in list_entities(session)] == ["盐城甲有限公司"]


def test_two_syncs_at_once_do_not_disturb_each_other(city: City, service: Service) -> None:
    for number in range(1, 40):
        city.business(number, f"盐城{number}有限公司")
    now = service.clock.now()
    reading = read_register(service.catalog.register, service.collecting, now)
    both_ready = Barrier(2)

    def sync() -> SyncResult:
        both_ready.wait()
        return sync_register(service.sessions, reading, now)

    with ThreadPoolExecutor(2) as threads:
        results = [started.result() for started in [threads.submit(sync), threads.submit(sync)]]
    assert sorted((one.added, one.unchanged) for one in results) == [(0, 39), (39, 0)]
