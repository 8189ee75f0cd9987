"""What a decision changes of a record: read strictly, and screened as the feeds would have it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from creditreport.errors import Problem
from creditreport.objections.changes import Decision, changes_of, corrected, outcome_of
from creditreport.objections.comparing import Said, what_is_said
from creditreport.objections.correction_models import RecordCorrection
from creditreport.objections.flow import CaseKind
from creditreport.objections.models import Outcome
from creditreport.violations.own import OwnEntry, apply_own, digest_of
from creditreport.violations.record import ViolationRecord

TODAY = date(2026, 11, 21)
PENALTY = ViolationRecord.model_validate(
    {
        "domain": "d", "record_id": "1", "uscc": "X", "kind": "penalty", "decided_on": "2025-06-01",
        "fine_yuan": "2000.00", "penalty_types": ["fine"], "facts": "甲",
    }
)  # fmt: skip
LISTING = ViolationRecord.model_validate(
    {"domain": "d", "record_id": "2", "uscc": "X", "kind": "judgment_defaulter", "listed_on": "2025-06-01"}
)


def decide(outcome: str, record: ViolationRecord = PENALTY, **given: Any) -> dict[str, Any]:
    return changes_of(Outcome(outcome), Decision(outcome, "x", **given), record, TODAY)


def test_withdrawn_is_revoked_or_removed() -> None:
    assert decide("withdraw") == {"effect": "revoked"}
    assert decide("withdraw", LISTING) == {"removed_on": "2026-11-21"}


def test_repaired_has_its_day_and_document() -> None:
    assert decide("repaired", repaired_on="2026-11-20", document=1) == {
        "repair": "repaired",
        "repaired_on": "2026-11-20",
    }


def test_amended_keeps_what_really_changes() -> None:
    values = {"fine_yuan": "1,500.5", "facts": " 乙 ", "penalty_types": "fine、warning", "decided_on": "2025-06-01"}
    assert decide("amend", values=values) == {
        "fine_yuan": "1500.5",
        "facts": "乙",
        "penalty_types": ["fine", "warning"],
    }
    assert decide("amend", values={"fine_yuan": ""}) == {"fine_yuan": None}


@pytest.mark.parametrize(
    ("outcome", "given", "key"),
    [
        ("amend", {"values": {"fine_yuan": "2000.00"}}, "values"),
        ("amend", {"values": {}}, "values"),
        ("amend", {"values": {"fine_yuan": "viel"}}, "fine_yuan"),
        ("amend", {"values": {"fine_yuan": "-1"}}, "fine_yuan"),
        ("amend", {"values": {"uscc": "Y"}}, "uscc"),
        ("amend", {"values": {"repair": "repaired"}}, "repair"),
        ("amend", {"values": {"sealed": "true"}}, "sealed"),
        ("amend", {"values": {"decided_on": "2026-02-30"}}, "decided_on"),
        ("amend", {"values": {"decided_on": ""}}, "decided_on"),
        ("amend", {"values": {"penalty_types": "feine"}}, "penalty_types"),
        ("repaired", {"repaired_on": "2026-11-22", "document": 1}, "repaired_on"),
        ("repaired", {"repaired_on": "", "document": 1}, "repaired_on"),
        ("repaired", {"repaired_on": "2025-05-31", "document": 1}, "repaired_on"),
        ("repaired", {"repaired_on": "2026-11-20"}, "document"),
    ],
)
def test_what_is_not_right_is_refused_by_name(outcome: str, given: dict[str, Any], key: str) -> None:
    with pytest.raises(Problem) as refused:
        decide(outcome, **given)
    assert refused.value.code == "INVALID_DECISION"
    assert refused.value.shown == {"key": key}


@pytest.mark.parametrize(
    ("outcome", "kind", "of_record", "fine"),
    [
        ("repaired", "repair", True, True), ("withdraw", "repair", True, False), ("rejected", "repair", True, True),
        ("withdraw", "other", True, True), ("unit_corrects", "other", True, False),
        ("unit_corrects", "other", False, True), ("amend", "other", False, False), ("nonsense", "other", True, False),
    ],
)  # fmt: skip
def test_each_kind_of_case_has_its_outcomes(outcome: str, kind: str, of_record: bool, fine: bool) -> None:
    if fine:
        assert outcome_of(Decision(outcome, ""), CaseKind(kind), of_record=of_record) == outcome
    else:
        with pytest.raises(Problem, match="The decision is not right"):
            outcome_of(Decision(outcome, ""), CaseKind(kind), of_record=of_record)


def entry(changes: dict[str, Any], **how: Any) -> OwnEntry:
    return OwnEntry(**{"entry_id": "correction:1", "domain": "d", "record_id": "1", "changes": changes, **how})


def test_entries_hit_the_record_that_they_name() -> None:
    applied = apply_own((PENALTY, LISTING), (entry({"fine_yuan": "5"}), entry({"facts": "丙"}, record_id="9")))
    assert applied.records == (PENALTY.model_copy(update={"fine_yuan": applied.records[0].fine_yuan}), LISTING)
    assert applied.records[0].canonical()["fine_yuan"] == "5"
    assert [one.entry_id for one in applied.used] == ["correction:1"]
    assert not applied.broken


def test_an_entry_for_what_was_said_counts_only_while_it_is_said() -> None:
    late = entry({"effect": "revoked"}, only_if=digest_of(PENALTY))
    assert apply_own((PENALTY,), (late,)).records[0].effect == "revoked"
    other = PENALTY.model_copy(update={"facts": "丁"})
    assert apply_own((other,), (late,)).records == (other,)
    disputed = PENALTY.model_copy(update={"disputed": True})
    assert apply_own((disputed,), (late,)).records[0].effect == "revoked"


def test_a_record_that_cannot_take_its_correction_is_left_out_and_told() -> None:
    relisted = LISTING.model_copy(update={"listed_on": date(2027, 1, 1)})
    applied = apply_own((PENALTY, relisted), (entry({"removed_on": "2026-11-21"}, record_id="2"),))
    assert (applied.records, applied.broken) == ((PENALTY,), {"d"})


@pytest.mark.parametrize(
    ("outcome", "changes", "says", "said"),
    [
        ("withdraw", {"effect": "revoked"}, None, Said.SAME),
        ("withdraw", {"effect": "revoked"}, {"effect": "revoked"}, Said.SAME),
        ("withdraw", {"effect": "revoked"}, {}, Said.AS_BEFORE),
        ("withdraw", {"effect": "revoked"}, {"facts": "乙"}, Said.OTHER),
        ("amend", {"fine_yuan": "500"}, {"fine_yuan": "500"}, Said.SAME),
        ("amend", {"fine_yuan": "500"}, {"fine_yuan": "500", "facts": "乙"}, Said.SAME),
        ("amend", {"fine_yuan": "500"}, {"fine_yuan": "800"}, Said.OTHER),
        ("amend", {"fine_yuan": "500"}, None, Said.GONE),
        ("amend", {"fine_yuan": None}, {}, Said.AS_BEFORE),
        ("repaired", {"repair": "repaired"}, {"repair": "repaired", "repaired_on": "2026-01-01"}, Said.SAME),
        ("repaired", {"repair": "repaired"}, {"repair": "applied"}, Said.OTHER),
        ("repaired", {"repair": "repaired"}, {"disputed": True}, Said.AS_BEFORE),
    ],
)
def test_what_a_source_says_now(outcome: str, changes: dict[str, Any], says: dict[str, Any] | None, said: Said) -> None:
    row = RecordCorrection(outcome=outcome, changes=changes, base_digest=digest_of(PENALTY))
    record = None if says is None else corrected(PENALTY, says)
    assert what_is_said(row, record) is said
