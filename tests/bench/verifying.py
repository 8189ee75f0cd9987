"""The page that a scan opens, under gunicorn, beside the least that such a page could be."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from creditreport.config import CHECKOUT
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from tests.bench.figures import Figure, Times, times
from tests.bench.live import business
from tests.bench.scale import grow
from tests.bench.stage import Stage

TARGET = 0.7


def run(stage: Stage, rounds: int) -> Iterator[Figure]:
    """The figures of the verdict page."""
    # By the machine's clock: where it stands still, nothing is kept from one scan to the next.
    city = grow(stage, 200, "verify", clock=None)
    with city.service as service:
        issued = issue_report(
            service, IssueRequest(business(1).uscc, "3", "commerce", "benchmark"), service.clock.now()
        )
    variables = city.variables | {"BENCH_CODE": issued.content.verification_code}
    with served("wsgi:app", variables) as port:
        page = _asked(port, f"/v/{issued.content.verification_code}", rounds * 5)
    with served("tests.bench.bare_page:app", variables) as port:
        bare = _asked(port, f"/{issued.content.verification_code}", rounds * 5)
    share = bare.p50 / page.p50
    yield Figure(
        "the verdict page, one gunicorn worker",
        page.shown(),
        f"≥ {TARGET} of bare Flask",
        share >= TARGET,
        f"{share:.2f}; bare Flask with one select by primary key {bare.shown()}",
    )


@contextmanager
def served(application: str, variables: dict[str, str]) -> Iterator[int]:
    """A WSGI application under gunicorn; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--log-level", "error",
               "--worker-class", "gthread", "--threads", "2", "--keep-alive", "30"]  # fmt: skip
    quiet = subprocess.DEVNULL  # a line for every source that was asked
    with subprocess.Popen(command, cwd=CHECKOUT, env=os.environ | variables, stdout=quiet, stderr=quiet) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def _asked(port: int, path: str, count: int) -> Times:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def fetch() -> None:
        connection.request("GET", path, headers={"Host": "credit.example.gov.cn"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    taken = times(fetch, count, warm=5)
    connection.close()
    return taken
