"""Asking every source and screening what they said: all or a refusal that names the sources.

Silence never prints as "no record": a domain or overlay that did not answer completely stops the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from creditreport.entities.entity import BusinessEntity
from creditreport.errors import Problem
from creditreport.quarantine.keep import keep_refused
from creditreport.reports.compose import Case
from creditreport.reports.content import Purpose
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.collect import collect
from creditreport.violations.overlays import apply_overlays
from creditreport.violations.record import ViolationRecord
from creditreport.violations.ruleset import RuleSet
from creditreport.violations.screen import Decision, ScreeningDomain, ScreeningRequest, screen
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


def gather(service: Service, entity: BusinessEntity, years: int, purpose: Purpose, moment: datetime) -> Case:
    """Ask all sources about ``entity`` as of ``moment`` and decide each record.

    Raises ``SOURCE_UNAVAILABLE``, ``SOURCE_STALE`` or ``SOURCE_INCOMPLETE`` naming the sources; the rows that a person
    must settle are then kept.
    """
    catalog, issued_on = service.catalog, moment.date()
    ruleset = service.rules.on(issued_on)
    window = _window(issued_on, years, service)
    collection = collect(catalog, entity, issued_on, window.end, moment, service.collecting)
    answers = _by_slug((one.manifest.slug for one in catalog.domains), collection.answers, moment)
    overlays = _by_slug((one.manifest.slug for one in catalog.overlays), collection.overlay_answers, moment)
    keep_refused(service.sessions, (*answers.values(), *overlays.values()), moment)
    refuse_unusable({**answers, **overlays}, catalog)
    records = _amended(service, entity, answers, overlays, moment)
    request = ScreeningRequest(entity.uscc, issued_on, years, ruleset.id, entity.previous_codes)
    decisions = _screened(records, request, service, window, ruleset)
    return Case(entity, years, purpose, window, moment, ruleset, answers, overlays, decisions)


def _window(issued_on: date, years: int, service: Service) -> Window:
    try:
        return window_for(issued_on, years, service.calendar)
    except (ValueError, OverflowError) as error:  # before the first year of the calendar
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


def _amended(
    service: Service,
    entity: BusinessEntity,
    answers: Mapping[str, Answer],
    overlays: Mapping[str, Answer],
    moment: datetime,
) -> tuple[ViolationRecord, ...]:
    """The domains' records with the overlays applied; an overlay row that cannot be joined makes it incomplete."""
    records = tuple(record for answer in answers.values() for record in answer.records)
    applied = apply_overlays(records, [entry for answer in overlays.values() for entry in answer.entries], entity)
    broken = {
        slug: replace(overlays[slug], status=AnswerStatus.INCOMPLETE, quarantined=rows)
        for slug, rows in applied.quarantined.items()
        if rows
    }
    keep_refused(service.sessions, broken.values(), moment)
    refuse_unusable(broken, service.catalog)
    return tuple(applied.records)


def _screened(
    records: tuple[ViolationRecord, ...],
    request: ScreeningRequest,
    service: Service,
    window: Window,
    ruleset: RuleSet,
) -> list[Decision]:
    domains = {}
    for located in service.catalog.domains:
        manifest = located.manifest
        if manifest.number is not None and manifest.effective_from is not None:  # every domain has both
            domains[manifest.slug] = ScreeningDomain(manifest.number, manifest.effective_from)
    try:
        return screen(records, request, ruleset, domains, window)
    except Problem as problem:
        if problem.code != "UNSCREENABLE_CHAIN":
            raise
        # A chain that cannot be screened is a row that a person must settle, at the domain that it came from.
        raise _refusal("SOURCE_INCOMPLETE", [records[problem.shown["index"]].domain], service.catalog) from problem
