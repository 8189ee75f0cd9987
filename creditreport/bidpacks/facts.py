"""What is known of one item of a pack once it was looked at: kept as JSON until all are, then judged together."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Kind(StrEnum):
    """What was handed in."""

    FILE = "file"
    CODE = "code"


class Trouble(StrEnum):
    """Why a file cannot be a report, whatever a verdict would say."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ARCHIVE = "archive"
    NOT_PDF = "not_pdf"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    UNSIGNED = "unsigned"


class Facts(BaseModel):
    """The verdict on one item, without anything that only a valid report tells (contract, verify).

    ``codes`` are all unified codes of the business: the report's own, those it replaced, the register's today.
    ``ended_at`` is when a report was revoked or superseded. ``step`` is the first of the five steps that failed,
    ``copy_of`` the number of the report that a print or scan shows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: str
    trouble: Trouble | None = None
    step: int | None = None
    copy_of: str | None = None
    sheet: bool = False
    mistyped_zh: str = ""
    mistyped_en: str = ""
    number: str | None = None
    uscc: str | None = None
    codes: tuple[str, ...] = ()
    entity_name: str | None = None
    years: int | None = None
    window_start: date | None = None
    window_end: date | None = None
    issued_at: datetime | None = None
    valid_until: date | None = None
    ended_at: datetime | None = None
    withdrawn: bool = False
    marks: tuple[str, ...] = ()


class Item(BaseModel):
    """One item of a pack, in the order in which they were handed in (``position`` from 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    position: int
    label: str
    kind: Kind
    sha256: str | None
    facts: Facts


class Terms(BaseModel):
    """What the reports are wanted for. ``expected``: unified codes, in the order given; empty: nobody in particular."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str
    opening: date
    years: int | None = None
    expected: tuple[str, ...] = ()
