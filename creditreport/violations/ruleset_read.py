"""Reading one rule set's file: TOML, form, and problems that name the key and say what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from creditreport.violations.ruleset_form import (
    FIXED_REASONS,
    SWITCHED,
    LimitName,
    Rested,
    RuleSet,
    SwitchName,
    from_content,
)


@dataclass(frozen=True, slots=True)
class RulesetProblem:
    """One thing wrong with one file; ``key`` is dotted, "" for the file as a whole."""

    file: str
    key: str
    problem: str

    def as_json(self) -> dict[str, str]:
        """As in ``rules check``."""
        return {"file": self.file, "key": self.key, "problem": self.problem}


def expected_name(ruleset_id: str, version: int) -> str:
    """The name of a version's file: ``<id>.toml``, from the second on ``<id>@<version>.toml``."""
    return f"{ruleset_id}.toml" if version == 1 else f"{ruleset_id}@{version}.toml"


def read_ruleset(text: str, file: str) -> tuple[RuleSet | None, list[RulesetProblem]]:
    """The rule set in ``text``, ``None`` when it has no right form, and every problem found; ``file`` is its name."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [_not_toml(text, file, str(error))]
    try:
        # The two keys that the program adds are not the file's to state.
        if own := sorted(content.keys() & {"digest", "canonical"}):
            return None, [RulesetProblem(file, own[0], _SENTENCES["extra_forbidden"])]
        ruleset = from_content(content)
    except ValidationError as error:
        return None, [RulesetProblem(file, key, words) for key, words in _form_problems(error)]
    problems = [RulesetProblem(file, key, words) for key, words in _problems(ruleset)]
    if file != expected_name(ruleset.id, ruleset.version):
        wanted = expected_name(ruleset.id, ruleset.version)
        words = f"文件名应为 {wanted} / the file must be named {wanted}"
        problems.append(RulesetProblem(file, "id" if ruleset.version == 1 else "version", words))
    return ruleset, problems


_LINE = re.compile(r"at line (\d+)")
_DATE = re.compile(r"(\w+)\s*=\s*(\d{1,4}-\d{1,2}-\d{1,2})")
_KEY = re.compile(r"\s*([\w.-]+)\s*=")


def _not_toml(text: str, file: str, words: str) -> RulesetProblem:
    """TOML's own error names a line; people look for a key, and for the date that does not exist."""
    at = _LINE.search(words)
    line = text.splitlines()[int(at[1]) - 1] if at and int(at[1]) <= len(text.splitlines()) else ""
    key = _KEY.match(line)
    place = key[1] if key else ""
    for name, day in _DATE.findall(line):
        try:
            tomllib.loads(f"day = {day}")
        except tomllib.TOMLDecodeError:
            place = place if place == name else f"{place}.{name}".lstrip(".")
            return RulesetProblem(
                file, place, f"没有 {day} 这一天，请改正日期 / there is no such day {day}, correct it"
            )
    return RulesetProblem(file, place, f"不是正确的 TOML / is not TOML: {words}")


_SENTENCES = {
    "missing": "缺少这个键，请补上 / this key is missing, add it",
    "extra_forbidden": "没有这个键，请核对拼写 / there is no such key, check the spelling",
    "bool_type": "应为 true 或 false / must be true or false",
    "int_type": "应为整数 / must be a whole number",
    "string_type": "应为文字 / must be text",
    "dict_type": "应为一个表 / must be a table",
    "model_type": "应为一个表 / must be a table",
    "too_short": "至少要有一项 / at least one is needed",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "应不小于", "must be at least"),
    "less_than_equal": ("le", "应不大于", "must be at most"),
}
_DAY = "应为存在的日期，写成 2026-11-21 / must be a day that exists, written 2026-11-21"


def _form_problems(error: ValidationError) -> Iterator[tuple[str, str]]:
    for each in error.errors(include_url=False):
        parts = [str(part) for part in each["loc"]]
        kind, expected = each["type"], str(each.get("ctx", {}).get("expected", ""))
        if parts[-1:] == ["[key]"]:
            parts.pop()
            yield ".".join(parts), f"没有这一项，可用：{expected} / there is no such entry; there are: {expected}"
        elif kind.startswith("date") or parts[-1] in ("since", "effective_from", "effective_until", "trial_until"):
            yield ".".join(parts), _SENTENCES["missing"] if kind == "missing" else _DAY
        elif kind in ("literal_error", "enum"):
            yield ".".join(parts), f"可取的值 / must be one of: {expected}"
        elif kind in _BOUNDS:
            name, zh, en = _BOUNDS[kind]
            bound = each.get("ctx", {}).get(name)
            yield ".".join(parts), f"{zh} {bound} / {en} {bound}"
        else:
            yield ".".join(parts), _SENTENCES.get(kind) or f"不正确 / not right: {each['msg']}"


def _problems(ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    """What must be true of a well-formed rule set: nothing left open, nothing said twice, possible days."""
    for name in SwitchName:
        if name not in ruleset.switches:
            yield f"switches.{name}", "缺少这个开关，请写明 excludes、article、since / this switch is missing, add it"
    for reason in FIXED_REASONS:
        if reason not in ruleset.basis:
            yield f"basis.{reason}", "缺少依据，请写明 article、since / this basis is missing, add it"
    for reason in sorted(ruleset.basis.keys() & SWITCHED):
        yield f"basis.{reason}", f"依据写在 switches.{reason.lower()} 中，请删去 / stands with its switch, remove it"
    for limit in LimitName:
        given = ruleset.limits.get(limit)
        if given is None:
            yield f"limits.{limit}", "缺少这个时限，请补上 / this limit is missing, add it"
        elif (given.within is not None) != (limit is LimitName.CODE_CLEANING):
            wanted = 'within = "month"' if limit is LimitName.CODE_CLEANING else "working_days"
            yield f"limits.{limit}", f"应以 {wanted} 表示 / must be given as {wanted}"
    yield from _impossible_days(ruleset)


def _impossible_days(ruleset: RuleSet) -> Iterator[tuple[str, str]]:
    for key in ("effective_until", "trial_until"):
        day = getattr(ruleset, key)
        if day is not None and day < ruleset.effective_from:
            yield key, f"{day} 早于 effective_from {ruleset.effective_from} / is before effective_from"
    if ruleset.effective_until is None:
        return
    for key, rested in every_article(ruleset):
        if rested.since > ruleset.effective_until:
            words = f"{rested.since} 晚于 effective_until {ruleset.effective_until} / is after effective_until"
            yield f"{key}.since", words


def every_article(ruleset: RuleSet) -> Iterator[tuple[str, Rested]]:
    """Everything that rests on an article, by its dotted key."""
    yield "window", ruleset.window
    yield "validity", ruleset.validity
    groups: dict[str, dict[Any, Any]] = {
        "kinds": dict(ruleset.kinds),
        "basis": dict(ruleset.basis),
        "switches": dict(ruleset.switches),
        "limits": dict(ruleset.limits),
    }
    for group, parts in groups.items():
        for name, rested in parts.items():
            yield f"{group}.{name}", rested
