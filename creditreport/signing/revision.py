"""What is appended to a document when it is signed, poured from what pyHanko appended to one like it.

pyHanko reads the document's catalogue, page tree and page, writes two of them again with the signature field, adds the
field, its empty appearance and the signature itself, and lists where all of it lies. Two documents whose trailer,
catalogue, page tree and page are the same to the byte get the same, but for where the document ends (all offsets), its
identifier, the signing time and the signature. Reports are made by one program, so most of them have a like one before
them; for the first of its kind pyHanko's own work is taken apart, and used from then on if it can be put together
again to the byte, and if pyHanko read nothing of the document but what was compared.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

from pyhanko.pdf_utils.generic import pdf_date

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads

Box = tuple[int, int, int, int]
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref\n0 (\d+)\n")
_ENTRY, _ENTRY_SIZE = re.compile(rb"(\d{10}) 00000 n[ \r]\n"), 20
_ROOT, _PAGES = re.compile(rb"/Root (\d+) 0 R"), re.compile(rb"/Pages (\d+) 0 R")
_KIDS, _REFERENCE = re.compile(rb"/Kids\s*\[([^\]]*)\]"), re.compile(rb"(\d+) 0 R")
_IDENTIFIER = re.compile(rb"/ID\s*\[\s*<([0-9a-f]{32})>\s*<[0-9a-f]{32}>\s*\]")
_APPENDED_END = re.compile(
    rb"xref\n(?P<table>(?:\d+ \d+\n(?:\d{10} \d{5} [nf] \n)+)+)trailer\n(?P<before>.*?)"
    rb"/ID \[ <[0-9a-f]{32}> <(?P<own>[0-9a-f]{32})> \](?P<middle>.*)/Prev (?P<previous>\d+)(?P<after>.*)"
    rb"startxref\n(?P<start>\d+)\n%%EOF\n",
    re.DOTALL,
)
_BYTE_RANGE = re.compile(rb"/ByteRange (\[[ \d]*\] *)")


class NoMould(Exception):
    """A structure that is not known: the ordinary way must be taken."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What of a document decides what is appended (``key``), and what differs between documents with the same."""

    key: tuple[object, ...]
    read: frozenset[int]
    table_at: int
    identifier: bytes


def frame_of(pdf: bytes, page: int, box: Box) -> Frame | None:
    """The frame of ``pdf``, to be signed on ``page`` (from 0) in ``box``; ``None`` if it has a form not known here."""
    end = _END.search(pdf, max(0, len(pdf) - 64))
    table = _TABLE.match(pdf, int(end[1])) if end else None
    if end is None or table is None:
        return None
    entries, size = table.end(), int(table[1])
    trailer = pdf[entries + _ENTRY_SIZE * size : end.start()]
    identifier, root = _IDENTIFIER.search(trailer), _ROOT.search(trailer)
    if identifier is None or root is None or not trailer.startswith(b"trailer") or b"/Prev" in trailer:
        return None
    try:
        catalog = _object(pdf, entries, int(root[1]))
        pages = _object(pdf, entries, number := _only(_PAGES, catalog))
        kids = [int(one) for one in _REFERENCE.findall(_KIDS.findall(pages)[0])][: page + 1]
        read = [_object(pdf, entries, kid) for kid in kids]
    except (NoMould, IndexError, ValueError):
        return None
    key = (pdf[:8], size, trailer.replace(identifier[0], b""), catalog, pages, *read, page, box)
    return Frame(key, frozenset({int(root[1]), number, *kids}), int(end[1]), identifier[1])


def _only(pattern: re.Pattern[bytes], text: bytes) -> int:
    (found,) = pattern.findall(text)
    return int(found)


def _object(pdf: bytes, entries: int, number: int) -> bytes:
    """A dictionary of the file as it stands there."""
    entry = _ENTRY.match(pdf, entries + _ENTRY_SIZE * number)
    if entry is None:
        raise NoMould("no such object")
    at = int(entry[1])
    text = pdf[at : pdf.find(b"endobj", at)]
    if not text.startswith(b"%d 0 obj" % number) or text.count(b"<<") != text.count(b">>") or b"stream" in text:
        raise NoMould("not a dictionary")
    return text


@dataclass(frozen=True, slots=True)
class Poured:
    """What is appended, before and after the gap for the signature's hexadecimal; ``reserved`` is the gap's length."""

    before: bytes
    after: bytes
    reserved: int

    def digest(self, pdf: bytes) -> bytes:
        """SHA-256 of everything but the gap and the brackets around it."""
        found = sha256(pdf)
        found.update(self.before)
        found.update(self.after)
        return found.digest()

    def filled(self, pdf: bytes, value: bytes) -> bytes:
        """The signed document."""
        return b"".join(
            (pdf, self.before, b"<", value.hex().upper().encode().ljust(self.reserved, b"0"), b">", self.after)
        )


class RevisionMould:
    """What pyHanko appended to one document, ready for others with the same frame."""

    def __init__(self, pdf: bytes, frame: Frame, made: bytes, gap: tuple[int, int], at: datetime, read: Iterable[int]):
        """``made`` is ``pdf`` prepared for signing at ``at``, its ``gap`` (with the brackets) still empty; ``read`` are
        the objects of ``pdf`` that pyHanko looked at. Raises :class:`NoMould` when anything else than a signature time
        and offsets could differ."""
        self._before, rest = made[len(pdf) : gap[0]], made[gap[1] :]
        self._reserved = gap[1] - gap[0] - 2
        end = _APPENDED_END.search(rest)
        if not made.startswith(pdf) or end is None or end.end() != len(rest) or not frame.read.issuperset(read):
            raise NoMould("revision")
        ranges, date = _BYTE_RANGE.match(rest.lstrip()), _date(at)
        parts = rest[: end.start()].split(date)
        if ranges is None or len(parts) != 2:
            raise NoMould("signature dictionary")
        start = rest.index(ranges[1])
        self._lead, self._range_size = rest[:start], len(ranges[1])
        self._middle, self._tail = parts[0][start + self._range_size :], parts[1]
        self._table = [
            (line, int(line[:10]) - len(pdf) if line.endswith(b" n \n") else None)
            for line in end["table"].splitlines(keepends=True)
        ]
        self._trailer = end["before"], end["middle"], end["after"]
        if self._again(pdf, frame, at, end["own"]).filled(pdf, b"") != made:
            raise NoMould("revision")

    def pour(self, pdf: bytes, frame: Frame, at: datetime) -> Poured:
        """What is appended to ``pdf``; the second half of the identifier is drawn anew, as pyHanko does."""
        return self._again(pdf, frame, at, os.urandom(16).hex().encode())

    def _again(self, pdf: bytes, frame: Frame, at: datetime, own: bytes) -> Poured:
        size, gap = len(pdf), len(pdf) + len(self._before)
        date = _date(at)
        resumed = gap + self._reserved + 2
        table_at = resumed + len(self._lead) + self._range_size + len(self._middle) + len(date) + len(self._tail)
        table = b"".join(line if place is None else b"%010d 00000 n \n" % (size + place) for line, place in self._table)
        before, middle, after = self._trailer
        end = b"xref\n%btrailer\n%b/ID [ <%b> <%b> ]%b/Prev %d%bstartxref\n%d\n%%%%EOF\n" % (
            table, before, frame.identifier, own, middle, frame.table_at, after, table_at,
        )  # fmt: skip
        range_ = b"[0 %d %d %d]" % (gap, resumed, table_at + len(end) - resumed)
        rest = self._lead + range_.ljust(self._range_size) + self._middle + date + self._tail + end
        return Poured(self._before, rest, self._reserved)


def _date(at: datetime) -> bytes:
    out = BytesIO()
    pdf_date(at).write_to_stream(out)
    return b"/M " + out.getvalue()
