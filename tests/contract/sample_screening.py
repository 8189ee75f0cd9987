"""What the screening, and an overlay, make of a sample's records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from creditreport.catalog.load import load_catalog
from creditreport.catalog.manifest import Role
from creditreport.violations.answer import OverlayEntry
from creditreport.violations.overlays import apply_overlays
from creditreport.violations.record import Kind, ViolationRecord
from creditreport.violations.ruleset import load_ruleset
from creditreport.violations.screen import ScreeningDomain, ScreeningRequest, screen
from creditreport.violations.window import window_for
from creditreport.worktime import load_work_calendar
from tests.contract.sampling import BUSINESS, LISTED, Sample, load_sample

Problems = Iterator[str]
CATALOG = load_catalog(Path(__file__).parents[2] / "domains")
ISSUED_ON = date(2026, 11, 21)
RULES = load_ruleset("yancheng-2024")


def screened(sample: Sample) -> Problems:
    """The screening lists and leaves out what the sample says; something is listed, something is left out."""
    if sample.manifest.role is not Role.DOMAIN or not sample.giving:
        return
    records = [ViolationRecord.model_validate(one.gives) for one, _row in sample.giving]
    told = [one.screened for one, _row in sample.giving]
    for one, decided in zip(sample.giving, _decide(sample, records), strict=True):
        if decided != one[0].screened:
            yield f"{one[0].about}: screened as {decided}, expected {one[0].screened}"
    if LISTED not in told or set(told) == {LISTED}:
        yield "a sample has a record that is listed and one that is not"
    if any(record.kind is Kind.PENALTY for record in records) and "EXEMPT_FROM_PENALTY" not in told:
        yield "a sample of penalties has one that is exempted"


def repaired(sample: Sample) -> Problems:
    """Once the feed of repairs (of removals, for a list) names it, no record of the sample is listed any more."""
    if sample.manifest.role is not Role.DOMAIN or not sample.giving:
        return
    records = [ViolationRecord.model_validate(one.gives) for one, _row in sample.giving]
    joined = [record for record in records if record.document_number]
    entries = [_ended(record, place) for place, record in enumerate(joined)]
    applied = apply_overlays(joined, entries, BUSINESS)
    if not joined or applied.quarantined:
        yield f"an overlay's rows do not join the sample's records: {dict(applied.quarantined)}"
    left = [record.record_id for record, told in zip(joined, _decide(sample, list(applied.records)), strict=True)
            if told == LISTED]  # fmt: skip
    if left:
        yield f"still listed: {left}"


def _ended(record: ViolationRecord, place: int) -> OverlayEntry:
    """The entry of the city's own feed that ends a record, through that feed's manifest."""
    if record.kind.continuing:
        slug, cells = "removals", {"yc_id": str(place), "wsh": record.document_number, "yc_rq": "2026-11-21"}
    else:
        slug, cells = "repairs", {"xf_id": str(place), "cf_wsh": record.document_number, "xf_rq": "2026-11-21"}
    feed = load_sample(CATALOG.find(slug), CATALOG.vocabulary, frozenset())
    (entry,) = feed.read([{**feed.form.usual, **cells, "zt_dm": record.uscc}]).values
    assert isinstance(entry, OverlayEntry)
    return entry


def overlay_effect(sample: Sample) -> Problems:
    """What an overlay's entry does to a record that would be listed."""
    if sample.manifest.role is not Role.OVERLAY:
        return
    for one, row in sample.giving:
        entry = sample.read([row]).values[0]
        continuing = "removed_on" in entry.changes
        record = ViolationRecord.model_validate({
            "domain": "court_enforcement", "record_id": "1", "uscc": entry.uscc,
            "document_number": entry.document_number,
            "kind": Kind.UNFULFILLED_JUDGMENT if continuing else Kind.PENALTY,
            "listed_on" if continuing else "decided_on": "2025-01-06",
        })  # fmt: skip
        applied = apply_overlays([record], [entry], BUSINESS)
        told = _decide(sample, list(applied.records), {"court_enforcement": (1, date(2024, 9, 1))})
        if applied.quarantined or told != [one.screened]:
            yield f"{one.about}: its record is screened as {told}, expected {one.screened}"


def _decide(
    sample: Sample, records: list[ViolationRecord], domains: Mapping[str, tuple[int, date]] | None = None
) -> list[str]:
    manifest = sample.manifest
    known = domains or {manifest.slug: (manifest.number or 0, manifest.effective_from or date.max)}
    request = ScreeningRequest(BUSINESS.uscc, ISSUED_ON, 3, RULES.id, BUSINESS.previous_codes)
    window = window_for(ISSUED_ON, 3, load_work_calendar(None))
    decided = screen(records, request, RULES, {slug: ScreeningDomain(*one) for slug, one in known.items()}, window)
    return [one.reason.value if one.reason else LISTED for one in decided]
