"""Reading what a pack is wanted for, as people type it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from creditreport.bidpacks.facts import Terms
from creditreport.errors import Problem
from creditreport.reports.request import read_day, read_years
from creditreport.violations.ruleset import RuleSet

LONGEST_PROJECT = 200
# Farther off either way it is a slip of the finger: reports are valid for a month.
AHEAD, BACK = timedelta(days=366), timedelta(days=10 * 366)


def read_terms(
    project: str, opening: str, years: str, expected: Sequence[str], *, ruleset: RuleSet, today: date
) -> Terms:
    """The terms. ``years`` empty: any window will do.

    Raises ``PACK_TERMS`` naming what cannot be used; ``INVALID_DATE``, ``INVALID_YEARS``.
    """
    name = " ".join("".join(char for char in project if unicodedata.category(char) != "Cf").split())
    if len(name) > LONGEST_PROJECT or any(unicodedata.category(char)[0] == "C" for char in name):
        raise wrong_term(
            "项目名称", f"最多 {LONGEST_PROJECT} 字", "project's name", f"at most {LONGEST_PROJECT} characters"
        )
    return Terms(project=name, opening=_opening(opening, today), years=_years(years, ruleset), expected=tuple(expected))


def _opening(text: str, today: date) -> date:
    day = read_day(text.strip())
    if day is None:
        raise wrong_term("开标日期", "没有填写", "opening date", "it was not given")
    if not today - BACK <= day <= today + AHEAD:
        raise wrong_term("开标日期", f"{day} 离今天太远", "opening date", f"{day} is too far from today")
    return day


def _years(text: str, ruleset: RuleSet) -> int | None:
    if not text.strip():
        return None
    return read_years(text.strip(), ruleset)


def wrong_term(what_zh: str, detail_zh: str, what_en: str, detail_en: str) -> Problem:
    """``PACK_TERMS`` naming what cannot be used, and why."""
    return Problem("PACK_TERMS", what_zh=what_zh, detail_zh=detail_zh, what_en=what_en, detail_en=detail_en)
