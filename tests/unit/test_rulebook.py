"""Versions of rule sets: which one a day is under, what an operator may add, what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from creditreport.errors import Problem
from creditreport.rules.choosing import CityRules
from creditreport.violations.ruleset import check_files, load_rulebook
from tests.rulesets import NAME, TEXT, write


@pytest.fixture
def two_versions(tmp_path: Path) -> Path:
    write(tmp_path, 1, "2025-01-01", "2026-06-30")
    write(tmp_path, 2, "2026-07-02")
    return tmp_path


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2025, 1, 1), 1),
        (date(2026, 6, 30), 1),
        (date(2026, 7, 2), 2),
        (date(2036, 1, 1), 2),
    ],
)
def test_the_day_picks_the_version(two_versions: Path, day: date, version: int) -> None:
    book = load_rulebook(two_versions)
    assert book.in_force(NAME, day).version == version
    assert book.nearest(NAME, day).version == version


@pytest.mark.parametrize(("day", "nearest"), [(date(2024, 12, 31), 1), (date(2026, 7, 1), 1), (date(2019, 1, 1), 1)])
def test_a_day_between_and_before_the_versions_is_refused_by_name(two_versions: Path, day: date, nearest: int) -> None:
    book = load_rulebook(two_versions)
    with pytest.raises(Problem) as raised:
        book.in_force(NAME, day)
    assert raised.value.code == "RULESET_NOT_EFFECTIVE"
    for words in (NAME, day.isoformat(), "2025-01-01 – 2026-06-30", "2026-07-02 – …", "CREDITREPORT_RULESET"):
        assert words in raised.value.zh
        assert words in raised.value.en
    assert book.nearest(NAME, day).version == nearest


def test_after_the_last_version_another_rule_set_is_never_taken(tmp_path: Path) -> None:
    write(tmp_path, 1, "2025-01-01", "2026-06-30")
    book = load_rulebook(tmp_path)
    assert {"yancheng-2024", "national-2025", NAME} == set(book.ids)
    with pytest.raises(Problem, match="not in force on 2026-07-01"):
        book.in_force(NAME, date(2026, 7, 1))


@pytest.mark.parametrize(("last", "right"), [("2026-06-30", True), ("2026-07-01", False), (None, False)])
def test_two_versions_of_one_id_may_touch_and_not_overlap(tmp_path: Path, last: str | None, right: bool) -> None:
    write(tmp_path, 1, "2025-01-01", last)
    write(tmp_path, 2, "2026-07-01")
    if right:
        assert len(load_rulebook(tmp_path).versions(NAME)) == 2
        return
    with pytest.raises(Problem) as raised:
        load_rulebook(tmp_path)
    assert raised.value.code == "INVALID_RULESET"
    told = raised.value.shown["problems"][0]
    assert (told["file"], told["key"]) == (f"{NAME}@2.toml", "effective_from")
    for words in (f"{NAME}.toml", "2026-07-01", "effective_until", "end the earlier one first"):
        assert words in told["problem"]


def test_a_shipped_rule_set_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "yancheng-2024.toml").write_text(TEXT.replace("months = 1", "months = 1 # mine"), encoding="utf-8")
    with pytest.raises(Problem) as raised:
        load_rulebook(tmp_path)
    told = {(one["file"], one["key"]) for one in raised.value.shown["problems"]}
    assert told == {("yancheng-2024.toml", "version"), ("yancheng-2024.toml", "effective_from")}


def test_one_wrong_file_stops_all_and_every_problem_is_named(tmp_path: Path) -> None:
    write(tmp_path, 1, "2025-01-01", name="village.toml")
    (tmp_path / "torn.toml").write_bytes(TEXT.encode()[:2001] + b"\xff")
    (tmp_path / "half.toml").write_text("id = [", encoding="utf-8")
    with pytest.raises(Problem) as raised:
        load_rulebook(tmp_path)
    assert [(one["file"], one["key"]) for one in raised.value.shown["problems"]] == [
        ("half.toml", ""),
        ("torn.toml", ""),
        ("village.toml", "id"),
    ]


def test_a_folder_that_is_not_there_is_an_error_of_the_setting(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="CREDITREPORT_RULESETS_DIR"):
        load_rulebook(tmp_path / "none")


def test_a_file_is_checked_beside_those_in_use(two_versions: Path, tmp_path: Path) -> None:
    assert check_files(two_versions) == []
    draft = tmp_path / "draft"
    draft.mkdir()
    third = write(draft, 3, "2026-12-01")
    assert [(one.file, one.key) for one in check_files(two_versions, [third])] == [(third.name, "effective_from")]
    assert [(one.file, one.key) for one in check_files(two_versions, [draft])] == [(third.name, "effective_from")]
    assert check_files(None, [third]) == []
    again = write(draft, 2, "2026-07-02")
    assert [(one.file, one.key) for one in check_files(two_versions, [again])] == [
        (again.name, "version"),
        (again.name, "effective_from"),
    ]
    # What is wrong among the others is not told of a file that has no part in it.
    write(two_versions, 4, "2027-01-01")
    good = draft / "good-2026.toml"
    good.write_text(TEXT.replace('id = "yancheng-2024"', 'id = "good-2026"'), encoding="utf-8")
    assert check_files(two_versions, [good]) == []
    (two_versions / f"{NAME}@4.toml").unlink()
    # A file in use is checked in its place, not beside itself.
    assert check_files(two_versions, [two_versions / f"{NAME}@2.toml"]) == []


def test_a_trial_that_is_over_goes_on_and_is_logged_once() -> None:
    city = CityRules(load_rulebook(), "yancheng-2024")
    with capture_logs() as lines:
        assert city.on(date(2026, 8, 31)).id == "yancheng-2024"
        assert lines == []
        assert city.on(date(2026, 9, 1)).id == city.on(date(2026, 11, 21)).id == "yancheng-2024"
    assert [(line["event"], line["log_level"]) for line in lines] == [("ruleset_trial_over", "warning")]


def test_a_setting_that_names_no_rule_set() -> None:
    with pytest.raises(Problem) as raised:
        CityRules(load_rulebook(), "moon").on(date(2026, 11, 21))
    assert raised.value.code == "UNKNOWN_RULESET"
    assert "national-2025, yancheng-2024" in raised.value.zh
