"""What a business asks for, and checking it before anything is asked of a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from creditreport.clock import FixedClock, on_day
from creditreport.config import Environment
from creditreport.errors import Problem
from creditreport.reports.content import Purpose
from creditreport.reports.models import Showing
from creditreport.reports.pages.edition import Language
from creditreport.violations.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """A request as it came: ``years``, ``purpose``, ``language`` and ``showing`` as typed, ``on`` not today (not in
    production). ``once`` names the asking: sent a second time it leads to the report that the first was given.
    """

    uscc: str
    years: str
    purpose: str
    requested_by: str
    on: date | None = None
    language: str = "zh"
    showing: str = "records"
    once: str | None = None


def read_years(text: str, ruleset: RuleSet) -> int:
    """How many years back; ``INVALID_YEARS`` unless the rule set offers it (plan 二(五), 二(六))."""
    if not text.isdecimal() or len(text) > 2:
        raise Problem("INVALID_YEARS", value=text, ruleset=ruleset.id, longest=ruleset.longest_years)
    ruleset.check_years(int(text))
    return int(text)


def read_purpose(text: str) -> Purpose:
    """The purpose; ``INVALID_PURPOSE`` if there is none of that name (plan 二(四))."""
    if text not in set(Purpose):
        raise Problem("INVALID_PURPOSE", value=text)
    return Purpose(text)


def read_language(text: str) -> Language:
    """The language of the edition; ``INVALID_LANGUAGE`` if there is none of that name."""
    if text not in set(Language):
        raise Problem("INVALID_LANGUAGE", value=text)
    return Language(text)


def read_showing(text: str) -> Showing:
    """What verifiers may see; ``INVALID_SHOWING`` if there is no such choice."""
    if text not in set(Showing):
        raise Problem("INVALID_SHOWING", value=text)
    return Showing(text)


def read_day(text: str | None) -> date | None:
    """A day typed as 2026-11-21; ``INVALID_DATE`` for anything else."""
    if text is None:
        return None
    try:
        if len(text) != len("2026-11-21"):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise Problem("INVALID_DATE", value=text) from None


def moment_of_issue(on: date | None, now: datetime, env: Environment) -> datetime:
    """The moment that the report is issued at: ``now``, or that time of day on another day.

    Raises ``BACKDATING_REFUSED`` for another day in production: nobody may date a report back or ahead.
    """
    if on is None or on == now.date():
        return now
    if env is Environment.PRODUCTION:
        raise Problem("BACKDATING_REFUSED", value=on.isoformat())
    return on_day(FixedClock(now), on).now()
