"""Rule sets are data: complete or refused, known by id and by the digest of what they say."""

from __future__ import annotations

from datetime import date

import pytest

from creditreport.errors import Problem
from creditreport.violations.reason import Reason
from creditreport.violations.ruleset import (
    FOLDER,
    LimitName,
    RuleSet,
    from_content,
    known_rulesets,
    load_ruleset,
    parse_ruleset,
)
from tests.screening import LISTED, outcome, penalty

TEXT = (FOLDER / "yancheng-2024.toml").read_text(encoding="utf-8")
NATIONAL = (FOLDER / "national-2025.toml").read_text(encoding="utf-8")
LENGTHS = {
    LimitName.UPLOAD: 7, LimitName.UNIT_ANSWER: 1, LimitName.FORWARD: 1, LimitName.CREDIT_OFFICE_ANSWER: 3,
    LimitName.COMPLETION: 10, LimitName.REPAIR_PLATFORM: 10, LimitName.REPAIR_AUTHORITY: 3,
    LimitName.CODE_CLEANING: None,
}  # fmt: skip


@pytest.mark.parametrize("ruleset_id", ["national-2025", "yancheng-2024"])
def test_every_rule_set_loads_and_gives_a_dated_basis_for_every_reason(ruleset_id: str) -> None:
    assert ruleset_id in known_rulesets()
    rules = load_ruleset(ruleset_id)
    assert rules.id == ruleset_id
    for reason in Reason:
        assert rules.basis_of(reason)
        assert date(2020, 1, 1) < rules.rests_on(reason).since < date(2027, 1, 1)


def test_yancheng_2024() -> None:
    rules = load_ruleset("yancheng-2024")
    assert (rules.longest_years, rules.validity_months, rules.effective_from) == (3, 1, date(2024, 9, 1))
    assert all(rules.applies(reason) for reason in Reason)
    assert all(kind.finding for kind in rules.kinds.values())
    assert "盐城市实施方案三（四）" in rules.basis_of(Reason.REPAIRED)
    assert "第36号" in rules.basis_of(Reason.PUBLICITY_ENDED)


def test_national_2025_differs_as_the_rules_say() -> None:
    rules, city = load_ruleset("national-2025"), load_ruleset("yancheng-2024")
    assert (rules.longest_years, rules.validity_months) == (5, 1)
    assert rules.covered_kinds - city.covered_kinds == {"compulsory_measure"}
    assert city.covered_kinds <= rules.covered_kinds
    assert [reason for reason in Reason if not rules.applies(reason)] == [Reason.SUMMARY_PROCEDURE]
    measure = rules.kinds["compulsory_measure"]
    assert not measure.finding
    assert measure.label is not None
    assert "不是" in measure.label.zh
    assert "not a finding" in measure.label.en


@pytest.mark.parametrize("ruleset_id", ["national-2025", "yancheng-2024"])
def test_the_time_limits_are_those_of_the_plan(ruleset_id: str) -> None:
    limits = load_ruleset(ruleset_id).limits
    assert {name: limit.working_days for name, limit in limits.items()} == LENGTHS
    assert limits[LimitName.CODE_CLEANING].within == "month"


def test_a_trial_is_over_the_day_after_its_last() -> None:
    rules = load_ruleset("yancheng-2024")
    assert [rules.trial_over(date(2026, 8, 31)), rules.trial_over(date(2026, 9, 1))] == [False, True]
    assert rules.in_force(date(2026, 11, 21))
    assert [rules.in_force(date(2024, 8, 31)), rules.in_force(date(2024, 9, 1))] == [False, True]
    assert not load_ruleset("national-2025").trial_over(date(2099, 1, 1))


def test_an_unknown_id_is_refused_and_those_there_are_named() -> None:
    for unknown in ("yancheng-2025", "../yancheng-2024", "", "YANCHENG-2024"):
        with pytest.raises(Problem) as raised:
            load_ruleset(unknown)
        assert raised.value.code == "UNKNOWN_RULESET"
        assert "yancheng-2024" in raised.value.zh


@pytest.mark.parametrize(("years", "right"), [(0, False), (1, True), (3, True), (4, False), (-1, False)])
def test_years_that_can_be_chosen(years: int, right: bool) -> None:
    rules = load_ruleset("yancheng-2024")
    if right:
        rules.check_years(years)
    else:
        with pytest.raises(Problem) as raised:
            rules.check_years(years)
        assert raised.value.code == "INVALID_YEARS"
        assert "3" in raised.value.zh
    load_ruleset("national-2025").check_years(max(1, min(years, 5)))


def test_the_digest_is_of_the_content_not_of_the_layout() -> None:
    rules = load_ruleset("yancheng-2024")
    assert _parse("# another comment\n" + TEXT.replace(" = ", "  =  ")).digest == rules.digest
    assert _parse(TEXT.replace("longest_years = 3", "longest_years = 2")).digest != rules.digest
    assert _parse(TEXT.replace("excludes = true", "excludes = false", 1)).digest != rules.digest
    assert _parse(TEXT.replace("since = 2026-04-01", "since = 2026-04-02", 1)).digest != rules.digest


def test_what_is_stored_of_a_rule_set_gives_it_back() -> None:
    import json

    for ruleset_id in known_rulesets():
        rules = load_ruleset(ruleset_id)
        assert from_content(json.loads(rules.canonical)) == rules


WRONG = [
    ('id = "yancheng-2024"', 'id = "yancheng-2025"', "id", "yancheng-2025.toml"),
    ('id = "yancheng-2024"', "id = 2024", "id", "应为文字"),
    ('id = "yancheng-2024"', 'id = "Yancheng 2024"', "id", "不正确"),
    ("version = 1", "version = 2", "version", "yancheng-2024@2.toml"),
    ("version = 1\n", "", "version", "缺少"),
    ("version = 1", "version = true", "version", "应为整数"),
    ("[switches.shielded]", "[switches.shelled]", "switches.shelled", "shielded"),
    ("excludes = true\n", "", "switches.shielded.excludes", "缺少"),
    ("excludes = true", 'excludes = "yes"', "switches.shielded.excludes", "true"),
    ("excludes = true", "excludes = 1", "switches.shielded.excludes", "true"),
    ("since = 2026-04-01\n", "", "switches.publicity_ended.since", "缺少"),
    ("since = 2026-04-01\n", "since = 2026-02-30\n", "since", "没有 2026-02-30 这一天"),
    ("since = 2021-07-15", "since = 2021-13-15", "UNDER_REVIEW.since", "没有 2021-13-15 这一天"),
    ("since = 2026-04-01\n", 'since = "2026-02-30"\n', "switches.publicity_ended.since", "应为存在的日期"),
    ("since = 2026-04-01\n", "since = 20260401\n", "switches.publicity_ended.since", "应为存在的日期"),
    ("since = 2026-04-01\n", "since = 2026-04-01T00:00:00\n", "switches.publicity_ended.since", "应为存在的日期"),
    ("effective_from = 2024-09-01", "effective_from = 2023-02-29", "effective_from", "没有 2023-02-29 这一天"),
    ("effective_from = 2024-09-01\n", "", "effective_from", "缺少"),
    ("trial_until = 2026-08-31", "trial_until = 2024-08-31", "trial_until", "早于 effective_from"),
    ("trial_until = 2026-08-31", "effective_until = 2024-08-31", "effective_until", "早于 effective_from"),
    ("trial_until = 2026-08-31", "effective_until = 2026-03-31", "switches.publicity_ended.since", "effective_until"),
    ("\nSEALED = ", "\nSEALT = ", "basis.SEALT", "SEALED"),
    ("\nREPAIRED = ", "\nSHIELDED = ", "basis.REPAIRED", "缺少依据"),
    ("\nREPAIRED = ", "\nSHIELDED = ", "basis.SHIELDED", "switches.shielded"),
    ('article = "盐城市实施方案二（一）：未经公示"', 'article = " "', "basis.NOT_PUBLICISED.article", "不能为空"),
    ('article = "盐城市实施方案二（一）：未经公示", ', "", "basis.NOT_PUBLICISED.article", "缺少"),
    ("\npenalty = ", "\nfine = ", "kinds.fine", "penalty"),
    ("penalty = { finding = true,", "penalty = { finding = false,", "kinds.penalty", "label"),
    ("penalty = { finding = true,", "penalty = {", "kinds.penalty.finding", "缺少"),
    ("longest_years = 3", "longest_years = 0", "window.longest_years", "应不小于 1"),
    ("longest_years = 3", "longest_years = 6", "window.longest_years", "应不大于 5"),
    ("longest_years = 3", 'longest_years = "3"', "window.longest_years", "应为整数"),
    ("longest_years = 3", "longest = 3", "window.longest", "没有这个键"),
    ("[validity]", "[validness]", "validness", "没有这个键"),
    ("months = 1", "months = 1.5", "validity.months", "应为整数"),
    ("months = 1", "months = true", "validity.months", "应为整数"),
    ("months = 1", "months = 2", "validity.months", "应不大于 1"),
    ("upload_days = {", "upload_hours = {", "limits.upload_hours", "upload_days"),
    ("working_days = 7", 'within = "month"', "limits.upload_days", "working_days"),
    ("working_days = 7", "working_days = 0", "limits.upload_days.working_days", "应不小于 1"),
    ("working_days = 7, ", "", "limits.upload_days", "只写一个"),
    ('within = "month"', "working_days = 20", "limits.code_cleaning", "month"),
    ('within = "month"', 'within = "year"', "limits.code_cleaning.within", "month"),
    ("version = 1", 'version = 1\ndigest = "x"', "digest", "没有这个键"),
    ("version = 1", "version = 1\ncolour = 1", "colour", "没有这个键"),
    ("version = 1", "version = ", "version", "TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "words"), WRONG)
def test_a_wrong_file_is_refused_by_file_key_and_sentence(old: str, new: str, key: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(Problem) as raised:
        _parse(TEXT.replace(old, new, 1))
    assert raised.value.code == "INVALID_RULESET"
    problems = raised.value.shown["problems"]
    assert key in [one["key"] for one in problems], problems
    assert any(words in one["problem"] for one in problems if one["key"] == key), problems
    assert {one["file"] for one in problems} == {"yancheng-2024.toml"}
    assert f"yancheng-2024.toml: {key}: " in raised.value.zh


def test_what_is_missing_is_named_all_at_once() -> None:
    start = TEXT.index("[switches.warning_only]")
    with pytest.raises(Problem) as raised:
        _parse(TEXT[:start] + "[limits]\n")
    keys = {one["key"] for one in raised.value.shown["problems"]}
    assert keys == {"switches.warning_only"} | {f"limits.{name}" for name in LimitName}


def test_another_rule_set_is_only_another_file() -> None:
    changed = TEXT.replace('id = "yancheng-2024"', 'id = "elsewhere-2025"')
    changed = changed.replace("[kinds]", '[kinds]\nother = { finding = true, article = "甲", since = 2024-09-01 }')
    changed = changed.replace("[switches.shielded]\nexcludes = true", "[switches.shielded]\nexcludes = false")
    rules = parse_ruleset(changed, file="elsewhere-2025.toml")
    records = [penalty("1", kind="other"), penalty("2", procedure="summary"), penalty("3", shielded=True)]
    assert outcome(*records) == ["CATEGORY_NOT_COVERED", "SUMMARY_PROCEDURE", "SHIELDED"]
    assert outcome(*records, rules=rules) == [LISTED, "SUMMARY_PROCEDURE", LISTED]


def _parse(text: str) -> RuleSet:
    return parse_ruleset(text, file="yancheng-2024.toml")
