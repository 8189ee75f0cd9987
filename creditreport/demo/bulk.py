"""The many other businesses: most have a few records, a quarter has none, few have many."""

from __future__ import annotations

from collections.abc import Sequence

from creditreport.demo.businesses import Business
from creditreport.demo.maker import Maker
from creditreport.demo.recipes import TWICE, WAYS, leave_out, replaced, twice

# How many records are to be there at least, the showcases' included.
RECORDS = 2150
_BUSY: dict[str, int] = {
    "market_regulation": 14, "taxation": 12, "transport": 10, "urban_management": 9, "ecology_environment": 5,
    "fire_rescue": 5, "work_safety": 5, "housing_construction": 4, "health": 4, "court_enforcement": 4,
    "public_security": 4, "human_resources_social_security": 3, "agriculture_rural_affairs": 3, "tobacco": 3,
}  # fmt: skip


def fill_others(maker: Maker, others: Sequence[Business]) -> None:
    """Give ``others`` records until there are :data:`RECORDS` in all."""
    random = maker.random
    weights = [_BUSY.get(slug, 1) for slug in maker.domains]
    blessed = [business for business in others if random.random() > 0.25]
    while sum(len(records) for records in maker.planned.values()) < RECORDS:
        business = random.choice(blessed)
        for _ in range(random.choice((1, 1, 2, 3, 5))):
            if random.random() < 0.7:
                slug = random.choices(maker.domains, weights)[0]
                maker.record(business, slug, maker.days.ago(random.randint(1, 1400)))
            else:
                _left_out(maker, business)
    _shared_numbers(maker, blessed)


def _left_out(maker: Maker, business: Business) -> None:
    draw = maker.random.random()
    if draw < 0.04:
        twice(maker, business, maker.random.choice(TWICE))
    elif draw < 0.09:
        replaced(maker, business, "ecology_environment")
    else:
        reason = maker.random.choice(list(WAYS))
        leave_out(maker, business, reason, maker.random.choice(WAYS[reason]))


def _shared_numbers(maker: Maker, others: Sequence[Business]) -> None:
    # One document number for two businesses: one inspection, two parties.
    for first, second in zip(others[0:24:2], others[1:24:2], strict=True):
        number = maker.record(first, "statistics").number
        maker.record(second, "statistics", number=number)
