"""Two gunicorns that share a Redis and a store: what one has counted the other knows; and the two small clients."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from creditreport import STATIC
from creditreport.accounts.apiclients import add_client
from creditreport.accounts.models import Scope
from creditreport.config import CHECKOUT, Settings
from creditreport.reports.fonts import FontSet
from creditreport.verification.codes import new_code
from tests.conftest import NOON
from tests.portal import Portal, environment, make_portal
from tests.redis_server import RedisServer

CLIENTS = STATIC / "api"
SHELL = shutil.which("sh") or "/bin/sh"
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Workers:
    """Two servers; ``address`` is the first's, and the host of both."""

    portal: Portal
    ports: tuple[int, int]
    logs: tuple[Path, Path]
    secret: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def ask(self, worker: int, code: str, who: str, **headers: str) -> tuple[int, str | None]:
        """Status and ``Retry-After`` of one question to one of them, as a proxy sends it for ``who``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[worker], timeout=PATIENCE)
        said = {"Host": f"127.0.0.1:{self.ports[0]}", "X-Forwarded-For": who, **headers}
        connection.request("GET", f"/api/v1/verifications/{code}", headers=said)
        answer = connection.getresponse()
        answer.read()
        # On the same connection a second question is read after the first's line stands in the log.
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        connection.close()
        return answer.status, answer.headers["Retry-After"]


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Workers]:
    folder = tmp_path_factory.mktemp("workers")
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = tuple(one.getsockname()[1] for one in sockets)
    redis = RedisServer()
    changes = {
        "PUBLIC_URL": f"http://127.0.0.1:{ports[0]}", "BROKER_URL": redis.url, "MISSES_PER_MINUTE": "3",
        "TRUSTED_PROXIES": "1", "CLOCK": NOON.isoformat(),
    }  # fmt: skip
    portal = make_portal(folder, signing_settings, fonts, **changes)
    last = NOON.date() + timedelta(days=30)
    secret = add_client(portal.service.sessions, "示例平台", list(Scope), 600, last, "test", NOON)
    variables = os.environ | environment(folder, portal.city, signing_settings, **changes)
    logs = (folder / "0.log", folder / "1.log")
    started = [serve(one, variables, log) for one, log in zip(sockets, logs, strict=True)]
    try:
        for port in ports:
            wait_for(port)
        yield Workers(portal, (ports[0], ports[1]), logs, secret)
    finally:
        for process in started:
            process.terminate()
            process.wait()
        redis.stop()
        portal.service.engine.dispose()


def serve(listening: socket.socket, variables: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """One gunicorn with one worker, on a port that is ours already."""
    listening.set_inheritable(True)
    command = [
        sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{listening.fileno()}", "--log-level", "error",
        "--worker-class", "gthread", "--threads", "4", "--timeout", "120", "--access-logfile", str(log),
        "--logger-class", "creditreport.web.accesslog.AccessLog",
    ]  # fmt: skip
    with listening:
        return subprocess.Popen(
            command, cwd=CHECKOUT, env=variables, pass_fds=[listening.fileno()], stdout=subprocess.DEVNULL
        )


def wait_for(port: int) -> None:
    """Until it answers; the socket listens before the worker is there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def test_two_workers_count_misses_together(workers: Workers) -> None:
    code = workers.portal.issue(workers.portal.mine).content.verification_code
    asked = [workers.ask(turn % 2, new_code(), "192.0.2.1") for turn in range(3)]
    assert asked == [(200, None)] * 3
    for worker in (0, 1):
        status, wait = workers.ask(worker, code, "192.0.2.1")  # a right code is refused like a wrong one
        assert status == 429
        assert 1 <= int(wait or 0) <= 60
        assert workers.ask(worker, code, "192.0.2.2") == (200, None)
    bearer = {"Authorization": f"Bearer {workers.secret}"}
    assert workers.ask(0, code, "192.0.2.1", **bearer) == (200, None)  # a program counts for itself
    for turn in range(3):
        workers.ask(turn % 2, new_code(), "192.0.2.3", **bearer)
    assert [workers.ask(worker, code, f"192.0.2.{4 + worker}", **bearer)[0] for worker in (0, 1)] == [429, 429]
    lines = "".join(log.read_text(encoding="utf-8") for log in workers.logs).splitlines()
    asked_for = [line for line in lines if "/api/v1/verifications/" in line]
    assert len(asked_for) == 13
    assert not any(code in line for line in asked_for)
    assert all("… HTTP/1.1" in line for line in asked_for)


def run(*command: str, secret: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "CREDITREPORT_SECRET": secret}
    )
    return done.returncode, done.stdout, done.stderr


def test_the_python_client(workers: Workers, tmp_path: Path) -> None:
    issued = workers.portal.issue(workers.portal.mine)
    code = issued.content.verification_code
    other = add_client(workers.portal.service.sessions, "另一平台", list(Scope), 600, NOON.date(), "test", NOON)
    client = (sys.executable, str(CLIENTS / "verify.py"), workers.address)
    status, said, _ = run(*client, code, f"{workers.address}/v/{code}", secret=other)
    assert (status, [line.split("\t")[:3] for line in said.splitlines()]) == (
        0,
        [["VALID", code, "盐城甲示例有限公司"], ["VALID", f"{workers.address}/v/{code}", "盐城甲示例有限公司"]],
    )
    good, bad = tmp_path / "好.pdf", tmp_path / "bad.pdf"
    good.write_bytes(issued.pdf)
    bad.write_bytes(issued.pdf + b"x")
    status, said, _ = run(*client, str(good), str(bad), secret=other)
    assert (status, [line.split("\t")[:2] for line in said.splitlines()]) == (
        1,
        [["VALID", "好.pdf"], ["TAMPERED", "bad.pdf"]],
    )
    status, _, problem = run(*client, *["ABC"] * 21)
    assert (status, problem.split(":")[0]) == (2, "SECRET_NEEDED")
    assert run(*client)[0] == 2


def test_the_curl_client(workers: Workers, tmp_path: Path) -> None:
    issued = workers.portal.issue(workers.portal.mine)
    client = (SHELL, str(CLIENTS / "verify.sh"), workers.address)
    other = add_client(workers.portal.service.sessions, "又一平台", list(Scope), 600, NOON.date(), "test", NOON)
    status, said, _ = run(*client, issued.content.verification_code, secret=other)
    assert (status, json.loads(said)["results"][0]["status"]) == (0, "VALID")
    file = tmp_path / "report.pdf"
    file.write_bytes(issued.pdf)
    status, said, _ = run(*client, str(file))
    assert (status, json.loads(said)["results"][0]["sha256_matches"]) == (0, True)
    status, said, _ = run(*client, "ABC", secret=other)
    assert (status, json.loads(said)["results"][0]["status"]) == (1, "MISTYPED")
    status, said, told = run(*client, "ABC", secret="crk_wrong")
    assert (status, said, json.loads(told.splitlines()[-1])["code"]) == (2, "", "API_KEY_INVALID")
