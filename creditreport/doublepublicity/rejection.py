"""The rejection file: the rows sent back in the form's columns and 退回原因, to be corrected there and sent again."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import TextIOWrapper
from pathlib import Path

from openpyxl import Workbook

from creditreport.doublepublicity.form import COLUMNS, REASON_COLUMN, Returned, defused, ticketed
from creditreport.doublepublicity.merge import ticket
from creditreport.reports.output import whole_file
from creditreport.spreadsheets import add_texts


def write_rejections(path: Path, slug: str, returned: Iterable[Returned]) -> None:
    """Write ``path`` (CSV if it is called so, else XLSX) as a whole. Raises ``OUTPUT_NOT_WRITABLE``."""
    rows = [[*COLUMNS, REASON_COLUMN]]
    for one in returned:
        reason = ticketed(ticket(slug, one.line), one.text)
        rows.append([*(defused(one.line.cells[column]) for column in COLUMNS), reason])
    with whole_file(path) as file:
        if path.suffix.lower() == ".csv":
            # The byte-order mark lets spreadsheets see that it is UTF-8.
            text = TextIOWrapper(file, "utf-8-sig", newline="")
            csv.writer(text).writerows(rows)
            text.flush()
            text.detach()
            return
        book = Workbook(write_only=True)
        add_texts(book.create_sheet("退回"), rows)
        book.save(file)
