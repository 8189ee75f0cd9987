"""What persons have decided about rows, as the rules apply it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.quarantine.models import QuarantineRow, RowState
from creditreport.violations.settled import Settled, Settlement

_SETTLED = select(
    QuarantineRow.slug, QuarantineRow.fingerprint, QuarantineRow.state, QuarantineRow.cells, QuarantineRow.uscc
).where(QuarantineRow.state != RowState.OPEN)


def load_settled(session: Session) -> Mapping[str, Settled]:
    """Every decision that stands, by source and fingerprint."""
    settled: dict[str, dict[str, Settlement]] = {}
    for slug, mark, state, cells, uscc in session.execute(_SETTLED):
        settled.setdefault(slug, {})[mark] = as_settlement(state, cells, uscc)
    return settled


# Every report reads all of them; what each says is worked out once.
@lru_cache(maxsize=16384)
def as_settlement(state: str, cells: str, uscc: str | None) -> Settlement:
    """The decision of one row."""
    return Settlement(json.loads(cells), uscc, state == RowState.DISMISSED)
