"""Real processes that work off jobs: Celery's worker and beat over a real Redis, or ``creditreport work``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from creditreport.config import CHECKOUT

# How long something may take on a machine that does everything else as well; nothing is asserted about it.
PATIENCE_SECONDS = 120


def eventually(what: str, true: Callable[[], object]) -> None:
    """Return once ``true()`` is; fail, naming ``what``, when it does not come to pass at all."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until, f"never came to pass: {what}"
        time.sleep(0.05)


class Process:
    """A process with its own group, whose log is kept in a file."""

    def __init__(self, words: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                words, env={**os.environ, **environment}, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=file,
                stderr=file, start_new_session=True,
            )  # fmt: skip

    def said(self) -> str:
        """All that it has logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """kill -9, it and its children."""
        self._send(signal.SIGKILL)

    def stop(self) -> None:
        """End it politely, at once if it does not listen; safe to repeat."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait()


CELERY = [sys.executable, "-m", "celery", "-A", "creditreport.jobs.celery_app"]


@contextmanager
def worker(environment: Mapping[str, str], folder: Path, name: str = "worker", processes: int = 2) -> Iterator[Process]:
    """A worker that is ready to take jobs."""
    words = [*CELERY, "worker", "--loglevel", "INFO", "--concurrency", str(processes), "--hostname", f"{name}@tests"]
    with running(words, environment, folder / f"{name}.log") as process:
        eventually("the worker is ready", lambda: "ready." in process.said())
        yield process


@contextmanager
def beat(environment: Mapping[str, str], folder: Path, name: str = "beat") -> Iterator[Process]:
    """A beat."""
    with running([*CELERY, "beat", "--loglevel", "INFO"], environment, folder / f"{name}.log") as process:
        yield process


@contextmanager
def running(words: list[str], environment: Mapping[str, str], log: Path) -> Iterator[Process]:
    """Any process of the program; ended with the block."""
    process = Process(words, environment, log)
    try:
        yield process
    finally:
        process.stop()
