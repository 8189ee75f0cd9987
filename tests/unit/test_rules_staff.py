"""What staff are told: how rule sets differ, that a trial is over, that a year's working days are guessed."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from creditreport.cli import main
from creditreport.rules.choosing import CityRules
from creditreport.rules.diff import differences
from creditreport.rules.notices import notices
from creditreport.rules.words import KINDS, LIMITS, REASONS
from creditreport.violations.reason import Reason
from creditreport.violations.record import Kind
from creditreport.violations.ruleset import LimitName, load_rulebook, load_ruleset
from creditreport.worktime import load_work_calendar
from tests.rulesets import write

CITY, NATIONAL = load_ruleset("yancheng-2024"), load_ruleset("national-2025")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but a folder of our own and the day: rules need neither a database nor keys."""
    for name in [name for name in os.environ if name.startswith("CREDITREPORT_")]:
        monkeypatch.delenv(name)
    values = {"ENV": "test", "LANG": "zh", "VAR_DIR": str(tmp_path), "CLOCK": "2026-09-15T12:00:00+08:00"}
    for name, value in values.items():
        monkeypatch.setenv(f"CREDITREPORT_{name}", value)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def asked(*arguments: str) -> tuple[int, Any]:
    done = run(*arguments, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_every_part_has_a_name() -> None:
    assert list(KINDS) == list(Kind)
    assert list(REASONS) == list(Reason)
    assert list(LIMITS) == list(LimitName)


def test_the_two_shipped_rule_sets_differ_in_three_rules() -> None:
    found = differences(CITY, NATIONAL)
    effects = {one.key: one for one in found if one.of_effect}
    assert set(effects) == {"kinds.compulsory_measure", "window", "basis.SUMMARY_PROCEDURE"}
    years = effects["window"]
    assert years.first is not None
    assert years.second is not None
    assert (years.first.effect[0], years.second.effect[0]) == ("3 年", "5 年")
    assert "盐城市实施方案二（六）" in years.first.article
    assert "565号" in years.second.article
    assert effects["kinds.compulsory_measure"].first is None
    assert "basis.REPAIRED" in {one.key for one in found if not one.of_effect}
    assert differences(CITY, CITY) == []


def test_a_difference_either_way_round_is_the_same() -> None:
    there = [(one.key, one.first, one.second) for one in differences(CITY, NATIONAL)]
    back = [(one.key, one.second, one.first) for one in differences(NATIONAL, CITY)]
    assert there == back


def test_only_another_date_of_an_article_is_a_difference_too() -> None:
    limit = CITY.limits[LimitName.UPLOAD]
    for changes, of_effect in (({"since": date(2025, 1, 1)}, False), ({"working_days": 5}, True)):
        changed = CITY.model_copy(
            update={"limits": {**CITY.limits, LimitName.UPLOAD: limit.model_copy(update=changes)}}
        )
        assert [(one.key, one.of_effect) for one in differences(CITY, changed)] == [("limits.upload_days", of_effect)]


def codes(ruleset_id: str, day: date, folder: Path | None = None, var_dir: Path | None = None) -> list[str]:
    return [one.code for one in notices(CityRules(load_rulebook(folder), ruleset_id), load_work_calendar(var_dir), day)]


def test_what_staff_are_told_of_rules(tmp_path: Path) -> None:
    assert codes("yancheng-2024", date(2026, 8, 31)) == []
    assert codes("yancheng-2024", date(2026, 9, 1)) == ["RULESET_TRIAL_OVER"]
    assert codes("yancheng-2024", date(2024, 8, 31)) == ["RULESET_NOT_EFFECTIVE"]
    assert codes("moon", date(2026, 9, 1)) == ["UNKNOWN_RULESET"]
    write(tmp_path, 1, "2025-01-01", "2026-06-30")
    assert codes("town-2025", date(2026, 5, 15), tmp_path) == []
    assert codes("town-2025", date(2026, 5, 16), tmp_path) == ["RULESET_ENDS_SOON"]
    assert codes("town-2025", date(2026, 7, 1), tmp_path) == ["RULESET_NOT_EFFECTIVE"]
    write(tmp_path, 2, "2026-07-01")
    assert codes("town-2025", date(2026, 6, 30), tmp_path) == []


def test_what_staff_are_told_of_working_days(tmp_path: Path) -> None:
    # Forty-five days before a year that is not known, while time limits of one may run, and never of an official one.
    for day, expected in [
        (date(2026, 11, 16), []),
        (date(2026, 11, 17), ["WORKDAYS_ESTIMATED"]),
        (date(2027, 1, 5), ["WORKDAYS_ESTIMATED"]),
        (date(2027, 12, 1), ["WORKDAYS_ESTIMATED", "WORKDAYS_ESTIMATED"]),
        (date(2028, 1, 5), ["WORKDAYS_ESTIMATED", "WORKDAYS_ESTIMATED"]),
        (date(2028, 1, 25), ["WORKDAYS_ESTIMATED"]),
    ]:
        assert codes("national-2025", day) == expected, day
    (tmp_path / "workdays").mkdir()
    (tmp_path / "workdays" / "2027.toml").write_text("holidays = []\nworking_weekends = []", encoding="utf-8")
    assert codes("national-2025", date(2026, 12, 31), var_dir=tmp_path) == []


def test_rules_list_marks_the_one_in_use_and_warns() -> None:
    status, told = asked("rules", "list")
    assert (status, told["current"]) == (0, "yancheng-2024")
    assert [(one["id"], one["current"]) for one in told["rulesets"]] == [
        ("national-2025", False),
        ("yancheng-2024", True),
    ]
    assert [one["code"] for one in told["warnings"]] == ["RULESET_TRIAL_OVER"]
    done = run("rules", "list")
    assert "* yancheng-2024" in done.stdout
    assert "试行期已于 2026-08-31 届满" in done.stderr


def test_rules_list_when_the_choice_is_not_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITREPORT_CLOCK", "2024-08-31T12:00:00+08:00")
    status, told = asked("rules", "list")
    assert (status, [one["current"] for one in told["rulesets"]]) == (0, [False, False])
    assert [one["code"] for one in told["warnings"]] == ["RULESET_NOT_EFFECTIVE"]


def test_rules_show() -> None:
    status, told = asked("rules", "show", "yancheng-2024")
    assert (status, told["digest"], told["current"]) == (0, CITY.digest, True)
    assert told["limits"]["upload_days"]["working_days"] == 7
    text = run("rules", "show", "national-2025").stdout
    for words in ("5 年", "不是对违法行为的认定", "发改财金〔2025〕565号第一部分：行政强制", "2025-05-07", "当月之内"):
        assert words in text
    assert "试行至: 2026-08-31，已届满" in run("rules", "show", "yancheng-2024").stdout
    status, told = asked("rules", "show", "moon")
    assert (status, told["error"]["code"]) == (2, "UNKNOWN_RULESET")


def test_rules_diff(monkeypatch: pytest.MonkeyPatch) -> None:
    status, told = asked("rules", "diff", "yancheng-2024", "national-2025")
    assert (status, told["a"], told["b"]) == (0, "yancheng-2024", "national-2025")
    assert {one["key"] for one in told["differences"]} == {
        "kinds.compulsory_measure",
        "window",
        "basis.SUMMARY_PROCEDURE",
    }
    for one in told["differences"]:
        for side in filter(None, (one["a"], one["b"])):
            assert set(side) == {"effect", "effect_en", "article", "since"}
    monkeypatch.setenv("CREDITREPORT_LANG", "en")
    text = run("rules", "diff", "yancheng-2024", "national-2025").stdout
    assert "rules that differ: 3" in text
    assert "A 3 years · 盐城市实施方案二（六）" in text


def test_versions_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    monkeypatch.setenv("CREDITREPORT_RULESETS_DIR", str(folder))
    write(folder, 1, "2025-01-01", "2026-06-30")
    write(folder, 2, "2026-07-01")
    assert asked("rules", "show", "town-2025")[1]["version"] == 2
    assert asked("rules", "show", "town-2025@1")[1]["version"] == 1
    status, told = asked("rules", "diff", "town-2025@1", "town-2025@3")
    assert (status, told["error"]["code"]) == (2, "UNKNOWN_RULESET")
    assert "town-2025, town-2025@2" in told["error"]["message"]
    assert asked("rules", "check") == (0, {"problems": []})
    write(folder, 3, "2026-12-01")
    status, told = asked("rules", "check")
    assert (status, [one["file"] for one in told["problems"]]) == (1, ["town-2025@3.toml"])
    status, told = asked("rules", "list")
    assert (status, told["error"]["code"]) == (1, "INVALID_RULESET")
    assert told["error"]["problems"][0]["key"] == "effective_from"


def test_workdays_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "workdays").mkdir()
    (tmp_path / "workdays" / "2027.toml").write_text(
        "holidays = [2027-01-01, 2027-02-08]\nworking_weekends = [2027-02-14]", encoding="utf-8"
    )
    (tmp_path / "workdays" / "2026.toml").write_text("holidays = []\nworking_weekends = []", encoding="utf-8")
    status, told = asked("workdays", "list")
    assert status == 0
    assert [(one["year"], one["source"], one["file_ignored"]) for one in told["years"]] == [
        (2025, "official", False),
        (2026, "official", True),
        (2027, "file", False),
        (2028, "estimated", False),
    ]
    status, told = asked("workdays", "check", "2027")
    assert (status, told["weekday_holidays"]) == (0, ["2027-01-01", "2027-02-08"])
    assert (told["working_weekends"], told["working_days"]) == (["2027-02-14"], 260)
    status, told = asked("workdays", "check", "2028")
    assert (status, told["source"]) == (1, "estimated")
    assert "2028" in run("workdays", "check", "2028").stderr
    assert "10-10" in run("workdays", "check", "2026").stdout
