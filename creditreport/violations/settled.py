"""What a person decided about a row that could not be mapped with certainty, applied whenever the row is read.

A decision is about the row as it came: once the source sends a different row, it no longer says anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Settlement:
    """Exactly one of: the row's cells put right, the business that the row is about, or that it is about nobody."""

    cells: Mapping[str, str] = field(default_factory=dict)
    uscc: str | None = None
    dismissed: bool = False

    def corrected(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """The row as it should have been."""
        return {**row, **self.cells} if self.cells else row


# By the row's fingerprint; of one source.
Settled = Mapping[str, Settlement]
NOTHING_SETTLED: Settled = MappingProxyType({})
DISMISSED = "dismissed"
