"""Chains of decisions: what supersedes what, whose repair counts, where a chain began, and what cannot be screened."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from creditreport.errors import Problem
from creditreport.violations.record import ViolationRecord
from tests.screening import END, ISSUED, LISTED, OLD, ONE_DAY, OTHER, START, outcome, penalty, state

FALLS: dict[str, Any] = {"effect": "revoked"}
STANDS: dict[str, Any] = {}


def number(at: int) -> str:
    return f"盐税罚〔2026〕{at}号"


def chain(*keys: dict[str, Any]) -> list[ViolationRecord]:
    """Decisions 1, 2, 3 … of which each follows the one before."""
    return [
        penalty(
            str(at),
            **{"document_number": number(at), "supersedes": number(at - 1) if at > 1 else None, **own},
        )
        for at, own in enumerate(keys, start=1)
    ]


# The second and the third decision of a chain, and what becomes of the three.
THREE: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    (STANDS, STANDS, ["SUPERSEDED", "SUPERSEDED", LISTED]),
    (STANDS, FALLS, ["SUPERSEDED", LISTED, "REVOKED"]),
    (FALLS, STANDS, ["SUPERSEDED", "REVOKED", LISTED]),
    (FALLS, FALLS, [LISTED, "REVOKED", "REVOKED"]),
    ({"effect": "amended"}, FALLS, ["SUPERSEDED", LISTED, "REVOKED"]),
    ({"disposition": "exempted"}, FALLS, ["SUPERSEDED", "EXEMPT_FROM_PENALTY", "REVOKED"]),
    ({"disposition": "exempted", "publicised": False}, FALLS, ["SUPERSEDED", "EXEMPT_FROM_PENALTY", "REVOKED"]),
    ({"disposition": "exempted", "effect": "revoked"}, FALLS, [LISTED, "EXEMPT_FROM_PENALTY", "REVOKED"]),
    ({"disposition": "pending"}, FALLS, [LISTED, "NOT_EFFECTIVE", "REVOKED"]),
    ({"effect": "not_effective"}, FALLS, [LISTED, "NOT_EFFECTIVE", "REVOKED"]),
    ({"effect": "illegality_confirmed"}, FALLS, [LISTED, "UNDER_REVIEW", "REVOKED"]),
    ({"publicised": False}, FALLS, [LISTED, "NOT_PUBLICISED", "REVOKED"]),
    ({"publicised": True}, FALLS, ["SUPERSEDED", LISTED, "REVOKED"]),
    ({"publicised": False}, {"publicised": False}, [LISTED, "NOT_PUBLICISED", "NOT_PUBLICISED"]),
    ({"publicised": False}, STANDS, ["SUPERSEDED", "SUPERSEDED", LISTED]),
    # Excluded for reasons of their own, they still stand and supersede.
    ({"sealed": True}, FALLS, ["SUPERSEDED", "SEALED", "REVOKED"]),
    ({"local": False}, FALLS, ["SUPERSEDED", "OUT_OF_TERRITORY", "REVOKED"]),
    ({"repair": "repaired"}, FALLS, ["SUPERSEDED", "REPAIRED", "REVOKED"]),
    ({"kind": "other"}, FALLS, ["SUPERSEDED", "CATEGORY_NOT_COVERED", "REVOKED"]),
    ({"procedure": "summary"}, FALLS, ["SUPERSEDED", "SUMMARY_PROCEDURE", "REVOKED"]),
]


@pytest.mark.parametrize(("second", "third", "expected"), THREE)
def test_three_decisions(second: dict[str, Any], third: dict[str, Any], expected: list[str]) -> None:
    assert outcome(*chain({}, second, third)) == expected


def test_a_long_chain_needs_no_deep_stack() -> None:
    records = chain(*[{} for _ in range(3000)])
    assert outcome(*records)[-2:] == ["SUPERSEDED", LISTED]


@pytest.mark.parametrize(
    ("follower", "expected"),
    [
        ({"supersedes": "盐税罚 [2026] 1号"}, "SUPERSEDED"),
        ({"supersedes": "盐税罚【２０２６】1 号"}, "SUPERSEDED"),
        ({"supersedes": number(2)}, LISTED),
        ({"domain": "court_enforcement"}, LISTED),
        ({"uscc": OTHER}, LISTED),
        ({"uscc": OLD}, LISTED),
        ({"kind": "rectification_order"}, "SUPERSEDED"),
    ],
)
def test_who_follows_whom(follower: dict[str, Any], expected: str) -> None:
    first = penalty("1", document_number=number(1))
    later = penalty("2", **{"supersedes": number(1), **follower})
    assert outcome(first, later)[0] == expected


def test_the_codes_of_one_business_make_one_chain() -> None:
    first = penalty("1", document_number=number(1), uscc=OLD)
    later = penalty("2", supersedes=number(1))
    assert outcome(first, later, previous_codes=[OLD]) == ["SUPERSEDED", LISTED]


def test_blank_numbers_link_nothing() -> None:
    assert outcome(penalty("1", document_number=" "), penalty("2", supersedes="　")) == [LISTED, LISTED]


def test_a_follower_supersedes_every_record_of_the_number() -> None:
    twice = [penalty(at, document_number=number(1)) for at in "12"]
    assert outcome(*twice, penalty("3", supersedes=number(1))) == ["SUPERSEDED", "SUPERSEDED", LISTED]


# --- repair ------------------------------------------------------------------------------------------------------
REPAIRS: list[tuple[list[dict[str, Any]], str]] = [
    # The decisions of a chain, and what becomes of the last.
    ([{"repair": "repaired"}, {}], "REPAIRED"),
    ([{"repair": "repaired"}, {}, {}], "REPAIRED"),
    ([{"repair": "repaired", "repaired_on": ISSUED}, {}, {}], "REPAIRED"),
    ([{"repair": "repaired", "repaired_on": ISSUED + ONE_DAY}, {}], LISTED),
    ([{"repair": "repaired", "repaired_on": ISSUED + ONE_DAY}, {"repaired_on": ISSUED}], LISTED),
    ([{"repair": "repaired"}, {"repair": "none"}], LISTED),
    ([{"repair": "repaired"}, {"repair": "applied"}, {}], LISTED),
    ([{"repair": "applied"}, {}], LISTED),
    ([{"repair": "none"}, {"repair": "repaired"}, {}], "REPAIRED"),
    ([{"repair": "repaired", "effect": "revoked"}, {}], "REPAIRED"),
]


@pytest.mark.parametrize(("keys", "expected"), REPAIRS)
def test_repair_is_taken_over(keys: list[dict[str, Any]], expected: str) -> None:
    assert outcome(*chain(*keys))[-1] == expected


def test_repair_is_not_handed_back() -> None:
    first, second = chain({}, {"repair": "repaired", "effect": "revoked"})
    assert outcome(first, second) == [LISTED, "REVOKED"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"repair": "repaired"}, {"repair": "repaired"}, "REPAIRED"),
        ({"repair": "repaired"}, {}, LISTED),
        ({}, {"repair": "repaired"}, LISTED),
        ({"repair": "repaired", "repaired_on": ISSUED}, {"repair": "repaired"}, "REPAIRED"),
        ({"repair": "repaired"}, {"repair": "repaired", "repaired_on": ISSUED + ONE_DAY}, LISTED),
        ({"repair": "repaired", "repaired_on": ISSUED + ONE_DAY}, {"repair": "repaired", "repaired_on": END}, LISTED),
    ],
)
def test_repair_of_two_followed_records_counts_only_together(
    first: dict[str, Any], second: dict[str, Any], expected: str
) -> None:
    followed = [penalty("1", document_number=number(1), **first), penalty("2", document_number=number(1), **second)]
    assert outcome(*followed, penalty("3", supersedes=number(1)))[-1] == expected


# --- the first decision of a chain ---------------------------------------------------------------------------------
LONG_AGO = {"decided_on": START - ONE_DAY}
FIRST_DAYS: list[tuple[list[dict[str, Any]], str]] = [
    ([LONG_AGO, {}], "OUTSIDE_WINDOW"),
    ([{"decided_on": START}, {}], LISTED),
    ([LONG_AGO, {}, {}], "OUTSIDE_WINDOW"),
    ([LONG_AGO, {"effect": "not_effective"}, {}], "OUTSIDE_WINDOW"),
    ([LONG_AGO, {"effect": "illegality_confirmed"}, {}], "OUTSIDE_WINDOW"),
    ([LONG_AGO, {"sealed": True}, {}], "OUTSIDE_WINDOW"),
    ([{**LONG_AGO, "effect": "revoked"}, {}], LISTED),
    ([LONG_AGO, {"effect": "revoked"}, {}], LISTED),
    ([LONG_AGO, {"effect": "revoked"}, {**LONG_AGO}, {}], "OUTSIDE_WINDOW"),
    ([{**LONG_AGO, "effect": "revoked"}, {}, {}], LISTED),
    # The new decision is after the window, the first one in it; and a state does not date a decision.
    ([{}, {"decided_on": ISSUED}], LISTED),
    ([{"kind": "judgment_defaulter", "decided_on": None, "listed_on": START - ONE_DAY}, {}], LISTED),
    ([{"kind": "judgment_defaulter", "listed_on": START, "decided_on": START - ONE_DAY}, {}], LISTED),
]


@pytest.mark.parametrize(("keys", "expected"), FIRST_DAYS)
def test_a_chain_is_dated_by_its_first_decision(keys: list[dict[str, Any]], expected: str) -> None:
    assert outcome(*chain(*keys))[-1] == expected


def test_a_state_is_dated_by_itself() -> None:
    first = penalty("1", document_number=number(1), **LONG_AGO)
    assert outcome(first, state("2", supersedes=number(1), listed_on=END))[-1] == LISTED
    assert outcome(first, state("2", supersedes=number(1), listed_on=ISSUED))[-1] == "OUTSIDE_WINDOW"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (START - ONE_DAY, START, LISTED),
        (START, START - ONE_DAY, LISTED),
        (START - ONE_DAY, date(2019, 1, 2), "OUTSIDE_WINDOW"),
        # the latest is after the window, and yet one way back begins within it
        (START, ISSUED, LISTED),
        (START - ONE_DAY, ISSUED, "OUTSIDE_WINDOW"),
    ],
)
def test_of_two_followed_records_one_within_the_window_is_enough(first: date, second: date, expected: str) -> None:
    followed = [
        penalty("1", document_number=number(1), decided_on=first),
        penalty("2", document_number=number(1), decided_on=second),
    ]
    assert outcome(*followed, penalty("3", supersedes=number(1)))[-1] == expected


# --- what cannot be screened ----------------------------------------------------------------------------------------
def ring(*members: int, **keys: Any) -> list[ViolationRecord]:
    """Decisions each of which supersedes the one before, and the first the last."""
    return [
        penalty(str(own), document_number=number(own), supersedes=number(before), **keys)
        for own, before in zip(members, (members[-1], *members[:-1]), strict=True)
    ]


UNSCREENABLE: list[tuple[str, list[ViolationRecord], int]] = [
    ("itself", [penalty("0"), *ring(1)], 1),
    ("itself, revoked", [*ring(1, effect="revoked")], 0),
    ("ring of two", [penalty("0"), *ring(1, 2)], 1),
    ("ring of three", [penalty("0"), penalty("9"), *ring(1, 2, 3)], 2),
    ("a tail outside the ring comes first", [penalty("0", supersedes=number(1)), *ring(1, 2, effect="revoked")], 1),
    ("another business's ring", [penalty("0"), *ring(1, 2, uscc=OTHER)], 1),
    (
        "two followers that stand",
        [
            penalty("1", document_number=number(1)),
            penalty("2", supersedes=number(1), effect="revoked"),
            penalty("3", supersedes=number(1)),
            penalty("4", supersedes=number(1), disposition="exempted"),
        ],
        2,
    ),
    (
        "two followers under two spellings of a code",
        [
            penalty("1", document_number=number(1), uscc=OTHER.lower()),
            penalty("2", supersedes=number(1), uscc=OTHER),
            penalty("3", supersedes=number(1), uscc=f" {OTHER}"),
        ],
        1,
    ),
]


@pytest.mark.parametrize(("name", "records", "index"), UNSCREENABLE, ids=[case[0] for case in UNSCREENABLE])
def test_unscreenable_chains(name: str, records: list[ViolationRecord], index: int) -> None:
    with pytest.raises(Problem) as raised:
        outcome(*records)
    assert raised.value.code == "UNSCREENABLE_CHAIN"
    assert raised.value.shown == {"index": index, "key": "supersedes"}
    assert raised.value.details["domain"] == "taxation"


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (ring(1), "a decision says that it supersedes itself"),
        (ring(1, 2), "the decisions supersede one another in a ring"),
        (
            [penalty("1", document_number=number(1)), *(penalty(at, supersedes=number(1)) for at in "23")],
            "two decisions that both stand supersede the same one",
        ),
    ],
)
def test_the_sentence_says_what_is_wrong_with_the_chain(records: list[ViolationRecord], said: str) -> None:
    with pytest.raises(Problem, match=said) as raised:
        outcome(*records)
    assert number(1) in raised.value.zh


def test_two_followers_of_which_one_stands_are_fine() -> None:
    records = [
        penalty("1", document_number=number(1)),
        penalty("2", supersedes=number(1), disposition="pending"),
        penalty("3", supersedes=number(1)),
    ]
    assert outcome(*records) == ["SUPERSEDED", "NOT_EFFECTIVE", LISTED]


def test_two_followers_of_an_unknown_decision_are_fine() -> None:
    records = [penalty("1", supersedes=number(1)), penalty("2", supersedes=number(1))]
    assert outcome(*records) == [LISTED, LISTED]
