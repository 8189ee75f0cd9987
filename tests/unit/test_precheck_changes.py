"""What would change a record: days by the calendar, sentences by reason; pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditreport.precheck.changes import Background, Change, what_would_change
from creditreport.precheck.dates import enters_window, leaves_window
from creditreport.precheck.sentences import REASONS, WAYS, Way
from creditreport.violations.reason import Reason
from creditreport.violations.record import ViolationRecord
from creditreport.violations.screen import ScreeningRequest, examine
from creditreport.violations.window import window_for
from tests.screening import CALENDAR, DOMAINS, END, ISSUED, ONE_DAY, OWN, RULES, START, penalty, state

UNIT, OFFICE, PORTAL = "市税务局", "盐城市公共信用信息中心", "信用中国（江苏盐城）"


def changes(*records: ViolationRecord, years: int = 3, **given_words: Any) -> tuple[Change, ...]:
    """What would change the first of ``records`` in a report over ``years``."""
    by_years = {}
    for count in (1, 2, 3):
        request = ScreeningRequest(OWN, ISSUED, count, RULES.id)
        by_years[count] = examine(records, request, RULES, DOMAINS, window_for(ISSUED, count, CALENDAR))
    chosen = by_years[years]
    background = Background(
        UNIT, OFFICE, PORTAL, years, {n: one.decisions[0] for n, one in by_years.items()}, CALENDAR, **given_words
    )
    return what_would_change(chosen.cases[0], chosen.decisions[0].reason, background)


def ways(*records: ViolationRecord, **given_words: Any) -> list[tuple[Way, date | None]]:
    return [(change.way, change.on) for change in changes(*records, **given_words)]


# --- days ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("decided", "enters"),
    [
        (date(2026, 11, 20), date(2026, 11, 21)),  # Friday: a report of Saturday reaches it
        (date(2026, 11, 21), date(2026, 11, 24)),  # Saturday: the window ends on Monday at the earliest
        (date(2026, 10, 1), date(2026, 10, 9)),  # National Day of 2026: worked again on Thursday the 8th
        (date(2026, 2, 14), date(2026, 2, 15)),  # a Saturday that is worked before the Spring Festival
    ],
)
def test_the_first_report_that_reaches_a_decision(decided: date, enters: date) -> None:
    assert enters_window(decided, CALENDAR) == enters


@pytest.mark.parametrize(
    ("decided", "years", "leaves"),
    [
        # A window that ends on its anniversary still holds it; the next working day's does not, seen a day later.
        (date(2025, 11, 19), 1, date(2026, 11, 21)),
        (date(2025, 11, 20), 1, date(2026, 11, 24)),
        (date(2023, 9, 30), 3, date(2026, 10, 9)),
        (date(2024, 2, 29), 1, date(2025, 3, 4)),
        (date(2024, 2, 28), 2, date(2026, 3, 3)),
    ],
)
def test_the_first_report_that_no_longer_reaches_a_decision(decided: date, years: int, leaves: date) -> None:
    assert leaves_window(decided, years, CALENDAR) == leaves


@given(st.dates(date(2018, 1, 1), date(2025, 6, 30)), st.integers(1, 3))
def test_both_days_are_the_turning_points_of_the_window_itself(decided: date, years: int) -> None:
    enters, leaves = enters_window(decided, CALENDAR), leaves_window(decided, years, CALENDAR)
    inside = [decided in window_for(enters + timedelta(days=n), years, CALENDAR) for n in (-1, 0)]
    assert inside == [False, True]
    outside = [decided in window_for(leaves + timedelta(days=n), years, CALENDAR) for n in (-1, 0, 1, 7)]
    assert outside == [True, False, False, False]


# --- ways ----------------------------------------------------------------------------------------------------------
def test_a_listed_penalty_tells_whom_to_ask_and_until_when() -> None:
    found = changes(penalty(decided_on=date(2024, 3, 1), publicity_until=date(2027, 3, 1)))
    assert [(one.way, one.unit, one.on) for one in found] == [
        (Way.REPAIR, UNIT, None),
        (Way.PUBLICITY_END, None, date(2027, 3, 2)),
        (Way.FEWER_YEARS, None, None),
        (Way.WINDOW_LEFT, None, leaves_window(date(2024, 3, 1), 3, CALENDAR)),
        (Way.OBJECTION, OFFICE, None),
    ]
    assert UNIT in found[0].zh
    assert PORTAL in found[0].en
    assert "1、2 年" in found[2].zh or "查询 1 年" in found[2].zh
    assert UNIT in found[-1].zh
    assert OFFICE in found[-1].zh


@pytest.mark.parametrize(
    ("records", "first"),
    [
        ([penalty(repair="applied")], (Way.REPAIR_PENDING, None)),
        ([penalty(repair="repaired", repaired_on=ISSUED + ONE_DAY)], (Way.REPAIR_DUE, ISSUED + ONE_DAY)),
        # Taken over from the decision that it follows.
        (
            [penalty("1", supersedes="A1"), penalty("2", document_number="A1", repair="applied", effect="revoked")],
            (Way.REPAIR, None),
        ),
        ([penalty(kind="criminal_judgment")], (Way.WINDOW_LEFT, leaves_window(date(2026, 3, 2), 3, CALENDAR))),
        ([state()], (Way.REMOVAL, None)),
        ([state(removed_on=ISSUED + ONE_DAY)], (Way.REMOVAL_DUE, ISSUED + ONE_DAY)),
        ([penalty(disposition="pending")], (Way.IN_EFFECT, None)),
        ([penalty(effect="illegality_confirmed")], (Way.REVIEW, None)),
        ([penalty(repair="repaired")], (Way.NOTHING, None)),
        ([penalty(penalty_types=["warning"])], (Way.OTHER_RULES, None)),
        ([penalty(publicised=False)], (Way.MADE_PUBLIC, None)),
        ([penalty(decided_on=date(2019, 3, 4))], (Way.NOTHING, None)),
        ([penalty(decided_on=END + ONE_DAY)], (Way.WINDOW_ENTERED, date(2026, 11, 24))),
        ([state(listed_on=END + ONE_DAY)], (Way.WINDOW_ENTERED, date(2026, 11, 24))),
    ],
)
def test_the_first_way(records: list[ViolationRecord], first: tuple[Way, date | None]) -> None:
    assert ways(*records)[0] == first


def test_a_day_in_a_year_that_is_not_announced_says_that_it_is_an_estimate() -> None:
    def left(*records: ViolationRecord) -> Change:
        return next(one for one in changes(*records) if one.way is Way.WINDOW_LEFT)

    soon, late = left(penalty(decided_on=date(2023, 12, 1))), left(penalty(decided_on=date(2026, 3, 2)))
    assert (soon.estimated, late.estimated) == (False, True)
    assert "估算" not in soon.zh
    assert "估算" in late.zh
    assert "estimate" in late.en


def test_a_state_does_not_leave_the_window_and_a_switch_that_is_off_promises_nothing() -> None:
    assert [way for way, _ in ways(state(publicity_until=ISSUED))] == [Way.REMOVAL, Way.PUBLICITY_END, Way.OBJECTION]
    off = RULES.switches | {
        name: switch.model_copy(update={"excludes": False}) for name, switch in RULES.switches.items()
    }
    rules = RULES.model_copy(update={"switches": off})
    screened = examine(
        [penalty(publicity_until=ISSUED)],
        ScreeningRequest(OWN, ISSUED, 3, rules.id),
        rules,
        DOMAINS,
        window_for(ISSUED, 3, CALENDAR),
    )
    background = Background(UNIT, OFFICE, PORTAL, 3, {3: screened.decisions[0]}, CALENDAR)
    assert Way.PUBLICITY_END not in [one.way for one in what_would_change(screened.cases[0], None, background)]


def test_excluded_for_one_year_and_listed_for_three() -> None:
    record = penalty(decided_on=date(2024, 3, 1))
    (only,) = changes(record, years=1)
    assert only.way is Way.MORE_YEARS
    assert "查询 3 年" in only.zh
    assert only.en == "Reports over 3 years list it."
    assert Way.FEWER_YEARS in [way for way, _ in ways(record)]


def test_a_chain_is_dated_by_its_first_decision() -> None:
    first = penalty("1", document_number="A1", decided_on=START, effect="amended")
    later = penalty("2", document_number="A2", supersedes="A1", decided_on=date(2026, 3, 2))
    assert dict(ways(later, first))[Way.WINDOW_LEFT] == leaves_window(START, 3, CALENDAR)


def test_what_counts_instead_is_named() -> None:
    records = [penalty("1", document_number="A1"), penalty("2", document_number="A2", supersedes="A1")]
    (named,) = changes(*records, superseded_by="A2")
    (nameless,) = changes(*records)
    assert "“A2”" in named.zh
    assert "decision “A2” counts" in named.en
    assert "以后续决定为准" in nameless.zh
    assert "decision counts" in nameless.en
    twin = {"document_number": "A1", "authority": "某局"}
    copies = [penalty("1", domain="market_regulation", **twin), penalty("1", **twin)]
    (copy,) = changes(*copies, listed_in=(20, "税务", "Taxation"))
    assert copy.way is Way.LISTED_ELSEWHERE
    assert "第 20 领域“税务”" in copy.zh


def test_every_reason_and_every_way_has_both_languages() -> None:
    assert set(REASONS) == set(Reason)
    assert set(WAYS) == set(Way)
    assert all(zh and en for zh, en in (*REASONS.values(), *WAYS.values()))
