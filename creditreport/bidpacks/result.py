"""The table of a pack, frozen when its last item was checked: page, workbook, sheet and JSON are made from it alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from creditreport.bidpacks.facts import Kind
from creditreport.bidpacks.judge import Judged, Judgement, Word, as_details
from creditreport.bidpacks.sentences import sentence


class Frozen(BaseModel):
    """Nothing in it changes, and nothing unknown is in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(Frozen):
    """One sentence in both languages."""

    zh: str
    en: str


class ResultRow(Frozen):
    """One item; the facts of a report only for a genuine one, and none that only a valid report tells."""

    position: int
    label: str
    kind: Kind
    word: Word
    sentence: Told
    findings: tuple[dict[str, Any], ...]
    status: str
    genuine: bool
    valid_on_opening: bool | None
    right_business: bool | None
    window_enough: bool | None
    same_as: int | None
    number: str | None
    uscc: str | None
    entity_name: str | None
    years: int | None
    window_start: date | None
    window_end: date | None
    issued_at: datetime | None
    valid_until: date | None


class Result(Frozen):
    """The whole table, of the moment ``checked_at``."""

    project: str
    opening: date
    years: int | None
    expected: int
    checked_at: datetime
    counts: dict[str, int]
    complete: bool
    items: tuple[ResultRow, ...]
    missing: tuple[str, ...]


def frozen(judgement: Judgement, checked_at: datetime) -> Result:
    """The table as it is kept."""
    terms = judgement.terms
    return Result(
        project=terms.project,
        opening=terms.opening,
        years=terms.years,
        expected=len(terms.expected),
        checked_at=checked_at,
        counts=judgement.counts,
        complete=judgement.complete,
        items=tuple(_row(row) for row in judgement.rows),
        missing=judgement.missing,
    )


def _row(row: Judged) -> ResultRow:
    item, facts = row.item, row.item.facts
    zh, en = sentence(row)
    return ResultRow(
        position=item.position,
        label=item.label,
        kind=item.kind,
        word=row.word,
        sentence=Told(zh=zh, en=en),
        findings=tuple(as_details(one) for one in row.findings),
        status=facts.status,
        genuine=row.genuine,
        valid_on_opening=row.valid_on_opening,
        right_business=row.right_business,
        window_enough=row.window_enough,
        same_as=row.same_as,
        number=facts.number,
        uscc=facts.uscc,
        entity_name=facts.entity_name,
        years=facts.years,
        window_start=facts.window_start,
        window_end=facts.window_end,
        issued_at=facts.issued_at,
        valid_until=facts.valid_until,
    )
