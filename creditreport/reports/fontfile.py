"""One font file of the report: what it covers, how wide it is, and the outlines that go into the PDF.

HarfBuzz reads the file (TrueType or OpenType/CFF). Turning an outline into a charstring takes half a millisecond, so
set-up does it once for the everyday characters of the main fonts and keeps the result beside them (``.outlines``); for
all others, or when that file is not there or belongs to another cut, it is done when a report asks for them.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import re
import struct
import threading
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import uharfbuzz as hb

from creditreport.reports.cff import charstring, is_blank
from creditreport.reports.contours import DRIFT, EM, GRID, TOLERANCE

PREPARED = ".outlines"
# Its number rises when the same font and settings give other outlines.
_MAGIC = b"outlines 2\n".ljust(16, b"\0")
_HEAD = struct.Struct("<16s32sII")
# OS/2 fsType (OpenType): of the low four bits this one alone forbids embedding; the two high ones forbid embedding a
# part of the font, or its outlines.
_RESTRICTED, _NO_SUBSET, _NO_OUTLINES = 0x0002, 0x0100, 0x0200


class Glyph(NamedTuple):
    """How wide a character is, in thousandths of the em, and its Type 2 charstring."""

    advance: int
    code: bytes


class UnusableFont(ValueError):
    """A file that cannot be used as a font; says why."""


def font_digest(path: Path) -> bytes:
    """Changes with the font file: over its size and its beginning, where the checksums of all its tables stand.

    So nothing of megabytes need be read (OpenType, "Table Directory").
    """
    with path.open("rb") as file:
        return hashlib.sha256(file.read(4096) + os.fstat(file.fileno()).st_size.to_bytes(8, "big")).digest()


class FontFile:
    """A font file, opened. Raises :class:`UnusableFont`. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._face = hb.Face(hb.Blob.from_file_path(str(path)))
            tags = set(self._face.table_tags)
        except (OSError, ValueError, hb.HarfBuzzError) as error:
            raise UnusableFont(str(error) or "unreadable") from error
        if not {"cmap", "head", "hhea", "hmtx"} <= tags or not tags & {"glyf", "CFF "}:
            raise UnusableFont("not a TrueType or OpenType font with outlines")
        allowed = struct.unpack_from(">H", self._table("OS/2"), 8)[0] if "OS/2" in tags else 0
        if allowed & 0x000F == _RESTRICTED or allowed & (_NO_SUBSET | _NO_OUTLINES):
            raise UnusableFont("its licence (OS/2 fsType) forbids embedding a part of it")
        self._font = hb.Font(self._face)
        self._font.scale = (EM, EM)
        # The pens of one font must not be driven from two threads at once.
        self._drawing = threading.Lock()

    def _table(self, tag: str) -> bytes:
        data: bytes = self._face.reference_table(tag).data
        return data

    @cached_property
    def digest(self) -> bytes:
        """As :func:`font_digest`."""
        return font_digest(self.path)

    @cached_property
    def name(self) -> str:
        """The PostScript name, reduced to what every reader takes."""
        said = self._face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or self.path.stem
        return re.sub(r"[^A-Za-z0-9_-]", "", said) or "Font"

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """The FontBBox in thousandths of the em."""
        left, bottom, right, top = (self._scaled(edge) for edge in struct.unpack_from(">4h", self._table("head"), 36))
        return left, bottom, right, top

    @cached_property
    def heights(self) -> tuple[int, int]:
        """Ascender and descender in thousandths of the em."""
        ascender, descender = struct.unpack_from(">2h", self._table("hhea"), 4)
        return self._scaled(ascender), self._scaled(descender)

    def _scaled(self, units: int) -> int:
        em: int = self._face.upem
        return round(units * EM / em)

    def codes(self) -> list[int]:
        """Every code point of the font, rising."""
        found: list[int] = sorted(self._face.unicodes)
        return found

    def glyph(self, code: int) -> Glyph | None:
        """Draws the glyph of a code point; ``None`` also for a blank that is no space, and for a mark with a width.

        A combining mark is right over the character before it only if its glyph was made for that and takes no room.
        """
        found = self._font.get_nominal_glyph(code)
        if not found:
            return None
        advance = self._advance(found)
        if advance and unicodedata.category(chr(code)).startswith("M"):
            return None
        made = charstring(lambda pen: self.draw(code, pen), advance)
        return None if is_blank(made) and not chr(code).isspace() else Glyph(advance, made)

    def draw(self, code: int, pen: Any) -> int:
        """Draws a code point's outline on ``pen`` and gives its width, both in thousandths of the em.

        Raises ``KeyError`` for a code point that the font does not have.
        """
        found = self._font.get_nominal_glyph(code)
        if not found:
            raise KeyError(f"U+{code:04X}")
        with self._drawing:
            self._font.draw_glyph_with_pen(found, pen)
        return self._advance(found)

    def advance(self, code: int) -> int:
        """The width of a code point in thousandths of the em; that of a blank for one that the font does not have."""
        return self._advance(self._font.get_nominal_glyph(code) or 0)

    def _advance(self, glyph: int) -> int:
        width: int = self._font.get_glyph_h_advance(glyph)
        return width


class PreparedOutlines:
    """The outlines that set-up made of one font file, read in place."""

    def __init__(self, path: Path, digest: bytes) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, made_from, count, size = _HEAD.unpack_from(self._data)
        if magic != _MAGIC or made_from != _key(digest) or size != len(self._data):
            raise UnusableFont(f"{path}: made from another font")
        view, at = memoryview(self._data), _HEAD.size
        self._codes = struct.unpack_from(f"<{count}I", view, at)
        self._advances = view[at + 4 * count : at + 6 * count]
        self._places = view[at + 6 * count : at + 10 * count + 4]
        self._outlines = view[at + 10 * count + 4 :]

    def glyph(self, code: int) -> Glyph | None:
        """The glyph of a code point, if set-up found one."""
        at = bisect_left(self._codes, code)
        if at == len(self._codes) or self._codes[at] != code:
            return None
        start, end = struct.unpack_from("<2I", self._places, 4 * at)
        return Glyph(struct.unpack_from("<H", self._advances, 2 * at)[0], bytes(self._outlines[start:end]))


def _key(digest: bytes) -> bytes:
    return hashlib.sha256(digest + repr((EM, GRID, TOLERANCE, DRIFT)).encode()).digest()


def prepare_outlines(path: Path, wanted: Callable[[int], bool]) -> None:
    """Makes the outlines of the ``wanted`` characters of the font at ``path``, beside it, whole or not at all."""
    font = FontFile(path)
    made = [(code, glyph) for code in font.codes() if wanted(code) and (glyph := font.glyph(code)) is not None]
    places = [0]
    for _, glyph in made:
        places.append(places[-1] + len(glyph.code))
    body = b"".join(
        (
            struct.pack(f"<{len(made)}I", *(code for code, _ in made)),
            struct.pack(f"<{len(made)}H", *(glyph.advance for _, glyph in made)),
            struct.pack(f"<{len(places)}I", *places),
            *(glyph.code for _, glyph in made),
        )
    )
    target = path.with_suffix(PREPARED)
    fresh = target.with_suffix(f".{os.getpid()}.new")
    try:
        fresh.write_bytes(_HEAD.pack(_MAGIC, _key(font.digest), len(made), _HEAD.size + len(body)) + body)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def prepared_outlines(font: FontFile) -> PreparedOutlines | None:
    """What set-up prepared for ``font``, if it did and the font is still the same."""
    try:
        return PreparedOutlines(font.path.with_suffix(PREPARED), font.digest)
    except (OSError, ValueError, struct.error):
        return None
