"""What is the same in every report is drawn once per process and kept, as a printer keeps a plate.

Text on a page is the same bytes whatever else the report says (see ``glyphs.py``), so what is drawn from the same words
at the same place is the same operators: the head, the conclusion of a report without records, the notes of a day, the
table of the fields. A plate is those operators with their compressed form, the characters that they draw and where the
column goes on. Nothing of a business is in a plate: names, numbers, codes and times are drawn report by report.

A page's stream is put together from plates and fresh operators without compressing the plates again: deflate is made of
blocks, and a block after a full flush refers to nothing before it (RFC 1951; zlib's ``Z_FULL_FLUSH``).

The plain path is drawing itself: what is kept is what it drew, and a process that keeps nothing makes the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterable
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from creditreport.reports.fonts import FontSet
from creditreport.reports.glyphs import ReportFont

Drawn = dict[tuple[ReportFont, int], set[str]]

# Far more than all editions of a day need; the oldest go first.
MOST = 500
_HEAD, _LAST_BLOCK = b"\x78\x9c", b"\x03\x00"


class Plate(str):
    """Operators of one page that are kept; as text they are what was drawn."""

    deflated: bytes
    drawn: Drawn
    below: float
    result: Any

    @classmethod
    def of(cls, operators: Iterable[str], drawn: Drawn, below: float, result: Any) -> Plate:
        """``operators`` with the characters that they draw; the column goes on at ``below``."""
        plate = cls("\n".join(operators))
        plate.deflated = _block(f"{plate}\n".encode("ascii"))
        plate.drawn, plate.below, plate.result = drawn, below, result
        return plate


class Plates:
    """What is kept for one set of fonts; shared by threads."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: dict[Hashable, Any] = {}
        self._most = most
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """What is kept under ``key``, or ``None``."""
        return self._kept.get(key)

    def keep(self, key: Hashable, value: Any) -> None:
        """Keep ``value``; when there are too many, the oldest is forgotten."""
        with self._lock:
            self._kept[key] = value
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]


_PLATES: WeakKeyDictionary[FontSet, Plates] = WeakKeyDictionary()


def plates_of(fonts: FontSet) -> Plates:
    """The plates drawn with ``fonts``; they end with them."""
    kept = _PLATES.get(fonts)
    return kept if kept is not None else _PLATES.setdefault(fonts, Plates())


def deflated(operators: Iterable[str]) -> bytes:
    """The zlib stream of ``operators``, one to a line; that of plates among them is taken as it is kept."""
    parts, checksum, fresh = [_HEAD], zlib.adler32(b""), list[str]()

    def flush() -> None:
        nonlocal checksum
        if fresh:
            data = "\n".join([*fresh, ""]).encode("ascii")
            checksum = zlib.adler32(data, checksum)
            parts.append(_block(data))
            fresh.clear()

    for operator in operators:
        if isinstance(operator, Plate):
            flush()
            checksum = zlib.adler32(f"{operator}\n".encode("ascii"), checksum)
            parts.append(operator.deflated)
        else:
            fresh.append(operator)
    flush()
    return b"".join((*parts, _LAST_BLOCK, checksum.to_bytes(4, "big")))


def _block(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
