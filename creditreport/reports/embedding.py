"""The fonts inside the file: for each font that drew something, a program of just those characters.

One ToUnicode map serves all fonts of a plane, since a character's bytes are its code point in each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from creditreport.reports.cff import USUAL_WIDTH, font_program
from creditreport.reports.glyphs import LAST, ReportFont, cid, drawn_in, usual_in
from creditreport.reports.pdfobjects import array, constant, dictionary, reference, spliced

# A CMap's sections hold at most a hundred entries (Adobe Technical Note 5014).
BLOCK = 100


def embed_fonts(document: Any) -> None:
    """Put the fonts that ``document`` has drawn with into it, each with the characters that it drew.

    Where the document knows its usual characters (``glyphs.usual_in``), all of these are in it.
    """
    resources = document.idToObject["BasicFonts"].dict
    usual = usual_in(document)
    drawn = {key: characters | usual.get(key, set()) for key, characters in drawn_in(document).items()}
    rows: dict[int, set[int]] = {}
    for (_, plane), characters in drawn.items():
        rows.setdefault(plane, set()).update([cid(ord(character)) >> 8 for character in characters])
    # All fonts of a plane share one map.
    maps = {
        plane: document.Reference(constant(to_unicode_map(plane, frozenset(used))), f"unicode.{plane}")
        for plane, used in rows.items()
    }
    for (font, plane), characters in drawn.items():
        name = font.getSubsetInternalName(plane, document)[1:]
        resources[name] = _font_objects(
            document, name, font, characters, usual.get((font, plane), frozenset()), maps[plane]
        )


def _font_objects(
    document: Any, name: str, font: ReportFont, characters: set[str], usual_characters: frozenset[str], unicode_map: Any
) -> Any:
    usual = _usual_glyphs(font, usual_characters)
    more = _glyphs(font, characters - usual_characters)
    base = f"{_tag(usual, more)}+{font.file.name}"
    program = font_program(base, font.file.box, [glyph[:2] for glyph in usual], [glyph[:2] for glyph in more])
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
        DW=USUAL_WIDTH, W=_widths(sorted([*usual, *more])),
    )  # fmt: skip
    return reference(
        document, name,
        Type="/Font", Subtype="/Type0", BaseFont=f"/{base}-Identity-H", Encoding="/Identity-H",
        DescendantFonts=array([descendant]), ToUnicode=unicode_map,
    )  # fmt: skip


class _Glyph(NamedTuple):
    """What the file needs to know of a character."""

    cid: int
    code: bytes
    advance: int


@lru_cache(maxsize=64)
def _usual_glyphs(font: ReportFont, characters: frozenset[str]) -> list[_Glyph]:
    return _glyphs(font, characters)


def _glyphs(font: ReportFont, characters: Iterable[str]) -> list[_Glyph]:
    found = []
    for character in characters:
        glyph = font.glyph(ord(character))
        if glyph is None:  # the fonts are chosen by what they cover
            raise KeyError(f"U+{ord(character):04X}")
        found.append(_Glyph(cid(ord(character)), glyph.code, glyph.advance))
    return sorted(found)


def _tag(*lots: list[_Glyph]) -> str:
    """Six capitals that tell one subset of a font from another (ISO 32000-1, 9.6.4)."""
    said = b"".join([glyph.cid.to_bytes(2, "big") for lot in lots for glyph in lot])
    number = int.from_bytes(hashlib.sha256(said).digest()[:8], "big")
    return "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))


def _widths(glyphs: list[_Glyph]) -> str:
    """The W array (ISO 32000-1, 9.7.4.3) of those glyphs that are not one em wide."""
    parts: list[str] = []
    following = -1
    for glyph in glyphs:
        number = glyph.cid
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
    if plane and LAST >> 8 in rows:
        lines += ["1 beginbfchar", f"<{LAST:04X}> <{_utf16(plane << 16)}>", "endbfchar"]
    for start in range(0, len(ranges), BLOCK):
        block = ranges[start : start + BLOCK]
        lines += [f"{len(block)} beginbfrange", *block, "endbfrange"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode("ascii")


def _utf16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex().upper()
