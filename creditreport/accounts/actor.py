"""A business that somebody may act for: jobs ask for it too, without the pages' libraries."""

from __future__ import annotations

from dataclasses import dataclass

from creditreport.accounts.models import Capacity


@dataclass(frozen=True, slots=True)
class Acting:
    """A business that a person may act for now, in which capacity and for which purposes (empty: all)."""

    register_id: str
    uscc: str
    name: str
    capacity: Capacity
    purposes: frozenset[str] = frozenset()

    def covers(self, purpose: str) -> bool:
        """Whether the person may ask for a report for ``purpose`` (plan 二(四))."""
        return not self.purposes or purpose in self.purposes
