"""The use case behind ``domains pull``: one source asked now about one business, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python

from creditreport.catalog.load import load_manifest, load_words
from creditreport.catalog.manifest import LocatedManifest, Role
from creditreport.clock import Clock, machine_day, on_day
from creditreport.config import Environment
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.errors import Problem
from creditreport.mirror.store import MirrorStore
from creditreport.violations.answer import Answer
from creditreport.violations.collect import collect_one, read_register
from creditreport.violations.question import Collecting
from creditreport.violations.record import comparable_code

if TYPE_CHECKING:
    from creditreport.catalog.load import Catalog
    from creditreport.service import Service


def pull(service: Service, *, slug: str | None, manifest: Path | None, code: str, on: date | None) -> dict[str, Any]:
    """Ask the source ``slug`` of the catalogue, or that of any ``manifest`` file, about the business with ``code``.

    Raises ``UNKNOWN_DOMAIN``, ``INVALID_CATALOG``, ``INVALID_USCC``, ``DUPLICATE_USCC``, ``BACKDATING_REFUSED``.
    """
    clock = _clock(service, on)
    asked_at = clock.now()
    located, catalog = _located(service, slug, manifest)
    vocabulary = catalog.vocabulary if catalog else load_words(service.settings.domains_dir)
    store = MirrorStore(service.reading)
    ctx = Collecting(service.demo_sources.environ, vocabulary, service.calendar, store, ask_all=True, today=machine_day)
    entity = _entity(service, code)
    if located.manifest.role is Role.REGISTER:
        return _register(located, ctx, entity, clock)
    issued_on = asked_at.date()
    window_end = ctx.calendar.previous_working_day(issued_on)
    answer = collect_one(located, entity, window_end, asked_at, issued_on, ctx, catalog)
    return answer_json(answer)


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer in the shape that stays; an overlay's entries stand in ``records``."""
    records = [record.canonical() for record in answer.records]
    for entry in answer.entries:
        named = {"overlay": entry.overlay, "entry_id": entry.entry_id, "uscc": entry.uscc}
        changes = to_jsonable_python(dict(entry.changes))
        records.append({**named, "document_number": entry.document_number, **changes})
    return {
        "domain": answer.slug,
        "status": answer.status.value,
        "asked_at": answer.asked_at.isoformat(),
        "data_as_of": answer.data_as_of.isoformat() if answer.data_as_of else None,
        "records": records,
        "quarantined": [row.as_json() for row in answer.quarantined],
        "skipped": dict(answer.skipped),
        "problem": answer.problem,
        "rows_read": answer.rows_read,
        "source_version": answer.source_version,
    }


def _clock(service: Service, on: date | None) -> Clock:
    if on is None:
        return service.clock
    if service.settings.env is Environment.PRODUCTION and on != service.clock.now().date():
        raise Problem("BACKDATING_REFUSED", value=on.isoformat())
    return on_day(service.clock, on)


def _located(service: Service, slug: str | None, manifest: Path | None) -> tuple[LocatedManifest, Catalog | None]:
    if manifest is None:
        return service.catalog.find(slug or ""), service.catalog
    located = load_manifest(manifest, load_words(service.settings.domains_dir))
    try:
        # Who else takes rows of the same table can only be told from a right catalogue.
        return located, service.catalog
    except Problem:
        return located, None


def _entity(service: Service, code: str) -> BusinessEntity:
    from creditreport.entities.register import find_entity

    try:
        with service.reading() as session:
            return find_entity(session, code)
    except Problem as problem:
        if problem.code != "UNKNOWN_ENTITY":
            raise
    # A right code that the register does not know can still be asked about: it has no name to compare.
    return BusinessEntity("", comparable_code(code), "", EntityType.OTHER_BUSINESS, RegistrationStatus.ACTIVE)


def _register(located: LocatedManifest, ctx: Collecting, entity: BusinessEntity, clock: Clock) -> dict[str, Any]:
    reading = read_register(located, ctx, clock.now())
    known = [one for one in reading.entities if set(one.codes) & set(entity.codes)]
    records = [to_jsonable_python(asdict(one)) for one in known]
    for record in records:
        del record["sole_numbers"]  # told by the store, never by one reading
    return {**answer_json(reading.answer), "records": records}
