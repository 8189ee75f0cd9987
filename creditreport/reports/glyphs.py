"""The report's fonts on a page: text as bytes, and outlines for drawings.

A font is written as Type 0 with Identity-H. A character's two bytes are its code point, for each plane of Unicode a
font of its own, so text is the same bytes in every report; only the font program, which holds the characters that were
drawn, differs. ReportLab's own TrueType fonts number characters as each document meets them, and copy those beyond
U+FFFF out wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fontTools.pens.basePen import BasePen

from creditreport.reports.contours import EM, GRID, contours, replay
from creditreport.reports.fontfile import FontFile, Glyph, prepared_outlines

# The last place of a plane: no character is ever there.
LAST = 0xFFFF


def cid(code: int) -> int:
    """The CID of a code point in its plane's font. 0 is .notdef's: U+20000 takes a place where no character is."""
    return code & LAST or LAST


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
        drawn = drawn_in(doc)
        for plane, piece in pieces:
            drawn.setdefault((self, plane), set()).update(piece)
        return [(plane, _shown(piece) if plane else piece.encode("utf-16-be")) for plane, piece in pieces]

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802  (ReportLab's name)
        """The name under which a page's resources have the font of a plane."""
        return f"/{self.resource}" if not subset else f"/{self.resource}P{subset}"


def _shown(piece: str) -> bytes:
    return b"".join([cid(ord(character)).to_bytes(2, "big") for character in piece])


def drawn_in(document: Any) -> dict[tuple[ReportFont, int], set[str]]:
    """What each font has drawn in a document, in the order of first use."""
    known: dict[tuple[ReportFont, int], set[str]] = document.__dict__.setdefault("drawn_characters", {})
    return known


Characters = Mapping[tuple[ReportFont, int], frozenset[str]]


def usual_in(document: Any) -> Characters:
    """The characters that reports of this kind always have, by font and plane; empty if nobody said."""
    known: Characters = document.__dict__.get("usual_characters", {})
    return known


class _PdfPathPen(BasePen):  # type: ignore[misc]
    """Writes an outline as PDF path operators, in steps of the grid."""

    def __init__(self) -> None:
        super().__init__(None)
        self.operators: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{_places(pt)} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{_places(pt)} l")

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
        self.operators.append(f"{_places(pt1, pt2, pt3)} c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")


def _places(*points: tuple[float, float]) -> str:
    return " ".join(f"{x / GRID:.0f} {y / GRID:.0f}" for x, y in points)


@lru_cache(maxsize=8)
def outlines(path: Path, text: str) -> tuple[tuple[str, float, float], ...]:
    """Per character of ``text``: PDF path operators, advance width and the em, all in steps of the grid."""
    file = FontFile(path)
    drawn = []
    for character in text:
        pen = _PdfPathPen()
        replay(contours(partial(file.draw, ord(character))), pen)
        drawn.append((" ".join(pen.operators), file.advance(ord(character)) / GRID, EM / GRID))
    return tuple(drawn)
