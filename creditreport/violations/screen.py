"""Which records a report lists, and why each of the others is not: the heart of the product.

:func:`screen` is pure: no clock, no input or output; the same arguments give the same decisions years later. Each
record goes through the numbered steps in order, and the first that excludes gives the reason.

Where the rules leave room, this is what was decided:

* Chains are formed among all given records, by domain and business. The request's code and its ``previous_codes`` are
  one business. Codes are compared (``comparable_code``), not checked; document numbers likewise
  (``comparable_number``), and a blank one is not stated.
* One document number may be carried by several records (a decision with two entries): B then follows all of them.
* A record that supersedes itself, a ring, and two standing records that follow the same one are
  ``UNSCREENABLE_CHAIN``, also when they are another business's: such a chain is never screened.
* Repair is taken over through any number of records that state none; where a record follows several, only if all of
  them are repaired, since the latest of their days. Missing data never reads as innocence.
* A repair dated before the decision contradicts itself: such a row of a source is quarantined, and a record given by
  hand is refused by index and key.
* Step 11 looks at every record that follows, directly or through others, whatever the ones between are.
* Step 13 is only for continuing states, steps 17 and 18 only for penalties.
* Step 19 goes back to the first decision of the chain and stops before a revoked one and before a continuing state;
  where a record follows several, one of the days so found within the window is enough (listing rather than hiding).
* Step 20 goes through the domains by number; a duplicate needs both document number and authority stated, and only a
  record listed from a lower-numbered domain makes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creditreport.errors import Problem
from creditreport.violations.chains import Chains
from creditreport.violations.reason import Reason
from creditreport.violations.record import ViolationRecord, comparable_code
from creditreport.violations.ruleset import RuleSet
from creditreport.violations.steps import DUPLICATE, Case, Entry, ScreeningDomain, first_reason
from creditreport.violations.window import ScreeningRequest, Window

__all__ = ["Decision", "Reason", "Screened", "ScreeningDomain", "ScreeningRequest", "examine", "screen"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one record; ``reason`` and ``basis`` are ``None`` when it is listed."""

    record: ViolationRecord
    listed: bool
    reason: Reason | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Screened:
    """The decisions, and the cases that they were made on, both in the order of the records."""

    decisions: list[Decision]
    cases: list[Case]


def screen(
    records: Sequence[ViolationRecord],
    request: ScreeningRequest,
    ruleset: RuleSet,
    domains: Mapping[str, ScreeningDomain],
    window: Window,
) -> list[Decision]:
    """Decide each record, in the order given.

    ``domains`` are the catalogue's, by slug; ``window`` is that of the request (``window_for``). Raises
    ``UNKNOWN_DOMAIN`` for a record of a domain that is not there and ``UNSCREENABLE_CHAIN``, both with the index of
    the record (the latter also with ``domain`` in the problem's details).
    """
    return examine(records, request, ruleset, domains, window).decisions


def examine(
    records: Sequence[ViolationRecord],
    request: ScreeningRequest,
    ruleset: RuleSet,
    domains: Mapping[str, ScreeningDomain],
    window: Window,
) -> Screened:
    """The same with the cases, for whoever must explain a decision."""
    if request.ruleset != ruleset.id:
        raise ValueError(f"the request asks for rule set {request.ruleset}, given is {ruleset.id}")
    own_codes = frozenset(map(comparable_code, (request.uscc, *request.previous_codes)))
    _refuse_unknown_domains(records, domains)
    chains = Chains(records, own_codes)
    listed: dict[Entry, int] = {}
    cases = [
        Case(
            record=record,
            position=position,
            domain=domains[record.domain],
            own_codes=own_codes,
            issued_on=request.issued_on,
            window=window,
            ruleset=ruleset,
            chains=chains,
            listed=listed,
        )
        for position, record in enumerate(records)
    ]
    reasons = [first_reason(case) for case in cases]
    _exclude_duplicates(cases, reasons, listed)
    decisions = [
        Decision(record, listed=reason is None, reason=reason, basis=ruleset.basis_of(reason) if reason else None)
        for record, reason in zip(records, reasons, strict=True)
    ]
    return Screened(decisions, cases)


def _refuse_unknown_domains(records: Sequence[ViolationRecord], domains: Mapping[str, ScreeningDomain]) -> None:
    for index, record in enumerate(records):
        if record.domain not in domains:
            raise Problem("UNKNOWN_DOMAIN", shown={"index": index, "key": "domain"}, value=record.domain)


def _exclude_duplicates(cases: Sequence[Case], reasons: list[Reason | None], listed: dict[Entry, int]) -> None:
    """Step 20: one decision, one entry, in the domain with the lowest number."""
    left = [case for case in cases if reasons[case.position] is None]
    for case in sorted(left, key=lambda one: one.domain.number):
        if DUPLICATE.excludes(*DUPLICATE.look(case)):
            reasons[case.position] = Reason.DUPLICATE
        else:
            listed.setdefault(case.entry, case.domain.number)
