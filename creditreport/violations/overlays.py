"""Applying the feeds of repairs, revocations and removals to the records they name (pure).

An entry is joined on code and document number across all domains. One that joins nothing or more than one record, or
that contradicts another entry, is put into quarantine: a guess could hide a record or show one that must not be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from creditreport.entities.entity import BusinessEntity
from creditreport.violations.answer import OverlayEntry, Quarantined
from creditreport.violations.record import ViolationRecord, comparable_code, comparable_number


@dataclass(frozen=True, slots=True)
class Applied:
    """The records after the overlays, in their order; per overlay slug the entries that could not be settled."""

    records: tuple[ViolationRecord, ...]
    quarantined: Mapping[str, tuple[Quarantined, ...]]


def joined(entry: OverlayEntry, records: Sequence[ViolationRecord], entity: BusinessEntity) -> list[int]:
    """The positions of the records that ``entry`` names."""
    own = frozenset(comparable_code(code) for code in entity.codes)
    number, code = comparable_number(entry.document_number), comparable_code(entry.uscc)
    return [
        at
        for at, record in enumerate(records)
        if record.document_number is not None
        and comparable_number(record.document_number) == number
        and (comparable_code(record.uscc) == code or {comparable_code(record.uscc), code} <= own)
    ]


def apply_overlays(
    records: Sequence[ViolationRecord], entries: Sequence[OverlayEntry], entity: BusinessEntity
) -> Applied:
    """Change each record as the entries that name it say."""
    result = list(records)
    quarantined: dict[str, list[Quarantined]] = {}
    wanted: dict[int, list[OverlayEntry]] = {}
    for entry in entries:
        at = joined(entry, records, entity)
        if len(at) == 1:
            wanted.setdefault(at[0], []).append(entry)
        else:
            problem = "没有对应的记录" if not at else f"对应 {len(at)} 条记录"
            quarantined.setdefault(entry.overlay, []).append(_set_aside(entry, problem))
    for position, several in wanted.items():
        refused = _contradicting(several)
        changes: dict[str, Any] = {}
        for entry in several:
            if entry not in refused:
                changes |= entry.changes
        try:
            result[position] = ViolationRecord.model_validate(records[position].model_dump() | changes)
        except ValidationError as error:
            problem = "; ".join(each["msg"].removeprefix("Value error, ") for each in error.errors())
            for entry in several:
                if entry not in refused:
                    quarantined.setdefault(entry.overlay, []).append(_set_aside(entry, problem))
        for entry in refused:
            quarantined.setdefault(entry.overlay, []).append(_set_aside(entry, "对同一条记录有互相矛盾的内容"))
    return Applied(tuple(result), {slug: tuple(rows) for slug, rows in quarantined.items()})


def _contradicting(entries: Sequence[OverlayEntry]) -> list[OverlayEntry]:
    """Entries for one record that do not agree: within one overlay in everything, across overlays key by key."""
    refused: list[OverlayEntry] = []
    for entry in entries:
        for other in entries:
            same = entry.overlay == other.overlay
            if same and dict(entry.changes) != dict(other.changes):
                refused.append(entry)
                break
            shared = entry.changes.keys() & other.changes.keys()
            if any(entry.changes[key] != other.changes[key] for key in shared):
                refused.append(entry)
                break
    return refused


def _set_aside(entry: OverlayEntry, problem: str) -> Quarantined:
    row = {"entry_id": entry.entry_id, "uscc": entry.uscc, "document_number": entry.document_number}
    row |= {key: str(value) for key, value in entry.changes.items()}
    return Quarantined(row, "document_number", problem, entry.fingerprint)
