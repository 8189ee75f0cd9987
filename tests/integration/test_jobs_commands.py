"""``work``, ``jobs`` and what the night brings: the register, each mirrored source for itself, retention."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from creditreport.cli import main
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.nightly import DONE_KEPT, ask_for_syncs, forget
from creditreport.jobs.outbox import enqueue
from creditreport.jobs.registry import HANDLERS, PERIODIC
from creditreport.jobs.run import function_of, run_all
from creditreport.service import Service
from tests.conftest import NOON
from tests.integration.city import City
from tests.integration.mirrors import contents, mirror

on_one_store = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def mirroring(city: City) -> City:
    code = city.business(1, "盐城甲示例有限公司")
    for field in (7, 8):
        mirror(city, field)
        city.penalty(field, f"P{field}", code)
    return city


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> tuple[int, Any]:
        result = CliRunner().invoke(main, [*words, "--json"])
        return result.exit_code, json.loads(result.stdout)

    return run


@pytest.mark.parametrize("name", [*HANDLERS.values(), *(function for _, function, _ in PERIODIC)])
def test_every_named_function_is_there(name: str) -> None:
    assert callable(function_of(name))


@on_one_store
def test_a_source_that_is_down_is_tried_again_alone(mirroring: City, service: Service, run: Any) -> None:
    mirroring.run("ALTER TABLE field_08 RENAME TO gone")
    status, told = run("work")
    assert status == 0
    ran = {(one["kind"], one["key"]): (one["state"], one["code"]) for one in told["ran"]}
    assert {key: ran["periodic", key] for key, _, _ in PERIODIC} == {key: ("standing", None) for key, _, _ in PERIODIC}
    assert ran["source.sync", "field_07:2026-11-21"] == ("done", None)
    assert ran["source.sync", "field_08:2026-11-21"] == ("waiting", "SOURCE_UNAVAILABLE")
    assert {row[0] for row in contents(service)} == {"field_07"}
    # The slots of this moment are over, and the failing job's pause is not.
    assert run("work") == (0, {"ran": []})
    assert len(run("work", "--now")[1]["ran"]) == len(PERIODIC)
    status, told = run("jobs", "list", "--state", "failing")
    assert (status, [one["key"] for one in told["jobs"]]) == (0, ["field_08:2026-11-21"])
    mirroring.run("ALTER TABLE gone RENAME TO field_08")
    job = told["jobs"][0]["id"]
    assert run("jobs", "retry", str(job)) == (0, {"retried": [job]})
    assert [(one["id"], one["state"]) for one in run("work")[1]["ran"]] == [(job, "done")]
    assert {row[0] for row in contents(service)} == {"field_07", "field_08"}
    assert run("jobs", "retry", str(job))[1]["error"]["code"] == "JOB_DONE"
    status, told = run("jobs", "show", str(job))
    assert (told["state"], told["payload"]) == ("done", {"slug": "field_08"})
    assert run("jobs", "show", "999")[1]["error"]["code"] == "UNKNOWN_JOB"


@on_one_store
def test_dead_jobs_are_seen_and_tried_again(service: Service, run: Any) -> None:
    with service.sessions.begin() as session:
        dead = [enqueue(session, "source.sync", key, {"slug": "x"}, now=NOON) for key in ("a", "b")]
        for row in session.scalars(select(Job)):
            row.state, row.last_code, row.tries = JobState.DEAD.value, "UNKNOWN_DOMAIN", 14
    status, told = run("jobs", "list")
    assert (status, told["counts"]["dead"], [one["id"] for one in told["jobs"]]) == (1, 2, dead[::-1])
    assert run("jobs", "retry", "--dead", "--kind", "source.sync")[1] == {"retried": dead[::-1]}
    with service.reading() as session:
        assert {(row.state, row.tries) for row in session.scalars(select(Job))} == {("waiting", 0)}
    assert CliRunner().invoke(main, ["jobs", "retry"]).exit_code == 2


@on_one_store
def test_a_source_is_asked_for_once_a_day_and_done_jobs_are_forgotten(mirroring: City, service: Service) -> None:
    assert ask_for_syncs(service, NOON) == ask_for_syncs(service, NOON + timedelta(hours=5)) == 2
    assert len(run_all(service)) == 2
    ask_for_syncs(service, NOON + timedelta(days=1))
    forget(service, NOON + DONE_KEPT)
    with service.reading() as session:
        assert len(session.scalars(select(Job)).all()) == 4
    forget(service, NOON + DONE_KEPT + timedelta(seconds=1))
    with service.reading() as session:
        assert {row.state for row in session.scalars(select(Job))} == {"waiting"}
