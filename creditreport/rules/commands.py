"""``creditreport rules``: the rule sets that there are, one of them, how two differ, whether files are right."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from creditreport.cli import command, language, print_json
from creditreport.cli_lazy import Announced, LazyGroup
from creditreport.config import RuleChoice, rule_choice
from creditreport.errors import Problem
from creditreport.rules.choosing import CityRules
from creditreport.rules.diff import Difference, Side, differences, effect
from creditreport.rules.notices import notices
from creditreport.rules.words import EXCLUSION, KINDS, LIMITS, REASONS, VALIDITY, WINDOW, Words
from creditreport.violations.ruleset import (
    LocatedRuleSet,
    Rested,
    RuleBook,
    RuleSet,
    check_files,
    load_rulebook,
    period,
)
from creditreport.worktime import load_work_calendar

JSON = click.option("--json", "as_json", is_flag=True, help="one JSON object")


@click.group(cls=LazyGroup)
def rules() -> None:
    """规则集 / rule sets: which records a report lists, and what each rule rests on."""


rules.announce(
    Announced(
        "simulate",
        "creditreport.replay.commands:simulate_command",
        "模拟 / how many valid reports would list something else under B than under A, and why; nothing is changed.",
    )
)


@rules.command("list")
@JSON
@command
def list_command(as_json: bool) -> None:
    """全部规则集及其版本 / all rule sets and their versions; the one in use is marked."""
    choice = rule_choice()
    city, today = _city(choice), choice.clock.now().date()
    current = _current(city, today)
    warnings = notices(city, load_work_calendar(choice.var_dir), today)
    if as_json:
        rows = [_row(one, current) for one in city.book.located]
        print_json({"current": choice.ruleset, "rulesets": rows, "warnings": [one.as_json() for one in warnings]})
        return
    for one in city.book.located:
        ruleset, mark = one.ruleset, "*" if one.ruleset.digest == current else " "
        years = f"1–{ruleset.longest_years}"
        click.echo(f"{mark} {reference(ruleset):<20}  {period(ruleset):<25}  {years}  {_own(ruleset)}")
    for notice in warnings:
        click.echo(f"! {notice.sentence(language())}", err=True)


@rules.command("show")
@click.argument("ruleset", metavar="ID[@VERSION]")
@JSON
@command
def show_command(ruleset: str, as_json: bool) -> None:
    """一个规则集的全部规则与依据 / every rule of one rule set with the article that it rests on."""
    choice = rule_choice()
    city, today = _city(choice), choice.clock.now().date()
    found = find_version(city.book, ruleset, today)
    if as_json:
        current = found.digest == _current(city, today)
        print_json({**json.loads(found.canonical), "digest": found.digest, "current": current})
        return
    click.echo(f"{reference(found)}  {_own(found)}")
    click.echo(f"{_say('适用期', 'in force')}: {period(found)}")
    if found.trial_until:
        over = _say("，已届满", ", over") if found.trial_over(today) else ""
        click.echo(f"{_say('试行至', 'trial until')}: {found.trial_until}{over}")
    click.echo(f"{_say('摘要', 'digest')}: {found.digest}")
    for name, rested in _every_rule(found):
        click.echo(f"- {_say(*name)}: {_say(*effect(rested))}")
        click.echo(f"    {rested.article} ({rested.since})")


@rules.command("diff")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@JSON
@command
def diff_command(first: str, second: str, as_json: bool) -> None:
    """两个规则集的不同 / how two rule sets (ID or ID@VERSION) differ, with both articles."""
    choice = rule_choice()
    book, today = load_rulebook(choice.rulesets_dir), choice.clock.now().date()
    a, b = find_version(book, first, today), find_version(book, second, today)
    found = differences(a, b)
    effects = [one for one in found if one.of_effect]
    articles = [one for one in found if not one.of_effect]
    if as_json:
        told = {"differences": [one.as_json() for one in effects], "articles": [one.as_json() for one in articles]}
        print_json({"a": reference(a), "b": reference(b), **told})
        return
    click.echo(f"A {reference(a)}  {_own(a)}\nB {reference(b)}  {_own(b)}")
    _tell(_say("规则不同", "rules that differ"), effects)
    _tell(_say("规则相同、依据不同", "same rule, another article"), articles)


@rules.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH...]")
@JSON
@command
def check_command(paths: tuple[Path, ...], as_json: bool) -> int:
    """检查规则集文件 / are the rule sets right (all of them without PATH)?"""
    problems = check_files(rule_choice().rulesets_dir, paths)
    if as_json:
        print_json({"problems": [one.as_json() for one in problems]})
    for one in () if as_json else problems:
        click.echo(f"{one.file}  {one.key or '-'}  {one.problem}")
    if not problems and not as_json:
        click.echo("规则集正确 / the rule sets are right")
    return 1 if problems else 0


def reference(ruleset: RuleSet) -> str:
    """How a version is called on the command line: ``yancheng-2024``, ``yancheng-2024@2``."""
    return ruleset.id if ruleset.version == 1 else f"{ruleset.id}@{ruleset.version}"


def find_version(book: RuleBook, text: str, today: date) -> RuleSet:
    """The version called ``ID@VERSION``; for ``ID`` alone the one of today. Raises ``UNKNOWN_RULESET``."""
    ruleset_id, at, version = text.partition("@")
    if not at:
        return book.nearest(ruleset_id, today)
    for one in book.versions(ruleset_id):
        if str(one.version) == version:
            return one
    raise Problem("UNKNOWN_RULESET", value=text, known=", ".join(reference(one) for one in book.versions(ruleset_id)))


def _city(choice: RuleChoice) -> CityRules:
    return CityRules(load_rulebook(choice.rulesets_dir), choice.ruleset)


def _current(city: CityRules, today: date) -> str | None:
    """The digest of the version in use; none when the setting names none that is in force (a warning says so)."""
    try:
        return city.book.in_force(city.ruleset_id, today).digest
    except Problem:
        return None


def _row(one: LocatedRuleSet, current: str | None) -> dict[str, Any]:
    ruleset = one.ruleset
    return {
        "id": ruleset.id,
        "version": ruleset.version,
        "title": ruleset.title,
        "title_en": ruleset.title_en,
        "effective_from": ruleset.effective_from.isoformat(),
        "effective_until": ruleset.effective_until and ruleset.effective_until.isoformat(),
        "trial_until": ruleset.trial_until and ruleset.trial_until.isoformat(),
        "longest_years": ruleset.longest_years,
        "digest": ruleset.digest,
        "file": str(one.path),
        "current": ruleset.digest == current,
    }


def _every_rule(ruleset: RuleSet) -> list[tuple[Words, Rested]]:
    kinds = [(KINDS[kind], rule) for kind, rule in ruleset.kinds.items()]
    basis = [((EXCLUSION[0] + zh, EXCLUSION[1] + en), ruleset.rests_on(why)) for why, (zh, en) in REASONS.items()]
    limits = [(LIMITS[name], rule) for name, rule in ruleset.limits.items()]
    return [*kinds, (WINDOW, ruleset.window), (VALIDITY, ruleset.validity), *basis, *limits]


def _tell(heading: str, found: list[Difference]) -> None:
    click.echo(f"\n{heading}: {len(found)}")
    for one in found:
        click.echo(f"- {_say(*one.name)}")
        click.echo(f"    A {_side(one.first)}\n    B {_side(one.second)}")


def _side(side: Side | None) -> str:
    if side is None:
        return _say("不列示（不在范围内）", "not listed (not covered)")
    return f"{_say(*side.effect)} · {side.article} ({side.since})"


def _own(ruleset: RuleSet) -> str:
    return _say(ruleset.title, ruleset.title_en)


def _say(zh: str, en: str) -> str:
    return en if language() == "en" else zh
