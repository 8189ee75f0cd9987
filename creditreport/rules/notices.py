"""What staff should know about rules and working days: nothing here stops the service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from creditreport.errors import Problem
from creditreport.rules.choosing import CityRules
from creditreport.violations.ruleset import RuleSet
from creditreport.worktime import WorkCalendar, YearSource

if TYPE_CHECKING:
    from creditreport.service import Service

# Time enough to decide on new rules, and to type in the next year once it is announced (November of the year before).
AHEAD = timedelta(days=45)
# The longest time limit that may still be running began before the year did.
BEHIND = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that staff should see; ``code`` is stable, the sentences are for people."""

    code: str
    zh: str
    en: str

    def sentence(self, language: str = "zh") -> str:
        """The sentence in ``language`` (``zh`` or ``en``)."""
        return self.en if language.startswith("en") else self.zh

    def as_json(self) -> dict[str, str]:
        """As in ``rules list``."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


def warnings(service: Service, now: datetime) -> tuple[Notice, ...]:
    """What staff should know at ``now``, for their pages and the command line."""
    return notices(service.rules, service.calendar, now.date())


def notices(rules: CityRules, calendar: WorkCalendar, day: date) -> tuple[Notice, ...]:
    """What staff should know on ``day`` about the chosen rule set and about working days."""
    return (*_about_rules(rules, day), *_about_years(calendar, day))


def _about_rules(rules: CityRules, day: date) -> Iterator[Notice]:
    try:
        chosen = rules.book.in_force(rules.ruleset_id, day)
    except Problem as problem:
        yield Notice(problem.code, problem.zh, problem.en)
        return
    if chosen.trial_over(day):
        yield Notice(
            "RULESET_TRIAL_OVER",
            f"规则集 {chosen.id} 的试行期已于 {chosen.trial_until} 届满，仍在使用；请确认延续，或改用新的规则集。",
            f"The trial of rule set {chosen.id} ended on {chosen.trial_until} and it is still in use; confirm that it "
            "goes on, or choose another.",
        )
    if _ends_soon(rules, chosen, day):
        yield Notice(
            "RULESET_ENDS_SOON",
            f"规则集 {chosen.id} 适用至 {chosen.effective_until}，此后不能出具报告；请加入它的下一版或改用其他规则集。",
            f"Rule set {chosen.id} is in force until {chosen.effective_until} and no report can be issued after that; "
            "add its next version or choose another.",
        )


def _ends_soon(rules: CityRules, chosen: RuleSet, day: date) -> bool:
    end = chosen.effective_until
    if end is None or end > day + AHEAD:
        return False
    return not any(one.in_force(end + timedelta(days=1)) for one in rules.book.versions(chosen.id))


def _about_years(calendar: WorkCalendar, day: date) -> Iterator[Notice]:
    for year in sorted({(day - BEHIND).year, day.year, (day + AHEAD).year}):
        if calendar.source_of(year) is YearSource.ESTIMATED:
            yield Notice(
                "WORKDAYS_ESTIMATED",
                f"{year} 年的工作日为估算（周一至周五，除固定法定节日），期限可能有出入；"
                f"请在 var/workdays/{year}.toml 中录入国务院办公厅的放假安排。",
                f"Working days of {year} are estimated (Monday to Friday without the fixed holidays), so that time "
                f"limits may be off; state the official calendar in var/workdays/{year}.toml.",
            )
