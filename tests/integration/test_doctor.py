"""The doctor finds what is wrong with a real installation, and says what to do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from redis import Redis
from sqlalchemy import create_engine, text

from creditreport.cli import main
from creditreport.clock import FixedClock
from creditreport.config import Environment, Settings, load_settings
from creditreport.jobs.periodic import run_periodic
from creditreport.operations.backup import make_backup
from creditreport.operations.checks import CHECKS
from creditreport.operations.doctor import Finding, State, examine
from creditreport.reports.fonts import FontSet
from creditreport.service import Service
from tests.conftest import NOON
from tests.integration.city import City
from tests.portal import environment
from tests.redis_server import RedisServer
from tests.replica import tools as server_tools
from tests.stores import make_store

WORST = {State.GOOD: 0, State.WARNING: 1, State.BAD: 2}


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet, postgres_server: str
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("doctor")
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE doctor"))
    base, _, query = postgres_server.partition("?")
    url = f"{base.rsplit('/', 1)[0]}/doctor?{query}"
    (folder / "var").mkdir()
    service = Service(
        load_settings(environment(folder, City(folder / "city"), signing_settings, DATABASE_URL=url)), FixedClock(NOON)
    )
    service.fonts = fonts
    make_store(url)
    yield service
    service.close()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE doctor WITH (FORCE)"))
    admin.dispose()


def looked(service: Service, *parts: str) -> dict[str, Finding]:
    """The worst finding of each part."""
    worst: dict[str, Finding] = {}
    for one in examine(service, {part: CHECKS[part] for part in parts or CHECKS}):
        if one.part not in worst or WORST[one.state] > WORST[worst[one.part].state]:
            worst[one.part] = one
    return worst


def test_a_good_installation_and_jobs_that_nobody_does(installation: Service) -> None:
    found = looked(installation)
    # The tests' server may lose what it says it keeps, the tests' noon is not now, and no worker was there yet.
    assert {part for part, one in found.items() if one.state is State.BAD} == {"database", "clock", "jobs"}
    assert "fsync" in found["database"].en
    assert found["sources"].state is State.GOOD
    assert found["keys"].state is State.GOOD
    run_periodic(installation, NOON, ["requests"], early=True)
    assert looked(installation, "jobs")["jobs"].state is State.GOOD
    installation.clock = FixedClock(NOON + timedelta(hours=1))
    assert looked(installation, "jobs")["jobs"].state is State.BAD
    installation.clock = FixedClock(NOON)


def test_a_city_without_a_backup_of_last_night(installation: Service, tmp_path: Path) -> None:
    def told(env: str, hours: int) -> tuple[State, str | None]:
        settings = replace(installation.settings, env=Environment(env))
        with Service(settings, FixedClock(NOON + timedelta(hours=hours))) as service:
            found = looked(service, "backup")["backup"]
            return found.state, found.todo

    todo = "creditreport backup; deploy/README.md, “Backup and restore”"
    assert told("production", 0) == (State.WARNING, todo)
    assert told("test", 0) == (State.GOOD, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{server_tools()}:/usr/bin:/bin")
        make_backup(installation, tmp_path / "backup", "test", NOON)
    assert told("production", 36) == (State.GOOD, None)
    assert told("production", 37) == (State.WARNING, todo)


def test_a_department_that_is_away_is_named(installation: Service) -> None:
    city = sqlite3.connect(Path(installation.settings.domains_dir).parent / "city.sqlite3", isolation_level=None)
    city.execute("ALTER TABLE field_33 RENAME TO away")
    found = looked(installation, "sources")["sources"]
    city.execute("ALTER TABLE away RENAME TO field_33")
    city.close()
    assert found.state is State.BAD
    assert "field_33" in found.en
    assert found.todo == "creditreport domains probe --slug field_33"


@pytest.mark.parametrize(
    ("part", "changes", "words"),
    [
        ("broker", {"broker_url": "redis://127.0.0.1:1/0"}, "ConnectionError"),
        ("fonts", {"var_dir": Path("/nowhere")}, "setup"),
        ("disk", {"var_dir": Path("/nowhere")}, "FileNotFoundError"),
        ("settings", {}, "production"),
    ],
)
def test_what_is_wrong_is_said(installation: Service, part: str, changes: dict[str, Any], words: str) -> None:
    broken = Service(replace(installation.settings, **changes), FixedClock(NOON))
    found = looked(broken, part)[part]
    broken.close()
    assert found.state is (State.WARNING if part == "settings" else State.BAD)
    assert words in found.en
    assert found.todo or part == "disk"


def test_a_store_that_is_away_or_old(installation: Service, tmp_path: Path) -> None:
    url = installation.settings.database_url.replace("/doctor", "/nothing")
    with Service(replace(installation.settings, database_url=url), FixedClock(NOON)) as gone:
        assert looked(gone, "database")["database"].state is State.BAD
    with Service(replace(installation.settings, database_url=f"sqlite:///{tmp_path}/new.sqlite3")) as empty:
        assert looked(empty, "database")["database"].todo == "creditreport db upgrade"


def test_a_redis_that_forgets_under_pressure(installation: Service) -> None:
    redis = RedisServer()
    try:
        with Service(replace(installation.settings, broker_url=redis.url)) as service:
            assert looked(service, "broker")["broker"].state is State.GOOD
            with Redis.from_url(redis.url) as server:
                server.config_set("maxmemory-policy", "allkeys-lru")
            assert looked(service, "broker")["broker"].state is State.WARNING
    finally:
        redis.stop()


def test_the_command(installation: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in installation.settings.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CREDITREPORT_LANG", "en")
    skipped = [option for part in CHECKS if part != "broker" for option in ("--skip", part)]
    told = CliRunner().invoke(main, ["doctor", *skipped], catch_exceptions=False)
    assert "broker" in told.output
    answer = CliRunner().invoke(main, ["doctor", "--json", *skipped], catch_exceptions=False)
    assert [one["part"] for one in json.loads(answer.stdout)["findings"]] == ["broker"]
    assert CliRunner().invoke(main, ["doctor", "--skip", "nonsense"]).exit_code == 2
    assert answer.exit_code == 0
