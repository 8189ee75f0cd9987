"""gunicorn as a city runs it: reloaded under load without a failed request, counting over all its processes."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from creditreport.config import CHECKOUT, Settings
from creditreport.reports.fonts import FontSet
from tests.portal import environment, make_portal

HOST = "credit.example.gov.cn"
CALLERS = 4
REFUSED = (400, 414, 431)


@dataclass
class Server:
    """A running gunicorn."""

    process: subprocess.Popen[str]
    port: int
    code: str
    statuses: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def get(self, path: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Host": HOST, "Connection": "close", **(headers or {})})
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def workers(self) -> set[int]:
        pid = self.process.pid
        return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def call_until(self, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                self.statuses.append(self.get(f"/v/{self.code}").status)
            except OSError as error:
                self.failures.append(repr(error))


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet, fonts_var_dir: Path
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("serving")
    portal = make_portal(folder, signing_settings, fonts)
    code = portal.issue(portal.mine).content.verification_code
    portal.service.close()
    (folder / "var").mkdir(exist_ok=True)
    (folder / "var" / "fonts").symlink_to(fonts_var_dir / "fonts")
    given = environment(folder, portal.city, signing_settings)
    given |= {"BIND": "127.0.0.1:0", "WEB_CONCURRENCY": "2", "PYTHONPATH": str(CHECKOUT)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CREDITREPORT_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app"],
        cwd=CHECKOUT, env=kept | given, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    port = next(int(line.split("http://127.0.0.1:")[1].split()[0]) for line in process.stderr if "Listening at" in line)
    # Its log would fill the pipe.
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    drain.start()
    yield Server(process, port, code)
    process.terminate()
    assert process.wait(timeout=100) == 0
    drain.join()
    process.stderr.close()


def test_a_reload_under_load_fails_nobody(server: Server) -> None:
    assert server.get("/readyz").status == 200
    before, ended = server.workers(), threading.Event()
    callers = [threading.Thread(target=server.call_until, args=(ended,)) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        server.process.send_signal(signal.SIGHUP)
        # Until all of the old ones have gone and the new ones have answered each caller.
        while before & server.workers() and server.process.poll() is None:
            callers[0].join(0.05)
        answered = len(server.statuses)
        while len(server.statuses) < answered + 2 * CALLERS and not server.failures:
            callers[0].join(0.05)
    finally:
        ended.set()
        for caller in callers:
            caller.join()
    assert server.failures == []
    assert set(server.statuses) == {200}
    assert not before & server.workers()
    assert len(server.workers()) == 2


def test_all_processes_count_together(server: Server) -> None:
    def answered() -> float:
        body = server.get("/metrics").body.decode()  # type: ignore[attr-defined]
        samples = [sample for family in text_string_to_metric_families(body) for sample in family.samples]
        wanted = {"endpoint": "health.alive", "method": "GET", "status": "200"}
        return sum(s.value for s in samples if s.name == "creditreport_request_seconds_count" and s.labels == wanted)

    before = answered()
    for _ in range(20):
        assert server.get("/healthz").status == 200
    # An answer is counted when it has been sent: the last one may be a moment later.
    assert any(answered() == before + 20 for _ in range(100))


def test_what_a_request_may_not_be(server: Server) -> None:
    assert server.get(f"/{'x' * 5000}").status in REFUSED
    assert server.get("/healthz", {"X-Long": "x" * 9000}).status in REFUSED
    assert server.get("/healthz", {f"X-{number}": "1" for number in range(70)}).status in REFUSED
    assert server.get("/healthz").status == 200
