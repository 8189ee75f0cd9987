"""Asking every source and screening what they said: all or a refusal that names the sources.

Silence never prints as "no record": a domain or overlay that did not answer completely stops the report. The business's
own pre-check (``precheck``) asks in the same way, and tells what is missing instead of refusing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from creditreport.entities.entity import BusinessEntity
from creditreport.errors import Problem
from creditreport.objections.corrections import own_entries
from creditreport.quarantine.keep import keep_refused
from creditreport.quarantine.troubles import note_troubles
from creditreport.reports.compose import Case, DomainFacts
from creditreport.reports.content import Purpose
from creditreport.reports.facts import screening_domains
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.collect import Heard, collect
from creditreport.violations.overlays import apply_overlays, joined
from creditreport.violations.own import OwnEntry, apply_own
from creditreport.violations.record import ViolationRecord
from creditreport.violations.ruleset import RuleSet
from creditreport.violations.screen import Decision, ScreeningRequest, screen
from creditreport.violations.window import Window, window_for

if TYPE_CHECKING:
    from creditreport.catalog.load import Catalog
    from creditreport.service import Service

# Which refusal is told when several apply, the gravest first.
REFUSALS = {
    AnswerStatus.UNAVAILABLE: "SOURCE_UNAVAILABLE",
    AnswerStatus.STALE: "SOURCE_STALE",
    AnswerStatus.INCOMPLETE: "SOURCE_INCOMPLETE",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What every source said about a business, whether or not a report may rest on it; both in catalogue order."""

    entity: BusinessEntity
    window: Window
    moment: datetime
    ruleset: RuleSet
    catalog: tuple[DomainFacts, ...]
    answers: Mapping[str, Answer]
    overlays: Mapping[str, Answer]
    own: tuple[OwnEntry, ...] = ()

    @property
    def all(self) -> dict[str, Answer]:
        """Every answer by slug."""
        return {**self.answers, **self.overlays}

    def request(self, years: int) -> ScreeningRequest:
        """The request for a screening of these records."""
        entity = self.entity
        return ScreeningRequest(entity.uscc, self.moment.date(), years, self.ruleset.id, entity.previous_codes)


def gather(
    service: Service,
    entity: BusinessEntity,
    years: int,
    purpose: Purpose,
    moment: datetime,
    heard: Heard = lambda _answer: None,
) -> Case:
    """Ask all sources about ``entity`` as of ``moment`` and decide each record.

    Raises ``SOURCE_UNAVAILABLE``, ``SOURCE_STALE`` or ``SOURCE_INCOMPLETE`` naming the sources; the rows that a person
    must settle are then kept. ``heard`` is told each answer as soon as it is there.
    """
    told = ask_all(service, entity, years, moment, heard)
    refuse_unusable(told.all, service.catalog)
    records, broken, used = amended(told)
    keep_refused(service.sessions, broken.values(), moment)
    refuse_unusable(broken, service.catalog)
    decisions = _screened(records, told, years, service.catalog)
    return Case(
        entity, years, purpose, told.window, moment, told.ruleset, told.answers, told.overlays, decisions, told.catalog,
        used, told.own,
    )  # fmt: skip


def ask_all(
    service: Service, entity: BusinessEntity, years: int, moment: datetime, heard: Heard = lambda _answer: None
) -> Told:
    """Ask all sources about ``entity`` as of ``moment``; nothing is refused, the rows to be settled are kept."""
    catalog, issued_on = service.catalog, moment.date()
    ruleset = service.rules.on(issued_on)
    window = window_of(issued_on, years, service)
    collection = collect(catalog, entity, issued_on, window.end, moment, service.collecting, heard)
    answers = _by_slug((one.manifest.slug for one in catalog.domains), collection.answers, moment)
    overlays = _by_slug((one.manifest.slug for one in catalog.overlays), collection.overlay_answers, moment)
    keep_refused(service.sessions, (*answers.values(), *overlays.values()), moment)
    note_troubles(service.sessions, (*answers.values(), *overlays.values()), moment)
    # Last of all, so that what was decided while the sources took their time counts.
    with service.looking() as session:
        own = own_entries(session, entity.register_id)
    return Told(entity, window, moment, ruleset, service.facts, answers, overlays, own)


def window_of(issued_on: date, years: int, service: Service) -> Window:
    """The window of a report; ``INVALID_DATE`` before the first year of the calendar."""
    try:
        return window_for(issued_on, years, service.calendar)
    except (ValueError, OverflowError) as error:
        raise Problem("INVALID_DATE", value=issued_on.isoformat()) from error


def _by_slug(slugs: Iterable[str], answers: Iterable[Answer], moment: datetime) -> dict[str, Answer]:
    """The answers in the catalogue's order; a source that gave none at all counts as unavailable."""
    given = {answer.slug: answer for answer in answers}
    return {
        slug: given.get(slug) or Answer(slug, AnswerStatus.UNAVAILABLE, moment, moment, problem="no answer")
        for slug in slugs
    }


def refuse_unusable(answers: Mapping[str, Answer], catalog: Catalog) -> None:
    """Raise the gravest refusal among ``answers``, naming every source of that status."""
    for status, code in REFUSALS.items():
        slugs = [slug for slug, answer in answers.items() if answer.status is status]
        if slugs:
            raise _refusal(code, slugs, catalog)
    left = [slug for slug, answer in answers.items() if not answer.usable]
    if left:
        raise _refusal("SOURCE_INCOMPLETE", left, catalog)


def _refusal(code: str, slugs: list[str], catalog: Catalog) -> Problem:
    manifests = [catalog.find(slug).manifest for slug in slugs]
    return Problem(
        code,
        shown={"domains": slugs},
        titles_zh="、".join(manifest.title for manifest in manifests),
        titles_en=", ".join(manifest.title_en for manifest in manifests),
    )


def amended(told: Told) -> tuple[tuple[ViolationRecord, ...], dict[str, Answer], tuple[OwnEntry, ...]]:
    """The domains' records with the overlays and our own corrections applied; what that makes incomplete; ours used.

    Incomplete are overlays by a row of theirs, and domains with a record that cannot take its correction any more.

    While a domain has not answered, an entry that joins no record may belong to one of its records: it is passed over.
    """
    records = tuple(record for answer in told.answers.values() for record in answer.records)
    entries = [entry for answer in told.overlays.values() for entry in answer.entries]
    if not all(answer.usable for answer in told.answers.values()):
        entries = [entry for entry in entries if joined(entry, records, told.entity)]
    applied = apply_overlays(records, entries, told.entity)
    broken = {
        slug: replace(told.overlays[slug], status=AnswerStatus.INCOMPLETE, quarantined=rows)
        for slug, rows in applied.quarantined.items()
        if rows
    }
    ours = apply_own(applied.records, told.own)
    broken |= {slug: replace(told.answers[slug], status=AnswerStatus.INCOMPLETE) for slug in ours.broken}
    return ours.records, broken, ours.used


def _screened(records: tuple[ViolationRecord, ...], told: Told, years: int, catalog: Catalog) -> list[Decision]:
    try:
        return screen(records, told.request(years), told.ruleset, screening_domains(told.catalog), told.window)
    except Problem as problem:
        if problem.code != "UNSCREENABLE_CHAIN":
            raise
        # A chain that cannot be screened is a row that a person must settle, at the domain that it came from.
        raise _refusal("SOURCE_INCOMPLETE", [records[problem.shown["index"]].domain], catalog) from problem
