"""The steps of the screening rules, one small question each, in their order.

Each question is asked only of records that no earlier step has excluded. An optional key that is absent means "not
stated" and excludes nothing: every comparison is with the stated value, never with its opposite.

A step *looks* at a few named values and answers from these alone. So an explanation that shows the values shows all
that decided, and there is no second telling of the rules that could drift from the first (``explain.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from creditreport.violations.chains import Chains
from creditreport.violations.reason import Reason
from creditreport.violations.record import (
    Disposition,
    Effect,
    Kind,
    PenaltyType,
    Procedure,
    Repair,
    ViolationRecord,
    comparable_code,
    comparable_name,
    comparable_number,
)
from creditreport.violations.ruleset import RuleSet
from creditreport.violations.window import Window

MINOR_PENALTIES = frozenset({PenaltyType.WARNING, PenaltyType.PUBLIC_CRITICISM})
# A document number and an authority, both as they are compared.
Entry = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ScreeningDomain:
    """What screening needs of a domain: its number, and the day from which it is implemented."""

    number: int
    effective_from: date


@dataclass(frozen=True, slots=True)
class Case:
    """One record with everything that its steps look at.

    ``listed`` is shared by all cases of a screening: for each entry the lowest-numbered domain that lists it. It is
    filled while step 20 is asked, domain by domain.
    """

    record: ViolationRecord
    position: int
    domain: ScreeningDomain
    own_codes: frozenset[str]
    issued_on: date
    window: Window
    ruleset: RuleSet
    chains: Chains
    listed: dict[Entry, int] = field(default_factory=dict)

    @property
    def entry(self) -> Entry:
        """Document number and authority; a part that is not stated is empty."""
        return comparable_number(self.record.document_number or ""), comparable_name(self.record.authority or "")


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step: the reason it gives, what it looks at (by name), and whether that excludes."""

    number: int
    reason: Reason
    names: tuple[str, ...]
    look: Callable[[Case], tuple[Any, ...]]
    excludes: Callable[..., bool]


def _window_days(case: Case) -> tuple[Any, ...]:
    # One state is dated by itself, a decision by the first of its chain.
    record, window = case.record, case.window
    if record.kind.continuing:
        return True, frozenset({record.listed_on}), window.start, window.end
    return False, case.chains.first_days(case.position), window.start, window.end


def _outside(continuing: bool, days: frozenset[date], start: date, end: date) -> bool:
    if continuing:
        # One that began before the window and still lasts is listed.
        return all(day > end for day in days)
    return not any(start <= day <= end for day in days)


def _minor(kind: Kind, types: tuple[PenaltyType, ...] | None) -> bool:
    return kind is Kind.PENALTY and bool(types) and MINOR_PENALTIES.issuperset(types or ())


# The numbers are those of the screening rules. The first step that excludes gives the reason:
#  1 another business   2 domain not yet implemented   3 kind not covered   4 not of this city   5 sealed
#  6 not disclosable    7 exempted from penalty   8 not (yet) effective   9 revoked   10 held unlawful
# 11 superseded   12 repaired   13 removed from the list   14 shielded   15 not publicised   16 publicity ended
# 17 summary procedure   18 warning only   19 outside the window
STEPS: tuple[Step, ...] = (
    Step(
        1,
        Reason.NOT_THIS_ENTITY,
        ("uscc", "own_codes"),
        lambda case: (comparable_code(case.record.uscc), case.own_codes),
        lambda code, own: code not in own,
    ),
    Step(
        2,
        Reason.DOMAIN_NOT_IMPLEMENTED,
        ("effective_from", "issued_on"),
        lambda case: (case.domain.effective_from, case.issued_on),
        lambda since, day: since > day,
    ),
    Step(
        3,
        Reason.CATEGORY_NOT_COVERED,
        ("kind", "covered_kinds"),
        lambda case: (case.record.kind, case.ruleset.covered_kinds),
        lambda kind, covered: kind not in covered,
    ),
    Step(4, Reason.OUT_OF_TERRITORY, ("local",), lambda case: (case.record.local,), lambda local: local is False),
    Step(5, Reason.SEALED, ("sealed",), lambda case: (case.record.sealed,), lambda sealed: sealed is True),
    Step(
        6,
        Reason.UNDISCLOSABLE,
        ("undisclosable",),
        lambda case: (case.record.undisclosable,),
        lambda undisclosable: undisclosable is True,
    ),
    Step(
        7,
        Reason.EXEMPT_FROM_PENALTY,
        ("disposition",),
        lambda case: (case.record.disposition,),
        lambda disposition: disposition is Disposition.EXEMPTED,
    ),
    Step(
        8,
        Reason.NOT_EFFECTIVE,
        ("disposition", "effect"),
        lambda case: (case.record.disposition, case.record.effect),
        lambda disposition, effect: disposition is Disposition.PENDING or effect is Effect.NOT_EFFECTIVE,
    ),
    Step(9, Reason.REVOKED, ("effect",), lambda case: (case.record.effect,), lambda effect: effect is Effect.REVOKED),
    Step(
        10,
        Reason.UNDER_REVIEW,
        ("effect",),
        lambda case: (case.record.effect,),
        lambda effect: effect is Effect.ILLEGALITY_CONFIRMED,
    ),
    Step(
        11,
        Reason.SUPERSEDED,
        ("superseded_by",),
        lambda case: (case.chains.superseded_by(case.position),),
        lambda later: later is not None,
    ),
    Step(
        12,
        Reason.REPAIRED,
        ("repair", "repaired_on", "issued_on"),
        lambda case: (*case.chains.repair_of(case.position), case.issued_on),
        lambda repair, since, day: repair is Repair.REPAIRED and (since is None or since <= day),
    ),
    Step(
        13,
        Reason.LIST_REMOVED,
        ("continuing", "removed_on", "issued_on"),
        lambda case: (case.record.kind.continuing, case.record.removed_on, case.issued_on),
        lambda continuing, removed, day: continuing and removed is not None and removed <= day,
    ),
    Step(14, Reason.SHIELDED, ("shielded",), lambda case: (case.record.shielded,), lambda shielded: shielded is True),
    Step(
        15,
        Reason.NOT_PUBLICISED,
        ("publicised",),
        lambda case: (case.record.publicised,),
        lambda publicised: publicised is False,
    ),
    Step(
        16,
        Reason.PUBLICITY_ENDED,
        ("publicity_until", "issued_on"),
        lambda case: (case.record.publicity_until, case.issued_on),
        lambda until, day: until is not None and until < day,
    ),
    Step(
        17,
        Reason.SUMMARY_PROCEDURE,
        ("kind", "procedure"),
        lambda case: (case.record.kind, case.record.procedure),
        lambda kind, procedure: kind is Kind.PENALTY and procedure is Procedure.SUMMARY,
    ),
    Step(
        18,
        Reason.WARNING_ONLY,
        ("kind", "penalty_types"),
        lambda case: (case.record.kind, case.record.penalty_types),
        _minor,
    ),
    Step(
        19,
        Reason.OUTSIDE_WINDOW,
        ("continuing", "first_days", "window_start", "window_end"),
        _window_days,
        _outside,
    ),
)
# Asked last, of the records that no other step excludes, in the order of their domains' numbers: it needs to know
# what the domains before list.
DUPLICATE = Step(
    20,
    Reason.DUPLICATE,
    ("document_number", "authority", "listed_in", "domain_number"),
    lambda case: (*case.entry, case.listed.get(case.entry), case.domain.number),
    lambda number, authority, listed_in, own: bool(number and authority) and listed_in is not None and listed_in < own,
)


def first_reason(case: Case) -> Reason | None:
    """The reason of the first of steps 1 to 19 that excludes the record and that the rule set applies."""
    for step in STEPS:
        if step.excludes(*step.look(case)) and case.ruleset.applies(step.reason):
            return step.reason
    return None
