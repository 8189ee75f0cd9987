"""``creditreport screen`` under every rule set: the second one, an operator's own, the version of the day."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from creditreport.cli import main
from tests.rulesets import write

OWN = "91320900MA1DEMO01X"
MEASURE = {
    "domain": "taxation",
    "record_id": "1",
    "uscc": OWN,
    "kind": "compulsory_measure",
    "decided_on": "2021-11-20",
}
SUMMARY = {**MEASURE, "record_id": "2", "kind": "penalty", "procedure": "summary"}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings at all."""
    for name in [name for name in os.environ if name.startswith("CREDITREPORT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CREDITREPORT_LANG", "en")


def screen(ruleset: str, years: int, issued_on: str = "2026-11-21") -> tuple[int, Any]:
    request = {"uscc": OWN, "issued_on": issued_on, "years": years, "ruleset": ruleset}
    done = CliRunner().invoke(
        main, ["screen", "-"], input=json.dumps({"request": request, "records": [MEASURE, SUMMARY]})
    )
    return done.exit_code, json.loads(done.stdout)


def reasons(answer: Any) -> list[str | None]:
    return [made["reason"] for made in answer["decisions"]]


def test_five_years_under_the_national_rules() -> None:
    status, answer = screen("national-2025", 5)
    assert (status, answer["window"]) == (0, {"start": "2021-11-20", "end": "2026-11-20"})
    assert reasons(answer) == [None, None]
    assert reasons(screen("national-2025", 4)[1]) == ["OUTSIDE_WINDOW", "OUTSIDE_WINDOW"]
    assert reasons(screen("yancheng-2024", 3)[1]) == ["CATEGORY_NOT_COVERED", "SUMMARY_PROCEDURE"]


@pytest.mark.parametrize(("ruleset", "years", "longest"), [("national-2025", 6, 5), ("yancheng-2024", 4, 3)])
def test_more_years_than_the_rule_set_offers(ruleset: str, years: int, longest: int) -> None:
    status, answer = screen(ruleset, years)
    error = answer["error"]
    assert (status, error["code"], error["index"], error["key"]) == (2, "INVALID_YEARS", None, "years")
    assert f"1 to {longest}" in error["message"]


def test_a_day_before_the_rule_set_can_still_be_judged() -> None:
    status, answer = screen("national-2025", 1, "2024-10-08")
    assert (status, reasons(answer)) == (0, ["OUTSIDE_WINDOW", "OUTSIDE_WINDOW"])


def test_an_operators_rule_set_by_the_day_of_issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 1, "2025-01-01", "2026-06-30")
    second = write(tmp_path, 2, "2026-07-01")
    kind = '[kinds]\ncompulsory_measure = { finding = true, article = "甲", since = 2026-07-01 }\n'
    second.write_text(second.read_text(encoding="utf-8").replace("[kinds]\n", kind), encoding="utf-8")
    assert screen("town-2025", 3)[1]["error"]["code"] == "UNKNOWN_RULESET"
    monkeypatch.setenv("CREDITREPORT_RULESETS_DIR", str(tmp_path))
    assert reasons(screen("town-2025", 3, "2026-06-30")[1])[0] == "CATEGORY_NOT_COVERED"
    assert reasons(screen("town-2025", 3, "2026-07-01")[1])[0] == "OUTSIDE_WINDOW"
    second.write_text("id = 1", encoding="utf-8")
    status, answer = screen("town-2025", 3)
    assert (status, answer["error"]["code"]) == (1, "INVALID_RULESET")
