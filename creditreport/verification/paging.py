"""A long list of records in parts, so that the page that a scan opens stays small on a telephone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

# With the table of fields and the frame a page then stays below 50 KB; the frame of one card is what its tags take.
BYTES_OF_RECORDS = 20_000
BYTES_OF_A_CARD = 900


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the records: which it is of how many, and in which part each field's records begin."""

    records: Sequence[dict[str, Any]]
    page: int
    pages: int
    begins: dict[str, int]

    @property
    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The records of this part by field, in their order."""
        return [(slug, list(records)) for slug, records in groupby(self.records, lambda one: str(one["domain"]))]


def part_of(records: Sequence[dict[str, Any]], page: int) -> Part:
    """Part ``page`` (from 1; one that is not there is the nearest) of ``records``, which stay in their order.

    A record is never cut: one that is longer than a part by itself has a part of its own.
    """
    parts: list[list[dict[str, Any]]] = [[]]
    begins: dict[str, int] = {}
    size = 0
    for record in records:
        own = BYTES_OF_A_CARD + len(json.dumps(record, ensure_ascii=False).encode())
        if parts[-1] and size + own > BYTES_OF_RECORDS:
            parts.append([])
            size = 0
        size += own
        parts[-1].append(record)
        begins.setdefault(record["domain"], len(parts))
    page = min(max(page, 1), len(parts))
    return Part(parts[page - 1], page, len(parts), begins)
