"""The report's fonts inside a PDF: text as bytes, the font objects, and outlines for drawings.

A font is written as Type 0 with Identity-H. A character's two bytes are its code point, for each plane of Unicode a
font of its own, so text is the same bytes in every report; only the font program, which holds the characters that were
drawn, differs. ReportLab's own TrueType fonts number characters as each document meets them, and copy those beyond
U+FFFF out wrong.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.pens.qu2cuPen import Qu2CuPen
from reportlab.pdfbase import pdfdoc

from creditreport.reports.cff import EM, TOLERANCE, USUAL_WIDTH, font_program
from creditreport.reports.fontfile import FontFile, Glyph, prepared_outlines

# A CMap's sections hold at most a hundred entries (Adobe Technical Note 5014).
BLOCK = 100
_LAST = 0xFFFF


def cid(code: int) -> int:
    """The CID of a code point in its plane's font. 0 is .notdef's: U+20000 takes a place where no character is."""
    return code & _LAST or _LAST


class ReportFont:
    """A font of the report; safe to use from several threads for several documents.

    Raises :class:`~creditreport.reports.fontfile.UnusableFont` for a file that is no font.
    """

    def __init__(self, path: Path, resource: str) -> None:
        self.path = path
        self.file = FontFile(path)
        self.resource = resource
        self._prepared = prepared_outlines(self.file)
        self._glyphs: dict[int, Glyph | None] = {}

    def glyph(self, code: int) -> Glyph | None:
        """Width and outline of a code point; ``None`` if the font does not draw it."""
        try:
            return self._glyphs[code]
        except KeyError:
            prepared = self._prepared.glyph(code) if self._prepared else None
            return self._glyphs.setdefault(code, prepared or self.file.glyph(code))

    def covers(self, code: int) -> bool:
        """Whether the font draws this code point with a glyph of its own."""
        return self.glyph(code) is not None

    def splitString(self, text: str, doc: Any) -> list[tuple[int, bytes]]:  # noqa: N802  (ReportLab's name)
        """``text`` in pieces of one plane: the plane and the bytes that show it. ``doc`` remembers what it drew."""
        pieces: list[tuple[int, str]] = []
        if text.isascii() or max(text) <= "\uffff":
            pieces.append((0, text))
        else:
            for character in text:
                plane = ord(character) >> 16
                if pieces and pieces[-1][0] == plane:
                    pieces[-1] = (plane, pieces[-1][1] + character)
                else:
                    pieces.append((plane, character))
        drawn = _drawn(doc)
        for plane, piece in pieces:
            drawn.setdefault((self, plane), set()).update(piece)
        return [(plane, _shown(piece) if plane else piece.encode("utf-16-be")) for plane, piece in pieces]

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802  (ReportLab's name)
        """The name under which a page's resources have the font of a plane."""
        return f"/{self.resource}" if not subset else f"/{self.resource}P{subset}"


def _shown(piece: str) -> bytes:
    return b"".join([cid(ord(character)).to_bytes(2, "big") for character in piece])


def _drawn(document: Any) -> dict[tuple[ReportFont, int], set[str]]:
    """What each font has drawn in a document, in the order of first use."""
    known: dict[tuple[ReportFont, int], set[str]] = document.__dict__.setdefault("drawn_characters", {})
    return known


def embed_fonts(document: Any) -> None:
    """Put the fonts that ``document`` has drawn with into it, each with the characters that it drew."""
    resources = document.idToObject["BasicFonts"].dict
    rows: dict[int, set[int]] = {}
    for (_, plane), characters in _drawn(document).items():
        rows.setdefault(plane, set()).update([cid(ord(character)) >> 8 for character in characters])
    # All fonts of a plane share one map.
    maps = {
        plane: document.Reference(_packed(to_unicode_map(plane, frozenset(used))), f"unicode.{plane}")
        for plane, used in rows.items()
    }
    for (font, plane), characters in _drawn(document).items():
        name = font.getSubsetInternalName(plane, document)[1:]
        resources[name] = _font_objects(document, name, font, characters, maps[plane])


def _font_objects(document: Any, name: str, font: ReportFont, characters: set[str], unicode_map: Any) -> Any:
    codes = sorted(map(ord, characters), key=cid)
    glyphs = [(cid(code), _known(font, code)) for code in codes]
    base = f"{_tag(codes)}+{font.file.name}"
    program = font_program(base, font.file.box, ((number, glyph.code) for number, glyph in glyphs))
    ascent, descent = font.file.heights
    described = _reference(
        document, f"{name}.descriptor",
        Type="/FontDescriptor", FontName=f"/{base}", Flags=4, FontBBox=_array(font.file.box), ItalicAngle=0,
        Ascent=ascent, Descent=descent, CapHeight=ascent, StemV=80,
        FontFile3=document.Reference(stream(program, Subtype="/CIDFontType0C"), f"{name}.program"),
    )  # fmt: skip
    system = pdfdoc.PDFDictionary({"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0})
    descendant = _reference(
        document, f"{name}.cid",
        Type="/Font", Subtype="/CIDFontType0", BaseFont=f"/{base}", CIDSystemInfo=system, FontDescriptor=described,
        DW=USUAL_WIDTH, W=_widths(glyphs),
    )  # fmt: skip
    return _reference(
        document, name,
        Type="/Font", Subtype="/Type0", BaseFont=f"/{base}-Identity-H", Encoding="/Identity-H",
        DescendantFonts=_array([descendant]), ToUnicode=unicode_map,
    )  # fmt: skip


def _known(font: ReportFont, code: int) -> Glyph:
    glyph = font.glyph(code)
    if glyph is None:  # the fonts are chosen by what they cover
        raise KeyError(f"U+{code:04X}")
    return glyph


def _tag(codes: list[int]) -> str:
    """Six capitals that tell one subset of a font from another (ISO 32000-1, 9.6.4)."""
    number = int.from_bytes(hashlib.sha256(repr(codes).encode()).digest()[:8], "big")
    return "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))


def _widths(glyphs: list[tuple[int, Glyph]]) -> str:
    """The W array (ISO 32000-1, 9.7.4.3) of those glyphs that are not one em wide."""
    parts: list[str] = []
    following = -1
    for number, glyph in glyphs:
        if glyph.advance != USUAL_WIDTH:
            if number == following:
                parts[-1] += f" {glyph.advance}"
            else:
                parts.append(f"{number} [{glyph.advance}")
            following = number + 1
    return f"[{' '.join(f'{part}]' for part in parts)}]"


@lru_cache(maxsize=256)
def to_unicode_map(plane: int, rows: frozenset[int]) -> bytes:
    """The ToUnicode CMap of some rows of 256 characters of a plane (ISO 32000-1, 9.10.3).

    UTF-16BE, so surrogate pairs beyond the first plane. Whole rows, since a report's rows are nearly always the same.
    """
    ranges = []
    for row in sorted(rows):
        # U+FEFF is the mark of the byte order; the last two places of a plane are no characters.
        first, last = max(row << 8, 1), min((row << 8) + (0xFE if (plane, row) == (0, 0xFE) else 0xFF), 0xFFFD)
        ranges.append(f"<{first:04X}> <{last:04X}> <{_utf16((plane << 16) + first)}>")
    lines = [
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        f"/CMapName /Plane{plane}-UCS def", "/CMapType 2 def",
        "1 begincodespacerange", "<0000> <FFFF>", "endcodespacerange",
    ]  # fmt: skip
    if plane and _LAST >> 8 in rows:
        lines += ["1 beginbfchar", f"<{_LAST:04X}> <{_utf16(plane << 16)}>", "endbfchar"]
    for start in range(0, len(ranges), BLOCK):
        block = ranges[start : start + BLOCK]
        lines += [f"{len(block)} beginbfrange", *block, "endbfrange"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode("ascii")


def _utf16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex().upper()


def stream(data: bytes, **entries: Any) -> Any:
    """A compressed stream object with ``entries`` in its dictionary."""
    return pdfdoc.PDFStream(pdfdoc.PDFDictionary(entries), content=data, filters=[pdfdoc.PDFZCompress])


@lru_cache(maxsize=32)
def _deflated(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def _packed(data: bytes) -> Any:
    """A stream of something that every report has: compressed once per process."""
    return pdfdoc.PDFStream(pdfdoc.PDFDictionary({"Filter": "/FlateDecode"}), content=_deflated(data), filters=[])


def _reference(document: Any, name: str, **entries: Any) -> Any:
    return document.Reference(pdfdoc.PDFDictionary(entries), name)


def _array(items: Any) -> Any:
    return pdfdoc.PDFArray(list(items))


class _PdfPathPen(BasePen):  # type: ignore[misc]
    """Writes an outline as PDF path operators."""

    def __init__(self) -> None:
        super().__init__(None)
        self.operators: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{pt[0]:.0f} {pt[1]:.0f} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{pt[0]:.0f} {pt[1]:.0f} l")

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
        self.operators.append(" ".join(f"{x:.0f} {y:.0f}" for x, y in (pt1, pt2, pt3)) + " c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")


@lru_cache(maxsize=8)
def outlines(path: Path, text: str) -> tuple[tuple[str, float, float], ...]:
    """Per character of ``text``: PDF path operators, advance width and the em, in thousandths of the em."""
    file = FontFile(path)
    drawn = []
    for character in text:
        pen = _PdfPathPen()
        width = file.draw(ord(character), Qu2CuPen(pen, TOLERANCE, all_cubic=True))
        drawn.append((" ".join(pen.operators), float(width), float(EM)))
    return tuple(drawn)
