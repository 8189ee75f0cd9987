"""A register that was read and not stored, for tests that need no store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from creditreport.entities.entity import BusinessEntity


def with_their_numbers(entities: Sequence[BusinessEntity]) -> tuple[BusinessEntity, ...]:
    """The businesses with the older numbers that each of them alone has, as the store would tell them."""
    holders = Counter(number for entity in entities for number in entity.numbers)
    return tuple(
        replace(entity, sole_numbers=frozenset(one for one in entity.numbers if holders[one] == 1))
        for entity in entities
    )
