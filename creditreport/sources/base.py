"""Asking a source: one base class owns deadline, timing, logging and outcome; a driver writes how rows are fetched.

A source is asked in a thread of its own. When its deadline passes it is given up as unavailable, whatever the driver
is waiting for; the others are not held up. Nothing of a row's content is logged.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

import structlog

from creditreport.catalog.manifest import LocatedManifest
from creditreport.catalog.references import UnresolvedReference, resolve
from creditreport.sources.guard import Guard
from creditreport.sources.outcome import ExpectationMissed, SourceIncomplete, SourceUnavailable
from creditreport.sources.retry import with_retries
from creditreport.sources.since import Since
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.cells import UnreadableCell, read_moment

__all__ = [
    "Asked", "Deadline", "ExpectationMissed", "Opened", "Pending", "Row", "Rows", "Source", "SourceIncomplete",
    "SourceUnavailable", "as_watermark", "overrun",
]  # fmt: skip
log = structlog.get_logger("creditreport.sources")

Row = Mapping[str, Any]
T = TypeVar("T")
# How long beyond its deadline a source is waited for: it then reports its own overrun, with what it was doing.
_GRACE_SECONDS = 0.05


class Deadline:
    """The moment at which a source is given up."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    def check(self) -> None:
        """Raise :class:`SourceUnavailable` once the time is over."""
        if time.monotonic() > self._end:
            raise SourceUnavailable(overrun(self.seconds))


def overrun(seconds: float) -> str:
    """The sentence for a source that took too long."""
    return f"在 {seconds:g} 秒内没有读完 / not read within {seconds:g} seconds"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a driver hands over: the header, the rows as a stream, and what it knows about how old they are.

    ``version`` may be told only after the last row. ``success`` is what the source says of itself, if the manifest has
    it asked (``expect.success``).
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    watermark: Any = None
    version: str | Callable[[], str] | None = None
    success: bool | None = None


class Rows:
    """The rows of one asking: the deadline and the guard rails hold between them, the latest watermark is kept."""

    def __init__(
        self, opened: Opened, deadline: Deadline, watermark_column: str | None, guard: Guard | None = None
    ) -> None:
        self.columns = opened.columns
        self.read = 0
        self.watermark: datetime | None = None
        self._opened, self._deadline, self._column, self._guard = opened, deadline, watermark_column, guard
        if watermark_column is not None and watermark_column not in opened.columns:
            raise SourceIncomplete(f"缺少数据时间列“{watermark_column}” / the watermark column is missing")

    def __iter__(self) -> Iterator[Row]:
        if self._guard is not None:
            self._guard.begin(self._opened.success)
        for row in self._opened.rows:
            self._deadline.check()
            self.read += 1
            if self._column is not None:
                self._keep_latest(row[self._column])
            if self._guard is not None:
                self._guard.see(row)
            yield row
        if self._guard is not None:
            self._guard.end()

    def _keep_latest(self, cell: Any) -> None:
        moment = as_watermark(cell)
        if moment is not None and (self.watermark is None or moment > self.watermark):
            self.watermark = moment


def as_watermark(cell: Any) -> datetime | None:
    """The moment that a watermark states. Raises :class:`SourceIncomplete` when it cannot be read."""
    try:
        return read_moment(cell)
    except UnreadableCell as error:
        raise SourceIncomplete(f"数据时间无法读取：{error} / the watermark cannot be read") from error


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """The outcome of asking one source; ``result`` is what the work made of its rows, if it was read to the end."""

    status: AnswerStatus
    answered_at: datetime
    result: T | None = None
    data_as_of: datetime | None = None
    version: str | None = None
    rows_read: int = 0
    problem: str | None = None


class Pending(Generic[T]):
    """A source being asked."""

    def __init__(self, source: Source, asked_at: datetime, work: Callable[[Rows], T]) -> None:
        self._source, self._asked_at = source, asked_at
        self._deadline = Deadline(source.manifest.deadline_seconds)
        self._asked: Asked[T] | None = None
        # A daemon: a driver that hangs for good must not keep the process alive.
        self._thread = threading.Thread(target=self._run, args=(work,), name=f"source-{source.slug}", daemon=True)
        self._thread.start()

    def wait(self) -> Asked[T]:
        """The outcome, at the latest when the deadline has passed."""
        self._thread.join(self._deadline.remaining + _GRACE_SECONDS)
        asked = self._asked
        if asked is None:
            self._source.abandon()
            asked = self._failed(AnswerStatus.UNAVAILABLE, overrun(self._deadline.seconds))
        log.info(
            "source_asked",
            source=self._source.slug,
            driver=self._source.name,
            status=asked.status.value,
            seconds=round((asked.answered_at - self._asked_at).total_seconds(), 3),
            rows=asked.rows_read,
        )
        return asked

    def _run(self, work: Callable[[Rows], T]) -> None:
        try:
            self._asked = self._ask(work)
        except SourceUnavailable as error:
            self._asked = self._failed(AnswerStatus.UNAVAILABLE, str(error))
        except SourceIncomplete as error:
            self._asked = self._failed(AnswerStatus.INCOMPLETE, str(error))
        except Exception as error:
            # Whatever went wrong, silence is not an answer. The message could hold a cell, so only its kind is told.
            log.error("source_failed", source=self._source.slug, error=type(error).__name__)
            problem = f"读取时发生意外错误（{type(error).__name__}） / an unexpected error"
            self._asked = self._failed(AnswerStatus.UNAVAILABLE, problem)

    def _ask(self, work: Callable[[Rows], T]) -> Asked[T]:
        as_of = self._source.manifest.source.as_of
        source, deadline = self._source, self._deadline
        with ExitStack() as stack:
            opened = with_retries(lambda: stack.enter_context(source.open(deadline)), deadline, source.manifest.retries)
            rows = Rows(
                opened, self._deadline, as_of.column, Guard(source.manifest, part_only=source.since is not None)
            )
            result = work(rows)
            self._deadline.check()
        watermark = self._asked_at if as_of.live else rows.watermark or as_watermark(opened.watermark)
        if watermark is None:
            raise SourceIncomplete("无法确定数据截至时间 / it cannot be told how old the data are")
        version = opened.version() if callable(opened.version) else opened.version
        return Asked(AnswerStatus.COMPLETE, self._now(), result, watermark, version, rows.read)

    def _failed(self, status: AnswerStatus, problem: str) -> Asked[T]:
        return Asked(status, self._now(), problem=problem)

    def _now(self) -> datetime:
        passed = timedelta(seconds=self._deadline.seconds - self._deadline.remaining)
        return self._asked_at + timedelta(milliseconds=passed // timedelta(milliseconds=1))


class Source(ABC):
    """One declared source, ready to be asked. ``codes`` are those of the business that it is asked about, if it is
    about one; a source that has no such question hands over everything."""

    name: ClassVar[str]
    since: Since | None = None

    def __init__(self, located: LocatedManifest, environ: Mapping[str, str], codes: tuple[str, ...] = ()) -> None:
        self.manifest = located.manifest
        self.codes = codes
        self.slug = located.manifest.slug
        self.folder = located.path.parent
        self._environ = environ

    def start(self, asked_at: datetime, work: Callable[[Rows], T]) -> Pending[T]:
        """Begin to ask; ``work`` sees the rows in the source's own thread and returns what it made of them."""
        return Pending(self, asked_at, work)

    def address(self, text: str) -> str:
        """The address that a reference stands for. Raises :class:`SourceUnavailable` naming variable and manifest."""
        try:
            return resolve(text, self._environ, self.folder)
        except UnresolvedReference as error:
            raise SourceUnavailable(f"{self.slug}：{error}") from error

    def abandon(self) -> None:  # noqa: B027 - most drivers hold on to nothing
        """Nobody waits any more: let go of whatever the source's own thread is waiting for, if that is possible."""

    @abstractmethod
    def open(self, deadline: Deadline) -> AbstractContextManager[Opened]:
        """Open the source for reading; raises :class:`SourceUnavailable` or :class:`SourceIncomplete`."""
