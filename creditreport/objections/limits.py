"""Under which rule set a case's time limits are counted: the one in force on the day on which it was filed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.objections.clock import Deadline, Limits, deadlines, limits_of
from creditreport.objections.flow import CaseKind
from creditreport.objections.models import ObjectionCase
from creditreport.violations.ruleset import RuleSet

if TYPE_CHECKING:
    from creditreport.service import Service


def rules_for(service: Service, case: ObjectionCase) -> RuleSet:
    """The rule set of the day of filing.

    Known on every day: reports stop where no version is in force, the duty to answer does not. Raises
    ``UNKNOWN_RULESET``.
    """
    day = (case.filed_at or case.made_at).date()
    return service.rulebook.nearest(service.settings.ruleset, day)


def limits_for(service: Service, case: ObjectionCase) -> Limits:
    """The time limits of a case."""
    return limits_of(CaseKind(case.kind), rules_for(service, case))


def deadlines_of(service: Service, case: ObjectionCase, now: datetime) -> tuple[Deadline, ...]:
    """The time limits that run at ``now``, the one whose turn it is first."""
    return deadlines(case, limits_for(service, case), service.calendar, now)
