"""How two rule sets differ, rule by rule, with the article that each side rests on. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from creditreport.rules.words import EXCLUSION, KINDS, LIMITS, REASONS, VALIDITY, WINDOW, Words
from creditreport.violations.ruleset import CoveredKind, Limit, Rested, RuleSet, Switch
from creditreport.violations.ruleset_form import LongestWindow, Validity


@dataclass(frozen=True, slots=True)
class Side:
    """What one rule set says of a rule: its effect in words, the article, and since when that is in force."""

    effect: Words
    article: str
    since: date

    def as_json(self) -> dict[str, str]:
        """As in ``rules diff``."""
        zh, en = self.effect
        return {"effect": zh, "effect_en": en, "article": self.article, "since": self.since.isoformat()}


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that two rule sets do not share; a side is ``None`` where the rule set is silent about it."""

    key: str
    name: Words
    first: Side | None
    second: Side | None

    @property
    def of_effect(self) -> bool:
        """Whether reports can come out differently, and not only rest on another article."""
        return (self.first and self.first.effect) != (self.second and self.second.effect)

    def as_json(self) -> dict[str, Any]:
        """As in ``rules diff``."""
        zh, en = self.name
        sides = {"a": self.first and self.first.as_json(), "b": self.second and self.second.as_json()}
        return {"key": self.key, "name": zh, "name_en": en, **sides}


NOT_COVERED: Words = ("不列示", "not listed")


def differences(first: RuleSet, second: RuleSet) -> list[Difference]:
    """Every rule whose effect or article is not the same: kinds, window, validity, switches, basis, limits."""
    found = []
    for (key, name, one), (_, _, other) in zip(_rules(first), _rules(second), strict=True):
        left, right = _side(one), _side(other)
        if left != right:
            found.append(Difference(key, name, left, right))
    return found


def _rules(ruleset: RuleSet) -> Iterator[tuple[str, Words, Rested | None]]:
    """Every rule that a rule set can have, always in the same order."""
    for kind, name in KINDS.items():
        yield f"kinds.{kind}", name, ruleset.kinds.get(kind)
    yield "window", WINDOW, ruleset.window
    yield "validity", VALIDITY, ruleset.validity
    for reason, (zh, en) in REASONS.items():
        yield f"basis.{reason}", (EXCLUSION[0] + zh, EXCLUSION[1] + en), ruleset.rests_on(reason)
    for limit, name in LIMITS.items():
        yield f"limits.{limit}", name, ruleset.limits[limit]


def _side(rule: Rested | None) -> Side | None:
    return None if rule is None else Side(effect(rule), rule.article, rule.since)


def effect(rule: Rested) -> Words:
    """What a rule does, in words."""
    match rule:
        case CoveredKind(finding=True):
            return "列示", "listed"
        case CoveredKind(label=label) if label is not None:
            return f"列示，并注明“{label.zh}”", f"listed, and marked “{label.en}”"
        case LongestWindow(longest_years=years):
            return f"{years} 年", f"{years} years"
        case Validity(months=months):
            return f"{months} 个月", f"{months} month" + ("s" if months > 1 else "")
        case Switch(excludes=excludes):
            return ("适用", "applies") if excludes else ("不适用（照常列示）", "does not apply (listed)")
        case Limit(working_days=int(days)):
            return f"{days} 个工作日", f"{days} working day" + ("s" if days > 1 else "")
        case Limit():
            return "当月之内", "within the month"
        case _:
            return "适用", "applies"
