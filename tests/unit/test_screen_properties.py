"""What holds for whatever records: order never matters, strangers change nothing, a repaired record stays away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditreport.errors import Problem
from creditreport.violations.record import Disposition, Effect, Kind, PenaltyType, Procedure, Repair, ViolationRecord
from creditreport.violations.ruleset import RuleSet
from tests.screening import DOMAINS, ISSUED, LISTED, NATIONAL, OLD, OTHER, OWN, RULES, decide, outcome, penalty

NUMBERS = ("A〔2026〕1号", "A〔2026〕2号", "A〔2026〕3号", "A〔2026〕4号")
AUTHORITIES = ("盐城市税务局", "盐城市市场监督管理局")
# Whatever holds, holds under every rule set.
rulesets = st.sampled_from([RULES, NATIONAL])
days = st.dates(ISSUED - timedelta(days=1300), ISSUED + timedelta(days=3))


def seldom(*words: Any) -> st.SearchStrategy[Any]:
    """Mostly not stated, so that most records reach the later steps."""
    return st.sampled_from([*[None] * (4 * len(words)), *words])


@st.composite
def records(draw: st.DrawFn) -> list[ViolationRecord]:
    """A handful of records with dense links among few numbers, domains and businesses."""
    return [draw(record(str(at))) for at in range(draw(st.integers(1, 7)))]


def record(record_id: str) -> st.SearchStrategy[ViolationRecord]:
    """One record whose days are possible."""
    keys: dict[str, st.SearchStrategy[Any]] = {
        "domain": st.sampled_from(sorted(DOMAINS)),
        "uscc": st.sampled_from([OWN, OWN, OWN, OWN, OLD, OTHER]),
        "kind": st.sampled_from([*[Kind.PENALTY] * 12, *Kind]),
        "decided_on": days,
        "listed_on": days,
        "removed_on": seldom(ISSUED + timedelta(days=4)),
        "document_number": st.sampled_from([None, *NUMBERS]),
        "supersedes": st.sampled_from([None, None, None, *NUMBERS]),
        "authority": st.sampled_from([None, *AUTHORITIES]),
        "penalty_types": seldom([], *[[word] for word in list(PenaltyType)[:3]]),
        "procedure": seldom(*Procedure),
        "publicised": seldom(True, False),
        "publicity_until": seldom(ISSUED - timedelta(days=1), ISSUED),
        "disposition": seldom(*Disposition),
        "effect": seldom(*Effect),
        "repair": seldom(*Repair),
        "repaired_on": seldom(ISSUED + timedelta(days=3), ISSUED + timedelta(days=40)),
        "sealed": seldom(True, False),
        "shielded": seldom(True, False),
        "local": seldom(True, False),
    }
    return st.fixed_dictionaries(keys).map(lambda drawn: ViolationRecord(record_id=record_id, **drawn))


def _decided(sequence: Sequence[ViolationRecord], **request: Any) -> dict[str, str] | None:
    """The outcome of each record by its id; ``None`` for chains that cannot be screened."""
    try:
        outcomes = outcome(*sequence, previous_codes=[OLD], **request)
    except Problem as problem:
        if problem.code != "UNSCREENABLE_CHAIN":
            raise
        return None
    return {record.record_id: made for record, made in zip(sequence, outcomes, strict=True)}


@settings(max_examples=300, deadline=None)
@given(st.data(), records(), rulesets)
def test_order_never_matters(data: st.DataObject, given_records: list[ViolationRecord], rules: RuleSet) -> None:
    shuffled = data.draw(st.permutations(given_records))
    assert _decided(shuffled, rules=rules) == _decided(given_records, rules=rules)


@settings(max_examples=300, deadline=None)
@given(st.data(), records(), rulesets)
def test_an_excluded_record_that_nothing_links_changes_nothing(
    data: st.DataObject, given_records: list[ViolationRecord], rules: RuleSet
) -> None:
    before = _decided(given_records, rules=rules)
    added = data.draw(record("added")).model_copy(update={"supersedes": None, "document_number": "B〔2026〕9号"})
    after = _decided([*given_records, added], rules=rules)
    if before is None or after is None:
        assert before == after
    else:
        reason = after.pop("added")
        assert reason == LISTED or after == before


@settings(max_examples=200, deadline=None)
@given(records(), st.integers(1, 400), rulesets)
def test_a_later_day_of_issue_never_brings_back_a_repaired_record(
    given_records: list[ViolationRecord], days_later: int, rules: RuleSet
) -> None:
    first = _decided(given_records, rules=rules)
    later = _decided(given_records, issued_on=ISSUED + timedelta(days=days_later), rules=rules)
    if first is None or later is None:
        assert first == later
        return
    repaired = {key for key, made in first.items() if made == "REPAIRED"}
    assert {later[key] for key in repaired} <= {"REPAIRED"}


@settings(max_examples=200, deadline=None)
@given(records(), rulesets)
def test_what_is_listed_is_a_covered_public_record_of_the_business_itself(
    given_records: list[ViolationRecord], rules: RuleSet
) -> None:
    try:
        decisions = decide(given_records, previous_codes=[OLD], rules=rules)
    except Problem:
        return
    for made in decisions:
        assert made.listed == (made.reason is None) == (made.basis is None)
        if made.listed:
            assert made.record.uscc in (OWN, OLD)
            assert made.record.kind in rules.covered_kinds
            assert made.record.publicised is not False
            assert made.record.repair is not Repair.REPAIRED or (made.record.repaired_on or ISSUED) > ISSUED


@settings(max_examples=200, deadline=None)
@given(records())
def test_the_national_rules_leave_out_nothing_that_the_citys_list(given_records: list[ViolationRecord]) -> None:
    # More kinds and fewer exclusions: but for a copy of the same decision in a domain that now lists it first.
    city, national = (_decided(given_records, rules=rules) for rules in (RULES, NATIONAL))
    if city is None or national is None:
        assert city == national
        return
    listed = {key for key, made in city.items() if made == LISTED}
    assert {national[key] for key in listed} <= {LISTED, "DUPLICATE"}
    assert {city[key] for key, made in national.items() if made == LISTED} <= {
        LISTED,
        "SUMMARY_PROCEDURE",
        "CATEGORY_NOT_COVERED",
        "DUPLICATE",
    }


@pytest.mark.parametrize("copies", [1, 2])
def test_no_listed_decision_is_shown_in_two_domains(copies: int) -> None:
    same = {"document_number": NUMBERS[0], "authority": AUTHORITIES[0], "decided_on": date(2026, 3, 2)}
    given_records = [penalty(f"{slug}{at}", domain=slug, **same) for slug in DOMAINS for at in range(copies)]
    shown = {made.record.domain for made in decide(given_records) if made.listed}
    assert shown == {"court_enforcement"}
