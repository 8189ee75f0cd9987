"""The form of a rule set: its keys, what must be there, and its digest.

Every rule names the article that it rests on and since when that article is in force, so that a reader years later can
look it up; a key that the program does not know, or one that is missing, is an error: no rule has a default.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from creditreport.errors import Problem
from creditreport.violations.reason import Reason
from creditreport.violations.record import Day, Kind

ID_FORM = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def _no_moment(value: Any) -> Any:
    if isinstance(value, datetime):
        raise ValueError("a date is written YYYY-MM-DD")
    return value


def _said(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("blank", "不能为空 / must not be blank")
    return value


Sentence = Annotated[str, BeforeValidator(_said), Field(strict=True, min_length=1)]
RuleDay = Annotated[Day, BeforeValidator(_no_moment)]


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
FIXED_REASONS = tuple(reason for reason in Reason if reason not in SWITCHED)


class LimitName(StrEnum):
    """The time limits of the work around a report; all but the last are working days."""

    UPLOAD = "upload_days"
    UNIT_ANSWER = "unit_answer_days"
    FORWARD = "forward_days"
    CREDIT_OFFICE_ANSWER = "credit_office_answer_days"
    COMPLETION = "completion_days"
    REPAIR_PLATFORM = "repair_platform_days"
    REPAIR_AUTHORITY = "repair_authority_days"
    CODE_CLEANING = "code_cleaning"


class Part(BaseModel):
    """Base of everything in a rule set: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rested(Part):
    """What rests on an article: its words, and since when it is in force."""

    article: Sentence
    since: RuleDay


class Switch(Rested):
    """One exclusion that may be turned off, and whether it applies."""

    excludes: StrictBool


class Label(Part):
    """Words that a listed record must carry."""

    zh: Sentence
    en: Sentence


class CoveredKind(Rested):
    """A kind of record that is listed; one that is no finding of unlawful conduct must say so on the page."""

    finding: StrictBool
    label: Label | None = None

    @model_validator(mode="after")
    def _said_on_the_page(self) -> CoveredKind:
        if not self.finding and self.label is None:
            raise PydanticCustomError(
                "label", "不是违法认定的类别须写明 label / a kind that is no finding needs a label"
            )
        return self


class LongestWindow(Rested):
    """How many years back may be asked for."""

    # The report has words for one to five years; the notice of 2025 asks for no more.
    longest_years: StrictInt = Field(ge=1, le=5)


class Validity(Rested):
    """How many months a report is valid: one, as the report's own words say; another length needs other words."""

    months: StrictInt = Field(ge=1, le=1)


class Limit(Rested):
    """A time limit: so many working days after the day on which it begins, or to the end of that day's month."""

    working_days: StrictInt | None = Field(default=None, ge=1, le=250)
    within: Literal["month"] | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Limit:
        if (self.working_days is None) == (self.within is None):
            raise PydanticCustomError(
                "length", "working_days 与 within 须写且只写一个 / exactly one of working_days, within"
            )
        return self


class RuleSet(Part):
    """One version of a rule set; ``digest`` is the SHA-256 of ``canonical``, the one text of its content.

    Comments and layout of the file do not count. The content is stored with the first report that uses it and is read
    back by this form years later: a key that is added here must be optional, or old reports cannot be made again.
    """

    id: str = Field(pattern=f"^{ID_FORM.pattern}$", max_length=40)
    version: StrictInt = Field(ge=1, le=999)
    title: Sentence
    title_en: Sentence
    effective_from: RuleDay
    effective_until: RuleDay | None = None
    trial_until: RuleDay | None = None
    window: LongestWindow
    validity: Validity
    kinds: dict[Kind, CoveredKind] = Field(min_length=1)
    basis: dict[Reason, Rested]
    switches: dict[SwitchName, Switch]
    limits: dict[LimitName, Limit]
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    canonical: str = Field(repr=False)

    @property
    def longest_years(self) -> int:
        """How many years back may be asked for."""
        return self.window.longest_years

    @property
    def validity_months(self) -> int:
        """How many months a report is valid."""
        return self.validity.months

    @property
    def covered_kinds(self) -> frozenset[Kind]:
        """The kinds of records that count as violation records."""
        return frozenset(self.kinds)

    def applies(self, reason: Reason) -> bool:
        """Whether this rule set excludes for ``reason`` at all."""
        return reason not in SWITCHED or self.switches[SwitchName(reason.lower())].excludes

    def rests_on(self, reason: Reason) -> Rested:
        """The article that an exclusion for ``reason`` rests on, and since when it is in force."""
        return self.switches[SwitchName(reason.lower())] if reason in SWITCHED else self.basis[reason]

    def basis_of(self, reason: Reason) -> str:
        """What an exclusion for ``reason`` rests on, in Chinese."""
        return self.rests_on(reason).article

    def in_force(self, day: date) -> bool:
        """Whether reports may be issued under it on ``day``; both ends count."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)

    def trial_over(self, day: date) -> bool:
        """Whether it was a trial that ended before ``day``: staff are told, the service goes on."""
        return self.trial_until is not None and self.trial_until < day

    def check_years(self, years: int, *, shown: dict[str, Any] | None = None) -> None:
        """Raise ``INVALID_YEARS`` unless ``years`` can be chosen under this rule set (plan 二(六))."""
        if not 1 <= years <= self.longest_years:
            raise Problem("INVALID_YEARS", shown=shown, value=years, ruleset=self.id, longest=self.longest_years)


def canonical_text(content: dict[str, Any]) -> str:
    """The one text of a rule set's content: sorted keys, no spaces, days in ISO form."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)


def _iso(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def from_content(content: dict[str, Any]) -> RuleSet:
    """The rule set with this content. Raises pydantic's ``ValidationError``."""
    text = canonical_text(content)
    return RuleSet.model_validate({**content, "digest": sha256(text.encode("utf-8")).hexdigest(), "canonical": text})
