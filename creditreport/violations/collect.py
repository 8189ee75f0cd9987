"""Asking sources about one business: each gives an :class:`Answer`, all are asked side by side.

A source that did not answer completely says so and why; nothing here ever turns silence into "no record".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from creditreport.catalog.load import Catalog
from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.catalog.shared import shared_words
from creditreport.entities.entity import BusinessEntity, Unclear
from creditreport.sources.base import Pending
from creditreport.sources.registry import make_source
from creditreport.violations.answer import Answer, AnswerStatus, Quarantined
from creditreport.violations.overlays import joined
from creditreport.violations.question import Asking, Collecting, Reading, answer_of, begin, question_of
from creditreport.violations.reading import Kept, all_businesses, unclear_entries

# Whoever wants to know of each answer as soon as it is there.
Heard = Callable[[Answer], None]


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
    question = question_of(located, entity, asked_at, ctx, shared, ctx.settled())
    return begin(question).answer(window_end)


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
    started: list[Asking | Reading | Answer] = [
        _not_implemented(one.manifest, asked_at)
        if _not_yet(one.manifest, issued_on)
        else begin(question_of(one, entity, asked_at, ctx, shared, settled))
        for one in (*catalog.domains, *catalog.overlays)
    ]
    # Our own store is read while the sources that are asked themselves are at work.
    readings = [one for one in started if isinstance(one, Reading)]
    held = iter(ctx.store.held_all([one.wanted for one in readings], entity) if ctx.store and readings else ())
    started = [noted(one.answer(window_end, next(held))) if isinstance(one, Reading) else one for one in started]
    answers = [one if isinstance(one, Answer) else noted(one.answer(window_end)) for one in started]
    count = len(catalog.domains)
    return Collection(tuple(answers[:count]), _joinable(answers[:count], answers[count:], entity))


def read_register(located: LocatedManifest, ctx: Collecting, asked_at: datetime) -> RegisterReading:
    """Every business that the register tells of."""
    work = partial(all_businesses, located.manifest, ctx.vocabulary)
    pending: Pending[Kept] = make_source(located, ctx.environ).start(asked_at, work)
    asked = pending.wait()
    answer = answer_of(located.manifest.slug, asked_at, asked)
    if asked.result is None:
        return RegisterReading(answer, ())
    kept = asked.result
    answer = replace(answer, quarantined=kept.quarantined, skipped=dict(kept.skipped))
    return RegisterReading(answer, kept.values, unclear_entries(located.manifest, kept.quarantined))


def _not_yet(manifest: Manifest, issued_on: date) -> bool:
    return manifest.effective_from is not None and manifest.effective_from > issued_on


def _not_implemented(manifest: Manifest, asked_at: datetime) -> Answer:
    problem = f"自 {manifest.effective_from} 起实施 / implemented from {manifest.effective_from}"
    return Answer(manifest.slug, AnswerStatus.NOT_IMPLEMENTED, asked_at, asked_at, problem=problem)


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
