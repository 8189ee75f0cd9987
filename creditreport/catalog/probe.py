"""``domains probe``: every source side by side, for a person and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from creditreport.violations.probe import Probed, probe

if TYPE_CHECKING:
    from creditreport.service import Service

# A right code that the register never gives out: for sources that are asked about one business, in an empty store.
NOBODY = "91320900MA0000000H"


def probe_all(service: Service, slugs: tuple[str, ...] = (), code: str | None = None) -> tuple[Probed, ...]:
    """Ask the sources with ``slugs``, or every one. Raises ``UNKNOWN_DOMAIN``, ``INVALID_CATALOG``."""
    catalog, ctx = service.catalog, service.collecting
    manifests = [catalog.find(slug) for slug in slugs] if slugs else list(catalog.all)
    asked_at = service.clock.now()
    window_end = ctx.calendar.previous_working_day(asked_at.date())
    return probe(manifests, catalog, code or _some_code(service), window_end, asked_at, ctx)


def _some_code(service: Service) -> str:
    from creditreport.entities.register import list_entities

    with service.reading() as session:
        return next((entity.uscc for entity in list_entities(session, 1)), NOBODY)


def probe_table(probed: tuple[Probed, ...]) -> Iterator[str]:
    """One line for each source: what is good at a glance, and under it what is not."""
    yield f"{'':<2} {'source':<30} {'driver':<6} {'mode':<9} {'reach':<6} {'fresh':<6} {'cols':<5} {'rails':<6} " + (
        f"{'rows':>8} {'seconds':>8}  data as of"
    )
    for one in probed:
        marks = (_mark(one.reachable), _mark(one.fresh), _mark(one.columns), _mark(one.expectations))
        as_of = one.data_as_of.strftime("%Y-%m-%d %H:%M") if one.data_as_of else "-"
        yield (
            f"{'✓' if one.good else '✗':<2} {one.slug:<30} {one.driver:<6} {one.mode:<9} {marks[0]:<6} {marks[1]:<6} "
            f"{marks[2]:<5} {marks[3]:<6} {one.rows:>8} {one.seconds:>8.3f}  {as_of}"
        )
        if one.problem:
            yield f"   └ {one.problem}"


def _mark(good: bool | None) -> str:
    return "-" if good is None else "yes" if good else "NO"
