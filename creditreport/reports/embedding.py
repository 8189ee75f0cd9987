"""The fonts inside the file: for each font that drew something, a program of just those characters.

One ToUnicode map serves all fonts of a plane, since a character's bytes are its code point in each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from creditreport.reports.cff import USUAL_WIDTH, Glyphs, font_program
from creditreport.reports.glyphs import ReportFont, cid, drawn_in, usual_in
from creditreport.reports.pdfobjects import array, dictionary, reference, spliced

# A CMap's sections hold at most a hundred entries (Adobe Technical Note 5014).
BLOCK = 100


def embed_fonts(document: Any) -> None:
    """Put the fonts that ``document`` has drawn with into it, each with the characters that it drew.

    Where the document knows its usual characters (``glyphs.usual_in``), all of these are in it.
    """
    resources = document.idToObject["BasicFonts"].dict
    usual = usual_in(document)
    # In an order of their own: what is drawn from memory and what is drawn anew may come in different ones.
    fonts = sorted(drawn_in(document).items(), key=lambda font: (font[0][0].resource, font[0][1]))
    lots: dict[tuple[ReportFont, int], tuple[_Lot, _Lot]] = {}
    for key, drawn in fonts:
        known = usual.get(key, _NOTHING)
        lots[key] = _usual_lot(key[0], known), _Lot(key[0], drawn - known)
    # All fonts of a plane share one map.
    shared: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
    for key, drawn in fonts:
        known, others = shared.get(key[1], (_NOTHING, _NOTHING))
        shared[key[1]] = known | usual.get(key, _NOTHING), others | drawn
    maps = {
        plane: document.Reference(spliced(*to_unicode_map(plane, known, others - known)), f"unicode.{plane}")
        for plane, (known, others) in shared.items()
    }
    for (font, plane), pair in lots.items():
        name = font.getSubsetInternalName(plane, document)[1:]
        resources[name] = _font_objects(document, name, font, *pair, maps[plane])


class _Lot(Glyphs):
    """Some characters of a font, and what the file says of them."""

    def __init__(self, font: ReportFont, characters: Iterable[str]) -> None:
        found: list[tuple[int, bytes, int]] = []
        for code in map(ord, characters):
            glyph = font.glyph(code)
            if glyph is None:  # the fonts are chosen by what they cover
                raise KeyError(f"U+{code:04X}")
            found.append((cid(code), glyph.code, glyph.advance))
        found.sort()
        super().__init__([glyph[:2] for glyph in found])
        self.widths = _widths([(number, advance) for number, _, advance in found])


_NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=64)
def _usual_lot(font: ReportFont, characters: frozenset[str]) -> _Lot:
    return _Lot(font, characters)


def _font_objects(document: Any, name: str, font: ReportFont, usual: _Lot, more: _Lot, unicode_map: Any) -> Any:
    base = f"{_tag(usual.cids + more.cids)}+{font.file.name}"
    program = font_program(base, font.file.box, usual, more)
    ascent, descent = font.file.heights
    described = reference(
        document, f"{name}.descriptor",
        Type="/FontDescriptor", FontName=f"/{base}", Flags=4, FontBBox=array(font.file.box), ItalicAngle=0,
        Ascent=ascent, Descent=descent, CapHeight=ascent, StemV=80,
        FontFile3=document.Reference(spliced(*program, Subtype="/CIDFontType0C"), f"{name}.program"),
    )  # fmt: skip
    system = dictionary(Registry="(Adobe)", Ordering="(Identity)", Supplement=0)
    descendant = reference(
        document, f"{name}.cid",
        Type="/Font", Subtype="/CIDFontType0", BaseFont=f"/{base}", CIDSystemInfo=system, FontDescriptor=described,
        DW=USUAL_WIDTH, W=f"[{usual.widths} {more.widths}]",
    )  # fmt: skip
    return reference(
        document, name,
        Type="/Font", Subtype="/Type0", BaseFont=f"/{base}-Identity-H", Encoding="/Identity-H",
        DescendantFonts=array([descendant]), ToUnicode=unicode_map,
    )  # fmt: skip


def _tag(cids: bytes) -> str:
    """Six capitals that tell one subset of a font from another (ISO 32000-1, 9.6.4)."""
    number = int.from_bytes(hashlib.sha256(cids).digest()[:8], "big")
    return "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))


def _widths(glyphs: list[tuple[int, int]]) -> str:
    """The entries of a W array (ISO 32000-1, 9.7.4.3) of those glyphs that are not one em wide."""
    parts: list[str] = []
    following = -1
    for number, advance in glyphs:
        if advance != USUAL_WIDTH:
            if number == following:
                parts[-1] += f" {advance}"
            else:
                parts.append(f"{number} [{advance}")
            following = number + 1
    return " ".join(f"{part}]" for part in parts)


def to_unicode_map(plane: int, usual: frozenset[str], more: frozenset[str]) -> tuple[bytes, bytes, bytes]:
    """The ToUnicode CMap of a plane (ISO 32000-1, 9.10.3) in three pieces; the middle one is the usual characters'.

    UTF-16BE, so surrogate pairs beyond the first plane. One entry for each character: not all readers make of a range
    what it means (Ghostscript 10.0 does not).
    """
    head = [
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        f"/CMapName /Plane{plane}-UCS def", "/CMapType 2 def",
        "1 begincodespacerange", "<0000> <FFFF>", "endcodespacerange\n",
    ]  # fmt: skip
    tail = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    return "\n".join(head).encode(), _usual_entries(usual), _entries(more) + tail.encode()


def _entries(characters: Iterable[str]) -> bytes:
    pairs = sorted((cid(ord(character)), character.encode("utf-16-be")) for character in characters)
    # With nothing between them the halves of an entry are alike, and take a third less room when compressed.
    entries = [f"<{number:04X}><{to.hex().upper()}>" for number, to in pairs]
    blocks = [entries[start : start + BLOCK] for start in range(0, len(entries), BLOCK)]
    sections = [f"{len(block)} beginbfchar\n{''.join(block)}\nendbfchar\n" for block in blocks]
    return "".join(sections).encode()


@lru_cache(maxsize=64)
def _usual_entries(characters: frozenset[str]) -> bytes:
    return _entries(characters)
