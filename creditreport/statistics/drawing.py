"""Which figures are drawn, and how: the one choice for the page and for the monthly report."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from creditreport.statistics.charts import Bar, Chart, bars, columns
from creditreport.statistics.figures import Figures
from creditreport.statistics.table import Kind, Table
from creditreport.statistics.written import Writer

# More bars are no glance any more; the table has all of them.
MOST_BARS = 10
ALL = Decimal(1)


@dataclass(frozen=True, slots=True)
class Size:
    """How wide a drawing is and how large its text, in the medium's own unit; days are drawn ``height`` high."""

    width: float
    text: float
    height: float


SCREEN = Size(320, 13, 170)


def charts(told: Figures, writer: Writer, size: Size = SCREEN) -> dict[str, Chart]:
    """A chart for each table that is drawn, by the table's key; none where there is nothing to be seen."""
    drawn: dict[str, Chart | None] = {
        "issued_by_day": _days(told.table("issued_by_day"), writer, size),
        "verified_by_day": _days(told.table("verified_by_day"), writer, size),
        "issued_by_purpose": _counts(told.table("issued_by_purpose"), "purpose", "reports", writer, size),
        "issued_by_field": _counts(told.table("issued_by_field"), "field", "records", writer, size),
        "verified_by_verdict": _counts(told.table("verified_by_verdict"), "verdict", "looks", writer, size),
        "refused_by_reason": _counts(told.table("refused_by_reason"), "reason", "askings", writer, size),
        "refused_by_source": _counts(told.table("refused_by_source"), "field", "askings", writer, size),
        "publicity": _shares(told.table("publicity"), "field", "timeliness", writer, size),
        "publicity_compliance": _shares(told.table("publicity"), "field", "compliance", writer, size),
        "letters_by_unit": _shares(told.table("letters_by_unit"), "unit", "in_time", writer, size),
    }
    return {key: chart for key, chart in drawn.items() if chart is not None}


def _days(table: Table, writer: Writer, size: Size) -> Chart | None:
    totals = cast(list[int], table.column("total"))
    if not any(totals):
        return None
    days = [str(day) for day in table.column("day")]
    greatest = max(totals)
    at = days[totals.index(greatest)]
    what = (
        f"合计 {sum(totals):,}，最多的一天 {at}：{greatest:,}"
        if writer.language == "zh"
        else f"{sum(totals):,} in all, most on {at}: {greatest:,}"
    )
    named = [(f"{int(day[5:7])}-{int(day[8:])}", total) for day, total in zip(days, totals, strict=True)]
    return columns(
        table.key, writer.title(table), named, what, width=size.width, height=size.height, size=size.text * 0.85
    )


def _counts(table: Table, name: str, value: str, writer: Writer, size: Size) -> Chart | None:
    kind = next(column.kind for column in table.columns if column.key == name)
    rows = [
        Bar(writer.text(kind, word), cast(int, count), f"{count:,}")
        for word, count in zip(table.column(name), table.column(value), strict=True)
    ]
    if not any(row.value for row in rows):
        return None
    return bars(table.key, writer.title(table), rows[:MOST_BARS], width=size.width, size=size.text)


def _shares(table: Table, name: str, value: str, writer: Writer, size: Size) -> Chart | None:
    kind = next(column.kind for column in table.columns if column.key == name)
    column = next(column for column in table.columns if column.key == value)
    rows = [
        Bar(writer.text(kind, word), cast(Decimal | None, part), writer.text(Kind.SHARE, part))
        for word, part in zip(table.column(name), table.column(value), strict=True)
    ]
    if not any(row.value is not None for row in rows):
        return None
    # The slowest first: that is who is to be spoken to.
    rows.sort(key=lambda row: (row.value is None, row.value or 0, row.name))
    title = f"{writer.title(table)}：{writer.head(table, column)}" if writer.language == "zh" else (
        f"{writer.title(table)}: {writer.head(table, column).lower()}"
    )  # fmt: skip
    return bars(f"{table.key}-{value}", title, rows[:MOST_BARS], width=size.width, size=size.text, full=ALL)
