"""Entries for other programs: CSV for spreadsheets, JSON for the rest; streamed, however many they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from creditreport.audit.chain import canonical
from creditreport.audit.listing import Filter, all_of
from creditreport.audit.models import AuditEntry
from creditreport.audit.trail import add_entry
from creditreport.reports.output import whole_file
from creditreport.spreadsheets import csv_lines

if TYPE_CHECKING:
    from creditreport.service import Service

COLUMNS = ("id", "at", "actor", "action", "subject", "detail", "position", "digest")


def entry_json(entry: AuditEntry) -> dict[str, Any]:
    """One entry as JSON."""
    told = {name: getattr(entry, name) for name in COLUMNS}
    return told | {"at": entry.at.isoformat()}


def as_csv(session: Session, wanted: Filter) -> Iterator[str]:
    """The entries as CSV, a line at a time; formulas are escaped."""

    def rows() -> Iterator[list[Any]]:
        yield list(COLUMNS)
        for entry in all_of(session, wanted):
            yield [canonical(value) if isinstance(value, dict) else value for value in entry_json(entry).values()]

    yield from csv_lines(rows())


def as_json(session: Session, wanted: Filter) -> Iterator[str]:
    """The entries as one JSON object, an entry to a line."""
    yield json.dumps({"filter": wanted.as_args()}, ensure_ascii=False)[:-1] + ', "entries": ['
    separator = "\n"
    for entry in all_of(session, wanted):
        yield separator + json.dumps(entry_json(entry), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def note_export(service: Service, wanted: Filter, form: str, by: str, now: datetime) -> None:
    """Leave in the trail that somebody took entries of it away."""
    with service.sessions.begin() as session:
        detail = {"form": form, **wanted.as_args()}
        add_entry(session, at=now, actor=by, action="audit.exported", subject="audit", detail=detail)


def export_to(service: Service, wanted: Filter, path: Path, by: str, now: datetime) -> int:
    """Write the entries that are wanted to ``path``, JSON if it is called so, else CSV; returns how many.

    Raises ``OUTPUT_NOT_WRITABLE``.
    """
    form = "json" if path.suffix.lower() == ".json" else "csv"
    lines = 0
    with whole_file(path) as file, service.reading() as session:
        for part in (as_json if form == "json" else as_csv)(session, wanted):
            file.write(part.encode("utf-8"))
            lines += 1
    note_export(service, wanted, form, by, now)
    # Both have their own lines beside the entries: JSON its beginning and end, CSV its header.
    return lines - (2 if form == "json" else 1)
