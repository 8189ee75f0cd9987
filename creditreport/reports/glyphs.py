"""TrueType fonts as ReportLab embeds them, with one mend, and glyph outlines for drawings.

ReportLab 5.1 writes a code point beyond U+FFFF into a subset's ToUnicode map as five hex digits (``<2CB4E>``),
where ISO 32000-1, 9.10.3 asks for UTF-16BE: a viewer then copies 𬭎 as another character. Here the map is
written anew, with surrogate pairs, in blocks of at most 100 entries as the CMap rules ask.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont as FontToolsFont
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

BLOCK = 100

# A face reads its file through one position pointer, so two threads must not cut subsets at the same time.
_cutting = threading.Lock()


def to_unicode_map(name: str, subset: list[int]) -> str:
    """The ToUnicode CMap of a one-byte ``subset``: its n-th entry is the code point that byte n stands for."""
    pairs = [(byte, code) for byte, code in enumerate(subset) if code]
    lines = [
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        f"/CMapName /{name} def", "/CMapType 2 def",
        "1 begincodespacerange", "<00> <FF>", "endcodespacerange",
    ]  # fmt: skip
    for start in range(0, len(pairs), BLOCK):
        block = pairs[start : start + BLOCK]
        lines.append(f"{len(block)} beginbfchar")
        lines.extend(f"<{byte:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for byte, code in block)
        lines.append("endbfchar")
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)


class ReportFont(TTFont):  # type: ignore[misc]
    """A TrueType font of the report; safe to use from several threads for several documents."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path), asciiReadable=False)
        self.path = path

    def covers(self, code: int) -> bool:
        """Whether the font draws this code point with a glyph of its own."""
        return bool(self.face.charToGlyph.get(code))

    def addObjects(self, doc: Any) -> None:  # noqa: N802  (ReportLab's name)
        """Embed the subsets used in ``doc`` and write their ToUnicode maps right."""
        subsets = list(self.state[doc].subsets)
        with _cutting:
            super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = (SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX).decode("ascii")
            doc.idToObject[f"toUnicodeCMap:{name}"].content = to_unicode_map(name, subset)


class _PdfPathPen(BasePen):  # type: ignore[misc]
    """Writes an outline as PDF path operators; quadratic curves become cubic ones."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{pt[0]:g} {pt[1]:g} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{pt[0]:g} {pt[1]:g} l")

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
        self.operators.append(" ".join(f"{x:.1f} {y:.1f}" for x, y in (pt1, pt2, pt3)) + " c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")


@lru_cache(maxsize=8)
def outlines(path: Path, text: str) -> tuple[tuple[str, float, float], ...]:
    """Per character of ``text``: PDF path operators, advance width and the em, all in the font's own units."""
    with FontToolsFont(path, lazy=True) as font:
        glyphs, names, em = font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm
        drawn = []
        for character in text:
            name = names[ord(character)]
            recording = DecomposingRecordingPen(glyphs)
            glyphs[name].draw(recording)
            pen = _PdfPathPen(glyphs)
            recording.replay(pen)
            drawn.append((" ".join(pen.operators), float(glyphs[name].width), float(em)))
        return tuple(drawn)
