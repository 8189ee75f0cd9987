"""The chain: what an entry's digest is made of.

Each sealed entry has a place (1, 2, 3, … without a gap) and a digest::

    digest = SHA-256( canonical JSON of {"at", "actor", "action", "detail", "id", "position", "previous", "subject"} )

``previous`` is the digest of the place before, of the first place 64 zeros; ``at`` is told in UTC with microseconds. So
an entry cannot be changed, taken out, put in or moved without changing every digest after it, and the last digest of
the chain stands for all of it.

The place is not the ``id``. On PostgreSQL an id is drawn when the entry is written, but the entry appears only when
its transaction commits, perhaps after entries with higher ids, and an id that was drawn by a transaction that failed
never appears. A gap between ids therefore says nothing, and waiting for lower ids could wait for ever. So places are
given out by the sealer alone: it takes whatever has appeared and has none, lowest id first. An entry that commits late
is given a later place; none is lost and no gap is ever innocent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

NOTHING = "0" * 64


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the chain and the digest that stands there."""

    position: int
    digest: str


# Before the first entry.
START = Place(0, NOTHING)


def canonical(value: Mapping[str, Any]) -> str:
    """The one text of a JSON object: sorted keys, no spaces, Chinese left readable."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_after(
    before: Place, *, entry_id: int, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]
) -> str:
    """The digest of the entry that stands on the place after ``before``, in lower-case hexadecimal."""
    content = {
        "id": entry_id,
        "position": before.position + 1,
        "previous": before.digest,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": detail,
    }
    return sha256(canonical(content).encode()).hexdigest()
