"""Makes cases and has the departments write them down, keeping the plan of what must come out."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from creditreport.demo.businesses import Business
from creditreport.demo.case import Case, Days
from creditreport.demo.overlays import Overlays
from creditreport.demo.plan import PlannedRecord
from creditreport.demo.shapes.publicity import Publicity
from creditreport.demo.shapes.registry import make_shapes
from creditreport.demo.sources import Sources

CONTINUING_BY_DOMAIN = {"court_enforcement": "unfulfilled_judgment"}

_TYPES: tuple[tuple[str, ...], ...] = (
    ("罚款",), ("罚款",), ("罚款",), ("警告", "罚款"), ("罚款", "没收违法所得"), ("责令停产停业", "罚款"),
    ("通报批评", "罚款"), ("罚款", "没收非法财物"), ("暂扣许可证件",), ("限制开展生产经营活动", "罚款"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offences:
    """What one domain's organ decides about."""

    authority: str
    number: str
    offences: tuple[tuple[str, str, str], ...]


def read_offences() -> dict[str, Offences]:
    """``offences.toml`` beside this module."""
    raw = tomllib.loads((Path(__file__).parent / "offences.toml").read_text(encoding="utf-8"))
    return {
        slug: Offences(
            one["authority"], one["number"], tuple((kind, facts, basis) for kind, facts, basis in one["offences"])
        )
        for slug, one in raw.items()
    }


class Maker:
    """One filling's pen: draws from the seed alone, so that the same seed and day give the same rows."""

    def __init__(self, days: Days, seed: int, sources: Sources) -> None:
        self.days = days
        self.random = Random(f"records {seed}")  # noqa: S311 - invented data, must be the same each time
        self.sources = sources
        self.overlays = Overlays(sources)
        self.shapes = make_shapes()
        self.offences = read_offences()
        self.planned: dict[str, list[PlannedRecord]] = defaultdict(list)
        self._numbers: Counter[str] = Counter()
        self._exemptions = 0

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that have records."""
        return tuple(self.shapes)

    def recent(self) -> date:
        """A day that every window holds."""
        return self.days.ago(self.random.randint(20, 340))

    def number(self, slug: str, day: date) -> str:
        """The next document number of a domain's organ in the year of ``day``."""
        word = self.offences[slug].number
        self._numbers[slug] += 1
        if slug == "court_enforcement":
            return f"（{day.year}）{word}{self._numbers[slug]}号"
        return f"{word}〔{day.year}〕{self._numbers[slug]}号"

    def case(self, business: Business, slug: str, day: date | None = None, **changes: Any) -> Case:
        """A case of ``slug``, not written down yet; whatever ``changes`` does not say is drawn."""
        day = day or self.recent()
        organ = self.offences[slug]
        violation, facts, basis = self.random.choice(organ.offences)
        if slug != "court_enforcement":
            # Found some weeks before it was decided.
            found = day - timedelta(days=self.random.randint(15, 80))
            facts = f"{found.year}年{found.month}月{found.day}日检查发现，{business.name}{facts}"
        types = changes.pop("types", None) or self.random.choice(_TYPES)
        fine, confiscated, content = self._measures(types)
        given: dict[str, Any] = {
            "kind": CONTINUING_BY_DOMAIN.get(slug, "penalty"), "number": self.number(slug, day),
            "authority": organ.authority, "violation": violation, "facts": facts, "basis": basis, "types": types,
            "fine": fine, "confiscated": confiscated, "content": content,
        }  # fmt: skip
        made = Case(business=business, slug=slug, day=day, **{**given, **changes})
        return self._exempted(made) if made.state("disposition") == "exempted" else made

    def write(self, case: Case) -> Case:
        """Have the department write the case down, and note what must come out."""
        shape = self.shapes[case.slug]
        record_id = shape.write(case, self.sources)
        fine = None if case.fine is None or not shape.states_amounts else f"{case.fine.normalize():f}"
        self.planned[case.business.register_id].append(
            PlannedRecord(case.slug, record_id, case.kind, case.day, fine, case.decisions(self.days))
        )
        return case

    def record(self, business: Business, slug: str, day: date | None = None, **changes: Any) -> Case:
        """Make a case and write it down."""
        return self.write(self.case(business, slug, day, **changes))

    def dated(self, states: Mapping[str, Any]) -> dict[str, Any]:
        """States in which a whole number stands for the day that many days ago."""
        return {
            key: self.days.ago(value) if isinstance(value, int) and not isinstance(value, bool) else value
            for key, value in states.items()
        }

    def _measures(self, types: tuple[str, ...]) -> tuple[Decimal | None, Decimal | None, str]:
        fine = confiscated = None
        parts: list[str] = []
        for word in types:
            if word == "罚款":
                fine = (
                    Decimal(self.random.choice((500, 2000, 10000, 23500, 50000, 120000)))
                    + self.random.randint(0, 99) * 10
                )
                parts.append(f"罚款{fine}元")
            elif word == "没收违法所得":
                confiscated = Decimal(self.random.randint(1000, 90000)) + Decimal("0.50")
                parts.append(f"没收违法所得{confiscated}元")
            else:
                parts.append(word)
        return fine, confiscated, "；".join(parts)

    def _exempted(self, case: Case) -> Case:
        # The double-publicity form says it in the type, in the content or in the number.
        plain = replace(case, fine=None, confiscated=None, types=(), content="给予教育")
        if not isinstance(self.shapes[case.slug], Publicity):
            return plain
        self._exemptions += 1
        if self._exemptions % 3 == 0:
            return replace(plain, types=("不予行政处罚",))
        if self._exemptions % 3 == 1:
            return replace(plain, content="违法行为轻微并及时改正，决定不予处罚")
        return replace(plain, number=case.number.replace("〔", "不予行政处罚〔"))
