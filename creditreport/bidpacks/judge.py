"""Judging a pack: pure rules over what was found out about each item.

1. Genuine: an original of ours, by the five steps; or a code of ours.
2. Valid on the opening date. Only the day is known, so a day counts as a whole, as validity itself does: the report was
   issued on that day or before, is valid through that day or longer, and nobody had revoked or superseded it on that
   day or before, **as far as is known when the pack is checked**. A report that is valid today and ends before the
   opening is not valid on it; one that was valid on a past opening and has ended since is said to be such.
3. The right business: one of the expected, under any code that it has or had. Without a list everybody is right.
4. Window long enough: as many years as wanted, or more.
5. Twice: the same file, the same report, or another report of the same business, further up in the pack.

The word of an item is that of its gravest finding. An expected business with no genuine report in the pack is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from creditreport.bidpacks.facts import Facts, Item, Terms, Trouble
from creditreport.clock import as_shanghai

GENUINE = frozenset({"VALID", "EXPIRED", "SUPERSEDED", "REVOKED"})


class Word(StrEnum):
    """The one word of an item."""

    USABLE = "usable"
    CHECK = "check"
    UNUSABLE = "unusable"


# What can be found, and how grave it is; a note changes no word.
WORDS: dict[str, Word] = {
    **dict.fromkeys(
        (
            "EMPTY", "TOO_LARGE", "ARCHIVE", "NOT_PDF", "UNREADABLE", "ENCRYPTED", "UNSIGNED", "COPY", "SHEET",
            "CHANGED", "NOT_OURS", "UNKNOWN_CODE", "MISTYPED_CODE", "REVOKED", "WITHDRAWN", "SUPERSEDED", "ENDS_BEFORE",
            "ISSUED_AFTER", "OTHER_BUSINESS", "SHORT_WINDOW",
        ),
        Word.UNUSABLE,
    ),
    **dict.fromkeys(
        ("REVOKED_SINCE", "WITHDRAWN_SINCE", "SUPERSEDED_SINCE", "FACTS_CHANGED", "SAME_FILE", "SAME_REPORT",
         "SAME_BUSINESS"),
        Word.CHECK,
    ),
    **dict.fromkeys(("EXPIRED_SINCE", "OBJECTION_OPEN", "REDUCED_SIGNATURE_LEVEL"), Word.USABLE),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should know: a key of :data:`WORDS`, and what its sentence names."""

    code: str
    day: date | None = None
    position: int | None = None
    step: int | None = None
    years: int | None = None
    wanted: int | None = None
    number: str | None = None
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of the table. ``None``: nothing to compare (not genuine, no list, no window wanted)."""

    item: Item
    word: Word
    findings: tuple[Finding, ...]
    genuine: bool
    valid_on_opening: bool | None
    right_business: bool | None
    window_enough: bool | None
    same_as: int | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The table, and the expected codes that have no genuine report in the pack."""

    terms: Terms
    today: date
    rows: tuple[Judged, ...]
    missing: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many items have which word, how many there are, how many businesses are missing."""
        each = {word.value: sum(1 for row in self.rows if row.word is word) for word in Word}
        return {"items": len(self.rows), **each, "missing": len(self.missing)}

    @property
    def complete(self) -> bool:
        """Whether every item is usable and nobody is missing."""
        return not self.missing and all(row.word is Word.USABLE for row in self.rows)


def judge(items: Sequence[Item], terms: Terms, today: date) -> Judgement:
    """The table for ``items``, checked on ``today``. Raises ``ValueError`` for a status that is not known here."""
    before = _Before()
    rows = tuple(_judged(item, terms, today, before) for item in items)
    shown = {code for row in rows if row.genuine for code in row.item.facts.codes}
    return Judgement(terms, today, rows, tuple(code for code in terms.expected if code not in shown))


class _Before:
    """What stood further up in the pack."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}
        self._reports: dict[str, int] = {}
        self._businesses: dict[str, int] = {}

    def twice(self, item: Item) -> Finding | None:
        """The nearest likeness of ``item`` with an earlier one; the item is remembered."""
        facts, at = item.facts, item.position
        genuine = facts.status in GENUINE
        found = None
        if item.sha256 is not None and self._files.setdefault(item.sha256, at) != at:
            found = Finding("SAME_FILE", position=self._files[item.sha256])
        elif genuine and facts.number is not None and facts.number in self._reports:
            found = Finding("SAME_REPORT", position=self._reports[facts.number])
        elif genuine:
            known = [self._businesses[code] for code in facts.codes if code in self._businesses]
            found = Finding("SAME_BUSINESS", position=min(known)) if known else None
        if genuine and facts.number is not None:
            self._reports.setdefault(facts.number, at)
            for code in facts.codes:
                self._businesses.setdefault(code, at)
        return found


def _judged(item: Item, terms: Terms, today: date, before: _Before) -> Judged:
    facts = item.facts
    genuine = facts.status in GENUINE
    valid = right = enough = None
    findings = list(_not_genuine(facts))
    if genuine:
        when = list(_when(facts, terms.opening, today))
        valid = not any(WORDS[one.code] is Word.UNUSABLE for one in when)
        right = bool(set(facts.codes) & set(terms.expected)) if terms.expected else None
        enough = facts.years is not None and facts.years >= terms.years if terms.years else None
        findings += when
        findings += [Finding("OTHER_BUSINESS")] if right is False else []
        findings += [Finding("SHORT_WINDOW", years=facts.years, wanted=terms.years)] if enough is False else []
        findings += [Finding(mark) for mark in facts.marks]
    twice = before.twice(item)
    findings += [twice] if twice is not None else []
    words = [WORDS[one.code] for one in findings]
    word = next((one for one in (Word.UNUSABLE, Word.CHECK) if one in words), Word.USABLE)
    same_as = twice.position if twice is not None else None
    return Judged(item, word, tuple(findings), genuine, valid, right, enough, same_as)


def _not_genuine(facts: Facts) -> Iterator[Finding]:
    if facts.status in GENUINE:
        return
    if facts.sheet:
        yield Finding("SHEET")
    elif facts.copy_of is not None:
        yield Finding("COPY", number=facts.copy_of)
    elif facts.trouble is not None:
        yield Finding(Trouble(facts.trouble).name)
    elif facts.status == "UNKNOWN":
        yield Finding("UNKNOWN_CODE")
    elif facts.status == "MISTYPED":
        yield Finding("MISTYPED_CODE", zh=facts.mistyped_zh, en=facts.mistyped_en)
    elif facts.status == "TAMPERED":
        yield Finding("CHANGED", step=facts.step)
    elif facts.status == "NOT_ISSUED_HERE":
        yield Finding("NOT_OURS", step=facts.step)
    else:
        raise ValueError(facts.status)


def _when(facts: Facts, opening: date, today: date) -> Iterator[Finding]:
    """Rule 2: what stands against the opening date, or has changed since."""
    if facts.issued_at is None or facts.valid_until is None:
        raise ValueError(facts.status)
    issued = as_shanghai(facts.issued_at).date()
    if facts.ended_at is not None:
        ended = as_shanghai(facts.ended_at).date()
        how = "WITHDRAWN" if facts.withdrawn else facts.status
        yield Finding(how if ended <= opening else f"{how}_SINCE", day=ended)
    if issued > opening:
        yield Finding("ISSUED_AFTER", day=issued)
    if facts.valid_until < opening:
        yield Finding("ENDS_BEFORE", day=facts.valid_until)
    elif facts.ended_at is None and facts.valid_until < today:
        yield Finding("EXPIRED_SINCE", day=facts.valid_until)


def as_details(finding: Finding) -> dict[str, Any]:
    """The finding with what it names, for JSON."""
    named = {
        "position": finding.position,
        "step": finding.step,
        "years": finding.years,
        "wanted": finding.wanted,
        "number": finding.number,
    }
    told: dict[str, Any] = {"code": finding.code, **{key: value for key, value in named.items() if value is not None}}
    if finding.day is not None:
        told["day"] = finding.day.isoformat()
    return told
