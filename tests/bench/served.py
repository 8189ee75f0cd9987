"""Applications under gunicorn, as the benchmarks ask them: one connection, kept open, or many."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from creditreport.config import CHECKOUT

HOST = "credit.example.gov.cn"
PATIENCE = 120
# One worker, so that what is measured is the work and not how many there are.
ONE_WORKER = ("--worker-class", "gthread", "--threads", "2", "--keep-alive", "30", "--log-level", "error")


@dataclass(frozen=True, slots=True)
class Server:
    """A gunicorn that answers."""

    port: int
    pid: int

    def connection(self) -> http.client.HTTPConnection:
        """A connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)


@contextmanager
def served(application: str, variables: Mapping[str, str], arguments: tuple[str, ...] = ONE_WORKER) -> Iterator[Server]:
    """A WSGI application under gunicorn with these arguments."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, handle = listening.getsockname()[1], listening.fileno()
        command = [sys.executable, "-m", "gunicorn", application, "--bind", f"fd://{handle}", *arguments]
        quiet = subprocess.DEVNULL  # a line for every source that was asked
        environ = {**os.environ, **variables}
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environ, stdout=quiet, stderr=quiet, pass_fds=[handle])
    try:
        _wait(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    """Until it answers anything: the socket listens before the workers are there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            fetch(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE), "/healthz", expected=None)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def fetch(connection: http.client.HTTPConnection, path: str, expected: int | None = 200) -> bytes:
    """One GET on ``connection``."""
    connection.request("GET", path, headers={"Host": HOST})
    answer = connection.getresponse()
    body = answer.read()
    assert expected in (None, answer.status), f"{answer.status} {path}"
    return body
