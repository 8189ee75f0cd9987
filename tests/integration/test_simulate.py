"""What other rules would change, over really issued reports: counted by reason and domain, nothing touched."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from creditreport.cli import main
from creditreport.replay.simulate import Simulation, Tally, count_valid, simulate
from creditreport.reports.models import CreditReport, ReportDecision
from creditreport.service import Service
from creditreport.violations.reason import Reason
from creditreport.violations.ruleset import RuleSet
from tests.integration.asking import Sync, ask
from tests.integration.city import City

DAY = date(2026, 11, 21)


def reports(city: City, service: Service, sync: Sync) -> list[str]:
    """Three reports: one with two fines for warnings only, one with a fine, one without any record."""
    codes = [city.business(at, f"盐城{at}有限公司") for at in (1, 2, 3)]
    city.penalty(7, "W1", codes[0], types="警告")
    city.penalty(7, "W2", codes[0], types="警告")
    city.penalty(8, "W3", codes[0], types="警告")
    city.penalty(8, "F1", codes[1])
    sync()
    return [ask(service, code).number for code in codes]


def without(rules: RuleSet, name: str) -> RuleSet:
    """The same rule set with one switch off."""
    switches = {
        key: one.model_copy(update={"excludes": one.excludes and key != name}) for key, one in rules.switches.items()
    }
    return rules.model_copy(update={"switches": switches})


def test_what_a_switch_would_change_both_ways(city: City, service: Service, sync: Sync) -> None:
    numbers = reports(city, service, sync)
    strict, mild = service.ruleset, without(service.ruleset, "warning_only")
    steps: list[None] = []
    found = simulate(service, strict, mild, DAY, lambda: steps.append(None))
    assert (found.reports, found.changed, found.failed.reports, len(steps)) == (3, 1, 0, 3)
    assert found.by_reason == {("added", Reason.WARNING_ONLY): Tally(3, 1, [numbers[0]])}
    assert found.by_domain == {
        ("added", "field_07"): Tally(2, 1, [numbers[0]]),
        ("added", "field_08"): Tally(1, 1, [numbers[0]]),
    }
    back = simulate(service, mild, strict, DAY)
    assert back.by_reason == {("removed", Reason.WARNING_ONLY): Tally(3, 1, [numbers[0]])}
    assert simulate(service, strict, strict, DAY).changed == 0


def test_only_reports_that_are_valid_on_the_day_count(city: City, service: Service, sync: Sync) -> None:
    numbers = reports(city, service, sync)
    rules = service.ruleset
    with service.sessions.begin() as session:
        session.execute(update(CreditReport).where(CreditReport.number == numbers[1]).values(status="REVOKED"))
    for day, count in [(date(2026, 11, 20), 0), (DAY, 2), (date(2026, 12, 21), 2), (date(2026, 12, 22), 0)]:
        assert simulate(service, rules, rules, day).reports == count
        with service.reading() as session:
            assert count_valid(session, day) == count


def test_what_cannot_be_screened_is_never_counted_as_unchanged(city: City, service: Service, sync: Sync) -> None:
    numbers = reports(city, service, sync)
    broken = '{"colour": 1}'
    with service.sessions.begin() as session:
        session.execute(update(ReportDecision).where(ReportDecision.record_id == "F1").values(record=broken))
    found = simulate(service, service.ruleset, service.ruleset, DAY)
    assert (found.reports, found.failed) == (3, Tally(1, 1, [numbers[1]]))


def test_examples_are_few_and_counts_are_not() -> None:
    result = Simulation(DAY)
    for at in range(9):
        result.count(str(at), [("added", "taxation", Reason.WARNING_ONLY)])
    tally = result.by_reason["added", Reason.WARNING_ONLY]
    assert (tally.reports, tally.examples) == (9, ["0", "1", "2", "3", "4"])


def test_the_command(
    city: City, service: Service, sync: Sync, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports(city, service, sync)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run = ["rules", "simulate", "--from", "yancheng-2024", "--to", "national-2025"]
    told = json.loads(CliRunner().invoke(main, [*run, "--json"]).stdout)
    assert (told["reports"], told["from"], told["to"]) == (3, "yancheng-2024", "national-2025")
    assert told["changed"] == len({n for row in told["by_reason"] for n in row["examples"]})
    assert told["assumed"]
    said = CliRunner().invoke(main, run)
    assert said.exit_code == 0
    wrong = CliRunner().invoke(main, ["rules", "simulate", "--from", "moon", "--to", "national-2025", "--json"])
    assert (wrong.exit_code, json.loads(wrong.stdout)["error"]["code"]) == (2, "UNKNOWN_RULESET")
