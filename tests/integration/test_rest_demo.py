"""The demo's interfaces: found where they run, started where they do not, never taken from a stranger."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from creditreport.cli import main
from creditreport.config import CHECKOUT, Settings, load_settings
from creditreport.demo.environment import INTERFACES, PREFIX, REST_PORT, demo_environment
from creditreport.demo.fill import fill
from creditreport.demo.interfaces import Police, Question
from creditreport.demo.plan import DemoPlan
from creditreport.demo.restserver import SourceServer, who_listens
from creditreport.demo.running import DemoSources, start_beside
from creditreport.errors import Problem
from creditreport.migrations.store import upgrade
from creditreport.sources.rest_auth import signature
from creditreport.sources.rest_http import close_clients
from tests.department import running, serving

SLUGS = {
    "POLICE": "public_security",
    "LABOUR": "human_resources_social_security",
    "ECOLOGY": "ecology_environment",
    "MEDICAL": "medical_security",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoPlan]:
    """A filled demo."""
    var_dir = tmp_path_factory.mktemp("rest-demo")
    return var_dir, fill(var_dir / "demo", date(2026, 11, 21))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def variables(var_dir: Path, port: int, env: str = "demo") -> dict[str, str]:
    own = {
        "ENV": env,
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": f"sqlite:///{var_dir / 'store.sqlite3'}",
        "VAR_DIR": str(var_dir),
        "SECRET_KEY": "for tests only",
        "SIGNING_PASSPHRASE": "for tests only",
        "CLOCK": "2026-11-21T12:00:00+08:00",
    }
    if env == "production":
        del own["CLOCK"]
    prefixed = {f"CREDITREPORT_{name}": value for name, value in own.items()}
    return {**prefixed, **demo_environment(var_dir, {REST_PORT: str(port)})}


@contextmanager
def sources(environ: Mapping[str, str]) -> Iterator[tuple[Settings, DemoSources]]:
    settings = load_settings(environ)
    found = DemoSources(settings)
    try:
        yield settings, found
    finally:
        found.close()


@pytest.fixture
def environ(demo: tuple[Path, DemoPlan]) -> Iterator[dict[str, str]]:
    """The demo's variables, its interfaces on a port where nothing listens."""
    yield variables(demo[0], free_port())
    close_clients()


def port_of(url: str) -> int:
    return int(url.split(":")[2].split("/")[0])


def test_where_nothing_listens_the_process_answers_for_itself(environ: dict[str, str]) -> None:
    with sources(environ) as (settings, found):
        ports = {port_of(found.environ[PREFIX + system]) for system in INTERFACES}
        assert len(ports) == 1
        (port,) = ports
        assert port != port_of(environ[PREFIX + "POLICE"])
        assert who_listens(port, settings.var_dir / "demo", settings.environ) is True
    assert who_listens(port, settings.var_dir / "demo", settings.environ) is None


def test_a_server_of_this_demo_is_used(environ: dict[str, str], demo: tuple[Path, DemoPlan]) -> None:
    server = SourceServer(demo[0] / "demo", environ, int(environ[REST_PORT])).start()
    try:
        with sources(environ) as (_settings, found):
            assert {name: found.environ[name] for name in server.urls} == server.urls
    finally:
        server.close()


def test_a_stranger_on_the_port_is_never_a_source(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as stranger:
        stranger.answer = serving({"code": 0, "data": {"total": 0, "list": []}})
        environ |= demo_environment(Path(environ["CREDITREPORT_VAR_DIR"]), {**environ, REST_PORT: str(stranger.port)})
        with sources(environ) as (settings, found):
            assert port_of(found.environ[PREFIX + "POLICE"]) != stranger.port
        assert {one.path for one in stranger.requests} == {"/identity"}
        with pytest.raises(Problem, match=REST_PORT):
            start_beside(settings)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        asked = CliRunner().invoke(main, ["demo", "sources"])
        assert asked.exit_code == 2
        assert str(stranger.port) in asked.stderr


def test_another_demos_server_is_a_stranger(environ: dict[str, str], tmp_path: Path) -> None:
    folder = Path(environ["CREDITREPORT_VAR_DIR"]) / "demo"
    server = SourceServer(folder, environ).start()
    try:
        assert who_listens(server.port, folder, environ) is True
        assert who_listens(server.port, tmp_path, environ) is False
        assert who_listens(server.port, folder, {**environ, PREFIX + "ECOLOGY_KEY": "another"}) is False
    finally:
        server.close()


def test_an_address_that_somebody_changed_stays(environ: dict[str, str]) -> None:
    changed = "http://127.0.0.1:9/police"
    with sources({**environ, PREFIX + "POLICE": changed}) as (_settings, found):
        assert found.environ[PREFIX + "POLICE"] == changed
        assert found.environ[PREFIX + "ECOLOGY"] != environ[PREFIX + "ECOLOGY"]


@pytest.mark.parametrize("env", ["test", "production"])
def test_only_the_demo_starts_anything(demo: tuple[Path, DemoPlan], env: str) -> None:
    environ = variables(demo[0], free_port(), env)
    with sources(environ) as (settings, found):
        assert dict(found.environ) == dict(settings.environ)


@pytest.mark.parametrize("system", SLUGS)
def test_a_command_asks_each_interface_and_is_told_when_it_is_refused(
    environ: dict[str, str], demo: tuple[Path, DemoPlan], system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(environ["CREDITREPORT_DATABASE_URL"])
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    planned = demo[1].showcase["busiest"]
    command = ["domains", "pull", "--slug", SLUGS[system], "--uscc", planned.business.uscc, "--json"]
    answer = json.loads(CliRunner().invoke(main, command).stdout)
    assert (answer["status"], answer["problem"]) == ("complete", None)
    wanted = {one.record_id for one in planned.records if one.slug == SLUGS[system]}
    assert {one["record_id"] for one in answer["records"]} == wanted
    assert wanted
    # The secret has expired; the server that knows the right one is running.
    server = SourceServer(demo[0] / "demo", environ).start()
    try:
        monkeypatch.setenv(PREFIX + system, server.urls[PREFIX + system])
        monkeypatch.setenv(PREFIX + INTERFACES[system], "expired")
        refused = CliRunner().invoke(main, command)
    finally:
        server.close()
    answer = json.loads(refused.stdout)
    assert (refused.exit_code, answer["status"], answer["records"]) == (1, "unavailable", [])
    assert "credentials" in answer["problem"]


def test_a_signature_is_for_its_moment_and_its_request() -> None:
    police, now = Police(Path(), "s"), 1_800_000_000

    def admitted(stamp: int, signed: str = "/police/cases?code=1", key: str = "credit-centre") -> bool:
        sign = signature("s", "GET", signed, str(stamp), b"")
        headers = {"x-app-key": key, "x-timestamp": str(stamp), "x-signature": sign}
        return police.admits(Question("GET", "/police/cases?code=1", headers, b"", {}), now)

    assert admitted(now)
    assert admitted(now - 300)
    assert not admitted(now - 301)
    assert not admitted(now + 301)
    assert not admitted(now, signed="/police/cases?code=2")
    assert not admitted(now, key="another")


def test_the_server_beside_the_web_server_ends_with_it(environ: dict[str, str]) -> None:
    """The process that started it has become another program meanwhile, and is then killed."""
    program = (
        "import os, sys\n"
        "from creditreport.config import load_settings\n"
        "from creditreport.demo.running import start_beside\n"
        "start_beside(load_settings())\n"
        "os.execv(sys.executable, [sys.executable, '-c', 'print(1, flush=True); input()'])\n"
    )
    folder, port = Path(environ["CREDITREPORT_VAR_DIR"]) / "demo", int(environ[REST_PORT])
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT, env={**os.environ, **environ},
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        assert who_listens(port, folder, environ) is True
        with socket.create_connection(("127.0.0.1", port)) as watching:
            process.kill()
            # The server's end closes the connection, or breaks it.
            watching.settimeout(60)
            with suppress(ConnectionResetError):
                assert watching.recv(1) == b""
