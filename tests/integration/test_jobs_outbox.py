"""The outbox: a job commits with its cause, is done once whoever works it off, is tried again, dies, is seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from creditreport.audit.models import AuditEntry
from creditreport.errors import Problem
from creditreport.jobs import hold, periodic, registry
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.outbox import RefusedError, enqueue
from creditreport.jobs.periodic import next_slot, run_periodic
from creditreport.jobs.run import run_all, run_due, run_one
from creditreport.service import Service
from tests.conftest import NOON

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
DONE: list[Any] = []


def note_it(service: Service, payload: dict[str, Any], now: datetime) -> None:
    DONE.append((payload["what"], now))


def raise_it(service: Service, payload: dict[str, Any], now: datetime) -> None:
    DONE.append("tried")
    if payload["what"] == "problem":
        raise Problem("SIGNING_UNAVAILABLE", detail="张三 / a name")
    if payload["what"] == "refused":
        raise RefusedError("ENTITY_NOT_ELIGIBLE")
    raise KeyError("张三")


def every_time(service: Service, now: datetime) -> None:
    DONE.append(now)


def never_well(service: Service, now: datetime) -> None:
    DONE.append(now)
    raise KeyError("张三")


# What the two kinds of store do differently is tried on both; the rest on one.
on_one_store = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    DONE.clear()
    monkeypatch.setitem(registry.HANDLERS, "note", f"{__name__}:note_it")
    monkeypatch.setitem(registry.HANDLERS, "raise", f"{__name__}:raise_it")
    monkeypatch.setattr("creditreport.jobs.run.function_of", function_here)
    monkeypatch.setattr("creditreport.jobs.periodic.function_of", function_here)


def function_here(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = globals()[name.partition(":")[2]]
    return found


def ask(service: Service, kind: str, what: str, **named: datetime) -> int:
    with service.sessions.begin() as session:
        return enqueue(session, kind, what, {"what": what}, now=NOON, **named)


def stands(service: Service, job_id: int) -> tuple[str, int, str | None]:
    with service.reading() as session:
        row = session.get_one(Job, job_id)
        return row.state, row.tries, row.last_code


def test_a_job_is_kept_or_lost_with_its_cause(service: Service) -> None:
    with service.sessions.begin() as session:
        enqueue(session, "note", "lost", {"what": "lost"}, now=NOON)
        session.rollback()
    kept = ask(service, "note", "kept")
    assert [one.key for one in run_all(service)] == ["kept"]
    assert (DONE, stands(service, kept)) == ([("kept", NOON)], ("done", 1, None))
    # Asked again, also after it was done, it is the same job.
    assert ask(service, "note", "kept") == kept
    assert run_all(service) == []


@on_one_store
def test_not_before(service: Service) -> None:
    later = ask(service, "note", "later", not_before=NOON + 3 * DAY)
    assert run_due(service, NOON + 3 * DAY - SECOND) == []
    assert [one.id for one in run_due(service, NOON + 3 * DAY)] == [later]


@on_one_store
def test_somebody_who_waits_has_it_done_at_once(service: Service) -> None:
    ask(service, "note", "now", not_before=NOON + DAY)
    ran = run_one(service, "note", "now", NOON)
    assert ran is not None
    assert ran.state is JobState.DONE
    assert run_one(service, "note", "now", NOON) is None


@on_one_store
@pytest.mark.parametrize(("what", "code"), [("problem", "SIGNING_UNAVAILABLE"), ("error", "KeyError")])
def test_a_failure_waits_longer_each_time_and_is_dead_in_the_end(service: Service, what: str, code: str) -> None:
    job = ask(service, "raise", what)
    well = ask(service, "note", "well")
    now = NOON
    assert [(one.state, one.code) for one in run_due(service, now)] == [(JobState.WAITING, code), (JobState.DONE, None)]
    assert stands(service, well)[0] == "done"
    for tries in range(1, hold.MOST_TRIES):
        assert stands(service, job) == ("waiting", tries, code)
        now += hold.pause_after(tries)
        assert run_due(service, now - SECOND) == []
        run_due(service, now)
    assert stands(service, job) == ("dead", hold.MOST_TRIES, code)
    assert run_due(service, now + DAY) == []
    assert now - NOON > DAY
    with service.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "job.dead")).one()
    assert entry.detail == {"kind": "raise", "code": code, "tries": hold.MOST_TRIES}


@on_one_store
def test_what_trying_again_would_not_change_is_dead_at_once(service: Service) -> None:
    job = ask(service, "raise", "refused")
    run_due(service, NOON)
    assert stands(service, job) == ("dead", 1, "ENTITY_NOT_ELIGIBLE")


@on_one_store
def test_a_kind_of_another_version_waits_for_it(service: Service) -> None:
    job = ask(service, "of tomorrow", "x")
    run_due(service, NOON)
    assert stands(service, job) == ("waiting", 1, "LookupError")


def test_a_killed_one_is_free_again_soon_and_dead_if_it_kills_each_time(service: Service) -> None:
    job = ask(service, "note", "x")
    now = NOON
    for _ in range(hold.MOST_TRIES):
        # Whoever takes it now is killed: nothing else is ever written of that try.
        assert hold.take_due(service, now) is not None
        assert run_due(service, now + hold.HELD - SECOND) == []
        assert run_one(service, "note", "x", now + hold.HELD - SECOND) is None
        now += hold.HELD
    run_due(service, now)
    assert (stands(service, job), DONE) == (("dead", hold.MOST_TRIES + 1, "WORKER_LOST"), [])


def test_whoever_is_at_it_keeps_it(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(service, "note", "x")
    monkeypatch.setattr(hold, "BEAT_SECONDS", 0.001)
    taken = hold.take_due(service, NOON)
    assert taken is not None
    beaten = Barrier(2)
    real = hold.mine

    def noticed(*given: Any) -> Any:
        monkeypatch.setattr(hold, "mine", real)
        beaten.wait(60)
        return real(*given)

    with service.sessions.begin() as session:
        session.execute(update(Job).values(held_until=NOON))
    monkeypatch.setattr(hold, "mine", noticed)
    with hold.kept(service, taken):
        beaten.wait(60)
    assert run_due(service, NOON + hold.HELD - SECOND) == []


def test_one_that_was_too_slow_does_not_undo_what_another_did(service: Service) -> None:
    job = ask(service, "note", "x")
    slow = hold.take_due(service, NOON)
    assert slow is not None
    assert [one.state for one in run_due(service, NOON + MINUTE)] == [JobState.DONE]
    assert hold.failed(service, slow, "LATE", NOON + MINUTE) is JobState.WAITING
    assert stands(service, job) == ("done", 2, None)


def test_several_workers_at_once_do_each_job_once(service: Service) -> None:
    for number in range(40):
        ask(service, "note", f"{number}")
    begin = Barrier(4)

    def work() -> None:
        begin.wait(60)
        run_all(service)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(DONE) == sorted((f"{number}", NOON) for number in range(40))


@on_one_store
def test_a_clock_that_was_ahead_delays_nothing(service: Service) -> None:
    job = ask(service, "raise", "error")
    run_due(service, NOON + 400 * DAY)
    assert len(run_due(service, NOON)) == 1
    # Held by a clock that was ahead.
    hold.take_due(service, NOON + 400 * DAY)
    assert len(run_due(service, NOON + 2 * MINUTE)) == 1
    assert stands(service, job) == ("waiting", 4, "KeyError")


def test_clocks_that_differ_by_seconds_and_runs_that_began_earlier_take_nothing_from_anybody(service: Service) -> None:
    ask(service, "note", "x")
    # Somebody who began at noon comes to it ten minutes later than whoever took it.
    assert hold.take_due(service, NOON + 10 * MINUTE) is not None
    assert run_due(service, NOON) == []
    assert run_due(service, NOON + 10 * MINUTE - SECOND) == []


@pytest.fixture
def hourly(monkeypatch: pytest.MonkeyPatch) -> None:
    hour = timedelta(hours=1)
    monkeypatch.setattr(periodic, "PERIODIC", (("bad", "x:never_well", hour), ("good", "x:every_time", hour)))


@pytest.mark.usefixtures("hourly")
def test_what_comes_every_hour_comes_once_in_it_however_many_schedules_there_are(service: Service) -> None:
    run_periodic(service, NOON, ["good"])
    assert run_periodic(service, NOON + 59 * MINUTE, ["good"]) == []
    threads = [Thread(target=run_periodic, args=(service, NOON + 60 * MINUTE, ["good"])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert DONE == [NOON, NOON + 60 * MINUTE]
    # Missed slots are made up for once; a clock that was ahead delays nothing; by hand it may come early.
    run_periodic(service, NOON + 10 * DAY, ["good"])
    run_periodic(service, NOON + 61 * MINUTE, ["good"])
    run_periodic(service, NOON + 62 * MINUTE, ["good"], early=True)
    assert DONE[2:] == [NOON + 10 * DAY, NOON + 61 * MINUTE, NOON + 62 * MINUTE]


@pytest.mark.usefixtures("hourly")
@on_one_store
def test_one_that_fails_is_tried_before_its_next_slot_and_keeps_nobody_waiting(service: Service) -> None:
    told = run_periodic(service, NOON)
    assert [(one.key, one.code) for one in told] == [("bad", "KeyError"), ("good", None)]
    assert [one.key for one in run_periodic(service, NOON + hold.PAUSES[0])] == ["bad"]


def test_slots_are_counted_from_two_in_the_morning() -> None:
    assert next_slot(NOON, DAY) == NOON.replace(hour=2) + DAY
    assert next_slot(NOON.replace(hour=2), DAY) == NOON.replace(hour=2) + DAY
    assert next_slot(NOON, timedelta(minutes=5)) == NOON + 5 * MINUTE
