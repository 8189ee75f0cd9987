"""Short words for screening tests: a record, a request, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from creditreport.violations.record import ViolationRecord
from creditreport.violations.ruleset import RuleSet, load_ruleset
from creditreport.violations.screen import Decision, ScreeningDomain, ScreeningRequest, screen
from creditreport.violations.window import window_for
from creditreport.worktime import load_work_calendar

OWN = "91320900MA1DEMO01X"
OLD = "91320900MA1DEMO02X"
OTHER = "91320900MA1DEMO03X"

# A Saturday; three years back the window is 2023-11-20 to 2026-11-20.
ISSUED = date(2026, 11, 21)
START = date(2023, 11, 20)
END = date(2026, 11, 20)
ONE_DAY = timedelta(days=1)

CALENDAR = load_work_calendar(None)
RULES = load_ruleset("yancheng-2024")
NATIONAL = load_ruleset("national-2025")
DOMAINS = {
    "court_enforcement": ScreeningDomain(1, date(2024, 9, 1)),
    "taxation": ScreeningDomain(20, date(2024, 9, 1)),
    "market_regulation": ScreeningDomain(30, date(2024, 10, 1)),
}
LISTED = "LISTED"


def penalty(record_id: str = "1", **keys: Any) -> ViolationRecord:
    """A penalty of the business under report that nothing excludes."""
    return ViolationRecord.model_validate(
        {
            "domain": "taxation",
            "record_id": record_id,
            "uscc": OWN,
            "kind": "penalty",
            "decided_on": date(2026, 3, 2),
            **keys,
        }
    )


def state(record_id: str = "1", **keys: Any) -> ViolationRecord:
    """A continuing state of the business under report that nothing excludes."""
    return penalty(
        record_id, **{"kind": "judgment_defaulter", "decided_on": None, "listed_on": date(2026, 3, 2), **keys}
    )


def decide(
    records: Sequence[ViolationRecord],
    *,
    issued_on: date = ISSUED,
    years: int = 3,
    rules: RuleSet = RULES,
    previous_codes: Sequence[str] = (),
) -> list[Decision]:
    """The decisions on ``records``."""
    request = ScreeningRequest(OWN, issued_on, years, rules.id, tuple(previous_codes))
    return screen(records, request, rules, DOMAINS, window_for(issued_on, years, CALENDAR))


def outcome(*records: ViolationRecord, **request: Any) -> list[str]:
    """The reason code of each record, ``LISTED`` for those that are listed."""
    return [str(made.reason or LISTED) for made in decide(records, **request)]
