"""What would change what a report says of a record (pure): from the reason, the record and the calendar alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from creditreport.precheck.dates import ONE_DAY, enters_window, leaves_window
from creditreport.precheck.sentences import ESTIMATED, WAYS, Way
from creditreport.violations.reason import Reason
from creditreport.violations.record import Kind, Repair
from creditreport.violations.screen import Decision
from creditreport.violations.steps import Case
from creditreport.worktime import WorkCalendar, YearSource


@dataclass(frozen=True, slots=True)
class Change:
    """One way in which it would change: the sentence, whom to turn to, from which day of issue (if either is known).

    ``estimated``: the day rests on working days that are not announced yet.
    """

    way: Way
    zh: str
    en: str
    unit: str | None = None
    on: date | None = None
    estimated: bool = False

    def as_json(self) -> dict[str, Any]:
        """As in ``precheck --json``."""
        return {
            "way": self.way.value,
            "unit": self.unit,
            "on": self.on.isoformat() if self.on else None,
            "estimated": self.estimated,
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(frozen=True, slots=True)
class Background:
    """What the sentences need beside the record.

    ``unit`` answers for the record's domain, ``authority`` takes objections, ``by_years`` tells how a report over each
    number of years would decide it. ``superseded_by`` names the later decision; ``listed_in`` is the number and the
    titles of the domain that lists the same decision.
    """

    unit: str
    authority: str
    portal: str
    years: int
    by_years: Mapping[int, Decision]
    calendar: WorkCalendar
    superseded_by: str | None = None
    listed_in: tuple[int, str, str] | None = None


# Reasons whose change is always the same.
_ONE_WAY: Mapping[Reason, Way] = {
    Reason.CATEGORY_NOT_COVERED: Way.OTHER_RULES,
    Reason.OUT_OF_TERRITORY: Way.NOTHING,
    Reason.EXEMPT_FROM_PENALTY: Way.NEW_DECISION,
    Reason.NOT_EFFECTIVE: Way.IN_EFFECT,
    Reason.REVOKED: Way.NEW_DECISION,
    Reason.UNDER_REVIEW: Way.REVIEW,
    Reason.REPAIRED: Way.NOTHING,
    Reason.LIST_REMOVED: Way.LISTED_AGAIN,
    Reason.SHIELDED: Way.PROTECTION_END,
    Reason.NOT_PUBLICISED: Way.MADE_PUBLIC,
    Reason.PUBLICITY_ENDED: Way.NOTHING,
    Reason.SUMMARY_PROCEDURE: Way.OTHER_RULES,
    Reason.WARNING_ONLY: Way.OTHER_RULES,
}
_TO_THE_UNIT = frozenset({Way.REPAIR, Way.REPAIR_PENDING, Way.REMOVAL, Way.IN_EFFECT, Way.REVIEW, Way.MADE_PUBLIC})
# Their days follow from the calendar of working days.
_BY_CALENDAR = frozenset({Way.WINDOW_LEFT, Way.WINDOW_ENTERED})


def what_would_change(case: Case, reason: Reason | None, given: Background) -> tuple[Change, ...]:
    """Every way that applies to the record of ``case``, which the report over ``given.years`` lists or excludes."""
    return tuple(_listed(case, given) if reason is None else _excluded(case, reason, given))


def _listed(case: Case, given: Background) -> Iterator[Change]:
    record = case.record
    yield from _ended_by_authority(case, given)
    if record.publicity_until is not None and case.ruleset.applies(Reason.PUBLICITY_ENDED):
        yield _change(Way.PUBLICITY_END, given, on=record.publicity_until + ONE_DAY)
    if not record.kind.continuing:
        fewer = [years for years, made in given.by_years.items() if made.reason is Reason.OUTSIDE_WINDOW]
        if fewer:
            yield _years(Way.FEWER_YEARS, fewer, given)
        # Of several first days one within the window is enough to be listed, so the last to leave decides.
        left = leaves_window(max(case.chains.first_days(case.position)), given.years, given.calendar)
        yield _years(Way.WINDOW_LEFT, [given.years], given, on=left)
    yield _change(Way.OBJECTION, given, unit=given.authority)


def _ended_by_authority(case: Case, given: Background) -> Iterator[Change]:
    """By repair, or by removal from the list; a criminal judgment ends by neither."""
    record = case.record
    repair, since = case.chains.repair_of(case.position)
    if repair is Repair.REPAIRED and since is not None:
        yield _change(Way.REPAIR_DUE, given, on=since)
    elif repair is Repair.APPLIED:
        yield _change(Way.REPAIR_PENDING, given)
    elif not record.kind.continuing and record.kind is not Kind.CRIMINAL_JUDGMENT:
        yield _change(Way.REPAIR, given)
    if record.kind.continuing:
        due = record.removed_on
        yield _change(Way.REMOVAL, given) if due is None else _change(Way.REMOVAL_DUE, given, on=due)


def _excluded(case: Case, reason: Reason, given: Background) -> Iterator[Change]:
    if reason is Reason.OUTSIDE_WINDOW:
        yield from _outside(case, given)
    elif reason is Reason.DOMAIN_NOT_IMPLEMENTED:
        yield _change(Way.DOMAIN_START, given, on=case.domain.effective_from)
    elif reason is Reason.SUPERSEDED:
        document = f"“{given.superseded_by}”" if given.superseded_by else ""
        yield _change(Way.LATER_DECISION, given, document=document)
    elif reason is Reason.DUPLICATE and given.listed_in is not None:
        number, title_zh, title_en = given.listed_in
        yield _change(Way.LISTED_ELSEWHERE, given, number=number, title_zh=title_zh, title_en=title_en)
    else:
        yield _change(_ONE_WAY[reason], given)


def _outside(case: Case, given: Background) -> Iterator[Change]:
    listed = [years for years, made in given.by_years.items() if made.listed]
    if listed:
        yield _years(Way.MORE_YEARS, listed, given)
    record = case.record
    days = case.chains.first_days(case.position) or frozenset(filter(None, [record.listed_on]))
    later = [day for day in days if day > case.window.end]
    if later:
        yield _change(Way.WINDOW_ENTERED, given, on=enters_window(min(later), given.calendar))
    elif not listed:
        yield _change(Way.NOTHING, given)


def _years(way: Way, years: Sequence[int], given: Background, *, on: date | None = None) -> Change:
    english = f"{', '.join(map(str, years))} {'year' if list(years) == [1] else 'years'}"
    return _change(way, given, on=on, years="、".join(map(str, years)), years_en=english)


def _change(way: Way, given: Background, *, unit: str | None = None, on: date | None = None, **words: Any) -> Change:
    zh, en = WAYS[way]
    known: dict[str, Any] = {"unit": given.unit, "authority": given.authority, "portal": given.portal, "on": on}
    english = words | {"years": words.get("years_en")}
    # A later decision without a number leaves a gap between two words.
    told = " ".join(en.format(**known, **english).split())
    whom = unit or (given.unit if way in _TO_THE_UNIT else None)
    estimated = on is not None and way in _BY_CALENDAR and given.calendar.source_of(on.year) is YearSource.ESTIMATED
    chinese = zh.format(**known, **words)
    if estimated:
        chinese, told = chinese + ESTIMATED[0], f"{told} {ESTIMATED[1]}"
    return Change(way, chinese, told, whom, on, estimated)
