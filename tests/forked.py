"""Processes of the program for tests, dozens of them: each is forked from one that has imported the program already.

They are processes like any other, that may be killed, may race, may have clocks and limits of their own; only the
second or two is saved that each would take to import everything.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from creditreport.config import CHECKOUT

PRELOAD = [
    "creditreport.service", "creditreport.cli", "creditreport.audit.sealing", "creditreport.bidpacks.check",
    "creditreport.doublepublicity.importing", "creditreport.jobs.run", "creditreport.mirror.sync",
    "creditreport.objections.deciding", "creditreport.reports.batch_commands", "creditreport.reports.issue",
    "creditreport.reports.pages.document", "creditreport.requests.run", "creditreport.signing.signer",
    "creditreport.sources.registry", "psycopg", "sqlalchemy.dialects.postgresql.psycopg",
]  # fmt: skip
COMMAND = "from creditreport.cli import main; main()"


@dataclass(frozen=True)
class Done:
    """What a process left: its return code as ``subprocess`` counts, and all that it wrote."""

    returncode: int
    stdout: str
    stderr: str


class Running:
    """A Python text that runs in a process of its own, under ``environment`` and nobody else's variables."""

    def __init__(self, text: str, words: list[str], environment: Mapping[str, str], room: int | None = None) -> None:
        self._said = Path(tempfile.mkdtemp(prefix="creditreport-said-"))
        variables = {**os.environ, **environment}
        self.process: ForkServerProcess = _context().Process(
            target=_be, args=(text, words, variables, str(self._said), room)
        )
        self.process.start()

    def done(self) -> Done:
        """Wait until it has ended."""
        self.process.join()
        assert self.process.exitcode is not None
        told = Done(self.process.exitcode, *(_read(self._said / name) for name in ("out", "error")))
        self.process.close()
        for file in self._said.iterdir():
            file.unlink()
        self._said.rmdir()
        return told


def run_forked(text: str, words: list[str], environment: Mapping[str, str]) -> Done:
    """The text run to its end, however that comes."""
    return Running(text, words, environment).done()


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


def _be(text: str, words: list[str], variables: dict[str, str], said: str, room: int | None) -> None:
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(CHECKOUT)
    for name, number in (("out", 1), ("error", 2)):
        os.dup2(os.open(Path(said, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    sys.argv = ["-c", *words]
    exec(compile(text, "<the text of a test>", "exec"), {"__name__": "__main__"})
