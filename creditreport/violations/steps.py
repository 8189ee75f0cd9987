"""The steps of the screening rules, one small question each, in their order.

Each question is asked only of records that no earlier step has excluded. An optional key that is absent means "not
stated" and excludes nothing: every comparison is with the stated value, never with its opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from creditreport.violations.chains import Chains
from creditreport.violations.reason import Reason
from creditreport.violations.record import (
    Disposition,
    Effect,
    Kind,
    PenaltyType,
    Procedure,
    ViolationRecord,
    comparable_code,
)
from creditreport.violations.ruleset import RuleSet
from creditreport.violations.window import Window

MINOR_PENALTIES = frozenset({PenaltyType.WARNING, PenaltyType.PUBLIC_CRITICISM})


@dataclass(frozen=True, slots=True)
class ScreeningDomain:
    """What screening needs of a domain: its number, and the day from which it is implemented."""

    number: int
    effective_from: date


@dataclass(frozen=True, slots=True)
class Case:
    """One record with everything that its steps look at."""

    record: ViolationRecord
    position: int
    domain: ScreeningDomain
    own_codes: frozenset[str]
    issued_on: date
    window: Window
    ruleset: RuleSet
    chains: Chains


def _another_business(case: Case) -> bool:
    return comparable_code(case.record.uscc) not in case.own_codes


def _domain_not_implemented(case: Case) -> bool:
    return case.domain.effective_from > case.issued_on


def _kind_not_covered(case: Case) -> bool:
    return case.record.kind not in case.ruleset.covered_kinds


def _not_of_this_city(case: Case) -> bool:
    return case.record.local is False


def _sealed(case: Case) -> bool:
    return case.record.sealed is True


def _undisclosable(case: Case) -> bool:
    return case.record.undisclosable is True


def _exempted(case: Case) -> bool:
    return case.record.disposition is Disposition.EXEMPTED


def _not_effective(case: Case) -> bool:
    return case.record.disposition is Disposition.PENDING or case.record.effect is Effect.NOT_EFFECTIVE


def _revoked(case: Case) -> bool:
    return case.record.effect is Effect.REVOKED


def _held_unlawful(case: Case) -> bool:
    return case.record.effect is Effect.ILLEGALITY_CONFIRMED


def _superseded(case: Case) -> bool:
    return case.chains.superseded(case.position)


def _repaired(case: Case) -> bool:
    return case.chains.repaired(case.position, case.issued_on)


def _removed_from_list(case: Case) -> bool:
    removed_on = case.record.removed_on
    return case.record.kind.continuing and removed_on is not None and removed_on <= case.issued_on


def _shielded(case: Case) -> bool:
    return case.record.shielded is True


def _not_publicised(case: Case) -> bool:
    return case.record.publicised is False


def _publicity_ended(case: Case) -> bool:
    until = case.record.publicity_until
    return until is not None and until < case.issued_on


def _summary_procedure(case: Case) -> bool:
    return case.record.kind is Kind.PENALTY and case.record.procedure is Procedure.SUMMARY


def _warning_only(case: Case) -> bool:
    types = case.record.penalty_types
    return case.record.kind is Kind.PENALTY and bool(types) and MINOR_PENALTIES.issuperset(types or ())


def _outside_window(case: Case) -> bool:
    if case.record.kind.continuing:
        # One that began before the window and still lasts is listed.
        return case.record.listed_on is not None and case.record.listed_on > case.window.end
    return not any(day in case.window for day in case.chains.first_days(case.position))


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step: the reason it gives and the question that excludes."""

    number: int
    reason: Reason
    excludes: Callable[[Case], bool]


# The numbers are those of the screening rules. The first step that excludes gives the reason:
#  1 another business   2 domain not yet implemented   3 kind not covered   4 not of this city   5 sealed
#  6 not disclosable    7 exempted from penalty   8 not (yet) effective   9 revoked   10 held unlawful
# 11 superseded   12 repaired   13 removed from the list   14 shielded   15 not publicised   16 publicity ended
# 17 summary procedure   18 warning only   19 outside the window   20 duplicate: see screen.py, it needs the listed ones
STEPS: tuple[Step, ...] = (
    Step(1, Reason.NOT_THIS_ENTITY, _another_business),
    Step(2, Reason.DOMAIN_NOT_IMPLEMENTED, _domain_not_implemented),
    Step(3, Reason.CATEGORY_NOT_COVERED, _kind_not_covered),
    Step(4, Reason.OUT_OF_TERRITORY, _not_of_this_city),
    Step(5, Reason.SEALED, _sealed),
    Step(6, Reason.UNDISCLOSABLE, _undisclosable),
    Step(7, Reason.EXEMPT_FROM_PENALTY, _exempted),
    Step(8, Reason.NOT_EFFECTIVE, _not_effective),
    Step(9, Reason.REVOKED, _revoked),
    Step(10, Reason.UNDER_REVIEW, _held_unlawful),
    Step(11, Reason.SUPERSEDED, _superseded),
    Step(12, Reason.REPAIRED, _repaired),
    Step(13, Reason.LIST_REMOVED, _removed_from_list),
    Step(14, Reason.SHIELDED, _shielded),
    Step(15, Reason.NOT_PUBLICISED, _not_publicised),
    Step(16, Reason.PUBLICITY_ENDED, _publicity_ended),
    Step(17, Reason.SUMMARY_PROCEDURE, _summary_procedure),
    Step(18, Reason.WARNING_ONLY, _warning_only),
    Step(19, Reason.OUTSIDE_WINDOW, _outside_window),
)


def first_reason(case: Case) -> Reason | None:
    """The reason of the first of steps 1 to 19 that excludes the record and that the rule set applies."""
    for step in STEPS:
        if case.ruleset.applies(step.reason) and step.excludes(case):
            return step.reason
    return None
