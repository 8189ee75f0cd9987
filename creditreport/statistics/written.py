"""Figures as people and spreadsheets read them: words for codes, percent for shares, days as dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from creditreport.catalog.load import Catalog
from creditreport.clock import as_shanghai
from creditreport.spreadsheets import Cell
from creditreport.statistics import words
from creditreport.statistics.figures import Figures
from creditreport.statistics.table import Column, Kind, Table, Value
from creditreport.statistics.words import Words, said

NOTHING = "–"
_CODES: dict[Kind, Words] = {
    Kind.PURPOSE: words.PURPOSES,
    Kind.CHANNEL: words.CHANNELS,
    Kind.VERDICT: words.VERDICTS,
    Kind.CASE_KIND: words.CASE_KINDS,
    Kind.REASON: words.REASONS,
    Kind.MODE: words.MODES,
    Kind.STATE: words.STATES,
}
_DAY_WORDS = {**words.PURPOSES, **words.CHANNELS}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes figures in one language (``zh`` or ``en``); the catalogue knows what the fields are called."""

    catalog: Catalog
    language: str

    def title(self, table: Table) -> str:
        """What a table is called."""
        return said(words.TABLES, table.key, self.language)

    def note(self, table: Table) -> str:
        """How a table is to be read; empty if it speaks for itself."""
        return said(words.NOTES, table.key, self.language) if table.key in words.NOTES else ""

    def indicator(self, key: str) -> str:
        """What an indicator is called."""
        return said(words.INDICATORS, key, self.language)

    def head(self, table: Table, column: Column) -> str:
        """What a column is called; the same word may mean another thing in another table."""
        for key, known in ((f"{table.key}.{column.key}", words.COLUMNS), (column.key, words.COLUMNS)):
            if key in known:
                return said(known, key, self.language)
        return said(_DAY_WORDS, column.key, self.language)

    def text(self, kind: Kind, value: Value) -> str:
        """A value for people; ``–`` where there is none."""
        if value is None:
            return NOTHING
        if isinstance(value, Decimal):
            return percent(value) if kind is Kind.SHARE else f"{value.normalize():f}"
        if isinstance(value, datetime):
            return f"{as_shanghai(value):%Y-%m-%d %H:%M}"
        if isinstance(value, date):
            return value.isoformat()
        return f"{value:,}" if isinstance(value, int) else self._code(kind, value)

    def cell(self, kind: Kind, value: Value) -> Cell:
        """A value for a spreadsheet: numbers stay numbers, what is missing is empty."""
        if isinstance(value, date | str):
            return self.text(kind, value)
        return value

    def _code(self, kind: Kind, value: str) -> str:
        if kind is Kind.FIELD:
            return self.field(value)
        return said(_CODES[kind], value, self.language) if kind in _CODES else value

    def field(self, slug: str) -> str:
        """The title of a field, of an overlay, or of the register."""
        for located in self.catalog.all:
            if located.manifest.slug == slug:
                return located.manifest.title_en if self.language == "en" else located.manifest.title
        return slug

    def rows(self, table: Table) -> Iterator[list[Cell]]:
        """A table for a spreadsheet, its head first."""
        yield [self.head(table, column) for column in table.columns]
        for row in table.rows:
            yield [self.cell(column.kind, value) for column, value in zip(table.columns, row, strict=True)]

    def sheets(self, told: Figures) -> Iterator[tuple[str, list[list[Cell]]]]:
        """Everything for a workbook: the indicators, then each table."""
        kept: Callable[[str], str] = lambda key: said(words.COLUMNS, key, self.language)  # noqa: E731
        head: list[Cell] = [kept("indicator"), kept("value")]
        period: list[Cell] = ["", f"{told.period.first} – {told.period.last}"]
        indicators = [[self.indicator(one.key), self.cell(one.kind, one.value)] for one in told.indicators]
        yield said(words.TABLES, "indicators", self.language), [head, period, *indicators]
        for table in told.tables:
            yield self.title(table), list(self.rows(table))


def percent(value: Decimal) -> str:
    """A share as 98.5%; what is not quite all is never written as 100%, nor what is not quite nothing as 0%."""
    shown = (value * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if value < 1 and shown == 100:
        shown = Decimal("99.9")
    elif value > 0 and shown == 0:
        shown = Decimal("0.1")
    return f"{shown.normalize():f}%" if shown != shown.to_integral() else f"{shown:.0f}%"
