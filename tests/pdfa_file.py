"""Clauses of ISO 19005-3 about the file itself (6.1): bytes, cross references, streams, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

Problems = Iterator[str]
# A literal string, with escapes, without strings inside it.
STRING = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)


class Document:
    """A PDF to be judged: its bytes and what pypdf reads in them."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reader = PdfReader(BytesIO(data))
        self.root: Any = self.reader.trailer["/Root"]

    def places(self) -> Iterator[tuple[int, int]]:
        """Number and offset of every object that stands by itself."""
        for generation in self.reader.xref.values():
            yield from ((number, offset) for number, offset in generation.items() if number and offset)

    def heads(self) -> Iterator[tuple[int, bytes]]:
        """Number and bytes of every object that stands by itself, without the data of a stream."""
        for number, offset in self.places():
            yield number, re.split(rb"\bstream\r?\n|\bendobj\b", self.data[offset:], maxsplit=1)[0]

    def objects(self) -> Iterator[tuple[int, Any]]:
        """Every object with its number."""
        numbers = {number for number, _ in self.places()} | set(self.reader.xref_objStm)
        for number in sorted(numbers):
            yield number, self.reader.get_object(number)

    def parts(self) -> Iterator[tuple[int, Any]]:
        """Every value of every object, however deep, with the object's number."""
        for number, value in self.objects():
            yield from ((number, part) for part in _within(value))

    def dictionaries(self) -> Iterator[tuple[int, Any]]:
        """Every dictionary and stream."""
        return ((number, part) for number, part in self.parts() if isinstance(part, DictionaryObject))


def _within(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, DictionaryObject) else value if isinstance(value, ArrayObject) else ()
    for part in inner:
        if not isinstance(part, IndirectObject):
            yield from _within(part)
    if isinstance(value, DictionaryObject):
        yield from value.keys()


def clause_6_1_2(document: Document) -> Problems:
    """File header: at the first byte, then a comment of four bytes beyond 127."""
    if not re.match(rb"%PDF-1\.[0-7](\r\n|\r|\n)%[\x80-\xff]{4}", document.data):
        yield "header"


def clause_6_1_3(document: Document) -> Problems:
    """File trailer: an identifier, no encryption, nothing after the last end-of-file mark."""
    identifier = document.reader.trailer.get("/ID")
    if identifier is None or len(identifier) != 2 or not all(identifier):
        yield "no ID"
    if "/Encrypt" in document.reader.trailer:
        yield "Encrypt"
    if not re.search(rb"%%EOF(\r\n|\r|\n)?\Z", document.data):
        yield "data after %%EOF"


def clause_6_1_4(document: Document) -> Problems:
    """Cross-reference table: one line end after ``xref``, subsections of the right form; or a stream of type XRef."""
    for found in re.finditer(rb"startxref\s+(\d+)", document.data):
        at = document.data[int(found[1]) : int(found[1]) + 60]
        table = re.match(rb"xref(\r\n|\r|\n)\d+ \d+ ?(\r\n|\r|\n)\d{10} \d{5} [fn]( \r| \n|\r\n)", at)
        if not table and not re.match(rb"\d+ \d+ obj\b", at):
            yield f"cross references at {int(found[1])}"


def clause_6_1_5(document: Document) -> Problems:
    """Document information: says what XMP says (compared in 6.6.2.3), and nothing that is no text, date or name."""
    for key, value in (document.reader.trailer.get("/Info") or {}).items():
        if key != "/Trapped" and not isinstance(value.get_object(), (TextStringObject, ByteStringObject)):
            yield f"Info {key}"


def clause_6_1_6(document: Document) -> Problems:
    """String objects: hexadecimal ones with an even number of digits and nothing else."""
    for number, head in document.heads():
        for found in re.finditer(rb"(?<!<)<([^<>]*)>(?!>)", re.sub(STRING, b"", head)):
            digits = re.sub(rb"\s", b"", found[1])
            if len(digits) % 2 or not re.fullmatch(rb"[0-9A-Fa-f]*", digits):
                yield f"object {number}: <{found[1][:20]!r}>"


def clause_6_1_7_1(document: Document) -> Problems:
    """Stream objects: line ends around the data, the length told rightly, no data outside the file."""
    for number, offset in document.places():
        value = document.reader.get_object(number)
        if isinstance(value, StreamObject):
            begin = re.compile(rb"\bstream(\r\n|\n)?").search(document.data, offset)
            length = re.search(rb"/Length (\d+)(?! \d+ R)", document.data[offset : begin.start() if begin else offset])
            if begin is None or not begin[1] or length is None:
                yield f"object {number}: stream or its length"
                continue
            end = begin.end() + int(length[1])
            if not re.match(rb"(\r\n|\n|\r)endstream\b", document.data[end : end + 20]):
                yield f"object {number}: before endstream"
            if {"/F", "/FFilter", "/FDecodeParms"} & set(value):
                yield f"object {number}: external data"


def clause_6_1_7_2(document: Document) -> Problems:
    """Filters: those of ISO 32000-1 without LZW and Crypt."""
    allowed = {
        "/FlateDecode", "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode", "/CCITTFaxDecode", "/JBIG2Decode",
        "/DCTDecode", "/JPXDecode",
    }  # fmt: skip
    for number, offset in document.places():
        head = document.data[offset : document.data.find(b"stream", offset)]
        value = document.reader.get_object(number)
        if isinstance(value, StreamObject):
            found = re.search(rb"/Filter\s*(\[[^\]]*\]|/\w+)", head)
            names = set(re.findall(r"/\w+", found[1].decode())) if found else set()
            if names - allowed:
                yield f"object {number}: {names - allowed}"


def clause_6_1_8(document: Document) -> Problems:
    """Name objects: valid UTF-8 once their escapes are read."""
    for number, head in document.heads():
        for found in re.findall(rb"/[^\s/<>\[\]()]*#[^\s/<>\[\]()]*", re.sub(STRING, b"", head)):
            name = re.sub(rb"#([0-9A-Fa-f]{2})", lambda escape: bytes.fromhex(escape[1].decode()), found)
            try:
                name.decode()
            except UnicodeDecodeError:
                yield f"object {number}: {found!r}"


def clause_6_1_9(document: Document) -> Problems:
    """Indirect objects: numbers and keywords apart by one blank, each on lines of their own."""
    for number, offset in document.places():
        around = document.data[offset - 1 : offset + 40]
        if not re.match(rb"[\r\n]%d \d+ obj(\r\n|\r|\n)" % number, around):
            yield f"object {number}: {around[:25]!r}"
        end = document.data.find(b"endobj", offset)
        if document.data[end - 1 : end] not in b"\r\n" or document.data[end + 6 : end + 7] not in b"\r\n":
            yield f"object {number}: around endobj"


def clause_6_1_12(document: Document) -> Problems:
    """Permissions: DocMDP and UR3 only; no digest in the reference of a signature that DocMDP names."""
    permissions = document.root.get("/Perms", {})
    if set(permissions) - {"/DocMDP", "/UR3"}:
        yield f"Perms {sorted(permissions)}"
    if "/DocMDP" in permissions:
        for reference in permissions["/DocMDP"].get("/Reference", ()):
            extra = {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(reference.get_object())
            if extra:
                yield f"DocMDP {sorted(extra)}"


def clause_6_1_13(document: Document) -> Problems:
    """Implementation limits."""
    for number, part in document.parts():
        if isinstance(part, NumberObject) and not -(2**31) <= part < 2**31:
            yield f"object {number}: {part}"
        if isinstance(part, FloatObject) and abs(part) > 3.403e38:
            yield f"object {number}: {part}"
        if isinstance(part, NameObject) and len(part.encode()) > 128:
            yield f"object {number}: name of {len(part)}"
        if isinstance(part, (TextStringObject, ByteStringObject)) and len(part.original_bytes) > 32767:
            yield f"object {number}: string of {len(part)}"
    if sum(1 for _ in document.places()) > 8388607:
        yield "too many objects"
    for page in document.reader.pages:
        if not 3 <= min(page.mediabox[2:]) <= max(page.mediabox[2:]) <= 14400:
            yield f"page of {page.mediabox}"
