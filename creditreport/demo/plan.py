"""What a filling put where, and what screening must make of it: written beside the sources as ``expected.json``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from creditreport.demo.businesses import Business
from creditreport.demo.case import Days
from creditreport.demo.roles import ROLES

LONGEST = "3"


@dataclass(frozen=True, slots=True)
class PlannedRecord:
    """One record that a source holds. ``decisions``: for each choice of years the reason code, ``None`` for listed.

    ``fine_yuan`` is ``None`` where the source states no amount.
    """

    slug: str
    record_id: str
    kind: str
    day: date
    fine_yuan: str | None
    decisions: Mapping[str, str | None]

    def as_json(self) -> dict[str, Any]:
        """As in ``expected.json``, without the domain."""
        return {
            "record_id": self.record_id,
            "kind": self.kind,
            "day": self.day.isoformat(),
            "fine_yuan": self.fine_yuan,
            "decisions": dict(self.decisions),
        }


@dataclass(frozen=True, slots=True)
class PlannedBusiness:
    """One business, its records, and why no report can be issued for it (``refused``: error code and domains)."""

    business: Business
    records: tuple[PlannedRecord, ...]
    refused: str | None
    refused_domains: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As in ``expected.json``."""
        by_domain: dict[str, list[dict[str, Any]]] = {}
        for record in self.records:
            by_domain.setdefault(record.slug, []).append(record.as_json())
        return {
            "register_id": self.business.register_id,
            "uscc": self.business.uscc,
            "name": self.business.name,
            "form": self.business.form,
            "role": self.business.role,
            "refused": self.refused,
            "refused_domains": list(self.refused_domains),
            "records": by_domain,
        }


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """The whole demo as it must come out on ``days.today``."""

    days: Days
    seed: int
    businesses: tuple[PlannedBusiness, ...]
    rows: Mapping[str, int]

    @property
    def showcase(self) -> dict[str, PlannedBusiness]:
        """The showcase businesses by key."""
        return {one.business.role: one for one in self.businesses if one.business.role is not None}

    @property
    def reasons(self) -> dict[str, int]:
        """How often each reason code comes up in reports of three years that can be issued; ``LISTED`` beside them."""
        records = [record for one in self.businesses if one.refused is None for record in one.records]
        return dict(sorted(Counter(record.decisions[LONGEST] or "LISTED" for record in records).items()))

    @property
    def record_count(self) -> int:
        """How many records all sources hold together."""
        return sum(len(one.records) for one in self.businesses)

    def totals(self) -> dict[str, Any]:
        """How much there is of everything."""
        return {
            "businesses": len(self.businesses),
            "rows": sum(self.rows.values()),
            "records": self.record_count,
            "reasons": self.reasons,
        }

    def as_json(self) -> dict[str, Any]:
        """The content of ``expected.json``."""
        showcase = self.showcase
        return {
            "day": self.days.today.isoformat(),
            "seed": self.seed,
            "windows": {str(years): window.model_dump(mode="json") for years, window in self.days.windows.items()},
            "showcase": {
                role.key: {
                    "uscc": showcase[role.key].business.uscc,
                    "name": showcase[role.key].business.name,
                    "refused": showcase[role.key].refused,
                    "zh": role.zh,
                    "en": role.en,
                }
                for role in ROLES
            },
            "totals": self.totals(),
            "rows": dict(self.rows),
            "businesses": [one.as_json() for one in self.businesses],
        }

    def to_text(self) -> str:
        """``expected.json``."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=1) + "\n"
