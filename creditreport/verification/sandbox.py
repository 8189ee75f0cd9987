"""Inspecting a stranger's file in a process of its own, with bounds on time and memory.

A PDF can be made to unpack to gigabytes or to keep a parser busy for ever. Such a file costs one worker process its
life and the person who sent it the answer "unreadable"; the server goes on. A file whose SHA-256 we have stored
ourselves needs no sandbox.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from datetime import datetime
from typing import Any, BinaryIO

from creditreport.verification.inspection import Inspection, inspect_pdf
from creditreport.verification.unread import UNREADABLE

SECONDS = 10.0
MEMORY_BYTES = 1024 * 1024 * 1024
# A fresh process now and then, so that what parsers leak does not add up.
FILES_PER_WORKER = 500
_LENGTH = struct.Struct(">Q")
# What is asked about a file: its signature and what stands in it, or the codes that only eyes see on it.
_INSPECT, _SEE = b"i", b"s"


class Sandbox:
    """One worker process, started when first needed and again after it was ended; one file at a time."""

    def __init__(self, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        self._seconds, self._memory = seconds, memory_bytes
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._owner, self._files = 0, 0

    def inspect(self, pdf: bytes) -> Inspection:
        """The inspection of ``pdf``; ``unreadable`` when the bounds were not enough for it."""
        answer = self._answer(_INSPECT, pdf)
        return Inspection(problem=UNREADABLE) if answer is None else _from_json(answer)

    def see(self, data: bytes) -> tuple[str, ...]:
        """The codes on the pages of a PDF or in a picture; none when the bounds were not enough for it."""
        answer = self._answer(_SEE, data)
        return () if answer is None else tuple(json.loads(answer))

    def _answer(self, question: bytes, data: bytes) -> bytes | None:
        with self._lock:
            worker = self._ready()
            try:
                return self._ask(worker, question, data)
            except (OSError, EOFError):
                self._end()
                return None

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._end()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            # After a fork the worker belongs to the parent: it is left to it, not ended.
            self._worker, self._owner = None, os.getpid()
        if self._worker is not None and (self._worker.poll() is not None or self._files >= FILES_PER_WORKER):
            self._end()
        if self._worker is None:
            bounds = (str(self._seconds), str(self._memory))
            self._worker = subprocess.Popen(  # noqa: S603 (our own module, no input in the arguments)
                [sys.executable, "-P", "-m", "creditreport.verification.sandbox", *bounds],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
            self._files = 0
        self._files += 1
        return self._worker

    def _ask(self, worker: subprocess.Popen[bytes], question: bytes, data: bytes) -> bytes:
        # Time of the machine, not of the rules: how long a parser may run has nothing to do with the day.
        until = time.monotonic() + self._seconds
        assert worker.stdin is not None  # noqa: S101
        assert worker.stdout is not None  # noqa: S101
        worker.stdin.write(question + _LENGTH.pack(len(data)) + data)
        worker.stdin.flush()
        answer = b""
        while not answer.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([worker.stdout], [], [], left)[0]:
                raise TimeoutError
            part = os.read(worker.stdout.fileno(), 65536)
            if not part:
                raise EOFError
            answer += part
        return answer

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None or self._owner != os.getpid():
            return
        worker.kill()
        for stream in (worker.stdin, worker.stdout):
            if stream is not None:
                # What was still to be written to a process that is gone.
                with contextlib.suppress(OSError):
                    stream.close()
        worker.wait()


def _environment() -> dict[str, str]:
    """What Python needs to start; our settings and secrets are no business of a process that reads strange files."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


_sandbox = Sandbox()
atexit.register(_sandbox.close)


def inspect_in_sandbox(pdf: bytes) -> Inspection:
    """:func:`inspect_pdf` in this process's sandbox."""
    return _sandbox.inspect(pdf)


def see_in_sandbox(data: bytes) -> tuple[str, ...]:
    """:func:`pictures.codes_seen` in this process's sandbox."""
    return _sandbox.see(data)


def _to_json(found: Inspection) -> dict[str, Any]:
    def text(der: bytes | None) -> str | None:
        return base64.b64encode(der).decode() if der is not None else None

    return {
        "problem": found.problem,
        "intact": found.intact,
        "covers_whole_file": found.covers_whole_file,
        "certificate": text(found.certificate),
        "other_certificates": [text(one) for one in found.other_certificates],
        "claimed_at": found.claimed_at.isoformat() if found.claimed_at else None,
        "codes": found.codes,
    }


def _from_json(answer: bytes) -> Inspection:
    found = json.loads(answer)
    return Inspection(
        problem=found["problem"],
        intact=found["intact"],
        covers_whole_file=found["covers_whole_file"],
        certificate=base64.b64decode(found["certificate"]) if found["certificate"] else None,
        other_certificates=tuple(base64.b64decode(one) for one in found["other_certificates"]),
        claimed_at=datetime.fromisoformat(found["claimed_at"]) if found["claimed_at"] else None,
        codes=tuple(found["codes"]),
    )


def _see(data: bytes) -> tuple[str, ...]:
    # Imported here: only this process ever needs to draw pages and read pictures.
    from creditreport.verification.pictures import codes_seen

    return codes_seen(data)


def _work(source: BinaryIO, sink: BinaryIO, seconds: float) -> None:
    """The worker: one file after another until the input ends."""
    while question := source.read(1):
        data = source.read(*_LENGTH.unpack(source.read(_LENGTH.size)))
        # Ends this process even when the one that asked is gone.
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
        answer = _see(data) if question == _SEE else _to_json(inspect_pdf(data))
        signal.setitimer(signal.ITIMER_REAL, 0)
        sink.write(json.dumps(answer).encode() + b"\n")
        sink.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
    _work(sys.stdin.buffer, sys.stdout.buffer, float(sys.argv[1]))
