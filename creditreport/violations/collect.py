"""Asking sources about one business: each gives an :class:`Answer`, all are asked side by side.

A source that did not answer completely says so and why; nothing here ever turns silence into "no record".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from creditreport.catalog.load import Catalog
from creditreport.catalog.manifest import LocatedManifest, Manifest, Role
from creditreport.catalog.shared import shared_key, shared_words
from creditreport.catalog.words import Vocabulary
from creditreport.entities.entity import BusinessEntity, Unclear
from creditreport.sources.base import Asked, Deadline, Opened, Pending, Rows, SourceIncomplete
from creditreport.sources.registry import make_source
from creditreport.violations.answer import Answer, AnswerStatus, Quarantined
from creditreport.violations.overlays import joined
from creditreport.violations.reading import NOTHING_KEPT, Kept, about_business, all_businesses, unclear_entries
from creditreport.violations.settled import NOTHING_SETTLED, Settled
from creditreport.violations.stored import Held, Store, Wanted
from creditreport.worktime import WorkCalendar

# Whoever wants to know of each answer as soon as it is there.
Heard = Callable[[Answer], None]


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
class Collection:
    """One answer of every domain, in the catalogue's order, and one of every overlay."""

    answers: tuple[Answer, ...]
    overlay_answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """The register as its source tells it; ``answer`` says whether it was read to the end."""

    answer: Answer
    entities: tuple[BusinessEntity, ...]
    unclear: tuple[Unclear, ...] = ()

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """Rows of the register that are no certain business: no right code, an unknown word, one id twice."""
        return self.answer.quarantined


@dataclass(frozen=True, slots=True)
class _Question:
    """One source to be asked about one business."""

    located: LocatedManifest
    entity: BusinessEntity
    asked_at: datetime
    ctx: Collecting
    taken: frozenset[str]
    settled: Settled

    @property
    def manifest(self) -> Manifest:
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


class _Asking:
    """A source that is asked itself."""

    def __init__(self, question: _Question) -> None:
        self._question = question
        source = make_source(question.located, question.ctx.environ, question.entity.codes)
        self._pending: Pending[Kept] = source.start(question.asked_at, question.read)

    def answer(self, window_end: date) -> Answer:
        """Wait for the source and judge what it said."""
        asked = self._pending.wait()
        answer = _answer(self._question.manifest.slug, self._question.asked_at, asked)
        if asked.result is None or answer.status is not AnswerStatus.COMPLETE:
            return answer
        return self._question.judged(answer, asked.result, window_end)


class _Reading:
    """A mirrored source, read in our own store."""

    def __init__(self, question: _Question, store: Store) -> None:
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
        opened = Opened(tuple(held.columns), iter(held.rows))
        try:
            kept = question.read(Rows(opened, Deadline(manifest.deadline_seconds), None))
        except SourceIncomplete as error:
            return Answer(manifest.slug, AnswerStatus.INCOMPLETE, at, at, problem=str(error))
        # Rows left out by name were counted at the sync, over the whole source.
        skipped = Counter(held.skipped) + Counter(kept.skipped) if kept.skipped else held.skipped or {}
        answer = Answer(
            manifest.slug, AnswerStatus.COMPLETE, at, at, held.data_as_of, held.version, held.rows_read, skipped=skipped
        )
        return question.judged(answer, kept if kept is NOTHING_KEPT else replace(kept, skipped=skipped), window_end)


def collect_one(
    located: LocatedManifest,
    entity: BusinessEntity,
    window_end: date,
    asked_at: datetime,
    issued_on: date,
    ctx: Collecting,
    catalog: Catalog | None = None,
) -> Answer:
    """Ask one source now. ``catalog`` tells which other manifests take rows of the same table."""
    if _not_yet(located.manifest, issued_on):
        return _not_implemented(located.manifest, asked_at)
    shared = shared_words([located, *(catalog.domains if catalog else ())], ctx.environ)
    question = _question(located, entity, asked_at, ctx, shared, ctx.settled())
    return _start(question).answer(window_end)


def collect(
    catalog: Catalog,
    entity: BusinessEntity,
    issued_on: date,
    window_end: date,
    asked_at: datetime,
    ctx: Collecting,
    heard: Heard = lambda _answer: None,
) -> Collection:
    """Ask every implemented domain and every overlay about ``entity``, all at the same time.

    ``heard`` is told each answer once it is there: those from our store first, then those of the sources in order.
    """

    def noted(answer: Answer) -> Answer:
        heard(answer)
        return answer

    shared, settled = shared_words(catalog.domains, ctx.environ), ctx.settled()
    started: list[_Asking | _Reading | Answer] = [
        _not_implemented(one.manifest, asked_at)
        if _not_yet(one.manifest, issued_on)
        else _start(_question(one, entity, asked_at, ctx, shared, settled))
        for one in (*catalog.domains, *catalog.overlays)
    ]
    # Our own store is read while the sources that are asked themselves are at work.
    readings = [one for one in started if isinstance(one, _Reading)]
    held = iter(ctx.store.held_all([one.wanted for one in readings], entity) if ctx.store and readings else ())
    started = [noted(one.answer(window_end, next(held))) if isinstance(one, _Reading) else one for one in started]
    answers = [one if isinstance(one, Answer) else noted(one.answer(window_end)) for one in started]
    count = len(catalog.domains)
    return Collection(tuple(answers[:count]), _joinable(answers[:count], answers[count:], entity))


def read_register(located: LocatedManifest, ctx: Collecting, asked_at: datetime) -> RegisterReading:
    """Every business that the register tells of."""
    work = partial(all_businesses, located.manifest, ctx.vocabulary)
    pending: Pending[Kept] = make_source(located, ctx.environ).start(asked_at, work)
    asked = pending.wait()
    answer = _answer(located.manifest.slug, asked_at, asked)
    if asked.result is None:
        return RegisterReading(answer, ())
    kept = asked.result
    answer = replace(answer, quarantined=kept.quarantined, skipped=dict(kept.skipped))
    return RegisterReading(answer, kept.values, unclear_entries(located.manifest, kept.quarantined))


def _question(
    located: LocatedManifest,
    entity: BusinessEntity,
    asked_at: datetime,
    ctx: Collecting,
    shared: Mapping[str, frozenset[str]],
    settled: Mapping[str, Settled],
) -> _Question:
    taken = shared.get(shared_key(located, ctx.environ), frozenset()) if located.manifest.source.take else frozenset()
    return _Question(located, entity, asked_at, ctx, taken, settled.get(located.manifest.slug, NOTHING_SETTLED))


def _start(question: _Question) -> _Asking | _Reading:
    store = None if question.ctx.ask_all else question.ctx.store
    return _Reading(question, store) if question.manifest.mode == "mirrored" and store else _Asking(question)


def _not_yet(manifest: Manifest, issued_on: date) -> bool:
    return manifest.effective_from is not None and manifest.effective_from > issued_on


def _not_implemented(manifest: Manifest, asked_at: datetime) -> Answer:
    problem = f"自 {manifest.effective_from} 起实施 / implemented from {manifest.effective_from}"
    return Answer(manifest.slug, AnswerStatus.NOT_IMPLEMENTED, asked_at, asked_at, problem=problem)


def _answer(slug: str, asked_at: datetime, asked: Asked[Kept]) -> Answer:
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


def _joinable(answers: Iterable[Answer], overlays: Iterable[Answer], entity: BusinessEntity) -> tuple[Answer, ...]:
    """While domains are not implemented, an entry that joins no record may belong to one of theirs: counted, not held
    against the business."""
    answers = tuple(answers)
    if all(answer.status is not AnswerStatus.NOT_IMPLEMENTED for answer in answers):
        return tuple(overlays)
    records = [record for answer in answers for record in answer.records]
    result = []
    for overlay in overlays:
        entries = tuple(entry for entry in overlay.entries if joined(entry, records, entity))
        left = len(overlay.entries) - len(entries)
        skipped = {**overlay.skipped, "domain_not_implemented": left} if left else overlay.skipped
        result.append(replace(overlay, entries=entries, skipped=skipped))
    return tuple(result)
