"""Chains of three with every combination of what stands and what falls; lists left and entered again."""

from __future__ import annotations

from datetime import date
from itertools import permutations, product
from typing import Any

import pytest

from tests.screening import ISSUED, LISTED, ONE_DAY, decide, outcome, penalty, state

# What each stands for itself, were nothing to follow it; None: it is listed.
STANDING: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"effect": "effective"}, None),
    ({"effect": "amended", "publicised": True}, None),
    ({"disposition": "exempted"}, "EXEMPT_FROM_PENALTY"),
    ({"disposition": "exempted", "publicised": False}, "EXEMPT_FROM_PENALTY"),
]
FALLING: list[tuple[dict[str, Any], str | None]] = [
    ({"effect": "revoked"}, "REVOKED"),
    ({"effect": "not_effective"}, "NOT_EFFECTIVE"),
    ({"disposition": "pending"}, "NOT_EFFECTIVE"),
    ({"effect": "illegality_confirmed"}, "UNDER_REVIEW"),
    ({"publicised": False}, "NOT_PUBLICISED"),
    ({"disposition": "exempted", "effect": "revoked"}, "EXEMPT_FROM_PENALTY"),
]
# Steps before the eleventh give their reason whether or not something follows.
BEFORE_ELEVEN = {"EXEMPT_FROM_PENALTY", "NOT_EFFECTIVE", "REVOKED", "UNDER_REVIEW"}


def told(own: str | None, *followers_stand: bool) -> str:
    """What the table of the rules says of one decision of a chain."""
    if own in BEFORE_ELEVEN:
        return str(own)
    return "SUPERSEDED" if any(followers_stand) else own or LISTED


@pytest.mark.parametrize("stands", list(product([True, False], repeat=3)), ids=str)
def test_every_combination(stands: tuple[bool, bool, bool]) -> None:
    for links in product(*(STANDING if one else FALLING for one in stands)):
        records = [
            penalty(str(at), document_number=f"A{at}", supersedes=f"A{at - 1}" if at > 1 else None, **keys)
            for at, (keys, _) in enumerate(links, start=1)
        ]
        expected = [told(own, *stands[at + 1 :]) for at, (_, own) in enumerate(links)]
        assert outcome(*records) == expected, links


def test_the_order_of_the_rows_is_no_part_of_a_chain() -> None:
    records = [
        penalty("1", document_number="A1"),
        penalty("2", document_number="A2", supersedes="A1", effect="revoked"),
        penalty("3", document_number="A3", supersedes="A2", publicised=False),
    ]
    for shuffled in permutations(records):
        found = {made.record.record_id: str(made.reason or LISTED) for made in decide(shuffled)}
        assert found == {"1": LISTED, "2": "REVOKED", "3": "NOT_PUBLICISED"}


# --- lists left and entered again --------------------------------------------------------------------------------
LEFT = {"listed_on": date(2024, 3, 4), "removed_on": date(2025, 3, 4)}


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        ({"listed_on": date(2026, 3, 2)}, LISTED),
        ({"listed_on": date(2026, 3, 2), "removed_on": ISSUED}, "LIST_REMOVED"),
        ({"listed_on": date(2026, 3, 2), "removed_on": ISSUED + ONE_DAY}, LISTED),
        ({"listed_on": ISSUED}, "OUTSIDE_WINDOW"),
        ({"listed_on": date(2026, 3, 2), "repair": "repaired"}, "REPAIRED"),
        # On the very day of its removal.
        ({"listed_on": date(2025, 3, 4)}, LISTED),
    ],
)
@pytest.mark.parametrize("same", [{}, {"document_number": "（2024）苏09执7号", "authority": "盐城市中级人民法院"}])
def test_a_list_left_and_entered_again(again: dict[str, Any], expected: str, same: dict[str, str]) -> None:
    first, second = state("1", **LEFT, **same), state("2", **again, **same)
    assert outcome(first, second) == ["LIST_REMOVED", expected]
    assert outcome(second, first) == [expected, "LIST_REMOVED"]


def test_what_ended_the_first_listing_does_not_end_the_second() -> None:
    same = {"document_number": "（2024）苏09执7号"}
    first = state("1", **LEFT, **same, repair="repaired")
    assert outcome(first, state("2", listed_on=date(2026, 3, 2), **same)) == ["REPAIRED", LISTED]


def test_three_times_on_a_list() -> None:
    days = [(2023, 2024), (2024, 2025), (2025, None)]
    records = [
        state(str(at), listed_on=date(on, 5, 6), removed_on=date(off, 1, 2) if off else None)
        for at, (on, off) in enumerate(days)
    ]
    assert outcome(*records) == ["LIST_REMOVED", "LIST_REMOVED", LISTED]
