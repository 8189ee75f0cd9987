"""The same steps under ``national-2025``: measures covered, summary procedure listed, up to five years; else no change.

The tables are those of the city's rules, so that a step that is tested there is tested here too.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from creditreport.violations.record import Kind
from creditreport.violations.ruleset import known_rulesets
from tests.screening import (
    END,
    ISSUED,
    LISTED,
    NATIONAL,
    ONE_DAY,
    OTHER,
    RULES,
    START,
    decide,
    outcome,
    penalty,
    state,
)
from tests.unit.test_screen_steps import PAIRS, PENALTIES, STATES

# What the switches turn round; everything else must come out as under the city's rules.
TURNED = ("SUMMARY_PROCEDURE",)


def expected_here(keys: dict[str, Any], expected: str) -> str:
    if keys.get("kind") == "compulsory_measure" or expected in TURNED:
        return LISTED
    return expected


@pytest.mark.parametrize(("step", "keys", "expected"), PENALTIES)
def test_penalty(step: int, keys: dict[str, Any], expected: str) -> None:
    assert outcome(penalty(**keys), rules=NATIONAL) == [expected_here(keys, expected)]


@pytest.mark.parametrize(("step", "keys", "expected"), STATES)
def test_continuing_state(step: int, keys: dict[str, Any], expected: str) -> None:
    assert outcome(state(**keys), rules=NATIONAL) == [expected]


def test_the_tables_hold_what_the_switches_turn() -> None:
    turned = {str(keys) for _, keys, expected in PENALTIES if expected_here(keys, expected) != expected}
    assert len(turned) == 2


@pytest.mark.parametrize(("expected", "keys"), PAIRS)
def test_of_two_reasons_the_earlier_step_that_applies_counts(expected: str, keys: dict[str, Any]) -> None:
    record = penalty(**{"decided_on": date(2024, 6, 3), **keys})
    if expected == "SUMMARY_PROCEDURE":
        expected = "WARNING_ONLY" if "penalty_types" in keys else "OUTSIDE_WINDOW"
    assert outcome(record, issued_on=date(2024, 9, 10), rules=NATIONAL) == [expected]


def test_every_kind_is_decided_by_the_rule_set() -> None:
    covered = {
        kind for kind in Kind if outcome((state if kind.continuing else penalty)(kind=kind), rules=NATIONAL) == [LISTED]
    }
    assert covered == NATIONAL.covered_kinds == RULES.covered_kinds | {Kind.COMPULSORY_MEASURE}


@pytest.mark.parametrize("years", [1, 2, 3, 4, 5])
def test_step_19_each_length_of_the_window(years: int) -> None:
    start = END.replace(year=END.year - years)
    days = [start - ONE_DAY, start, END, END + ONE_DAY]
    for kind in ("penalty", "compulsory_measure", "criminal_judgment"):
        records = [penalty(str(at), kind=kind, decided_on=day) for at, day in enumerate(days)]
        expected = ["OUTSIDE_WINDOW", LISTED, LISTED, "OUTSIDE_WINDOW"]
        assert outcome(*records, years=years, rules=NATIONAL) == expected


MEASURES: list[tuple[int, dict[str, Any], str]] = [
    (1, {"uscc": OTHER}, "NOT_THIS_ENTITY"),
    (4, {"local": False}, "OUT_OF_TERRITORY"),
    (5, {"sealed": True}, "SEALED"),
    (6, {"undisclosable": True}, "UNDISCLOSABLE"),
    (7, {"disposition": "exempted"}, "EXEMPT_FROM_PENALTY"),
    (8, {"disposition": "pending"}, "NOT_EFFECTIVE"),
    (8, {"effect": "not_effective"}, "NOT_EFFECTIVE"),
    (9, {"effect": "revoked"}, "REVOKED"),
    (10, {"effect": "illegality_confirmed"}, "UNDER_REVIEW"),
    (12, {"repair": "repaired", "repaired_on": ISSUED}, "REPAIRED"),
    (12, {"repair": "repaired", "repaired_on": ISSUED + ONE_DAY}, LISTED),
    (13, {"removed_on": ISSUED}, LISTED),
    (14, {"shielded": True}, "SHIELDED"),
    (15, {"publicised": False}, "NOT_PUBLICISED"),
    (16, {"publicity_until": ISSUED - ONE_DAY}, "PUBLICITY_ENDED"),
    (16, {"publicity_until": ISSUED}, LISTED),
    (17, {"procedure": "summary"}, LISTED),
    (18, {"penalty_types": ["warning"]}, LISTED),
    (19, {"decided_on": START - ONE_DAY}, "OUTSIDE_WINDOW"),
    (19, {"decided_on": START}, LISTED),
]


@pytest.mark.parametrize(("step", "keys", "expected"), MEASURES)
def test_a_compulsory_measure_goes_through_every_step_and_under_the_citys_rules_through_none(
    step: int, keys: dict[str, Any], expected: str
) -> None:
    record = penalty(kind="compulsory_measure", **keys)
    assert outcome(record, rules=NATIONAL) == [expected]
    assert outcome(record) == [expected if step < 3 else "CATEGORY_NOT_COVERED"]


@pytest.mark.parametrize(
    ("keys", "city", "national"),
    [
        ({"penalty_types": ["fine"]}, "SUMMARY_PROCEDURE", LISTED),
        ({"penalty_types": ["warning"]}, "SUMMARY_PROCEDURE", "WARNING_ONLY"),
        ({"penalty_types": ["warning", "fine"]}, "SUMMARY_PROCEDURE", LISTED),
        ({"publicised": False}, "NOT_PUBLICISED", "NOT_PUBLICISED"),
        ({"decided_on": START - ONE_DAY}, "SUMMARY_PROCEDURE", "OUTSIDE_WINDOW"),
    ],
)
def test_a_penalty_by_summary_procedure(keys: dict[str, Any], city: str, national: str) -> None:
    record = penalty(procedure="summary", **keys)
    assert (outcome(record), outcome(record, rules=NATIONAL)) == ([city], [national])


def test_a_measure_listed_from_a_lower_domain_makes_its_copy_a_duplicate() -> None:
    same = {"kind": "compulsory_measure", "document_number": "盐税强〔2026〕1号", "authority": "盐城市税务局"}
    first, copy = penalty("1", domain="taxation", **same), penalty("1", domain="market_regulation", **same)
    assert outcome(copy, first, rules=NATIONAL) == ["DUPLICATE", LISTED]
    assert outcome(copy, first) == ["CATEGORY_NOT_COVERED", "CATEGORY_NOT_COVERED"]


@pytest.mark.parametrize("ruleset_id", known_rulesets())
def test_each_exclusion_says_its_own_rule_sets_article(ruleset_id: str) -> None:
    rules = {one.id: one for one in (RULES, NATIONAL)}[ruleset_id]
    made = decide([penalty(repair="repaired")], rules=rules)[0]
    assert made.basis == rules.basis["REPAIRED"].article
    assert ("第36号" in made.basis) is (ruleset_id == "national-2025")
