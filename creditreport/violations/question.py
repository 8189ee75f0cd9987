"""One source asked about one business: itself, or in our own store where it is mirrored, and what it said judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from creditreport.catalog.manifest import LocatedManifest, Manifest, Role
from creditreport.catalog.shared import shared_key
from creditreport.catalog.words import Vocabulary
from creditreport.entities.entity import BusinessEntity
from creditreport.sources.base import Asked, Deadline, Opened, Pending, Rows, SourceIncomplete
from creditreport.sources.registry import make_source
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.reading import NOTHING_KEPT, Kept, about_business, check_source
from creditreport.violations.settled import NOTHING_SETTLED, Settled
from creditreport.violations.stored import Held, Store, Wanted
from creditreport.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class Collecting:
    """What asking needs beside the manifests: the environment's references, the shared words, the working days.

    With the ``store``, mirrored sources are read there and what persons have settled is applied. Without it, or with
    ``ask_all``, every source is asked itself. ``today`` tells the machine's day where the asking day may be another.
    """

    environ: Mapping[str, str]
    vocabulary: Vocabulary
    calendar: WorkCalendar
    store: Store | None = None
    ask_all: bool = False
    today: Callable[[], date] | None = None

    def settled(self) -> Mapping[str, Settled]:
        """What persons have decided about rows, by source."""
        return self.store.settled() if self.store else {}

    def latest(self, asked_at: datetime) -> date:
        """The last day on which a decision can have been made.

        A report on a past day (a drill) meets decisions that were made since: those are made all the same.
        """
        return max(asked_at.date(), self.today() if self.today else asked_at.date())


@dataclass(frozen=True, slots=True)
class Question:
    """One source to be asked about one business."""

    located: LocatedManifest
    entity: BusinessEntity
    asked_at: datetime
    ctx: Collecting
    taken: frozenset[str]
    settled: Settled

    @property
    def manifest(self) -> Manifest:
        """The source's manifest."""
        return self.located.manifest

    def read(self, rows: Rows) -> Kept:
        """What the rows say about the business."""
        latest = self.ctx.latest(self.asked_at)
        return about_business(self.manifest, self.entity, self.ctx.vocabulary, self.taken, rows, self.settled, latest)

    def judged(self, answer: Answer, kept: Kept, window_end: date) -> Answer:
        """The answer of a source that was read to its end."""
        if kept is NOTHING_KEPT:
            return self._judged_by_age(answer, window_end)
        values: dict[str, Any] = {"entries" if self.manifest.role is Role.OVERLAY else "records": kept.values}
        answer = replace(answer, quarantined=kept.quarantined, skipped=dict(kept.skipped), **values)
        if kept.quarantined:
            problem = f"{len(kept.quarantined)} 行不能确认，待工作人员核定 / rows that staff must settle"
            return replace(answer, status=AnswerStatus.INCOMPLETE, problem=problem)
        return self._judged_by_age(answer, window_end)

    def _judged_by_age(self, answer: Answer, window_end: date) -> Answer:
        assert answer.data_as_of is not None  # noqa: S101 - a complete asking always knows
        behind = self.ctx.calendar.working_days_between(answer.data_as_of.date(), window_end)
        if behind <= self.manifest.freshness:
            return answer
        problem = (
            f"数据截至 {answer.data_as_of.date()}，早于 {window_end} {behind} 个工作日，"
            f"允许 {self.manifest.freshness} 个 / the data are {behind} working days behind"
        )
        return replace(answer, status=AnswerStatus.STALE, problem=problem)


class Asking:
    """A source that is asked itself."""

    def __init__(self, question: Question) -> None:
        self._question = question
        source = make_source(question.located, question.ctx.environ, question.entity.codes)
        self._pending: Pending[Kept] = source.start(question.asked_at, question.read)

    def answer(self, window_end: date) -> Answer:
        """Wait for the source and judge what it said."""
        asked = self._pending.wait()
        answer = answer_of(self._question.manifest.slug, self._question.asked_at, asked)
        if asked.result is None or answer.status is not AnswerStatus.COMPLETE:
            return answer
        return self._question.judged(answer, asked.result, window_end)


class Reading:
    """A mirrored source, read in our own store."""

    def __init__(self, question: Question, store: Store) -> None:
        self._question, self._store = question, store
        self.wanted = Wanted(question.located, question.taken, question.settled)

    def answer(self, window_end: date, held: Held | None = None) -> Answer:
        """Read and judge: by the rows that the source had at its last good sync, as old as they were then."""
        question, manifest = self._question, self._question.manifest
        if held is None:
            held = self._store.held(question.located, question.entity, question.taken, question.settled)
        at = question.asked_at
        if held.problem is not None or held.data_as_of is None:
            return Answer(manifest.slug, AnswerStatus.UNAVAILABLE, at, at, problem=held.problem)
        try:
            kept = self._kept(held)
        except SourceIncomplete as error:
            return Answer(manifest.slug, AnswerStatus.INCOMPLETE, at, at, problem=str(error))
        # Rows left out by name were counted at the sync, over the whole source.
        skipped = Counter(held.skipped) + Counter(kept.skipped) if kept.skipped else held.skipped or {}
        answer = Answer(
            manifest.slug, AnswerStatus.COMPLETE, at, at, held.data_as_of, held.version, held.rows_read, skipped=skipped
        )
        return question.judged(answer, kept if kept is NOTHING_KEPT else replace(kept, skipped=skipped), window_end)

    def _kept(self, held: Held) -> Kept:
        question, columns = self._question, tuple(held.columns)
        if not held.rows:
            check_source(question.manifest, columns)
            return NOTHING_KEPT
        return question.read(Rows(Opened(columns, iter(held.rows)), Deadline(question.manifest.deadline_seconds), None))


def question_of(
    located: LocatedManifest,
    entity: BusinessEntity,
    asked_at: datetime,
    ctx: Collecting,
    shared: Mapping[str, frozenset[str]],
    settled: Mapping[str, Settled],
) -> Question:
    """The question to one source; ``shared`` are the words that any manifest takes of its table."""
    taken = shared.get(shared_key(located, ctx.environ), frozenset()) if located.manifest.source.take else frozenset()
    return Question(located, entity, asked_at, ctx, taken, settled.get(located.manifest.slug, NOTHING_SETTLED))


def begin(question: Question) -> Asking | Reading:
    """Begin to ask the source, or get ready to read it in our own store where it is mirrored."""
    store = None if question.ctx.ask_all else question.ctx.store
    return Reading(question, store) if question.manifest.mode == "mirrored" and store else Asking(question)


def answer_of(slug: str, asked_at: datetime, asked: Asked[Kept]) -> Answer:
    """What a source that was asked itself said, before it is judged."""
    return Answer(
        slug,
        asked.status,
        asked_at,
        asked.answered_at,
        data_as_of=asked.data_as_of,
        source_version=asked.version,
        rows_read=asked.rows_read,
        problem=asked.problem,
    )
