"""How a record comes to be left out: for each reason code the ways in which the demo's departments state it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from creditreport.demo.businesses import Business
from creditreport.demo.case import Case
from creditreport.demo.maker import Maker


@dataclass(frozen=True, slots=True)
class Way:
    """One way. Whole numbers in ``states`` are days before today; ``overlay`` is the feed that changes the record."""

    slug: str
    states: Mapping[str, Any] = field(default_factory=dict)
    kind: str | None = None
    types: tuple[str, ...] | None = None
    age: int | None = None
    overlay: str | None = None
    effect: str = "revoked"


WAYS: dict[str, tuple[Way, ...]] = {
    "CATEGORY_NOT_COVERED": (
        Way("market_regulation", kind="abnormal_operation_listing"),
        Way("ecology_environment", kind="rectification_order"),
        Way("public_security", kind="compulsory_measure"),
        Way("human_resources_social_security", kind="rectification_order"),
    ),
    "OUT_OF_TERRITORY": (
        Way("ecology_environment", {"local": False}),
        Way("public_security", {"local": False}),
        Way("transport", {"local": False}),
    ),
    "SEALED": (
        Way("public_security", {"sealed": True}),
        Way("public_security", {"sealed": True}, kind="criminal_judgment"),
        Way("public_security", {"sealed": True, "undisclosable": True}),
    ),
    "UNDISCLOSABLE": (
        Way("ecology_environment", {"undisclosable": True}),
        Way("public_security", {"undisclosable": True}),
        Way("public_security", {"undisclosable": True}, kind="criminal_judgment"),
    ),
    "EXEMPT_FROM_PENALTY": (
        Way("development_reform", {"disposition": "exempted"}),
        Way("health", {"disposition": "exempted"}),
        Way("commerce", {"disposition": "exempted"}),
        Way("ecology_environment", {"disposition": "exempted"}),
        Way("transport", {"disposition": "exempted"}),
        Way("market_regulation", {"disposition": "exempted"}),
    ),
    "NOT_EFFECTIVE": (
        Way("ecology_environment", {"disposition": "pending"}),
        Way("ecology_environment", {"effect": "not_effective"}),
        Way("public_security", {"effect": "not_effective"}),
        Way("statistics", overlay="revocations", effect="not_effective"),
    ),
    "REVOKED": (
        Way("natural_resources", {"effect": "revoked"}),
        Way("housing_construction", {"effect": "revoked"}),
        Way("work_safety", {"effect": "revoked"}),
        Way("education", overlay="revocations"),
        Way("ecology_environment", {"effect": "revoked"}),
    ),
    "UNDER_REVIEW": (
        Way("public_finance", overlay="revocations", effect="illegality_confirmed"),
        Way("statistics", overlay="revocations", effect="illegality_confirmed"),
        Way("ecology_environment", {"effect": "illegality_confirmed"}),
    ),
    "REPAIRED": (
        Way("education", overlay="repairs"),
        Way("urban_management", overlay="repairs"),
        Way("taxation", overlay="repairs"),
        Way("ecology_environment", {"repair": "repaired", "repaired_on": 5}),
        Way("ecology_environment", {"repair": "repaired"}),
    ),
    "LIST_REMOVED": (
        Way("market_regulation", {"removed_on": 9}, kind="serious_dishonesty_listing"),
        Way("court_enforcement", overlay="removals"),
        Way("court_enforcement", overlay="removals"),
    ),
    "SHIELDED": (
        Way("human_resources_social_security", {"shielded": True}),
        Way("human_resources_social_security", {"shielded": True}, age=700),
        Way("human_resources_social_security", {"shielded": True, "procedure": "ordinary"}),
    ),
    "NOT_PUBLICISED": (
        Way("industry_information", {"publicised": False}),
        Way("ecology_environment", {"publicised": False}),
        Way("human_resources_social_security", {"publicised": False}),
        Way("medical_security", {"publicised": False}),
    ),
    "PUBLICITY_ENDED": (
        Way("housing_construction", {"publicity_until": 1}),
        Way("development_reform", {"publicity_until": 15}),
        Way("work_safety", {"publicity_until": 3}),
        Way("culture_tourism", {"publicity_until": 2}),
    ),
    "SUMMARY_PROCEDURE": (
        Way("transport", {"procedure": "summary"}),
        Way("fire_rescue", {"procedure": "summary"}),
        Way("work_safety", {"procedure": "summary"}),
    ),
    "WARNING_ONLY": (
        Way("development_reform", types=("警告",)),
        Way("culture_tourism", types=("警告", "通报批评")),
        Way("urban_management", types=("通报批评",)),
        Way("work_safety", types=("警告",)),
    ),
    "OUTSIDE_WINDOW": (
        Way("education", age=1200),
        Way("taxation", age=1500),
        Way("market_regulation", age=2500),
        Way("court_enforcement", age=0),
    ),
}  # fmt: skip

# Both organs of the pair are the same organ, so one decision can come in twice (step 20).
TWICE: tuple[tuple[str, str], ...] = (
    ("development_reform", "civil_air_defence"), ("market_regulation", "intellectual_property"),
)  # fmt: skip


def leave_out(maker: Maker, business: Business, reason: str, way: Way) -> Case:
    """One record of ``business`` that ``reason`` leaves out."""
    day = maker.recent() if way.age is None else maker.days.ago(way.age)
    changes: dict[str, Any] = {"states": maker.dated(way.states), "types": way.types}
    if way.kind is not None:
        changes["kind"] = way.kind
    if reason != "OUTSIDE_WINDOW":
        changes["reason"] = reason
    case = maker.record(business, way.slug, day, **changes)
    settled = maker.days.ago(4)
    if way.overlay == "repairs":
        maker.overlays.repair(case, "repaired", settled)
    elif way.overlay == "removals":
        maker.overlays.removal(case, settled)
    elif way.overlay == "revocations":
        maker.overlays.revocation(case, way.effect, settled)
    return case


def twice(maker: Maker, business: Business, pair: tuple[str, str]) -> None:
    """One decision in two domains; only the lower-numbered one's entry is listed."""
    first = maker.record(business, pair[0])
    again = maker.case(business, pair[1], first.day, number=first.number, duplicate=True)
    maker.write(replace(again, facts=again.facts + "（重复报送）"))


def replaced(maker: Maker, business: Business, slug: str) -> None:
    """A decision and its amendment: only the amended content is listed."""
    first = maker.record(business, slug, maker.days.ago(180), reason="SUPERSEDED")
    maker.record(
        business, slug, maker.days.ago(60), first_day=first.day,
        states={"supersedes": first.number, "effect": "amended"},
    )  # fmt: skip
