"""A verifier reads no record that was repaired, removed or corrected since: real sources, asked again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from creditreport.clock import SHANGHAI, SystemClock
from creditreport.reports.archive import find_by_code
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.verification.by_code import Currency, verify_code
from creditreport.verification.currency import CurrencyCheck
from tests.conftest import NOON
from tests.integration.city import City

Change = Callable[[City, str], object]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind of store: what is asked here are the sources."""
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


@pytest.fixture
def report(city: City, service: Service, sync: Callable[[], None]) -> tuple[str, str]:
    """Code of the business and of its report, which lists two records of one field and one of another."""
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A1", code, decided="2023-11-20")
    city.penalty(7, "A2", code, facts="法定代表人张某，电话13912345678。")
    city.penalty(9, "A3", code)
    sync()
    request = IssueRequest(uscc=code, years="3", purpose="finance", requested_by="test")
    issued = issue_report(service, request, NOON)
    assert issued.content.listed == 3
    return code, issued.content.verification_code


def told(service: Service, code: str, now: datetime = NOON) -> dict[str, Any]:
    with service.reading() as session:
        answer = verify_code(session, code, now, current=service.currency).as_json()
    assert answer["status"] == "VALID"
    if answer["listed"] is None:
        assert answer["records"] is None
        assert answer["domains"] is None
        assert "盐罚" not in str(answer)
    return answer


def test_nothing_happened(service: Service, report: tuple[str, str]) -> None:
    answer = told(service, report[1])
    assert (answer["listed"], answer["marks"]) == (3, [])
    assert [(one["domain"], one["record_id"]) for one in answer["records"]] == [
        ("field_07", "A2"),
        ("field_07", "A1"),
        ("field_09", "A3"),
    ]
    assert "13912345678" not in str(answer)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda city, code: city.repaired("X", code, "盐罚〔2025〕A2号"), id="repaired by the feed"),
        pytest.param(lambda city, _: city.run("UPDATE field_07 SET repair='已修复' WHERE id='A1'"), id="repaired"),
        pytest.param(lambda city, _: city.run("DELETE FROM field_09"), id="removed at the source"),
        pytest.param(lambda city, _: city.run("UPDATE field_07 SET effect='撤销' WHERE id='A1'"), id="revoked"),
        pytest.param(lambda city, _: city.run("UPDATE field_07 SET sealed='是' WHERE id='A1'"), id="sealed"),
        pytest.param(lambda city, _: city.run("UPDATE field_09 SET amount='1000'"), id="amount corrected"),
        pytest.param(lambda city, _: city.run("UPDATE field_09 SET facts='另一事实'"), id="facts corrected"),
        pytest.param(
            lambda city, code: city.penalty(7, "B1", code, effect="变更", supersedes="盐罚〔2025〕A2号"), id="amended"
        ),
    ],
)
def test_facts_changed(city: City, service: Service, report: tuple[str, str], change: Change) -> None:
    change(city, report[0])
    answer = told(service, report[1])
    assert (answer["listed"], answer["marks"]) == (None, ["FACTS_CHANGED"])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda city, _: city.run("DROP TABLE field_07"), id="a source is gone"),
        pytest.param(lambda city, _: city.run("DROP TABLE repairs"), id="the feed of repairs is gone"),
        pytest.param(lambda city, _: city.run("UPDATE field_09 SET types='新词'"), id="an unknown word"),
        pytest.param(lambda city, _: city.run("UPDATE watermark SET at='2026-11-19'"), id="old data"),
        pytest.param(
            lambda city, code: [
                city.repaired(day, code, "盐罚〔2025〕A2号", day) for day in ("2026-01-05", "2026-02-05")
            ],
            id="the feed contradicts itself",
        ),
    ],
)
def test_what_cannot_be_known_is_not_told(
    city: City, service: Service, report: tuple[str, str], change: Change
) -> None:
    change(city, report[0])
    answer = told(service, report[1])
    assert (answer["listed"], answer["marks"]) == (None, [])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda city, code: city.penalty(7, "B9", code, decided="2026-11-20"), id="a new decision"),
        pytest.param(lambda city, _: city.run("DROP TABLE field_11"), id="a source that it did not list from is gone"),
        pytest.param(lambda city, _: city.run("UPDATE field_07 SET amount='2000.00'"), id="the same amount"),
        pytest.param(lambda city, _: city.run("UPDATE field_09 SET disputed='是'"), id="an objection was opened"),
        pytest.param(
            lambda city, code: [
                city.penalty(11, "C1", code, decided="2020-01-01"),
                city.repaired("X", code, "盐罚〔2025〕C1号"),
            ],
            id="the feed speaks of another field",
        ),
    ],
)
def test_what_changes_nothing_listed(city: City, service: Service, report: tuple[str, str], change: Change) -> None:
    change(city, report[0])
    answer = told(service, report[1])
    assert (answer["listed"], answer["marks"]) == (3, [])


def test_the_reports_own_window_counts_on_a_later_day(city: City, service: Service, report: tuple[str, str]) -> None:
    """A1 is on the report's first day: today's window would leave it out, that is no repair."""
    city.run("UPDATE watermark SET at='2026-12-10'")
    answer = told(service, report[1], datetime(2026, 12, 10, 9, tzinfo=SHANGHAI))
    assert (answer["listed"], answer["marks"]) == (3, [])


def test_the_sources_are_asked_once_a_minute(city: City, service: Service, report: tuple[str, str]) -> None:
    check = CurrencyCheck(Service(service.settings, SystemClock()))
    with service.reading() as session:
        stored = find_by_code(session, report[1])
    assert stored is not None
    assert check(stored, NOON) is Currency.CURRENT
    city.run("DELETE FROM field_09")
    assert check(stored, NOON + timedelta(seconds=59)) is Currency.CURRENT
    assert check(stored, NOON + timedelta(seconds=60)) is Currency.CHANGED
    # A clock that went back keeps nothing from its future.
    city.run("DROP TABLE field_07")
    assert check(stored, NOON) is Currency.UNKNOWN


def test_the_mark_can_be_switched_off(city: City, service: Service, report: tuple[str, str]) -> None:
    city.run("DELETE FROM field_09")
    assert told(service, report[1])["marks"] == ["FACTS_CHANGED"]
    silent = Service(replace(service.settings, facts_changed_mark=False), service.clock)
    answer = told(silent, report[1])
    silent.close()
    assert (answer["listed"], answer["marks"]) == (None, [])


def test_a_report_without_records_is_never_changed(city: City, service: Service, sync: Callable[[], None]) -> None:
    code = city.business(2, "盐城乙有限公司")
    sync()
    issued = issue_report(service, IssueRequest(code, "3", "finance", "test"), NOON)
    city.penalty(7, "N1", code, decided="2026-11-20")
    answer = told(service, issued.content.verification_code)
    assert (answer["listed"], answer["marks"]) == (0, [])
