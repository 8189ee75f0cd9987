"""Figures recounted by hand from a made population, around the borders of October in Shanghai, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from creditreport.clock import SHANGHAI, FixedClock
from creditreport.config import Settings
from creditreport.service import Service
from creditreport.statistics.figures import Figures, figures
from creditreport.statistics.period import read_month
from tests.population import Population
from tests.stores import make_store

OCTOBER = read_month("2026-10")
NOW = datetime(2026, 11, 5, 9, 30, tzinfo=SHANGHAI)


def at(day: int, hour: int = 10, minute: int = 0, second: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


FIRST, LAST = at(1, 0), at(31, 23, 59, 59)
BEFORE, AFTER = at(30, 23, 59, 59, month=9), at(1, 0, month=11)


@pytest.fixture
def service(signing_settings: Settings, database_url: str, tmp_path: Path) -> Iterator[Service]:
    make_store(database_url)
    with Service(replace(signing_settings, database_url=database_url, var_dir=tmp_path), FixedClock(NOW)) as made:
        yield made


def _reports(made: Population) -> None:
    for outside in (BEFORE, AFTER):
        number = made.report(outside, "finance", 9, {"health": 5})
        made.look(number, outside)
        made.refused(outside, 1, "SOURCE_STALE", "health")
        made.abandoned(outside, "MISSING_GLYPH")
    one = made.report(FIRST, "finance", 1)
    two = made.report(LAST, "finance", 1, {"health": 2, "taxation": 1})
    made.report(at(9), "commerce", 1, {"health": 1})
    made.report(at(9, 23, 59, 59), "commerce", 2)
    for moment, channel, verdict in (
        (FIRST, "page", "VALID"), (LAST, "page", "EXPIRED"), (at(9), "api", "VALID"), (at(9), "bid_pack", "VALID"),
    ):  # fmt: skip
        made.look(one if moment < at(9) else two, moment, channel, verdict)
    # A waiting request of one business is tried three times on one day and once on the next.
    for hour in (9, 10, 11):
        made.refused(at(12, hour), 1, "SOURCE_UNAVAILABLE", "health", "taxation")
    made.refused(at(13, 0), 1, "SOURCE_UNAVAILABLE", "health")
    made.refused(at(12), 1, "SOURCE_STALE", "health")
    made.refused(at(12), 2, "ENTITY_NOT_ELIGIBLE")
    made.abandoned(FIRST, "process ended")
    made.abandoned(LAST, "process ended")


def _uploads(made: Population) -> None:
    made.upload("health", BEFORE, [30], 9)
    made.upload("health", FIRST, [0, 7, 8], 1)
    made.upload("health", LAST, [3], 0)
    made.upload("postal", at(9), [], 2)
    made.upload("postal", at(9), [1, 2], 0, state="writing")
    made.conflict(at(29, month=9), date(2026, 9, 30), None)
    made.conflict(FIRST, date(2026, 10, 31), LAST)
    made.conflict(LAST, date(2026, 10, 31), AFTER)
    made.conflict(AFTER, date(2026, 11, 30), None)


def _cases(made: Population) -> None:
    # Filed on Friday 9 October; the weekend of the 10th is worked, Monday the 12th is the second working day.
    made.case(
        "amount_wrong", at(9), ("refer", at(9, 11), "甲局"), ("answer", at(9, 16), "甲局"), ("uphold", at(12), "")
    )
    # Four working days after filing, with an answer three days after the letter: late twice.
    made.case("date_wrong", at(19), ("refer", at(19, 11), "甲局"), ("answer", at(22), "甲局"), ("reject", at(23), ""))
    # Sent back by one unit on the next day, answered by the other; completed by the business for three days between.
    made.case(
        "amount_wrong", at(19),
        ("refer", at(23), "乙局"), ("send_back", at(26), "乙局"), ("reassign", at(26, 11), "甲局"),
        ("answer", at(26, 12), "甲局"), ("uphold", at(26, 13), ""), returned=(at(19, 12), at(22, 12)),
    )  # fmt: skip
    # A letter that was taken away before its answer counts for nobody; a withdrawn case is decided by nobody.
    made.case("other", at(20), ("refer", at(20), "丙局"), ("withdraw", at(21), ""))
    # Filed in September and decided in November: open throughout; its letter is overdue at the end of October.
    made.case("not_mine", at(30, month=9), ("refer", at(28), "乙局"), ("answer", at(2, month=11), "乙局"),
              ("uphold", at(3, month=11), ""))  # fmt: skip
    # Its letter went out on the last day of October, a Saturday: nobody is late yet.
    made.case("repair", at(30), ("refer", LAST, "乙局"))
    made.case("repair", at(13), ("refer", at(13), "甲局"), ("answer", at(15), "甲局"), ("reject", at(16), ""))
    # Over before the period, and begun after it.
    made.case("other", at(1, month=9), ("refer", at(1, month=9), "丁局"), ("answer", at(2, month=9), "丁局"),
              ("uphold", at(3, month=9), ""))  # fmt: skip
    made.case("other", AFTER, ("refer", AFTER, "丁局"))


@pytest.fixture
def told(service: Service) -> Figures:
    with service.sessions.begin() as session:
        made = Population(session)
        _reports(made)
        _uploads(made)
        _cases(made)
    return figures(service, OCTOBER, NOW)


def rows(told: Figures, key: str, *columns: str) -> list[tuple[Any, ...]]:
    table = told.table(key)
    return list(zip(*(table.column(column) for column in columns), strict=True))


EXPECTED: dict[str, object] = {
    "reports_issued": 4,
    "businesses_served": 2,
    "reports_clean": Decimal("0.5"),
    "verified": 4,
    "verified_valid": Decimal("0.75"),
    "refused": 3,
    # Of the six fields that have the duty two sent anything; four rows of seven were right, one of the four was late.
    "publicity_reporting": Decimal("0.333333"),
    "publicity_compliance": Decimal("0.571429"),
    "publicity_timeliness": Decimal("0.75"),
    "codes_found": 2,
    "codes_cleaned": Decimal("0.5"),
    "objections_filed": 4,
    "objections_decided": 3,
    # 2, 4 and 2 working days, three allowed; the days of completing are not counted.
    "objections_in_time": Decimal("0.666667"),
    "objections_median": Decimal("2.0"),
    "repairs_filed": 2,
    "repairs_decided": 1,
    "repairs_in_time": Decimal(1),
    "repairs_median": Decimal("3.0"),
    # Letters of objections must be answered in one working day, those of repair requests in three.
    "units_in_time": Decimal("0.8"),
    "fields_fresh": None,
}


def test_recounted_by_hand(told: Figures) -> None:
    _reports_and_looks(told)
    _refusals(told)
    _double_publicity(told)
    _cases_and_units(told)
    assert {one.key: one.value for one in told.indicators} == EXPECTED


def _reports_and_looks(told: Figures) -> None:
    days = rows(told, "issued_by_day", "day", "finance", "commerce", "administration", "total")
    assert len(days) == 31
    assert [row for row in days if row[-1]] == [
        (date(2026, 10, 1), 1, 0, 0, 1), (date(2026, 10, 9), 0, 2, 0, 2), (date(2026, 10, 31), 1, 0, 0, 1),
    ]  # fmt: skip
    looks = rows(told, "verified_by_day", "day", "page", "api", "file", "bid_pack", "total")
    assert [row for row in looks if row[-1]] == [
        (date(2026, 10, 1), 1, 0, 0, 0, 1), (date(2026, 10, 9), 0, 1, 0, 1, 2), (date(2026, 10, 31), 1, 0, 0, 0, 1),
    ]  # fmt: skip
    assert told.table("verified_by_verdict").rows == (("VALID", 3, Decimal("0.75")), ("EXPIRED", 1, Decimal("0.25")))
    assert told.table("issued_by_purpose").rows == (
        ("finance", 2, Decimal("0.5"), 1), ("commerce", 2, Decimal("0.5"), 2), ("administration", 0, Decimal(0), 0),
    )  # fmt: skip
    assert told.table("issued_by_field").rows == (("health", 2, 3), ("taxation", 1, 1))


def _refusals(told: Figures) -> None:
    assert told.table("refused_by_reason").rows == (
        ("SOURCE_UNAVAILABLE", 2, 4), ("ENTITY_NOT_ELIGIBLE", 1, 1), ("SOURCE_STALE", 1, 1),
    )  # fmt: skip
    assert told.table("refused_by_source").rows == (("health", 2, 5), ("taxation", 1, 3))
    assert told.table("numbers_unissued").rows == (("process ended", 2),)


def _double_publicity(told: Figures) -> None:
    columns = ("files", "accepted", "rejected", "compliance", "late", "timeliness", "median_days", "longest_days")
    by_field = dict(zip(told.table("publicity").column("field"), rows(told, "publicity", *columns), strict=True))
    assert by_field["health"] == (2, 4, 1, Decimal("0.8"), 1, Decimal("0.75"), 5, 8)
    assert by_field["postal"] == (1, 0, 2, Decimal(0), 0, None, None, None)
    assert by_field["tobacco"] == (0, 0, 0, None, 0, None, None, None)
    assert len(by_field) == 6


def _cases_and_units(told: Figures) -> None:
    assert told.table("cases_by_kind").rows == (
        ("not_mine", 0, 0, 0, 0, 1), ("amount_wrong", 2, 2, 0, 0, 0), ("date_wrong", 1, 0, 1, 0, 0),
        ("other", 1, 0, 0, 1, 0), ("repair", 2, 0, 1, 0, 1),
    )  # fmt: skip
    assert told.table("letters_by_unit").rows == (
        ("甲局", 4, 0, Decimal("1.0"), Decimal("0.75"), 0), ("乙局", 1, 1, Decimal("1.0"), Decimal(1), 1),
    )  # fmt: skip


ONE_STORE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ONE_STORE
def test_while_the_month_runs_nobody_is_late_before_the_time(service: Service) -> None:
    with service.sessions.begin() as session:
        Population(session).case("other", at(9), ("refer", at(9), "甲局"))
    for now, overdue in ((at(10, 23, 59, 59), 0), (at(11, 0), 1)):
        told = figures(service, OCTOBER, now)
        assert told.running
        assert [row[-1] for row in told.table("letters_by_unit").rows] == [1] * overdue


@ONE_STORE
def test_of_nothing_there_is_no_share(service: Service) -> None:
    told = figures(service, OCTOBER, NOW)
    assert not told.running
    values = {one.key: one.value for one in told.indicators}
    assert values.pop("publicity_reporting") == 0
    assert set(values.values()) == {0, None}
    assert len(told.table("issued_by_day").rows) == 31
    assert told.as_json()["tables"]["issued_by_field"] == []
