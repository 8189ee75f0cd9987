"""Our own overlay: corrections from upheld objections, and the mark of an open one, on the records they name (pure).

Unlike the feeds of ``overlays.py`` an entry names its record by field and lasting id, so that it never hits another. An
entry whose record the source holds no longer changes nothing. One that a record cannot take (the source has changed so
that the two contradict each other) leaves that field incomplete: a guess could show what was held to be wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from creditreport.violations.record import ViolationRecord

# The slug under which the entries that a report used are stored with its answers.
SLUG = "objections"


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """``changes`` are canonical keys and their values as JSON; ``None`` for what is not stated any more.

    ``only_if``: the digest of what the sources must say of the record for the entry to count; ``None``: it always does.
    """

    entry_id: str
    domain: str
    record_id: str
    changes: Mapping[str, Any]
    only_if: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored with a report; the condition was looked at before."""
        return {
            "entry_id": self.entry_id,
            "domain": self.domain,
            "record_id": self.record_id,
            "changes": dict(self.changes),
        }


@dataclass(frozen=True, slots=True)
class OwnApplied:
    """The records after our entries, the entries that changed one, and the fields whose record could not take its own.

    A record that could not is left out.
    """

    records: tuple[ViolationRecord, ...]
    used: tuple[OwnEntry, ...]
    broken: frozenset[str]


def apply_own(records: Sequence[ViolationRecord], entries: Sequence[OwnEntry]) -> OwnApplied:
    """Change each record as our entries say, in their order."""
    wanted: dict[tuple[str, str], list[OwnEntry]] = {}
    for entry in entries:
        wanted.setdefault((entry.domain, entry.record_id), []).append(entry)
    result: list[ViolationRecord] = []
    used: dict[tuple[str, str, str], OwnEntry] = {}
    broken: set[str] = set()
    for record in records:
        mine = [one for one in wanted.get((record.domain, record.record_id), ()) if _counts(one, record)]
        try:
            result.append(changed(record, {key: value for one in mine for key, value in one.changes.items()}))
        except ValidationError:
            broken.add(record.domain)
        else:
            used |= {(one.domain, one.record_id, one.entry_id): one for one in mine}
    return OwnApplied(tuple(result), tuple(used.values()), frozenset(broken))


def changed(record: ViolationRecord, changes: Mapping[str, Any]) -> ViolationRecord:
    """``record`` with ``changes``; the very same when there are none. Raises pydantic's ``ValidationError``."""
    if not changes:
        return record
    return ViolationRecord.model_validate(record.model_dump(mode="json") | dict(changes))


def digest_of(record: ViolationRecord) -> str:
    """What a record says, in one word; whether it is under dispute plays no part."""
    content = {key: value for key, value in record.canonical().items() if key != "disputed"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _counts(entry: OwnEntry, record: ViolationRecord) -> bool:
    return entry.only_if is None or entry.only_if == digest_of(record)
