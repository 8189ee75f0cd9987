"""Order decides: of any two reasons that one record can have at once, the earlier step gives the reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest

from creditreport.violations.reason import Reason
from creditreport.violations.record import ViolationRecord
from tests.screening import OTHER, OWN, outcome, penalty

DAY = date(2024, 9, 10)  # before the day of one of the domains
NUMBER, AUTHORITY = "盐税罚〔2024〕1号", "盐城市某局"
LISTING = {"kind": "judgment_defaulter", "decided_on": None, "listed_on": date(2024, 6, 3)}
# Every way in which a record of its own comes to a step; "others" are the records that it needs beside it.
WAYS: dict[Reason, list[dict[str, Any]]] = {
    Reason.NOT_THIS_ENTITY: [{"uscc": OTHER}],
    Reason.DOMAIN_NOT_IMPLEMENTED: [{"domain": "market_regulation"}],
    Reason.CATEGORY_NOT_COVERED: [{"kind": "other"}, {**LISTING, "kind": "abnormal_operation_listing"}],
    Reason.OUT_OF_TERRITORY: [{"local": False}],
    Reason.SEALED: [{"sealed": True}],
    Reason.UNDISCLOSABLE: [{"undisclosable": True}],
    Reason.EXEMPT_FROM_PENALTY: [{"disposition": "exempted"}],
    Reason.NOT_EFFECTIVE: [{"disposition": "pending"}, {"effect": "not_effective"}],
    Reason.REVOKED: [{"effect": "revoked"}],
    Reason.UNDER_REVIEW: [{"effect": "illegality_confirmed"}],
    Reason.SUPERSEDED: [{"document_number": NUMBER, "others": ("later",)}],
    Reason.REPAIRED: [{"repair": "repaired"}],
    Reason.LIST_REMOVED: [
        {**LISTING, "removed_on": DAY},
        {**LISTING, "kind": "abnormal_operation_listing", "removed_on": DAY},
    ],
    Reason.SHIELDED: [{"shielded": True}],
    Reason.NOT_PUBLICISED: [{"publicised": False}],
    Reason.PUBLICITY_ENDED: [{"publicity_until": date(2024, 9, 1)}],
    Reason.SUMMARY_PROCEDURE: [{"kind": "penalty", "procedure": "summary"}],
    Reason.WARNING_ONLY: [{"kind": "penalty", "penalty_types": ["warning"]}],
    Reason.OUTSIDE_WINDOW: [
        {"kind": "penalty", "decided_on": date(2019, 3, 4)},
        {"kind": "other", "decided_on": date(2019, 3, 4)},
        {**LISTING, "listed_on": DAY},
        {**LISTING, "kind": "abnormal_operation_listing", "listed_on": DAY},
    ],
    Reason.DUPLICATE: [{"document_number": NUMBER, "authority": AUTHORITY, "others": ("twin",)}],
}
UNCOVERED = ("other", "abnormal_operation_listing")
STEP_3 = list(Reason).index(Reason.CATEGORY_NOT_COVERED)
# One record cannot have these at once: two values of one key, or a kind that the later step does not look at.
IMPOSSIBLE = {
    ("REVOKED", "UNDER_REVIEW"),
    ("CATEGORY_NOT_COVERED", "SUMMARY_PROCEDURE"),
    ("CATEGORY_NOT_COVERED", "WARNING_ONLY"),
    ("LIST_REMOVED", "SUMMARY_PROCEDURE"),
    ("LIST_REMOVED", "WARNING_ONLY"),
}


def together(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any] | None:
    """Both ways at once, if no key would need two values; the later step's day of a listing is the one that counts."""
    shared = (first.keys() & second.keys()) - {"others"}
    if any(first[key] != second[key] for key in shared - {"listed_on", "kind"}):
        return None
    if "kind" in shared and first["kind"] != second["kind"]:
        return None
    others = tuple(dict.fromkeys(first.get("others", ()) + second.get("others", ())))
    return {**first, **second, "others": others}


def possible_pairs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    reasons = list(Reason)
    for at, earlier in enumerate(reasons):
        for later in reasons[at + 1 :]:
            for first, second in product(WAYS[earlier], WAYS[later]):
                both = together(first, second)
                # A kind that is not covered comes no further than step 3.
                if both is not None and (both.get("kind") not in UNCOVERED or at <= STEP_3):
                    yield earlier.value, later.value, both


PAIRS = list(possible_pairs())


def beside(name: str, record: ViolationRecord) -> ViolationRecord:
    """A record that makes the first one superseded, or a duplicate."""
    same = {"domain": record.domain, "uscc": record.uscc, "decided_on": date(2024, 6, 3)}
    if name == "later":
        return penalty("later", **{**same, "document_number": "盐税罚〔2024〕9号", "supersedes": NUMBER})
    return penalty("twin", **{**same, "uscc": OWN, "domain": "court_enforcement", "document_number": NUMBER,
                              "authority": AUTHORITY})  # fmt: skip


@pytest.mark.parametrize(("earlier", "later", "keys"), PAIRS, ids=[f"{a}-{b}" for a, b, _ in PAIRS])
def test_the_earlier_step_gives_the_reason(earlier: str, later: str, keys: dict[str, Any]) -> None:
    others = keys.pop("others") if "others" in keys else ()
    record = penalty(**{"decided_on": date(2024, 6, 3), **keys})
    assert outcome(record, *(beside(name, record) for name in others), issued_on=DAY)[0] == earlier


def test_no_pair_is_left_out() -> None:
    reasons = [reason.value for reason in Reason]
    every = {(a, b) for at, a in enumerate(reasons) for b in reasons[at + 1 :]}
    assert every - {(a, b) for a, b, _ in PAIRS} == IMPOSSIBLE


@pytest.mark.parametrize("reason", list(WAYS), ids=lambda reason: reason.value)
def test_each_way_alone_comes_to_its_step(reason: Reason) -> None:
    for way in WAYS[reason]:
        keys = {key: value for key, value in way.items() if key != "others"}
        record = penalty(**{"decided_on": date(2024, 6, 3), **keys})
        found = outcome(record, *(beside(name, record) for name in way.get("others", ())), issued_on=DAY)[0]
        past_step_3 = list(Reason).index(reason) > STEP_3
        assert found == ("CATEGORY_NOT_COVERED" if past_step_3 and record.kind.value in UNCOVERED else reason)
