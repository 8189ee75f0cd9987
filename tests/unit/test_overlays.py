"""Repairs, revocations and removals joined onto records."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.violations.answer import OverlayEntry
from creditreport.violations.overlays import Applied, apply_overlays
from creditreport.violations.record import Effect, Repair, ViolationRecord

CODE, OLD = "91320900MA1MBCDEXU", "913209007FAKE0001X"
ENTITY = BusinessEntity("r", CODE, "甲", EntityType.COMPANY, RegistrationStatus.ACTIVE, previous_codes=(OLD,))
NUMBERS = (("a", "盐罚〔2026〕1号", CODE), ("b", "盐罚〔2026〕2号", OLD), ("b", "盐罚【2026】3号", CODE))
RECORDS = [
    ViolationRecord.model_validate({
        "domain": domain, "record_id": number, "uscc": code, "kind": "penalty", "decided_on": "2026-03-04",
        "document_number": number,
    })
    for domain, number, code in NUMBERS
]  # fmt: skip


def entry(number: str = "盐罚〔2026〕1号", overlay: str = "repairs", code: str = CODE, **changes: Any) -> OverlayEntry:
    return OverlayEntry(overlay, "1", code, number, changes or {"repair": Repair.REPAIRED})


def apply(*entries: OverlayEntry) -> Applied:
    return apply_overlays(RECORDS, entries, ENTITY)


def problems(applied: Applied) -> dict[str, int]:
    return {slug: len(rows) for slug, rows in applied.quarantined.items()}


def test_only_the_named_record_changes() -> None:
    applied = apply(entry(repair=Repair.REPAIRED, repaired_on=date(2026, 5, 1)))
    assert not applied.quarantined
    assert (applied.records[0].repair, applied.records[0].repaired_on) == (Repair.REPAIRED, date(2026, 5, 1))
    assert applied.records[1:] == tuple(RECORDS[1:])


@pytest.mark.parametrize(
    ("number", "code", "position"),
    [
        ("盐罚[2026] 1 号", CODE.lower(), 0),
        ("盐罚（２０２６）3号", CODE, 2),
        ("盐罚〔2026〕2号", CODE, 1),  # the record has the replaced code
        ("盐罚〔2026〕1号", OLD, 0),
    ],
)
def test_numbers_and_codes_are_compared_not_their_dress(number: str, code: str, position: int) -> None:
    applied = apply(entry(number, code=code))
    assert [record.repair for record in applied.records].index(Repair.REPAIRED) == position
    assert not applied.quarantined


def test_an_entry_that_joins_nothing_or_several_is_set_aside() -> None:
    assert problems(apply(entry("盐罚〔2026〕9号"))) == {"repairs": 1}
    twins = [RECORDS[0], RECORDS[0].model_copy(update={"domain": "z"})]
    applied = apply_overlays(twins, [entry()], ENTITY)
    assert problems(applied) == {"repairs": 1}
    assert applied.records == tuple(twins)


def test_entries_that_agree_count_once_and_those_that_do_not_are_set_aside() -> None:
    assert apply(entry(), entry()).records[0].repair is Repair.REPAIRED
    disagreeing = apply(entry(), entry(repair=Repair.APPLIED))
    assert problems(disagreeing) == {"repairs": 2}
    assert disagreeing.records[0] == RECORDS[0]
    # Also when one only says more: which of the two rows is right is not ours to choose.
    assert problems(apply(entry(), entry(repair=Repair.REPAIRED, repaired_on=date(2026, 5, 1)))) == {"repairs": 2}


def test_different_overlays_add_up_unless_they_contradict() -> None:
    both = apply(entry(), entry(overlay="revocations", effect=Effect.REVOKED))
    assert (both.records[0].repair, both.records[0].effect) == (Repair.REPAIRED, Effect.REVOKED)
    against = apply(entry(effect=Effect.EFFECTIVE), entry(overlay="revocations", effect=Effect.REVOKED))
    assert problems(against) == {"repairs": 1, "revocations": 1}


def test_an_impossible_change_is_set_aside() -> None:
    applied = apply(entry(repair=Repair.REPAIRED, repaired_on=date(2026, 3, 3)))
    assert problems(applied) == {"repairs": 1}
    assert applied.records[0] == RECORDS[0]
