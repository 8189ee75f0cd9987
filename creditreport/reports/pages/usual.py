"""The characters that every report of an edition has: labels, fields and their units, notes, digits.

They are nine in ten of those that a clean report draws, and their part of the font programs is prepared once per
process instead of once per report. What they are is found by drawing a report of nobody about nothing, so that nothing
has to be listed by hand; it follows from the edition and from the content alone, so the file is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any

from creditreport.reports.content import Purpose, ReportContent, Subject, Window
from creditreport.reports.fonts import FontSet
from creditreport.reports.glyphs import Characters, drawn_in
from creditreport.reports.pages.edition import Edition

# What is different in every report; the digits stand for all numbers and dates.
_DAY = date(2000, 1, 1)
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_NOBODY = {
    "number": "0123456789",
    "verification_code": "0" * 20,
    "verification_url": "0",
    "subject": Subject(uscc="", name="", entity_type="company", registration_status="active"),
    "years": 3,
    "window": Window(start=_DAY, end=_DAY),
    "purpose": Purpose.FINANCE,
    "issued_at": _MOMENT,
    "valid_until": _DAY,
    "ruleset_digest": "",
}
# Few kinds of content are ever in use at once: one for each day on which a field or a setting changes.
_KEPT = 16
_known: dict[Any, Characters] = {}
_finding = Lock()


def usual_characters(
    content: ReportContent, edition: Edition, fonts: FontSet, draw: Callable[[ReportContent], Any]
) -> Characters:
    """By font and plane, what every report like ``content`` draws; ``draw`` draws a report and gives its document."""
    fields = [(one.number, one.title, one.title_en, one.responsible_unit, one.status) for one in content.domains]
    said = (content.issuer_portal, content.issuing_authority, content.official_domain, content.ruleset_title)
    key = (edition, fonts, said, tuple(fields))
    with _finding:
        found = _known.get(key)
        if found is None:
            while len(_known) >= _KEPT:
                del _known[next(iter(_known))]
            blank = [
                one.model_copy(update={"records": (), "data_as_of": _MOMENT if one.data_as_of else None})
                for one in content.domains
            ]
            document = draw(content.model_copy(update={**_NOBODY, "domains": tuple(blank)}))
            found = {where: frozenset(characters) for where, characters in drawn_in(document).items()}
            _known[key] = found
    return found
