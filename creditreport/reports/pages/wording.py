"""The report's fixed wording, from ``templates/report/wording.toml``: checked whole when it is read."""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from creditreport.clock import as_shanghai
from creditreport.config import data_folder
from creditreport.entities.entity import EntityType, RegistrationStatus
from creditreport.errors import Problem
from creditreport.reports.content import Purpose
from creditreport.violations.record import Kind, PenaltyType

FILE = Path("report") / "wording.toml"


def _naming(*names: str) -> AfterValidator:
    """A wording that is filled in: it holds each of ``names`` in braces and no other."""

    def check(text: str) -> str:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if found != set(names):
            raise ValueError(f"must hold exactly {sorted(names)} in braces")
        return text

    return AfterValidator(check)


def _may_name(*names: str) -> AfterValidator:
    """A wording that may hold any of ``names`` in braces."""

    def check(text: str) -> str:
        foreign = {name for _, name, _, _ in Formatter().parse(text) if name is not None} - set(names)
        if foreign:
            raise ValueError(f"may hold only {sorted(names)} in braces")
        return text

    return AfterValidator(check)


class Words(BaseModel):
    """Base of every table of the file: a missing or an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ConclusionWords(Words):
    """The two wordings of the conclusion and where the records are."""

    heading: str
    none: Annotated[str, _naming("implemented")]
    some: Annotated[str, _naming("implemented", "listed", "fields")]
    where: Annotated[str, _naming("fields")]
    where_one: Annotated[str, _naming("title", "count")]
    where_join: str
    where_more: Annotated[str, _naming("fields", "count")]


class FirstPageWords(Words):
    """What a receiver should know before turning the page."""

    hints_heading: str
    hints: tuple[Annotated[str, _may_name("official_domain")], ...]


class SubjectLabels(Words):
    """Labels of the table on the first page."""

    name: str
    uscc: str
    entity_type: str
    registration_status: str
    window: str
    years: str
    purpose: str
    issued_at: str
    valid_until: str
    ruleset: str


class FieldWords(Words):
    """The table of 45 fields."""

    heading: str
    number: str
    title: str
    unit: str
    result: str
    data_as_of: str
    none: str
    count: Annotated[str, _naming("count")]
    not_implemented: str
    no_time: str


class DetailWords(Words):
    """Headings of the details."""

    heading: str
    domain: Annotated[str, _naming("number", "title")]
    unit: Annotated[str, _naming("unit", "count")]
    record: Annotated[str, _naming("at", "count")]


class RecordLabels(Words):
    """Labels of a record's lines."""

    kind: str
    document_number: str
    authority: str
    decided_on: str
    listed_on: str
    violation_type: str
    penalty_types: str
    fine_yuan: str
    confiscated_yuan: str
    facts: str
    legal_basis: str
    penalty_content: str


class Note(Words):
    """One note: what it is about, and what it says."""

    lead: str
    text: Annotated[str, _may_name("authority", "official_domain", "ruleset_title", "valid_until")]


class NoteWords(Words):
    """The notes at the end."""

    heading: str
    notes: tuple[Note, ...]


class Wording(Words):
    """One language of the report."""

    language: str
    title: str
    subtitle: str
    subject: Annotated[str, _naming("name")]
    number: str
    scan: str
    page: Annotated[str, _naming("page", "pages")]
    code: str
    date: Annotated[str, _naming("year", "month", "day")]
    moment: Annotated[str, _naming("year", "month", "day", "hour", "minute")]
    window: Annotated[str, _naming("start", "end")]
    valid_until: Annotated[str, _naming("date")]
    amount: Annotated[str, _naming("amount")]
    not_stated: str
    disputed: str
    continued: str
    conclusion: ConclusionWords
    first_page: FirstPageWords
    subject_labels: SubjectLabels
    fields: FieldWords
    details: DetailWords
    record_labels: RecordLabels
    notes: NoteWords
    years: Mapping[int, str]
    purposes: Mapping[Purpose, str]
    entity_types: Mapping[EntityType, str]
    registration_statuses: Mapping[RegistrationStatus, str]
    kinds: Mapping[Kind, str]
    penalty_types: Mapping[PenaltyType, str]

    def day(self, day: dt.date) -> str:
        """A day in words."""
        return self.date.format(year=day.year, month=day.month, day=day.day)

    def time(self, moment: dt.datetime) -> str:
        """A moment in words, Shanghai time."""
        told = as_shanghai(moment)
        return self.moment.format(year=told.year, month=told.month, day=told.day, hour=told.hour, minute=told.minute)

    @property
    def digest(self) -> str:
        """Eight hex digits that change with any word: part of the renderer's version."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]


def load_wording(templates_dir: Path, language: str = "zh") -> Wording:
    """The wording in ``language``. Raises ``INVALID_WORDING`` naming file, key and problem."""
    path = templates_dir / FILE
    try:
        wording = Wording.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))[language])
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise Problem("INVALID_WORDING", path=str(path), detail=f"{language}.{key}: {first['msg']}") from error
    except (OSError, ValueError, KeyError) as error:
        raise Problem("INVALID_WORDING", path=str(path), detail=f"{type(error).__name__} {error}") from error
    for name, needed, given in (
        ("entity_types", set(EntityType), wording.entity_types),
        ("registration_statuses", set(RegistrationStatus), wording.registration_statuses),
        ("purposes", set(Purpose), wording.purposes),
        ("kinds", set(Kind), wording.kinds),
        ("penalty_types", set(PenaltyType), wording.penalty_types),
    ):
        missing = sorted(needed - set(given))
        if missing:
            raise Problem("INVALID_WORDING", path=str(path), detail=f"{language}.{name}: {missing[0]} missing")
    return wording


@cache
def shipped_wording() -> Wording:
    """The wording that comes with the program, for callers that are given no other."""
    folder = data_folder("templates")
    if folder is None:
        raise Problem("INVALID_WORDING", path=str(FILE), detail="templates")
    return load_wording(folder)
