"""Rule sets: which kinds are covered, which exclusions apply and what each rests on, as data with an id and a digest.

A version of a rule set is one TOML file: ``<id>.toml`` is version 1, ``<id>@2.toml`` version 2, and so on. The versions
of one id have periods that do not overlap; of these the day of issue picks one. Files that an operator adds (setting
``RULESETS_DIR``) stand beside the shipped ones and never replace one. The steps themselves, and their order, are the
same for all rule sets (``steps.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from creditreport.errors import Problem
from creditreport.violations.ruleset_form import (
    SWITCHED,
    CoveredKind,
    Limit,
    LimitName,
    Rested,
    RuleSet,
    Switch,
    SwitchName,
    from_content,
)
from creditreport.violations.ruleset_read import RulesetProblem, read_ruleset

__all__ = [
    "FOLDER", "SWITCHED", "CoveredKind", "Limit", "LimitName", "LocatedRuleSet", "Rested", "RuleBook", "RuleSet",
    "RulesetProblem", "Switch", "SwitchName", "check_files", "from_content", "known_rulesets", "load_rulebook",
    "load_ruleset", "parse_ruleset",
]  # fmt: skip

FOLDER = Path(__file__).with_name("rulesets")


@dataclass(frozen=True, slots=True)
class LocatedRuleSet:
    """A version of a rule set and the file that declares it."""

    ruleset: RuleSet
    path: Path


class RuleBook:
    """All versions of all rule sets, each id's in the order of their days."""

    def __init__(self, located: Iterable[LocatedRuleSet]) -> None:
        self.located = tuple(sorted(located, key=lambda one: (one.ruleset.id, one.ruleset.effective_from)))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all rule sets, sorted."""
        return tuple(sorted({one.ruleset.id for one in self.located}))

    def versions(self, ruleset_id: str, *, shown: dict[str, Any] | None = None) -> tuple[RuleSet, ...]:
        """The versions of one rule set, the earliest first. Raises ``UNKNOWN_RULESET`` that names those there are."""
        found = tuple(one.ruleset for one in self.located if one.ruleset.id == ruleset_id)
        if not found:
            raise Problem("UNKNOWN_RULESET", shown=shown, value=ruleset_id, known=", ".join(self.ids))
        return found

    def in_force(self, ruleset_id: str, day: date) -> RuleSet:
        """The version that reports of ``day`` are issued under.

        Raises ``UNKNOWN_RULESET``, and ``RULESET_NOT_EFFECTIVE`` when no version of that id is in force on ``day``:
        another id is never taken in its place, that is the city's own decision.
        """
        versions = self.versions(ruleset_id)
        for one in versions:
            if one.in_force(day):
                return one
        periods = "；".join(period(one) for one in versions)
        raise Problem("RULESET_NOT_EFFECTIVE", ruleset=ruleset_id, day=day.isoformat(), periods=periods)

    def nearest(self, ruleset_id: str, day: date, *, shown: dict[str, Any] | None = None) -> RuleSet:
        """The version for judging by hand as of ``day``, which may lie outside every period.

        The one in force; else the last that had begun; else the first. Raises ``UNKNOWN_RULESET``.
        """
        versions = self.versions(ruleset_id, shown=shown)
        begun = [one for one in versions if one.effective_from <= day]
        return begun[-1] if begun else versions[0]


def period(ruleset: RuleSet) -> str:
    """The days on which a version is in force, ``2024-09-01 – …`` when it has no end."""
    return f"{ruleset.effective_from} – {ruleset.effective_until or '…'}"


def load_rulebook(folder: Path | None = None) -> RuleBook:
    """The shipped rule sets and those in the operator's ``folder``: all or none.

    Raises ``INVALID_RULESET`` naming every file, key and problem.
    """
    located, problems = _read_all(folder)
    if problems:
        raise invalid_ruleset(problems)
    return RuleBook(located)


def check_files(folder: Path | None, paths: Sequence[Path] = ()) -> list[RulesetProblem]:
    """Every problem of all rule sets, or of the given files and folders, each also as seen beside the rest."""
    if not paths:
        return _read_all(folder)[1]
    tried = [file for path in paths for file in (sorted(path.glob("*.toml")) if path.is_dir() else [path])]
    rest = [one for one in _read_all(folder)[0] if one.path.resolve() not in {file.resolve() for file in tried}]
    located, problems = _read_files(tried)
    return [*problems, *_clashes([*rest, *located], {one.path for one in located})]


def load_ruleset(ruleset_id: str, *, shown: dict[str, Any] | None = None) -> RuleSet:
    """The latest version of a shipped rule set. Raises ``UNKNOWN_RULESET`` that names those there are."""
    return _shipped().versions(ruleset_id, shown=shown)[-1]


def known_rulesets() -> tuple[str, ...]:
    """The ids of all shipped rule sets, sorted."""
    return _shipped().ids


@cache
def _shipped() -> RuleBook:
    return load_rulebook()


def parse_ruleset(text: str, *, file: str) -> RuleSet:
    """A rule set from the text of its file. Raises ``INVALID_RULESET`` naming every key and problem."""
    ruleset, problems = read_ruleset(text, file)
    if ruleset is None or problems:
        raise invalid_ruleset(problems)
    return ruleset


def invalid_ruleset(problems: Sequence[RulesetProblem]) -> Problem:
    """The error that names every problem."""
    lines = [f"{one.file}: {one.key + ': ' if one.key else ''}{one.problem}" for one in problems]
    shown = {"problems": [one.as_json() for one in problems]}
    return Problem("INVALID_RULESET", detail="\n".join(["", *lines]), shown=shown)


def _read_all(folder: Path | None) -> tuple[list[LocatedRuleSet], list[RulesetProblem]]:
    files = sorted(FOLDER.glob("*.toml"))
    if folder is not None:
        if not folder.is_dir():
            text = "没有这个文件夹，请核对 CREDITREPORT_RULESETS_DIR / there is no such folder, check the setting"
            return [], [RulesetProblem(str(folder), "", text)]
        files += sorted(folder.glob("*.toml"))
    located, problems = _read_files(files)
    return located, [*problems, *_clashes(located, {one.path for one in located})]


def _read_files(files: Iterable[Path]) -> tuple[list[LocatedRuleSet], list[RulesetProblem]]:
    located, problems = [], []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(RulesetProblem(file.name, "", f"不能读取文件 / cannot be read: {error}"))
            continue
        ruleset, found = read_ruleset(text, file.name)
        problems += found
        if ruleset is not None:
            located.append(LocatedRuleSet(ruleset, file))
    return located, problems


def _clashes(located: Sequence[LocatedRuleSet], told: set[Path]) -> list[RulesetProblem]:
    """Two files of one version, and two versions of one id on one day: told of the files in ``told``."""
    problems = []
    for at, first in enumerate(located):
        for second in located[at + 1 :]:
            if first.ruleset.id != second.ruleset.id or not {first.path, second.path} & told:
                continue
            file = second.path if second.path in told else first.path
            other = first.path if file == second.path else second.path
            if first.ruleset.version == second.ruleset.version:
                text = f"{other} 已声明同一版本，请换一个版本号 / declares the same version, take another number"
                problems.append(RulesetProblem(file.name, "version", text))
            if day := _common_day(first.ruleset, second.ruleset):
                text = (
                    f"与 {other.name} 的适用期重叠（{day} 两者都适用），请先给较早的一版写 effective_until"
                    f" / its period overlaps that of {other.name} (both on {day}); end the earlier one first"
                )
                problems.append(RulesetProblem(file.name, "effective_from", text))
    return problems


def _common_day(first: RuleSet, second: RuleSet) -> date | None:
    day = max(first.effective_from, second.effective_from)
    return day if first.in_force(day) and second.in_force(day) else None
