"""Rule sets are data: complete or refused, known by id and by the digest of what they say."""

from __future__ import annotations

from datetime import date

import pytest

from creditreport.errors import Problem
from creditreport.violations.reason import Reason
from creditreport.violations.ruleset import FOLDER, RuleSet, known_rulesets, load_ruleset, parse_ruleset
from tests.screening import LISTED, outcome, penalty

TEXT = (FOLDER / "yancheng-2024.toml").read_text(encoding="utf-8")


def test_every_rule_set_loads_and_gives_a_basis_for_every_reason() -> None:
    assert "yancheng-2024" in known_rulesets()
    for ruleset_id in known_rulesets():
        rules = load_ruleset(ruleset_id)
        assert rules.id == ruleset_id
        assert all(rules.basis_of(reason) for reason in Reason)


def test_yancheng_2024() -> None:
    rules = load_ruleset("yancheng-2024")
    assert (rules.longest_years, rules.validity_months, rules.effective_from) == (3, 1, date(2024, 9, 1))
    assert all(rules.applies(reason) for reason in Reason)
    assert "盐城市实施方案三（四）" in rules.basis_of(Reason.REPAIRED)
    assert "第36号" in rules.basis_of(Reason.PUBLICITY_ENDED)


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


def test_the_digest_is_of_the_content_not_of_the_layout() -> None:
    digest = load_ruleset("yancheng-2024").digest
    assert _parse("# another comment\n" + TEXT.replace(" = ", "  =  ")).digest == digest
    assert _parse(TEXT.replace("longest_years = 3", "longest_years = 2")).digest != digest
    assert _parse(TEXT.replace("excludes = true", "excludes = false", 1)).digest != digest


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "yancheng-2024"', 'id = "yancheng-2025"', "yancheng-2025"),
        ("[switches.shielded]", "[switches.shelled]", "shelled"),
        ("excludes = true\n", "", "excludes"),
        ("since = 2026-04-01\n", "", "since"),
        ('SEALED = "', 'SEALT = "', "SEALT"),
        ('REPAIRED = "盐城市实施方案三（四）：已完成信用修复的记录不展示"\n', "", "REPAIRED"),
        ('DUPLICATE = "', 'SHIELDED = "x"\nDUPLICATE = "', "SHIELDED"),
        ('  "penalty",', '  "fine",', "covered_kinds"),
        ("longest_years = 3", "longest_years = 0", "longest_years"),
        ("longest_years = 3", "longest = 3", "longest"),
    ],
)
def test_an_incomplete_or_unknown_rule_is_refused(old: str, new: str, named: str) -> None:
    assert old in TEXT
    with pytest.raises(ValueError, match=named):
        _parse(TEXT.replace(old, new, 1))


def test_a_missing_switch_is_refused() -> None:
    start = TEXT.index("[switches.warning_only]")
    with pytest.raises(ValueError, match="warning_only"):
        _parse(TEXT[:start])


def test_another_rule_set_is_only_another_file() -> None:
    changed = TEXT.replace('id = "yancheng-2024"', 'id = "elsewhere-2025"')
    changed = changed.replace('  "penalty",', '  "penalty",\n  "compulsory_measure",')
    changed = changed.replace(
        "[switches.summary_procedure]\nexcludes = true", "[switches.summary_procedure]\nexcludes = false"
    )
    rules = parse_ruleset(changed, expected_id="elsewhere-2025")
    records = [penalty("1", kind="compulsory_measure"), penalty("2", procedure="summary"), penalty("3", shielded=True)]
    assert outcome(*records) == ["CATEGORY_NOT_COVERED", "SUMMARY_PROCEDURE", "SHIELDED"]
    assert outcome(*records, rules=rules) == [LISTED, LISTED, "SHIELDED"]


def _parse(text: str) -> RuleSet:
    return parse_ruleset(text, expected_id="yancheng-2024")
