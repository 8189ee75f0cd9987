"""From the last drop and the checked rows to the next drop. Pure rules.

The next drop holds everything: what the last one held, the accepted rows, and the rows that were sent back. A row that
was sent back is *held*: it stands in the drop with its reasons in place of the day of decision, so that issuing sets it
aside for whomever it concerns. Were it left out, that business's report would say "no record" of a decision that the
department has told us of.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from creditreport.doublepublicity import form
from creditreport.doublepublicity.checks import Accepted, Outcome, Skipped, row_key
from creditreport.doublepublicity.form import Line, Reason, Returned, ticket_of, ticketed
from creditreport.violations.concern import is_valid_code
from creditreport.violations.masking import mask_personal
from creditreport.violations.record import comparable_code

SAME_TWICE, THERE_BEFORE = "same_row_twice", "imported_before"
_GOVERNMENT = "11"
_LONGEST_REASON = 600
Cells = Mapping[str, str]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A row of the last drop that a correction took the place of; ``columns`` are those that differ."""

    cells: Cells
    by: Accepted
    columns: tuple[str, ...]


@dataclass
class Merged:
    """The next drop's rows, and what became of each line of the upload."""

    rows: list[Cells] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    replaced: list[Replaced] = field(default_factory=list)
    released: int = 0


def without_doubles(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One row for one decision: the same row twice counts once, two different ones are both sent back."""
    told = list(outcomes)
    groups: dict[Pair, list[Accepted]] = defaultdict(list)
    for one in told:
        if isinstance(one, Accepted):
            groups[one.key[:2]].append(one)
    changed: dict[int, Outcome] = {}
    for group in groups.values():
        if len({_content(one.cells) for one in group}) == 1:
            changed |= {id(one): Skipped(one.line, SAME_TWICE) for one in group[1:]}
        else:
            lines = "、".join(str(one.line.number) for one in group)
            told_why = f"本文件第 {lines} 行的文号和主体相同而内容不同，只能有一行"
            changed |= {id(one): Returned(one.line, (Reason("duplicate", form.NUMBER, told_why),)) for one in group}
    return [changed.get(id(one), one) for one in told]


def merge(
    slug: str, last: Sequence[Cells], outcomes: Iterable[Outcome], normal: Callable[[Cells], Cells | None]
) -> Merged:
    """The next drop. ``normal`` gives a row of the last drop in the form that accepted rows have, if it has one."""
    places: dict[Pair, list[int]] = defaultdict(list)
    rows: list[Cells | None] = list(last)
    held = {place: ticket for place, row in enumerate(last) if (ticket := held_ticket(row)) is not None}
    for place, row in enumerate(last):
        if place not in held:
            places[row_key(row)[:2]].append(place)
    merged = Merged()
    for one in outcomes:
        told = _place(one, rows, places, normal, merged) if isinstance(one, Accepted) else one
        merged.outcomes.append(told)
    _hold(slug, rows, held, merged)
    merged.rows = [row for row in rows if row is not None]
    return merged


def _place(
    one: Accepted,
    rows: list[Cells | None],
    places: Mapping[Pair, list[int]],
    normal: Callable[[Cells], Cells | None],
    merged: Merged,
) -> Outcome:
    """Put an accepted row where it belongs: at its end, in the place of what it corrects, or nowhere if it is there."""
    before = places.get(one.key[:2], [])
    if not before:
        rows.append(one.cells)
        return one
    there = [row for place in before if (row := rows[place]) is not None]
    others = sorted({row[form.AUTHORITY] for row in there if row_key(row) != one.key})
    if others:
        told = f"已有处罚机关为“{'、'.join(others)}”的同一文号、同一主体的行；更正机关名称请联系工作人员"
        return Returned(one.line, (Reason("duplicate", form.AUTHORITY, told),))
    if len(there) == 1 and normal(there[0]) == one.cells:
        return Skipped(one.line, THERE_BEFORE)
    for place in before:
        row = rows[place]
        if row is not None:
            known = normal(row) or row
            columns = tuple(column for column in form.COLUMNS if known.get(column, "") != one.cells[column])
            merged.replaced.append(Replaced(row, one, columns))
            rows[place] = None
    rows[before[0]] = one.cells
    return one


def _hold(slug: str, rows: list[Cells | None], held: Mapping[int, str], merged: Merged) -> None:
    """Release what has come back corrected, and hold what is sent back now."""
    by_ticket: dict[str, list[Line]] = defaultdict(list)
    right = {one.key[:2] for one in merged.outcomes if isinstance(one, Accepted)}
    right |= {_pair(one.line.cells) for one in merged.outcomes if isinstance(one, Skipped) and one.word == THERE_BEFORE}
    for one in merged.outcomes:
        if one.line.ticket is not None:
            by_ticket[one.line.ticket].append(one.line)
    again = {ticket(slug, one.line): one for one in merged.outcomes if isinstance(one, Returned)}
    for place, known in held.items():
        row = rows[place] or {}
        back = any(_same_decision(row, line.cells) for line in by_ticket.get(known, ()))
        if back or _pair(row) in right or known in again:
            rows[place] = None
            merged.released += known not in again
    rows.extend(_held_row(known, one) for known, one in again.items())


def ticket(slug: str, line: Line) -> str:
    """The lasting name of a row that is sent back: the same row sent again has the same."""
    return hashlib.sha256(f"{slug}\n{_content(line.cells)}".encode()).hexdigest()[:12]


def held_ticket(row: Cells) -> str | None:
    """The ticket of a row that a drop holds until it is corrected."""
    return ticket_of(row.get(form.DECIDED, ""))


def _held_row(known: str, one: Returned) -> Cells:
    cells = dict(one.line.cells) | dict.fromkeys(form.IDENTITY, "")
    cells[form.CODE] = mask_personal(_code_of(one.line))
    told = f"{cells[form.DECIDED]}：{one.text}" if cells[form.DECIDED] else one.text
    cells[form.DECIDED] = ticketed(known, told[:_LONGEST_REASON])
    return {column: cells[column] for column in form.COLUMNS}


def _code_of(line: Line) -> str:
    """The code cell; where the cells have slipped, the first right code of a business that stands in the row."""
    stated = line.cells[form.CODE]
    if line.fits or is_valid_code(comparable_code(stated)):
        return stated
    codes = [code for text in line.cells.values() if is_valid_code(code := comparable_code(text))]
    return next((code for code in codes if not code.startswith(_GOVERNMENT)), stated)


def _same_decision(row: Cells, cells: Cells) -> bool:
    """Whether a row that comes back under a ticket can be that row: it still has its number, its code or its name."""
    columns = (form.NUMBER, form.CODE, form.NAME)
    return any(row.get(column) and comparable_code(row[column]) == comparable_code(cells[column]) for column in columns)


def _pair(cells: Cells) -> Pair:
    return row_key({form.NUMBER: "", form.CODE: "", form.AUTHORITY: "", **cells})[:2]


def row_digest(cells: Cells) -> str:
    """SHA-256 of a row's cells, by which the audit trail names it without telling what it says."""
    return hashlib.sha256(_content(cells).encode()).hexdigest()


def _content(cells: Cells) -> str:
    return json.dumps([cells[column] for column in form.COLUMNS], ensure_ascii=False)
