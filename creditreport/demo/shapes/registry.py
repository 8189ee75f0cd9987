"""Which department writes which domain's records."""

from __future__ import annotations

from creditreport.demo.shapes.base import Shape
from creditreport.demo.shapes.own import ECOLOGY, LABOUR, MEDICAL, POLICE, Ecology, Labour, Medical, Police
from creditreport.demo.shapes.publicity import DROPS, VIEWS, Publicity
from creditreport.demo.shapes.safety import CASES, DECISIONS, Safety
from creditreport.demo.shapes.shared import (
    ABNORMAL,
    COURT,
    DISHONESTY,
    MARKET_PENALTIES,
    PROVINCE,
    TAX,
    Court,
    Market,
    Province,
    Tax,
)

PROVINCIAL: tuple[str, ...] = (
    "industry_information", "natural_resources", "housing_construction", "transport", "agriculture_rural_affairs",
    "fire_rescue", "forestry", "water_resources",
)  # fmt: skip
TABLES = (
    PROVINCE,
    MARKET_PENALTIES,
    DISHONESTY,
    ABNORMAL,
    TAX,
    COURT,
    CASES,
    DECISIONS,
    ECOLOGY,
    POLICE,
    LABOUR,
    MEDICAL,
)
# Departments whose table is there and simply empty today.
EMPTY: tuple[str, ...] = (
    "science_technology", "trade_unions", "veterans_affairs", "ethnic_religious_affairs", "earthquake",
)  # fmt: skip


def make_shapes() -> dict[str, Shape]:
    """A fresh writer for each domain that has records; utilities hold arrears only, which are not records."""
    province = Province()
    shapes: dict[str, Shape] = dict.fromkeys(PROVINCIAL, province)
    shapes |= {slug: Publicity(slug) for slug in (*VIEWS, *DROPS) if slug not in EMPTY}
    shapes |= {
        "court_enforcement": Court(),
        "public_security": Police(),
        "human_resources_social_security": Labour(),
        "ecology_environment": Ecology(),
        "taxation": Tax(),
        "market_regulation": Market(),
        "work_safety": Safety(),
        "medical_security": Medical(),
    }
    return shapes
