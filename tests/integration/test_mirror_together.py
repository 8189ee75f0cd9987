"""Several at once: two syncs of one source, reports read while a sync completes, a sync whose time is over."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from creditreport.cli import main
from creditreport.mirror import bring
from creditreport.mirror.models import MirrorRow, MirrorRun, RunState
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
from creditreport.violations.answer import AnswerStatus
from tests.integration.asking import Sync
from tests.integration.city import City, make_code
from tests.integration.mirrors import answer, at, counts, mirror, run_sync, versions


@pytest.fixture
def code(city: City, service: Service, sync: Sync) -> str:
    mirror(city)
    code = city.business(1, "盐城甲有限公司")
    for n in range(60):
        city.penalty(7, f"A{n}", code if n % 2 else make_code(100 + n))
    sync()
    return code


def test_two_syncs_of_one_source_come_one_after_the_other(service: Service, code: str) -> None:
    services = [at(service, 0) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(run_sync, services))
    assert sorted(counts(one) for one in outcomes) == [(0, 0, 0, 60), (0, 0, 0, 60), (60, 0, 0, 0)]
    assert len(versions(service)) == 60
    for one in services:
        one.close()


def test_a_report_made_during_a_sync_sees_the_whole_of_before_or_the_whole_of_after(
    city: City, service: Service, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sync(service)
    city.run("UPDATE field_07 SET amount = '3000'")
    monkeypatch.setattr(bring, "BATCH", 5)
    done = threading.Event()
    seen: list[set[str]] = []

    def ask() -> None:
        while not done.is_set():
            records = answer(other, code).records
            seen.append({f"{len(records)}×{record.fine_yuan}" for record in records})

    other = at(service, 0)
    watching = threading.Thread(target=ask)
    watching.start()
    try:
        assert counts(run_sync(service)) == (0, 60, 0, 0)
    finally:
        done.set()
        watching.join()
    other.close()
    assert {frozenset(one) for one in seen} <= {frozenset({"30×2000"}), frozenset({"30×3000"})}
    assert len(seen) > 0


def test_a_sync_whose_time_is_over_writes_nothing_more(
    service: Service, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that still holds rows when the run is given up must not put them into the store afterwards."""
    monkeypatch.setattr(bring, "BATCH", 10)
    given_up, real = threading.Event(), bring.Bringing._flush
    writers: list[threading.Thread] = []

    def late(self: bring.Bringing) -> None:
        writers.append(threading.current_thread())
        if len(writers) == 2:
            given_up.wait(10)
        real(self)

    monkeypatch.setattr(bring.Bringing, "_flush", late)
    located = service.catalog.find("field_07")
    changed = located.manifest.sync.model_copy(update={"deadline_seconds": 0.3}) if located.manifest.sync else None
    manifest = located.manifest.model_copy(update={"sync": changed})
    monkeypatch.setattr(
        "creditreport.mirror.sync.mirrored", lambda *_: [located.model_copy(update={"manifest": manifest})]
    )
    (outcome,) = sync_sources(service, service.clock.now())
    given_up.set()
    writers[-1].join(10)
    assert outcome.status is AnswerStatus.UNAVAILABLE
    with service.reading() as session:
        assert session.scalars(select(MirrorRun.state)).all() == [RunState.FAILED]
        assert session.scalar(select(func.count()).select_from(MirrorRow)) == 0
    monkeypatch.undo()
    assert counts(run_sync(service)) == (60, 0, 0, 0)


def test_the_command_says_what_it_did(
    service: Service, code: str, environment: dict[str, str], city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    first = CliRunner().invoke(main, ["domains", "sync", "--json"])
    (told,) = json.loads(first.stdout)["sources"]
    assert (first.exit_code, told["slug"], told["status"], told["added"]) == (0, "field_07", "complete", 60)
    assert told["data_as_of"] == "2026-11-20T23:00:00+08:00"
    city.run("DROP TABLE field_07")
    failed = CliRunner().invoke(main, ["domains", "sync", "--slug", "field_07"])
    assert (failed.exit_code, "unavailable" in failed.stdout) == (1, True)
    assert CliRunner().invoke(main, ["domains", "sync", "--slug", "field_08"]).exit_code == 2
