"""The report's fixed wording in one language: which words there are and which names each is filled in with."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from creditreport.clock import as_shanghai
from creditreport.entities.entity import EntityType, RegistrationStatus
from creditreport.reports.content import DomainResult, Purpose
from creditreport.violations.record import Kind, PenaltyType


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


class SubjectLabels(Words):
    """Labels of the table on the first page."""

    name: str
    uscc: str
    entity_type: str
    registration_status: str
    window: str
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

    separator: str
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
    months: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]
    date: Annotated[str, _naming("year", "month", "day")]
    moment: Annotated[str, _naming("date", "hour", "minute")]
    window: Annotated[str, _naming("years", "start", "end")]
    valid_until: Annotated[str, _naming("date")]
    amount: Annotated[str, _naming("amount")]
    not_stated: str
    disputed: str
    continued: str
    conclusion: ConclusionWords
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
    names: Mapping[str, str]

    @property
    def chinese(self) -> bool:
        """Whether this is the language that names, facts and numbers are recorded in."""
        return self.language.startswith("zh")

    def name(self, recorded: str) -> str:
        """A proper name in this language; one that has none here stays as it was recorded."""
        return self.names.get(recorded, recorded)

    def field(self, domain: DomainResult) -> str:
        """The title of a field."""
        return domain.title if self.chinese else domain.title_en

    def day(self, day: dt.date) -> str:
        """A day in words."""
        return self.date.format(year=day.year, month=self.months[day.month - 1], day=day.day)

    def time(self, moment: dt.datetime) -> str:
        """A moment in words, Shanghai time."""
        told = as_shanghai(moment)
        return self.moment.format(date=self.day(told.date()), hour=told.hour, minute=told.minute)

    def period(self, years: int, start: dt.date, end: dt.date) -> str:
        """The days looked at."""
        return self.window.format(years=self.years[years], start=self.day(start), end=self.day(end))

    def last_day(self, day: dt.date) -> str:
        """Until when the report is valid."""
        return self.valid_until.format(date=self.day(day))

    @property
    def digest(self) -> str:
        """Eight hex digits that change with any word: part of the renderer's version."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]
