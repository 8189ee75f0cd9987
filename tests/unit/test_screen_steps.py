"""The screening rules row by row: for each step what it excludes, and the nearest thing that it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from creditreport.errors import Problem
from creditreport.violations.reason import Reason
from creditreport.violations.record import Kind
from creditreport.violations.steps import STEPS
from tests.screening import (
    DOMAINS,
    END,
    ISSUED,
    LISTED,
    OLD,
    ONE_DAY,
    OTHER,
    OWN,
    RULES,
    START,
    decide,
    outcome,
    penalty,
    state,
)

# step, keys of a penalty, expected
PENALTIES: list[tuple[int, dict[str, Any], str]] = [
    (1, {"uscc": OTHER}, "NOT_THIS_ENTITY"),
    (1, {"uscc": OLD}, "NOT_THIS_ENTITY"),
    (1, {"uscc": OWN}, LISTED),
    (1, {"uscc": " 91320900 ｍa1demo01x\t"}, LISTED),
    (2, {"domain": "market_regulation"}, LISTED),
    (3, {"kind": "criminal_judgment"}, LISTED),
    (3, {"kind": "rectification_order"}, "CATEGORY_NOT_COVERED"),
    (3, {"kind": "compulsory_measure"}, "CATEGORY_NOT_COVERED"),
    (3, {"kind": "other"}, "CATEGORY_NOT_COVERED"),
    (4, {"local": False}, "OUT_OF_TERRITORY"),
    (4, {"local": True}, LISTED),
    (5, {"sealed": True}, "SEALED"),
    (5, {"sealed": False}, LISTED),
    (6, {"undisclosable": True}, "UNDISCLOSABLE"),
    (6, {"undisclosable": False}, LISTED),
    (7, {"disposition": "exempted"}, "EXEMPT_FROM_PENALTY"),
    (7, {"disposition": "penalised"}, LISTED),
    (8, {"disposition": "pending"}, "NOT_EFFECTIVE"),
    (8, {"effect": "not_effective"}, "NOT_EFFECTIVE"),
    (8, {"effect": "effective"}, LISTED),
    (8, {"effect": "amended"}, LISTED),
    (9, {"effect": "revoked"}, "REVOKED"),
    (10, {"effect": "illegality_confirmed"}, "UNDER_REVIEW"),
    (12, {"repair": "repaired"}, "REPAIRED"),
    (12, {"repair": "repaired", "repaired_on": ISSUED}, "REPAIRED"),
    (12, {"repair": "repaired", "repaired_on": ISSUED + ONE_DAY}, LISTED),
    (12, {"repair": "applied"}, LISTED),
    (12, {"repair": "none"}, LISTED),
    (12, {"repaired_on": ISSUED}, LISTED),
    (12, {"repair": "applied", "repaired_on": ISSUED}, LISTED),
    (13, {"removed_on": date(2026, 5, 1)}, LISTED),
    (14, {"shielded": True}, "SHIELDED"),
    (14, {"shielded": False}, LISTED),
    (15, {"publicised": False}, "NOT_PUBLICISED"),
    (15, {"publicised": True}, LISTED),
    (16, {"publicity_until": ISSUED - ONE_DAY}, "PUBLICITY_ENDED"),
    (16, {"publicity_until": ISSUED}, LISTED),
    (17, {"procedure": "summary"}, "SUMMARY_PROCEDURE"),
    (17, {"procedure": "ordinary"}, LISTED),
    (17, {"kind": "criminal_judgment", "procedure": "summary"}, LISTED),
    (18, {"penalty_types": ["warning"]}, "WARNING_ONLY"),
    (18, {"penalty_types": ["public_criticism"]}, "WARNING_ONLY"),
    (18, {"penalty_types": ["warning", "public_criticism"]}, "WARNING_ONLY"),
    (18, {"penalty_types": ["warning"], "fine_yuan": "200"}, "WARNING_ONLY"),
    (18, {"penalty_types": ["warning", "fine"]}, LISTED),
    (18, {"penalty_types": ["fine"], "fine_yuan": "0"}, LISTED),
    (18, {"penalty_types": []}, LISTED),
    (18, {"kind": "criminal_judgment", "penalty_types": ["warning"]}, LISTED),
    (19, {"decided_on": START - ONE_DAY}, "OUTSIDE_WINDOW"),
    (19, {"decided_on": START}, LISTED),
    (19, {"decided_on": END}, LISTED),
    (19, {"decided_on": END + ONE_DAY}, "OUTSIDE_WINDOW"),
    (19, {"decided_on": START - ONE_DAY, "listed_on": END}, "OUTSIDE_WINDOW"),
    # What stays listed by name: paid, disputed, grave or minor conduct.
    (0, {"disputed": True}, LISTED),
    (0, {"severity": "minor"}, LISTED),
    (0, {"fine_yuan": "0.00"}, LISTED),
]

# step, keys of a judgment defaulter's entry, expected
STATES: list[tuple[int, dict[str, Any], str]] = [
    (3, {"kind": "serious_dishonesty_listing"}, LISTED),
    (3, {"kind": "unfulfilled_judgment"}, LISTED),
    (3, {"kind": "abnormal_operation_listing"}, "CATEGORY_NOT_COVERED"),
    (12, {"repair": "repaired"}, "REPAIRED"),
    (13, {"removed_on": ISSUED}, "LIST_REMOVED"),
    (13, {"removed_on": ISSUED - ONE_DAY}, "LIST_REMOVED"),
    (13, {"removed_on": ISSUED + ONE_DAY}, LISTED),
    (17, {"procedure": "summary"}, LISTED),
    (18, {"penalty_types": ["warning"]}, LISTED),
    (19, {"listed_on": date(2009, 1, 5)}, LISTED),
    (19, {"listed_on": END}, LISTED),
    (19, {"listed_on": END + ONE_DAY}, "OUTSIDE_WINDOW"),
    (19, {"decided_on": date(2009, 1, 5)}, LISTED),
    (19, {"decided_on": END + ONE_DAY}, LISTED),
]


@pytest.mark.parametrize(("step", "keys", "expected"), PENALTIES)
def test_penalty(step: int, keys: dict[str, Any], expected: str) -> None:
    assert outcome(penalty(**keys)) == [expected]


@pytest.mark.parametrize(("step", "keys", "expected"), STATES)
def test_continuing_state(step: int, keys: dict[str, Any], expected: str) -> None:
    assert outcome(state(**keys)) == [expected]


def test_every_kind_is_decided_by_the_rule_set() -> None:
    covered = {kind for kind in Kind if outcome((state if kind.continuing else penalty)(kind=kind)) == [LISTED]}
    assert covered == {
        "penalty",
        "criminal_judgment",
        "serious_dishonesty_listing",
        "judgment_defaulter",
        "unfulfilled_judgment",
    }


def test_a_replaced_code_is_the_same_business() -> None:
    assert outcome(penalty(uscc=OLD.lower()), previous_codes=[OLD]) == [LISTED]
    assert outcome(penalty(uscc=OTHER), previous_codes=[OLD]) == ["NOT_THIS_ENTITY"]


@pytest.mark.parametrize(
    ("issued_on", "expected"),
    [(date(2024, 9, 30), "DOMAIN_NOT_IMPLEMENTED"), (date(2024, 10, 1), LISTED)],
)
def test_step_2_a_domain_before_its_day(issued_on: date, expected: str) -> None:
    record = penalty(domain="market_regulation", decided_on=date(2024, 6, 3))
    assert outcome(record, issued_on=issued_on) == [expected]


@pytest.mark.parametrize("years", [1, 2, 3])
def test_step_19_each_length_of_the_window(years: int) -> None:
    start = END.replace(year=END.year - years)
    days = [start - ONE_DAY, start, END, END + ONE_DAY]
    records = [penalty(str(at), decided_on=day) for at, day in enumerate(days)]
    assert outcome(*records, years=years) == ["OUTSIDE_WINDOW", LISTED, LISTED, "OUTSIDE_WINDOW"]


# One exclusion of each step that a single record can show, in the order of the steps: of two the earlier one counts.
PENALTY_EXCLUSIONS: list[tuple[str, dict[str, Any]]] = [
    ("NOT_THIS_ENTITY", {"uscc": OTHER}),
    ("DOMAIN_NOT_IMPLEMENTED", {"domain": "market_regulation"}),
    ("CATEGORY_NOT_COVERED", {"kind": "other"}),
    ("OUT_OF_TERRITORY", {"local": False}),
    ("SEALED", {"sealed": True}),
    ("UNDISCLOSABLE", {"undisclosable": True}),
    ("EXEMPT_FROM_PENALTY", {"disposition": "exempted"}),
    ("NOT_EFFECTIVE", {"effect": "not_effective"}),
    ("REVOKED", {"effect": "revoked"}),
    ("UNDER_REVIEW", {"effect": "illegality_confirmed"}),
    ("REPAIRED", {"repair": "repaired"}),
    ("SHIELDED", {"shielded": True}),
    ("NOT_PUBLICISED", {"publicised": False}),
    ("PUBLICITY_ENDED", {"publicity_until": date(2024, 9, 1)}),
    ("SUMMARY_PROCEDURE", {"procedure": "summary"}),
    ("WARNING_ONLY", {"penalty_types": ["warning"]}),
    ("OUTSIDE_WINDOW", {"decided_on": date(2019, 3, 4)}),
]
PAIRS = [
    (earlier, {**later_keys, **earlier_keys})
    for at, (earlier, earlier_keys) in enumerate(PENALTY_EXCLUSIONS)
    for _, later_keys in PENALTY_EXCLUSIONS[at + 1 :]
    # Two values of one key, or a kind that the later step does not look at: no pair.
    if not later_keys.keys() & earlier_keys.keys()
]


@pytest.mark.parametrize(("expected", "keys"), PAIRS)
def test_of_two_reasons_the_earlier_step_counts(expected: str, keys: dict[str, Any]) -> None:
    record = penalty(**{"decided_on": date(2024, 6, 3), **keys})
    assert outcome(record, issued_on=date(2024, 9, 10)) == [expected]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"disposition": "pending", "effect": "revoked"}, "NOT_EFFECTIVE"),
        ({"disposition": "exempted", "effect": "revoked"}, "EXEMPT_FROM_PENALTY"),
        ({"repair": "repaired", "removed_on": ISSUED}, "REPAIRED"),
        ({"removed_on": ISSUED, "shielded": True}, "LIST_REMOVED"),
        ({"removed_on": ISSUED, "listed_on": ISSUED}, "LIST_REMOVED"),
        ({"removed_on": ISSUED, "effect": "illegality_confirmed"}, "UNDER_REVIEW"),
    ],
)
def test_order_of_reasons_in_states_and_between_disposition_and_effect(keys: dict[str, Any], expected: str) -> None:
    assert outcome(state(**keys)) == [expected]


def test_superseded_comes_after_under_review_and_before_repaired() -> None:
    later = penalty("2", supersedes="盐税罚〔2026〕1号")
    for keys, expected in [
        ({"effect": "illegality_confirmed"}, "UNDER_REVIEW"),
        ({}, "SUPERSEDED"),
        ({"repair": "repaired"}, "SUPERSEDED"),
        ({"decided_on": date(2019, 3, 4)}, "SUPERSEDED"),
    ]:
        first = penalty("1", document_number="盐税罚〔2026〕1号", **keys)
        assert outcome(first, later)[0] == expected


ENTRY = {"document_number": "盐市监处罚〔2026〕12号", "authority": "盐城市市场监督管理局"}


def _in_domains(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    return outcome(
        penalty("1", **{"domain": "taxation", **ENTRY, **first}),
        penalty("1", **{"domain": "market_regulation", **ENTRY, **second}),
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {}, [LISTED, "DUPLICATE"]),
        ({"domain": "market_regulation"}, {"domain": "taxation"}, ["DUPLICATE", LISTED]),
        (
            {},
            {"document_number": "盐市监处罚 [2026] 12号", "authority": "盐城市 市场监督管理局"},
            [LISTED, "DUPLICATE"],
        ),
        ({}, {"document_number": "盐市监处罚〔2026〕13号"}, [LISTED, LISTED]),
        ({}, {"authority": "盐城市应急管理局"}, [LISTED, LISTED]),
        ({"authority": None}, {"authority": None}, [LISTED, LISTED]),
        ({"document_number": None}, {"document_number": None}, [LISTED, LISTED]),
        ({"document_number": " "}, {"document_number": " "}, [LISTED, LISTED]),
        ({"repair": "repaired"}, {}, ["REPAIRED", LISTED]),
        ({}, {"repair": "repaired"}, [LISTED, "REPAIRED"]),
        ({}, {"uscc": OTHER}, [LISTED, "NOT_THIS_ENTITY"]),
    ],
)
def test_step_20(first: dict[str, Any], second: dict[str, Any], expected: list[str]) -> None:
    assert _in_domains(first, second) == expected


def test_step_20_two_entries_of_one_domain_are_both_listed_and_both_hide_the_copy() -> None:
    records = [
        penalty("1", domain="market_regulation", **ENTRY),
        penalty("2", domain="market_regulation", **ENTRY),
        penalty("1", domain="taxation", **ENTRY),
        penalty("2", domain="taxation", **ENTRY),
        penalty("1", domain="court_enforcement", **{**ENTRY, "uscc": OTHER}),
    ]
    assert outcome(*records) == ["DUPLICATE", "DUPLICATE", LISTED, LISTED, "NOT_THIS_ENTITY"]


def test_each_exclusion_says_what_it_rests_on_and_a_listed_record_says_nothing() -> None:
    listed, sealed = decide([penalty("1"), penalty("2", sealed=True)])
    assert (listed.listed, listed.reason, listed.basis) == (True, None, None)
    assert (sealed.listed, sealed.reason, sealed.basis) == (False, Reason.SEALED, RULES.basis_of(Reason.SEALED))
    warned = decide([penalty(penalty_types=["warning"])])[0]
    assert warned.basis == RULES.switches["warning_only"].article


def test_the_steps_are_numbered_in_the_order_of_the_reasons() -> None:
    assert [step.number for step in STEPS] == list(range(1, 20))
    assert [step.reason for step in STEPS] == list(Reason)[:19]


def test_a_record_of_an_unknown_domain_stops_the_screening() -> None:
    with pytest.raises(Problem) as raised:
        decide([penalty("1"), penalty("2", domain="astrology")])
    assert raised.value.code == "UNKNOWN_DOMAIN"
    assert raised.value.shown == {"index": 1, "key": "domain"}
    assert "astrology" not in DOMAINS


def test_a_switch_that_is_off_excludes_nothing() -> None:
    cases = {
        "shielded": {"shielded": True},
        "publicity_ended": {"publicity_until": date(2026, 1, 1)},
        "summary_procedure": {"procedure": "summary"},
        "warning_only": {"penalty_types": ["warning"]},
    }
    for off in cases:
        switches = {
            name: switch.model_copy(update={"excludes": name != off}) for name, switch in RULES.switches.items()
        }
        rules = RULES.model_copy(update={"switches": switches})
        for name, keys in cases.items():
            expected = LISTED if name == off else name.upper()
            assert outcome(penalty(**keys), rules=rules) == [expected], (off, name)
