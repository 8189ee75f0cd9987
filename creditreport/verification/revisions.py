"""Reading the revisions that were appended to a file, byte for byte, without the file's own tables.

Every object, table and trailer has to stand there just as pyHanko writes it: it is written again and compared, so
that no byte can hide between objects, in a number's spelling or behind a stream. What is read here may be hostile;
whatever is not in this form raises, and the one who asks takes any exception as a no.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.generic import IndirectObject, Reference, read_object
from pyhanko.pdf_utils.xref import write_xref_table

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads

_OBJECT = re.compile(rb"([1-9]\d{0,6}) 0 obj\n")
_TIMESTAMP = re.compile(
    rb"<<\n/Contents <([0-9A-Fa-f]{2,131072})>\n/ByteRange \[(\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10})\] *\n"
    rb"/Type /DocTimeStamp\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.RFC3161\n>>\nendobj\n"
)
_TRAILER = re.compile(
    rb"trailer\n<<\n/ID \[ <([0-9a-f]{32})> <[0-9a-f]{32}> \]\n/Info ([1-9]\d{0,6}) 0 R\n/Root ([1-9]\d{0,6}) 0 R\n"
    rb"/Size ([1-9]\d{0,6})\n/Prev (\d{1,10})\n>>\nstartxref\n(\d{1,10})\n%%EOF\n"
)
_MOST_OBJECTS = 200


@dataclass(frozen=True, slots=True)
class Stamp:
    """A document timestamp: which bytes it says it covers, and its token."""

    byte_range: tuple[int, int, int, int]
    contents: bytes


class Foreign(Exception):
    """Something that our signer did not append."""


@dataclass(frozen=True, slots=True)
class Trailer:
    """What a trailer says: the document's first identifier, object numbers, how many there are, the table before."""

    identifier: bytes
    info: int
    root: int
    size: int
    previous: int | None


@dataclass(frozen=True, slots=True)
class Update:
    """One appended revision: its objects, its trailer, where its table is, and where the next one begins."""

    objects: dict[int, Any]
    trailer: Trailer
    table: int
    end: int


def need(condition: bool) -> None:
    """Raises :class:`Foreign` unless ``condition`` holds."""
    if not condition:
        raise Foreign


def written(value: Any) -> bytes:
    """A value as pyHanko writes it."""
    out = BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()


def read_update(pdf: bytes, at: int) -> Update:
    """The revision that begins at ``at``; raises any exception when it is not in the form that our signer writes."""
    objects: dict[int, Any] = {}
    places: dict[tuple[int, int], int] = {}
    while (head := _OBJECT.match(pdf, at)) is not None:
        number = int(head.group(1))
        need(number not in objects and len(objects) < _MOST_OBJECTS)
        places[(0, number)] = at
        objects[number], at = _read_object(pdf, head.end(), number)
    table = BytesIO()
    write_xref_table(table, places)
    need(pdf.startswith(table.getvalue(), at))
    end = _TRAILER.match(pdf, at + len(table.getvalue()))
    if end is None:
        raise Foreign
    info, root, size, previous, table_at = (int(group) for group in end.groups()[1:])
    need(table_at == at)
    return Update(objects, Trailer(bytes.fromhex(end[1].decode()), info, root, size, previous), at, end.end())


def _read_object(pdf: bytes, at: int, number: int) -> tuple[Any, int]:
    stamp = _TIMESTAMP.match(pdf, at)
    if stamp is not None:
        first, length, rest, rest_length = (int(group) for group in stamp.groups()[1:])
        return Stamp((first, length, rest, rest_length), bytes.fromhex(stamp.group(1).decode())), stamp.end()
    value, past = _read_value(pdf, at, number)
    need(pdf.startswith(b"\nendobj\n", past))
    return value, past + len(b"\nendobj\n")


def _read_value(pdf: bytes, at: int, number: int) -> tuple[Any, int]:
    """The value at ``at``, and where it ends; it has to stand there as it is written anew."""
    stream = BytesIO(pdf)
    stream.seek(at)
    value = read_object(stream, Reference(number, 0))
    text = written(value)
    need(pdf.startswith(text, at))
    return value, at + len(text)


def number_of(value: Any) -> int:
    """The number of the object that ``value`` refers to; anything but a reference raises."""
    need(isinstance(value, IndirectObject) and value.reference.generation == 0)
    return int(value.reference.idnum)
