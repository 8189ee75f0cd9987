"""Samples of sources: a few rows in a source's own columns, and what each of them must become.

A sample is read through the same code that issuing uses, with its rows in memory. ``domains/README.md`` says how to
write one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from creditreport.catalog.manifest import LocatedManifest, Manifest, Role
from creditreport.catalog.words import Vocabulary
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.sources.base import Deadline, Opened, Rows
from creditreport.violations.reading import Kept, about_business, all_businesses
from creditreport.violations.record import ViolationRecord

SAMPLES = Path(__file__).parent / "samples"
# The business that every sample is read for; all other codes and names are others'.
BUSINESS = BusinessEntity(
    "r1",
    "91320900MA1MBCDEXU",
    "盐城样例有限公司",
    EntityType.COMPANY,
    RegistrationStatus.ACTIVE,
    previous_codes=("913209007FAKE0001X",),
    former_names=("盐城旧称有限公司",),
    registration_number="320900000012345",
)
BUSINESS = replace(BUSINESS, sole_numbers=BUSINESS.numbers)
Cells = dict[str, Any]
LISTED = "listed"


class SampleRow(BaseModel):
    """One row and what becomes of it: exactly one of ``gives``, ``aside``, ``skipped``, ``another``.

    ``cells`` are those that differ from the sample's usual row. ``screened`` goes with ``gives``: ``listed`` or the
    reason code for which the record is not listed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    cells: Cells
    gives: dict[str, Any] | None = None
    screened: str | None = None
    aside: str | None = None
    problem: str = ""
    skipped: str | None = None
    another: bool = False

    @model_validator(mode="after")
    def _one_outcome(self) -> SampleRow:
        outcomes = [self.gives is not None, self.aside is not None, self.skipped is not None, self.another]
        if sum(outcomes) != 1:
            raise ValueError("a row has exactly one of gives, aside, skipped, another")
        if self.screened is not None and self.gives is None:
            raise ValueError("screened goes with gives")
        if bool(self.problem) != (self.aside is not None):
            raise ValueError("aside and problem go together")
        return self


class SampleForm(BaseModel):
    """The form of a sample's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    usual: Cells
    rows: tuple[SampleRow, ...]


@dataclass(frozen=True)
class Sample:
    """A manifest with its sample, and what reading it takes."""

    located: LocatedManifest
    form: SampleForm
    vocabulary: Vocabulary
    taken: frozenset[str] = frozenset()

    @property
    def manifest(self) -> Manifest:
        return self.located.manifest

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.form.usual)

    def row(self, one: SampleRow) -> Cells:
        """The whole row, its cells as the driver hands them over."""
        return {column: _cell(cell) for column, cell in {**self.form.usual, **one.cells}.items()}

    @property
    def giving(self) -> list[tuple[SampleRow, Cells]]:
        """The rows that become something."""
        return [(one, self.row(one)) for one in self.form.rows if one.gives is not None]

    def read(self, rows: Sequence[Cells], columns: Sequence[str] | None = None) -> Kept:
        """What the program makes of these rows. Raises ``SourceIncomplete`` as it does for a source."""
        opened = Opened(tuple(columns or self.columns), iter(rows))
        read = Rows(opened, Deadline(20), self.manifest.source.as_of.column)
        if self.manifest.role is Role.REGISTER:
            return all_businesses(self.manifest, self.vocabulary, read)
        return about_business(self.manifest, BUSINESS, self.vocabulary, self.taken, read)


def sample_path(slug: str) -> Path:
    return SAMPLES / f"{slug}.json"


def missing_sample(located: LocatedManifest) -> str | None:
    """What a manifest without a sample is told; ``None`` if it has one."""
    path = sample_path(located.manifest.slug)
    if path.is_file():
        return None
    return (
        f"{located.path.name} has no sample: add tests/contract/samples/{path.name} with a few rows of the source and "
        f"what becomes of each (domains/README.md, “The sample”) / 缺少样例文件 {path.name}"
    )


def load_form(text: str, *, exact: bool) -> SampleForm:
    """The form in ``text``; ``exact``: numbers with a point are decimals, as the drivers of interfaces read them."""
    return SampleForm.model_validate(json.loads(text, parse_float=Decimal if exact else float))


def load_sample(located: LocatedManifest, vocabulary: Vocabulary, taken: frozenset[str]) -> Sample:
    """The sample of a manifest. Raises ``AssertionError`` with a sentence if there is none, or no right one."""
    missing = missing_sample(located)
    if missing is not None:
        raise AssertionError(missing)
    path = sample_path(located.manifest.slug)
    try:
        form = load_form(path.read_text(encoding="utf-8"), exact=located.manifest.source.driver == "rest")
    except (ValidationError, json.JSONDecodeError) as error:
        raise AssertionError(f"{path.name}: {error}") from error
    return Sample(located, form, vocabulary, taken)


def _cell(cell: Any) -> Any:
    """JSON has no days: ``{"day": "2026-03-04"}`` and ``{"moment": "2026-03-04T10:00:00"}`` are cells that are."""
    if isinstance(cell, Mapping):
        ((kind, text),) = cell.items()
        return {"day": date.fromisoformat, "moment": datetime.fromisoformat}[kind](text)
    return cell


def plain(value: Any) -> dict[str, Any]:
    """A record, an overlay's entry or a business as JSON, what is not stated left out."""
    if isinstance(value, ViolationRecord):
        return value.canonical()
    if isinstance(value, BusinessEntity):
        parts = {key: getattr(value, key) for key in BusinessEntity.__dataclass_fields__}
    else:
        parts = {key: getattr(value, key) for key in ("overlay", "entry_id", "uscc", "document_number", "changes")}
    document: dict[str, Any] = json.loads(json.dumps(parts, default=_json_default, ensure_ascii=False))
    return {key: part for key, part in document.items() if part not in (None, [])}


def _json_default(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return list(value) if isinstance(value, frozenset) else str(value)
