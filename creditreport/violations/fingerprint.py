"""A row of a source as text: kept in the store, told apart by a fingerprint, and read back cell by cell (pure).

A cell comes back as what it was: a day as a day, an amount as an exact decimal. So a row that was kept is mapped as
the source's own row would be, and a row that a person has settled is known again when the source sends it again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

Row = Mapping[str, Any]
_PLAIN = frozenset({str, int, float, bool, type(None)})
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_READ: Mapping[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "time": time.fromisoformat,
    "bytes": bytes.fromhex,
    "text": str,
}


def row_text(row: Row) -> str:
    """``row`` as JSON, its columns in order; what JSON has no word for stands as ``{"kind": "text"}``."""
    return row_bytes(row, sorted(row)).decode()


def row_bytes(row: Row, names: Iterable[str]) -> bytes:
    """The same of the columns ``names`` alone, which are in order already, in UTF-8."""
    cells = {name: cell if type(cell := row[name]) in _PLAIN else _marked(cell) for name in names}
    try:
        # The same text much sooner, but for numbers with a fraction, which are written in more than one way.
        return _ENCODE(cells).encode() if float in map(type, cells.values()) else to_json(cells)
    except (PydanticSerializationError, UnicodeEncodeError):  # half of a surrogate pair, which no store takes
        return json.dumps(cells).encode()


def row_of(text: str) -> dict[str, Any]:
    """The row that :func:`row_text` wrote."""
    return {name: _unmarked(cell) if type(cell) is dict else cell for name, cell in json.loads(text).items()}


def fingerprint(row: Row) -> str:
    """What tells ``row`` from every other: 32 characters that follow from its columns and cells alone."""
    return text_fingerprint(row_text(row))


def text_fingerprint(text: str) -> str:
    """The fingerprint of a row that is text already."""
    return bytes_digest(text.encode()).hex()


def bytes_digest(text: bytes) -> bytes:
    """The same as 16 bytes, of a row in UTF-8."""
    return hashlib.sha256(text).digest()[:16]


def _marked(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, Decimal):
        return {"decimal": str(cell)}
    if isinstance(cell, bytes | bytearray | memoryview):
        return {"bytes": bytes(cell).hex()}
    return {"text": str(cell)}


def _unmarked(cell: Mapping[str, str]) -> Any:
    ((kind, text),) = cell.items()
    return _READ[kind](text)
