"""The work on a source's rows; of a large source, shared with a second process.

Rows are worked in lots. The process beside this one is given a lot whenever it has none to do, and while it is busy
the next ones are worked here; what was told of them is handed on in the order in which they were put. It is a help and
nothing depends on it: a lot that it cannot do (it has ended, a cell cannot be sent) is worked here, with the same
outcome.
"""

from __future__ import annotations

import gc
import marshal
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from itertools import chain
from operator import itemgetter
from types import TracebackType
from typing import Any

from creditreport.catalog.manifest import Manifest
from creditreport.catalog.words import Vocabulary
from creditreport.mirror.working import Kept, Left, RowWork

Row = Mapping[str, Any]
Lot = Sequence[Row]
Told = Sequence[Left | Kept]
Pipe = Any  # a file without a buffer of its own

# From so many rows on a second process is worth its start of half a second.
LARGE = 10_000
# Lots that the second process has at once: the next one is there when it is done with one.
_GIVEN = 2
# Lots that are done here before one that the second process still has: then it is waited for.
_AHEAD = 12
# A lot of ordinary rows fits into a pipe as a whole, so that nobody waits for the other in the middle of one.
_PIPE = 1 << 20
# What ``marshal`` sends as it is; everything else takes twice as long.
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})
_MARSHAL, _PICKLE = b"m", b"p"
_SIZE = 8


class Checking:
    """The lots of one run. To be used as a context: the second process ends with it, whatever happened."""

    def __init__(
        self, manifest: Manifest, vocabulary: Vocabulary, taken: frozenset[str], columns: Sequence[str], whole: bool
    ) -> None:
        words = {name: dict(table) for name, table in vocabulary.items()}
        self.here = RowWork(manifest, vocabulary, taken, columns, whole)
        self._beside = _Beside(pickle.dumps((manifest, words, taken, self.here.reads, whole)))
        self._waiting: deque[tuple[Lot, Told | Future[Told]]] = deque()
        self._rows = 0

    def __enter__(self) -> Checking:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._beside.end()

    def put(self, lot: Lot) -> Iterator[tuple[Lot, Told]]:
        """Have ``lot`` worked; each lot of which all is told by now, in the order in which the lots were put."""
        self._rows += len(lot)
        self._waiting.append((lot, self._worked(lot)))
        while self._waiting and (self._is_told() or len(self._waiting) > _AHEAD):
            yield self._next()

    def rest(self) -> Iterator[tuple[Lot, Told]]:
        """The same of the lots that are still being worked: waits for them."""
        while self._waiting:
            yield self._next()

    def _is_told(self) -> bool:
        told = self._waiting[0][1]
        return not isinstance(told, Future) or told.done()

    def _next(self) -> tuple[Lot, Told]:
        lot, told = self._waiting.popleft()
        if isinstance(told, Future):
            try:
                return lot, told.result()
            except Exception:
                # Whatever befell the second process: what is wrong with the rows themselves shows here again.
                self._beside.lost = True
                return lot, self.here.of(lot)
        return lot, told

    def _worked(self, lot: Lot) -> Told | Future[Told]:
        given = sum(isinstance(told, Future) and not told.done() for _lot, told in self._waiting)
        if self._rows > LARGE and given < _GIVEN and not self._beside.lost and len(os.sched_getaffinity(0)) > 1:
            with suppress(Exception):  # a cell that cannot be sent, or a process that cannot be started
                return self._beside.ask(_sent(lot, self.here.reads))
        return self.here.of(lot)


def _sent(lot: Lot, columns: Sequence[str]) -> bytes:
    # Of a single column it would take the cell itself.
    cells = itemgetter(*columns) if len(columns) > 1 else lambda row: (row[columns[0]],)
    rows = list(map(cells, lot))
    if _PLAIN.issuperset(map(type, chain.from_iterable(rows))):
        return _MARSHAL + marshal.dumps(rows, 2)
    return _PICKLE + pickle.dumps(rows, pickle.HIGHEST_PROTOCOL)


class _Beside:
    """The second process, started when first asked. It ends when this one does, however that comes: its input is then
    at an end."""

    def __init__(self, begin: bytes) -> None:
        self._begin, self.lost = begin, False
        # One writes and one reads: neither process ever waits for room while the other does.
        self._writing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mirror-ask")
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mirror-told")
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, sent: bytes) -> Future[Told]:
        """What :meth:`RowWork.of` says, or whatever kept the process from answering."""
        if self._process is None:
            self.lost = True  # unless it starts
            self._process = _start()
            self.lost = False
            self._writing.submit(_send, self._process.stdin, self._begin)
        self._writing.submit(_send, self._process.stdin, sent)
        return self._reading.submit(_answer, self._process.stdout)

    def end(self) -> None:
        """End the process. An answer that is still waited for never comes."""
        if self._process is not None:
            self._process.kill()
        self._writing.shutdown(cancel_futures=True)
        self._reading.shutdown(cancel_futures=True)
        if self._process is not None:
            with suppress(BrokenPipeError):  # of what was not written any more
                self._process.communicate()


def _start() -> subprocess.Popen[bytes]:
    # Our settings and secrets are no business of a process that only reads rows.
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "creditreport.mirror.checking"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={name: os.environ[name] for name in kept if name in os.environ},
        process_group=0,  # Ctrl-C is meant for the one that asked.
    )
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # a user may have so much of it and no more
            fcntl(pipe, F_SETPIPE_SZ, _PIPE)  # type: ignore[arg-type]
    return process


def _answer(source: Pipe) -> Told:
    told: Told = marshal.loads(_receive(source))  # noqa: S302 (our own process wrote it)
    return told


def _send(sink: Pipe, block: bytes) -> None:
    rest = memoryview(len(block).to_bytes(_SIZE, "big") + block)
    while rest:
        rest = rest[sink.write(rest) :]


def _receive(source: Pipe) -> bytearray:
    """The next block. Raises ``EOFError`` when there is none, or not all of it."""
    size = int.from_bytes(_exactly(source, _SIZE), "big")
    return _exactly(source, size)


def _exactly(source: Pipe, size: int) -> bytearray:
    block = bytearray(size)
    rest = memoryview(block)
    while rest:
        read = source.readinto(rest)
        if not read:
            raise EOFError
        rest = rest[read:]
    return block


def _work(source: Pipe, sink: Pipe) -> None:
    """The second process: one lot after another until the input ends."""
    manifest, vocabulary, taken, columns, whole = pickle.loads(_receive(source))  # noqa: S301 (our starter wrote it)
    work = RowWork(manifest, vocabulary, taken, columns, whole)
    gc.freeze()  # the program and the rules stay: there is no need to look through them again and again
    with suppress(EOFError):
        while True:
            block = _receive(source)
            kind, sent = block[:1], memoryview(block)[1:]
            rows = marshal.loads(sent) if kind == _MARSHAL else pickle.loads(sent)  # noqa: S301, S302 (likewise)
            _send(sink, marshal.dumps(work.of(dict(zip(columns, row, strict=True)) for row in rows), 2))


if __name__ == "__main__":
    with open(0, "rb", buffering=0) as asked, open(1, "wb", buffering=0) as answered:
        _work(asked, answered)
