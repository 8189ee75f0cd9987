"""What each showcase business has on record; the keys are those of ``roles``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from creditreport.demo.businesses import Business
from creditreport.demo.maker import Maker
from creditreport.demo.recipes import TWICE, WAYS, leave_out, replaced, twice
from creditreport.demo.roles import REASONS, reason_key

LONG_FACT = (
    "现场检查时，当事人正在生产，废水处理设施未运行，废水经雨水沟流入厂区东侧河道；执法人员对外排口采样，监测结果超过排放标准。"
    * 12
)
PLAIN = ("ecology_environment", "market_regulation", "taxation", "transport", "urban_management", "work_safety")


def fill_showcases(maker: Maker, by_role: Mapping[str, Business]) -> None:
    """Give every showcase business its records."""
    for role, write in _WRITERS.items():
        write(maker, by_role[role])
    for reason in REASONS:
        business = by_role[reason_key(reason)]
        for slug in ("market_regulation", "transport"):
            maker.record(business, slug)
        for way in WAYS.get(reason, ()):
            leave_out(maker, business, reason, way)
    for pair in (*TWICE, *TWICE):
        twice(maker, by_role[reason_key("DUPLICATE")], pair)
    for slug in ("ecology_environment", "human_resources_social_security", "ecology_environment"):
        replaced(maker, by_role[reason_key("SUPERSEDED")], slug)


def _busiest(maker: Maker, business: Business) -> None:
    for slug in maker.domains:
        for _ in range(3 if slug in PLAIN else 1):
            maker.record(business, slug)


def _many_records(maker: Maker, business: Business) -> None:
    for number in range(36):
        maker.record(business, PLAIN[number % len(PLAIN)])
    maker.record(business, "ecology_environment", facts=LONG_FACT)


def _boundaries(maker: Maker, business: Business) -> None:
    days = maker.days
    for window in days.windows.values():
        maker.record(business, "taxation", window.start)
        maker.record(business, "education", date.fromordinal(window.start.toordinal() - 1))
    maker.record(business, "taxation", days.window_end)
    maker.record(business, "housing_construction", days.window_end)
    maker.record(business, "taxation", days.today)
    ends: tuple[tuple[str, dict[str, Any], str | None], ...] = (
        ("development_reform", {"publicity_until": 0}, None),
        ("development_reform", {"publicity_until": 1}, "PUBLICITY_ENDED"),
        ("ecology_environment", {"repair": "repaired", "repaired_on": 0}, "REPAIRED"),
        ("ecology_environment", {"repair": "repaired", "repaired_on": -1}, None),
    )
    for slug, states, reason in ends:
        maker.record(business, slug, states=maker.dated(states), reason=reason)
    for removed, reason in ((0, "LIST_REMOVED"), (-1, None)):
        maker.record(
            business, "market_regulation", kind="serious_dishonesty_listing",
            states=maker.dated({"removed_on": removed}), reason=reason,
        )  # fmt: skip


def _chains(maker: Maker, business: Business) -> None:
    def link(age: int, *, follows: str = "", reason: str | None = None, first: int | None = None, **states: Any) -> str:
        if follows:
            states["supersedes"] = follows
        first_day = None if first is None else maker.days.ago(first)
        return maker.record(
            business, "ecology_environment", maker.days.ago(age), states=states, reason=reason, first_day=first_day
        ).number

    one = link(200, reason="SUPERSEDED")
    two = link(150, follows=one, reason="SUPERSEDED", first=200, effect="amended")
    link(100, follows=two, first=200, effect="amended")
    gone = link(1500, reason="REVOKED", effect="revoked")
    link(60, follows=gone)  # made anew after a revocation: a new decision
    old = link(1500, reason="SUPERSEDED")
    link(60, follows=old, first=1500, effect="amended")  # amended only: still as old as the first
    back = link(90)
    link(30, follows=back, reason="NOT_EFFECTIVE", disposition="pending")
    kept = link(91)
    link(31, follows=kept, reason="NOT_PUBLICISED", publicised=False)
    start = link(400, reason="SUPERSEDED")
    middle = link(300, follows=start, reason="REVOKED", effect="revoked")
    link(200, follows=middle, first=200)
    mended = maker.record(business, "ecology_environment", maker.days.ago(120), reason="SUPERSEDED")
    maker.overlays.repair(mended, "repaired", maker.days.ago(10))
    link(80, follows=mended.number, reason="REPAIRED", effect="amended")  # takes the repair over


def _continuing(maker: Maker, business: Business) -> None:
    days = maker.days
    for slug, kind in (
        ("court_enforcement", "unfulfilled_judgment"),
        ("market_regulation", "serious_dishonesty_listing"),
    ):
        for day in (days.ago(1900), days.window_end, days.today):
            maker.record(business, slug, day, kind=kind)


def _stays_listed(maker: Maker, business: Business) -> None:
    applied = maker.record(business, "education")
    maker.overlays.repair(applied, "applied", None)
    for states in ({"repair": "applied"}, {"disputed": True}, {"repair": "none", "severity": "minor"}):
        maker.record(business, "ecology_environment", states=states)
    maker.record(business, "transport", types=("警告", "罚款"), states={"procedure": "ordinary"})


def _replaced_code(maker: Maker, business: Business) -> None:
    old = business.previous_codes[0]
    for slug in ("taxation", "transport", "education", "ecology_environment", "court_enforcement"):
        maker.record(business, slug, code=old)
    maker.record(business, "taxation")
    repaired = maker.record(business, "urban_management", code=old, reason="REPAIRED")
    maker.overlays.repair(repaired, "repaired", maker.days.ago(3))
    # The amendment was written under the new code: the chain is one business's all the same.
    first = maker.record(business, "ecology_environment", maker.days.ago(150), code=old, reason="SUPERSEDED")
    states = {"supersedes": first.number, "effect": "amended"}
    maker.record(business, "ecology_environment", maker.days.ago(50), first_day=first.day, states=states)


def _former_name(maker: Maker, business: Business) -> None:
    earlier = replace(business, name=business.former_names[0])
    for slug in ("health", "market_regulation", "fire_rescue"):
        maker.record(earlier, slug)
    maker.record(business, "taxation")


def _older_numbers(maker: Maker, business: Business) -> None:
    # What the departments' columns of older numbers hold beside an empty unified code.
    no_code = {"uni_social_crd_cd": ""}
    maker.record(business, "court_enforcement", cells=no_code)
    maker.record(business, "taxation", cells={**no_code, "taxer_no": f"{business.district_code}{business.uscc[8:17]}"})
    maker.record(business, "market_regulation", kind="serious_dishonesty_listing", cells=no_code)
    maker.record(business, "transport")


def _some(*slugs: str) -> Callable[[Maker, Business], None]:
    def write(maker: Maker, business: Business) -> None:
        for slug in slugs:
            maker.record(business, slug)

    return write


_WRITERS: dict[str, Callable[[Maker, Business], None]] = {
    "busiest": _busiest,
    "many_records": _many_records,
    "boundaries": _boundaries,
    "chains": _chains,
    "continuing": _continuing,
    "stays_listed": _stays_listed,
    "replaced_code": _replaced_code,
    "former_name": _former_name,
    "parent": _some("housing_construction", "taxation"),
    "branch": _some("fire_rescue", "work_safety", "market_regulation"),
    "second_branch": _some("health", "market_regulation"),
    "older_numbers": _older_numbers,
    "individual": _some("commerce", "health", "culture_tourism", "tobacco", "market_regulation"),
    "rare_characters": _some("health", "market_regulation"),
    "rare_characters_2": _some("intellectual_property", "taxation"),
    "rare_characters_3": _some("work_safety", "ecology_environment"),
    "rare_characters_4": _some("market_regulation", "tobacco"),
    "long_name": _some("transport", "water_resources", "forestry"),
    "suspended": _some("taxation"),
    "duplicate_code": _some("market_regulation"),
    "social_organisation": _some("civil_affairs"),
    "deregistered": _some("taxation"),
    "revoked": _some("market_regulation"),
}
