"""Whether each row of a source can be mapped with certainty; of a large source, found out by a second process.

A row is stored whether it can be mapped or not: what is found out about it is wanted when the run is completed, not
before. So the rows of a large source are handed in lots to a process beside this one, which answers with the few that
a person must look at, while this one reads and stores the next. It is a help and nothing depends on it: a lot that it
cannot take (it is behind, it has ended, a cell cannot be sent) is checked here, with the same outcome.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple

from creditreport.catalog.manifest import Manifest
from creditreport.catalog.words import Vocabulary
from creditreport.violations.fingerprint import row_of
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.reading import UNTAKEN, build_value

Row = Mapping[str, Any]


class Known(NamedTuple):
    """A row as it came and as it is kept, and what is known of it before it is mapped; ``belongs`` as ``RowFilter``
    tells it."""

    row: Row
    text: bytes
    key: str | None
    code: str | None
    belongs: bool | None
    mark: bytes = b""


# The place of a row in its lot, the column to blame (if one is) and a sentence.
Met = tuple[int, str | None, str]
Found = list[tuple[Known, str | None, str]]

# From so many rows on a second process is worth its start of half a second.
LARGE = 20_000
# Lots that wait for the second process; when it is behind, the next one is checked here.
_WAITING = 2


class Checker:
    """The check itself: why a person must look at a row, whomever it concerns."""

    def __init__(self, manifest: Manifest, mapper: Mapper) -> None:
        self._manifest, self._mapper = manifest, mapper
        self._take = manifest.source.take.column if manifest.source.take else None
        self._code = next((rule.column for rule in manifest.fields.get("uscc", ()) if rule.column), None)

    def of(self, lot: Iterable[Known]) -> list[Met]:
        """The rows of ``lot`` that are not certain, in order."""
        return [(place, *why) for place, known in enumerate(lot) if (why := self._why(known)) is not None]

    def _why(self, known: Known) -> tuple[str | None, str] | None:
        if known.belongs is None:
            return self._take, UNTAKEN
        if known.code is None:
            return self._code, "没有正确的统一社会信用代码"
        try:
            build_value(self._manifest, self._mapper, known.row, known.code, known.key)
        except Unmappable as error:
            return error.column, error.problem
        return None


class Checking:
    """The lots of one run. To be used as a context: the second process ends with it, whatever happened."""

    def __init__(self, manifest: Manifest, vocabulary: Vocabulary, mapper: Mapper) -> None:
        self._here, self._beside = Checker(manifest, mapper), _Beside(manifest, vocabulary)
        self._waiting: deque[tuple[Sequence[Known], Future[list[Met]]]] = deque()
        self._rows = 0

    def __enter__(self) -> Checking:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._beside.end()

    def put(self, lot: Sequence[Known]) -> Found:
        """Have ``lot`` checked; what is found out by now, in the order in which the lots were put."""
        self._rows += len(lot)
        self._waiting.append((lot, self._checked(lot)))
        found: Found = []
        while self._waiting and self._waiting[0][1].done():
            found += self._next()
        return found

    def rest(self) -> Found:
        """The same of the lots that are still being checked: waits for them."""
        found: Found = []
        while self._waiting:
            found += self._next()
        return found

    def _next(self) -> Found:
        lot, future = self._waiting.popleft()
        try:
            met = future.result()
        except Exception:
            # Whatever befell the second process: what is wrong with the rows themselves shows here again.
            met = self._here.of(lot)
        return [(lot[place], column, problem) for place, column, problem in met]

    def _checked(self, lot: Sequence[Known]) -> Future[list[Met]]:
        behind = sum(not future.done() for _lot, future in self._waiting) >= _WAITING
        if self._rows > LARGE and not behind and len(os.sched_getaffinity(0)) > 1:
            return self._beside.ask(lot)
        done: Future[list[Met]] = Future()
        done.set_result(self._here.of(lot))
        return done


class _Beside:
    """The second process, started when first asked. It ends when this one does, however that comes: its input is then
    at an end."""

    def __init__(self, manifest: Manifest, vocabulary: Vocabulary) -> None:
        self._begin = pickle.dumps((manifest, {name: dict(table) for name, table in vocabulary.items()}))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mirror-check")
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, lot: Sequence[Known]) -> Future[list[Met]]:
        """What :meth:`Checker.of` says, or whatever kept the process from answering."""
        return self._thread.submit(self._ask, lot)

    def _ask(self, lot: Sequence[Known]) -> list[Met]:
        # As they are kept, for they are written out already; and a kept row is mapped as the row that came.
        sent = pickle.dumps([one[1:5] for one in lot], pickle.HIGHEST_PROTOCOL)
        if self._process is None:
            self._process, sent = _start(), self._begin + sent
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(sent)
        self._process.stdin.flush()
        found: list[Met] = pickle.load(self._process.stdout)  # noqa: S301 (our own process wrote it)
        return found

    def end(self) -> None:
        """End the process. An answer that is still waited for never comes."""
        if self._process is not None:
            self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        if self._process is not None:
            self._process.kill()  # if it was only being started a moment ago
            self._process.communicate()


def _start() -> subprocess.Popen[bytes]:
    # Our settings and secrets are no business of a process that only reads rows.
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "creditreport.mirror.checking"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in kept if name in os.environ},
        process_group=0,  # Ctrl-C is meant for the one that asked.
    )


def _work(source: BinaryIO, sink: BinaryIO) -> None:
    """The second process: one lot after another until the input ends."""
    manifest, vocabulary = pickle.load(source)  # noqa: S301 (the process that started this one wrote it)
    checker = Checker(manifest, Mapper(manifest, vocabulary))
    while source.peek(1):  # type: ignore[attr-defined]
        lot = pickle.load(source)  # noqa: S301
        known = (Known(row_of(text.decode()), text, *rest) for text, *rest in lot)
        pickle.dump(checker.of(known), sink)
        sink.flush()


if __name__ == "__main__":
    _work(sys.stdin.buffer, sys.stdout.buffer)
