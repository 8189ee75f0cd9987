"""Asking about one field of one business now: its records as the sources say, and as they are with our corrections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.clock import as_shanghai
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.models import EntityRow
from creditreport.entities.register import with_sole_numbers
from creditreport.errors import Problem
from creditreport.objections.corrections import own_entries
from creditreport.reports.gather import refuse_unusable, window_of
from creditreport.violations.collect import collect_one
from creditreport.violations.overlays import apply_overlays, joined
from creditreport.violations.own import apply_own
from creditreport.violations.record import ViolationRecord

if TYPE_CHECKING:
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class FieldRecords:
    """All records of one field: as the sources and feeds have them, and with our own corrections, in the same order.

    A record that cannot take its correction is missing in ``own``.
    """

    entity: BusinessEntity
    told: tuple[ViolationRecord, ...]
    own: tuple[ViolationRecord, ...]

    def of_source(self, record_id: str) -> ViolationRecord | None:
        """What the sources say of a record."""
        return next((one for one in self.told if one.record_id == record_id), None)

    def now(self, record_id: str) -> ViolationRecord | None:
        """The record as it counts today."""
        return next((one for one in self.own if one.record_id == record_id), None)


def ask_field(service: Service, register_id: str, domain: str, now: datetime) -> FieldRecords:
    """Ask ``domain`` and the feeds about a business; no transaction may be open.

    Raises ``SOURCE_UNAVAILABLE``, ``SOURCE_STALE``, ``SOURCE_INCOMPLETE`` naming the sources; ``UNKNOWN_ENTITY`` for a
    business that the register no longer has.
    """
    with service.reading() as session:
        row = session.get(EntityRow, register_id)
        if row is None:
            raise Problem("UNKNOWN_ENTITY", uscc=register_id)
        entity = with_sole_numbers(session, row.as_entity())
    catalog, moment = service.catalog, as_shanghai(now)
    day = moment.date()
    end = window_of(day, 1, service).end
    located = [catalog.domain(domain), *catalog.overlays]
    with ThreadPoolExecutor(len(located)) as pool:
        asked = pool.map(
            lambda one: collect_one(one, entity, end, moment, day, service.collecting, catalog), located
        )  # fmt: skip
        answers = {one.manifest.slug: answer for one, answer in zip(located, asked, strict=True)}
    refuse_unusable(answers, catalog)
    records = answers[domain].records
    entries = [entry for answer in answers.values() for entry in answer.entries if joined(entry, records, entity)]
    applied = apply_overlays(records, entries, entity)
    if applied.quarantined:
        slug = sorted(applied.quarantined)[0]
        manifest = catalog.find(slug).manifest
        raise Problem(
            "SOURCE_INCOMPLETE", shown={"domains": [slug]}, titles_zh=manifest.title, titles_en=manifest.title_en
        )
    with service.reading() as session:
        own = own_entries(session, register_id)
    return FieldRecords(entity, applied.records, apply_own(applied.records, own).records)
