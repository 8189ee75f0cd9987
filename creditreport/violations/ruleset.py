"""Rule sets: which kinds are covered, which exclusions apply and what each rests on, as data with an id and a digest.

A rule set is one TOML file in ``rulesets/``; adding one needs no code. The steps themselves, and their order, are the
same for all rule sets (``steps.py``).
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from creditreport.errors import Problem
from creditreport.violations.reason import Reason
from creditreport.violations.record import Kind

FOLDER = Path(__file__).with_name("rulesets")
ID_FORM = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

Sentence = Annotated[str, Field(min_length=1)]


class SwitchName(StrEnum):
    """The exclusions that a rule set may turn off; the name is its reason code in lower case."""

    SHIELDED = "shielded"
    PUBLICITY_ENDED = "publicity_ended"
    SUMMARY_PROCEDURE = "summary_procedure"
    WARNING_ONLY = "warning_only"

    @property
    def reason(self) -> Reason:
        """The reason code that this switch governs."""
        return Reason(self.value.upper())


SWITCHED = frozenset(name.reason for name in SwitchName)


class Part(BaseModel):
    """Base of everything in a rule set: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Switch(Part):
    """One exclusion: whether it applies, the article that it rests on, and since when that article is in force."""

    excludes: bool
    article: Sentence
    since: date


class RuleSet(Part):
    """One rule set; ``digest`` is the SHA-256 of its content, comments and layout of the file not counted."""

    id: str = Field(pattern=f"^{ID_FORM.pattern}$")
    title: Sentence
    title_en: Sentence
    effective_from: date
    effective_until: date | None = None
    longest_years: int = Field(ge=1, le=10)
    validity_months: int = Field(ge=1, le=12)
    covered_kinds: frozenset[Kind] = Field(min_length=1)
    basis: dict[Reason, Sentence]
    switches: dict[SwitchName, Switch]
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _nothing_left_open(self) -> RuleSet:
        # No default for a rule: a switch or a basis that the file forgets must not decide anything.
        if absent := [name for name in SwitchName if name not in self.switches]:
            raise ValueError(f"switch {absent[0]} is missing")
        fixed = [reason for reason in Reason if reason not in SWITCHED]
        if absent_basis := [reason for reason in fixed if reason not in self.basis]:
            raise ValueError(f"basis of {absent_basis[0]} is missing")
        if doubled := sorted(self.basis.keys() & SWITCHED):
            raise ValueError(f"basis of {doubled[0]} is its switch's article")
        return self

    def applies(self, reason: Reason) -> bool:
        """Whether this rule set excludes for ``reason`` at all."""
        return reason not in SWITCHED or self.switches[SwitchName(reason.lower())].excludes

    def basis_of(self, reason: Reason) -> str:
        """What an exclusion for ``reason`` rests on, in Chinese."""
        return self.switches[SwitchName(reason.lower())].article if reason in SWITCHED else self.basis[reason]

    def check_years(self, years: int, *, shown: dict[str, Any] | None = None) -> None:
        """Raise ``INVALID_YEARS`` unless ``years`` can be chosen under this rule set (plan 二(六))."""
        if not 1 <= years <= self.longest_years:
            raise Problem("INVALID_YEARS", shown=shown, value=years, ruleset=self.id, longest=self.longest_years)


def known_rulesets() -> tuple[str, ...]:
    """The ids of all rule sets, sorted."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


def load_ruleset(ruleset_id: str, *, shown: dict[str, Any] | None = None) -> RuleSet:
    """The rule set with this id. Raises ``UNKNOWN_RULESET`` that names those there are."""
    known = known_rulesets()
    if ruleset_id not in known:
        raise Problem("UNKNOWN_RULESET", shown=shown, value=ruleset_id, known=", ".join(known))
    return _load(ruleset_id)


@cache
def _load(ruleset_id: str) -> RuleSet:
    return parse_ruleset((FOLDER / f"{ruleset_id}.toml").read_text(encoding="utf-8"), expected_id=ruleset_id)


def parse_ruleset(text: str, *, expected_id: str) -> RuleSet:
    """A rule set from the text of its file; ``ValueError`` when it is incomplete, unknown or under another name."""
    content = tomllib.loads(text)
    if content.get("id") != expected_id:
        raise ValueError(f"the file {expected_id}.toml declares the id {content.get('id')!r}")
    return RuleSet.model_validate({**content, "digest": _digest(content)})


def _digest(content: dict[str, Any]) -> str:
    canonical = json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=lambda day: day.isoformat()
    )
    return sha256(canonical.encode("utf-8")).hexdigest()
