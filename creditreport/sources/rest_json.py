"""Reading an answer: strict JSON, places in it, rows of cells. Whatever is not exactly as declared is incomplete."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from creditreport.sources.outcome import SourceIncomplete

# A longer number, or one with such a power of ten, is no amount and no count; written out it would fill the memory.
_DIGITS = 60
_MISSING = object()


def parse_json(content: bytes, content_type: str) -> Any:
    """The document. Amounts are exact decimals. Raises :class:`SourceIncomplete` for anything but whole, plain JSON."""
    mime, _, rest = content_type.partition(";")
    mime = mime.strip().lower()
    if mime != "application/json" and not mime.endswith("+json"):
        raise SourceIncomplete(f"应答不是 JSON（{mime[:60] or '未注明类型'}） / the answer is not JSON")
    try:
        text = content.decode(_charset(rest))
        return json.loads(
            text, parse_float=_decimal, parse_int=_whole, parse_constant=_refused, object_pairs_hook=_object
        )
    except (ValueError, LookupError, RecursionError) as error:
        raise SourceIncomplete("应答不是完整正确的 JSON / the answer is not whole and right JSON") from error


def _charset(parameters: str) -> str:
    for part in parameters.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            named = value.strip().strip('"')
            return "utf-8-sig" if named.lower() in {"utf-8", "utf8"} else named
    return "utf-8-sig"


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if len(text) > _DIGITS or abs(number.adjusted()) > _DIGITS:
        raise ValueError("number")
    return number


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError("number")
    return int(text)


def _refused(text: str) -> Any:
    raise ValueError(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("one name twice")
    return found


def at(document: Any, pointer: str, default: Any = _MISSING) -> Any:
    """The value at a JSON pointer (RFC 6901). Raises :class:`SourceIncomplete` naming the place, without a default."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif default is _MISSING:
            raise SourceIncomplete(f"应答中没有“{pointer}” / the answer has no “{pointer}”")
        else:
            return default
    return value


def row_list(document: Any, pointer: str) -> list[Any]:
    """The list of rows. Raises :class:`SourceIncomplete` when there is something else in its place."""
    value = at(document, pointer)
    if not isinstance(value, list):
        raise SourceIncomplete(f"应答的“{pointer}”不是列表 / “{pointer}” of the answer is not a list")
    return value


def same(value: Any, expected: bool | int | str) -> bool:
    """Whether a value is the expected one, of the same kind: 0 is neither false nor "0"."""
    return type(value) is type(expected) and bool(value == expected)


class RowReader:
    """Makes rows of cells from JSON objects and holds them to one set of columns.

    A nested object's members are columns ``outer.inner``; a list of words is one cell, its words separated by ；.
    """

    def __init__(self, optional: Collection[str], ignored: Collection[str]) -> None:
        self._optional, self._ignored = frozenset(optional), frozenset(ignored)
        self.columns: tuple[str, ...] | None = None

    def read(self, value: Any) -> dict[str, Any]:
        """One row. Raises :class:`SourceIncomplete` when it is no object or its columns are not the first row's."""
        if not isinstance(value, Mapping):
            raise SourceIncomplete("列表中的一项不是对象 / an entry of the list is not an object")
        row: dict[str, Any] = {}
        for column, cell in self._cells("", value):
            if column in row:
                raise SourceIncomplete(f"列名“{column}”重复 / a column's name occurs twice")
            row[column] = cell
        if self.columns is None:
            self.columns = (*row, *sorted(self._optional - set(row)))
        different = sorted((set(self.columns) ^ set(row)) - self._optional)
        if different:
            raise SourceIncomplete(f"各行的列不一致：{'、'.join(different)[:200]} / the rows' columns differ")
        return {column: row.get(column) for column in self.columns}

    def _cells(self, prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, inner in value.items():
            column = f"{prefix}{name}"
            if column in self._ignored and isinstance(inner, Mapping | list):
                yield column, None
            elif isinstance(inner, Mapping):
                yield from self._cells(f"{column}.", inner)
            elif isinstance(inner, list):
                if not all(isinstance(one, str) for one in inner):
                    raise SourceIncomplete(f"列“{column}”含有嵌套列表 / the column holds a nested list")
                yield column, "；".join(inner)
            else:
                yield column, inner
