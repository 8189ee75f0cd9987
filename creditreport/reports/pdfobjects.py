"""The few kinds of PDF object that the report is made of, over ReportLab's document layer."""

from __future__ import annotations

import zlib
from codecs import BOM_UTF16_BE
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from reportlab.pdfbase import pdfdoc


class Stream(pdfdoc.PDFObject):  # type: ignore[misc]
    """A stream, as it stands in the file.

    ReportLab's own lacks the line end before ``endstream`` that ISO 19005-3, 6.1.7.1 asks for.
    """

    __RefOnly__ = 1

    def __init__(self, data: bytes, **entries: Any) -> None:
        self._data = data
        self._entries = entries

    def format(self, document: Any) -> bytes:
        """The object's bytes."""
        head = Dictionary({**self._entries, "Length": len(self._data)}).format(document)
        return b"".join((head, b"\nstream\n", self._data, b"\nendstream"))


def compressed(data: bytes, **entries: Any) -> Stream:
    """``data`` compressed, with ``entries`` in the stream's dictionary."""
    return Stream(zlib.compress(data), Filter="/FlateDecode", **entries)


def constant(data: bytes, **entries: Any) -> Stream:
    """As :func:`compressed`, for what nearly every report has: the work is done once per process."""
    return Stream(_deflated(data), Filter="/FlateDecode", **entries)


def spliced(before: bytes, usual: bytes, after: bytes, **entries: Any) -> Stream:
    """As :func:`compressed`, for data whose middle is the same in many reports: that part is compressed only once.

    A full flush (RFC 1951 with zlib's Z_FULL_FLUSH) leaves a piece that stands on a byte and refers to nothing before
    it, so pieces that were compressed apart make one stream.
    """
    last = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    check = zlib.adler32(after, zlib.adler32(usual, zlib.adler32(before)))
    pieces = (b"\x78\x9c", _piece(before), _usual_piece(usual), last.compress(after), last.flush())
    return Stream(b"".join((*pieces, check.to_bytes(4, "big"))), Filter="/FlateDecode", **entries)


def _piece(data: bytes, level: int = -1) -> bytes:
    packer = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


@lru_cache(maxsize=64)
def _usual_piece(data: bytes) -> bytes:
    return _piece(data, 9)


@lru_cache(maxsize=64)
def _deflated(data: bytes) -> bytes:
    return zlib.compress(data, 9)


class Dictionary(pdfdoc.PDFObject):  # type: ignore[misc]
    """A dictionary of values that are ready to be written, or objects; names are written with their slash."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = entries

    def format(self, document: Any) -> bytes:
        """The object's bytes, its keys in their order."""
        parts = [f"/{key} ".encode("ascii") + _written(value, document) for key, value in self._entries.items()]
        return b"<< " + b" ".join(parts) + b" >>"


class Array(pdfdoc.PDFObject):  # type: ignore[misc]
    """An array of such values."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._items = list(items)

    def format(self, document: Any) -> bytes:
        """The object's bytes."""
        return b"[ " + b" ".join([_written(item, document) for item in self._items]) + b" ]"


def _written(value: Any, document: Any) -> bytes:
    if isinstance(value, pdfdoc.PDFObject):
        written: bytes = pdfdoc.format(value, document)
        return written
    return str(value).encode("ascii")


def array(items: Iterable[Any]) -> Array:
    """An array."""
    return Array(items)


def dictionary(**entries: Any) -> Dictionary:
    """A dictionary."""
    return Dictionary(entries)


def text(said: str) -> str:
    """A text string (ISO 32000-1, 7.9.2.2), in hexadecimal where it is more than plain ASCII."""
    if said.isascii() and said.isprintable():
        return "(" + said.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"
    return f"<{(BOM_UTF16_BE + said.encode('utf-16-be')).hex().upper()}>"


def reference(document: Any, name: str, **entries: Any) -> Any:
    """A dictionary as an object of its own, known in the document as ``name``."""
    return document.Reference(Dictionary(entries), name)
