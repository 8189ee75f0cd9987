"""Mass re-issue: every valid report that showed a domain's data is superseded by one of today, through jobs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from creditreport.audit.models import AuditEntry
from creditreport.cli import main
from creditreport.clock import FixedClock
from creditreport.jobs.models import Job
from creditreport.jobs.run import run_all
from creditreport.reports.batch_reissue import ask_for_reissues, fates_of, reports_showing
from creditreport.reports.models import CreditReport
from creditreport.reports.withdraw import withdraw_report
from creditreport.service import Service
from tests.conftest import NOON
from tests.integration.asking import Sync, ask, register_id
from tests.integration.city import City

WHY = "责任单位更正数据"

# Both kinds of store are met elsewhere; this is about lists and jobs.
on_one_store = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def issued(city: City, service: Service, sync: Sync) -> dict[str, str]:
    """Numbers by what they show: two records of field 7, one of field 8, nothing."""
    names = ("seven", "seven too", "eight", "nothing")
    codes = {name: city.business(at, f"盐城{name}有限公司") for at, name in enumerate(names, start=1)}
    sync()
    city.penalty(7, "A", codes["seven"])
    city.penalty(7, "B", codes["seven too"])
    city.penalty(8, "C", codes["eight"])
    return {name: ask(service, code).number for name, code in codes.items()}


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> tuple[int, list[Any]]:
        result = CliRunner().invoke(main, ["reports", "reissue", "--reason", WHY, *words, "--json"])
        return result.exit_code, json.loads(result.stdout)["reports"]

    return run


def stored(service: Service, number: str) -> tuple[str, str | None, str | None]:
    with service.reading() as session:
        row = session.get_one(CreditReport, number)
        return row.status, row.superseded_by, row.status_reason


@on_one_store
def test_all_that_showed_the_domain_are_superseded_by_what_holds_today(
    service: Service, city: City, issued: dict[str, str], run: Any
) -> None:
    assert run("--showing", "field_07", "--dry-run") == (0, [issued["seven"], issued["seven too"]])
    assert run("--showing", "field_07", "--record", "B", "--dry-run") == (0, [issued["seven too"]])
    assert run("--showing", "field_07", "--silent-too", "--dry-run") == (0, sorted(issued.values()))
    # One record was wrong; and one of the businesses has been struck off since.
    city.run("UPDATE field_07 SET amount = '5000' WHERE id = 'A'")
    city.run("UPDATE register SET status = '注销' WHERE name LIKE '%seven too%'")
    CliRunner().invoke(main, ["entities", "sync"])
    status, fates = run("--showing", "field_07")
    successor = fates[0]["successor"]
    assert (status, successor is not None) == (1, True)
    assert fates == [
        {"number": issued["seven"], "state": "done", "successor": successor, "code": None},
        {"number": issued["seven too"], "state": "dead", "successor": None, "code": "ENTITY_NOT_ELIGIBLE"},
    ]
    assert stored(service, issued["seven"]) == ("SUPERSEDED", successor, WHY)
    assert stored(service, issued["eight"])[0] == "ISSUED"
    with service.reading() as session:
        assert '"5000"' in session.get_one(CreditReport, successor).content
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "reissue.asked")).one()
    assert entry.detail == {"showing": "field_07", "reason": WHY, "reports": 2}
    # Again: the new one shows the domain, too, and is re-issued; the refused one is tried anew.
    status, again = run("--showing", "field_07")
    assert [one["number"] for one in again] == [issued["seven too"], successor]


@on_one_store
def test_broken_off_it_goes_on(service: Service, city: City, issued: dict[str, str], run: Any) -> None:
    (numbers,) = reports_showing(service, "field_07", (), NOON)
    for _ in range(2):
        ask_for_reissues(service, numbers, showing="field_07", reason=WHY, by="test", now=NOON)
    city.run("ALTER TABLE field_12 RENAME TO gone")
    status, fates = run("--showing", "field_07")
    assert (status, [(one["state"], one["code"]) for one in fates]) == (1, [("waiting", "SOURCE_UNAVAILABLE")] * 2)
    city.run("ALTER TABLE gone RENAME TO field_12")
    # Workers would have gone on by themselves; so does whoever repeats the command.
    status, fates = run("--showing", "field_07")
    assert (status, [one["state"] for one in fates]) == (0, ["done", "done"])
    with service.reading() as session:
        assert session.scalar(select(func.count()).select_from(CreditReport)) == 6
        assert session.scalar(select(func.count()).select_from(Job)) == 2


@on_one_store
def test_what_ended_meanwhile_gets_no_successor(service: Service, city: City, issued: dict[str, str]) -> None:
    numbers = [issued["seven"], issued["seven too"], issued["eight"]]
    ask_for_reissues(service, numbers, showing="field_07", reason=WHY, by="test", now=NOON)
    owner = register_id(service, city_code(service, issued["seven"]))
    withdraw_report(service, owner, issued["seven"], by="account:1", now=NOON)
    service.clock = FixedClock(NOON + timedelta(days=400))
    assert {one.code for one in run_all(service)} == {"NOT_VALID_ANY_MORE"}
    assert [one.successor for one in fates_of(service, numbers)] == [None] * 3
    assert list(reports_showing(service, "field_07", (), service.clock.now())) == []


def city_code(service: Service, number: str) -> str:
    with service.reading() as session:
        return session.get_one(CreditReport, number).uscc
