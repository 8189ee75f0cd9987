"""Pages being drawn: PDF operators gathered page by page, measured from the top left corner in points.

The operators are written here rather than through ReportLab's canvas: text is drawn with the fonts that really
cover it, no unused standard font slips in, and a report takes a fraction of the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from creditreport.errors import Problem
from creditreport.reports.fonts import FontSet, missing_glyph
from creditreport.reports.glyphs import drawn_in
from creditreport.reports.pages.plates import Drawn, Plate, plates_of
from creditreport.reports.pages.style import BLACK, HEIGHT, INK, MIDDLE, Colour

# The outline, in em, that makes a regular glyph look bold.
FATTEN = 0.03
# A word in small letters, which codes and numbers are not; a character of Chinese.
_LATIN, _CHINESE = re.compile("[a-z]{2}"), re.compile("[\u2e80-\u9fff\U00020000-\U0003ffff]")


class Paper:
    """All pages of one document. Characters that no font has are gathered and stop the document at its end."""

    def __init__(self, fonts: FontSet, document: Any) -> None:
        self.fonts = fonts
        self.plates = plates_of(fonts)
        self.pages: list[Page] = []
        # In a document of two languages the one of lines in Latin letters; they are marked so (ISO 32000-1, 14.9.2).
        self.latin = ""
        self._document = document
        self._shown: dict[tuple[str, float, bool, Colour], str] = {}
        self._missing: dict[str, None] = {}

    def new_page(self) -> Page:
        """A fresh page at the end."""
        page = Page(self)
        self.pages.append(page)
        return page

    def show(self, text: str, size: float, bold: bool, colour: Colour) -> str:
        """The operators that show ``text`` at the current text position; nothing if a font for it is missing.

        Bold is the regular face with a thin outline in the text's own colour: a font program of its own for a few
        headings would be a sixth of the file, and the fallbacks have one weight anyway.
        """
        key = (text, size, bold, colour)
        known = self._shown.get(key)
        if known is not None:
            return known
        fonts, document, shown = self.fonts, self._document, []
        try:
            runs = fonts.runs(text)
        except Problem:
            self._missing.update(dict.fromkeys(fonts.missing((text,))))
            return ""
        for font, piece in runs:
            parts = [
                f"{font.getSubsetInternalName(subset, document)} {size:g} Tf <{codes.hex()}> Tj"
                for subset, codes in font.splitString(piece, document)
            ]
            shown += parts
        if bold and shown:
            # Square corners stay square; an acute one would grow a spike and is cut off.
            shown = [_rgb(colour, "RG"), f"{size * FATTEN:.2f} w 2 M 2 Tr", *shown, "0 Tr"]
        operators = self._shown[key] = " ".join(shown)
        return operators

    @contextmanager
    def pressing(self) -> Iterator[Drawn]:
        """What the body draws is noted by itself, as well as for the document."""
        document, self._document = self._document, SimpleNamespace()
        shown, self._shown = self._shown, {}
        drawn = drawn_in(self._document)
        try:
            yield drawn
        finally:
            self._document, self._shown = document, shown
            self.note(drawn)

    def scratch(self) -> Paper:
        """Paper of the same kind whose pages come into no document; a missing glyph there is missing here."""
        paper = Paper(self.fonts, SimpleNamespace())
        paper.latin, paper._missing = self.latin, self._missing
        return paper

    @property
    def drawn(self) -> Drawn:
        """The characters drawn so far, by font."""
        return drawn_in(self._document)

    def note(self, drawn: Drawn) -> None:
        """Note the characters that a plate draws."""
        known = drawn_in(self._document)
        for font, characters in drawn.items():
            known.setdefault(font, set()).update(characters)

    @property
    def complete(self) -> bool:
        """Whether every character had a font so far."""
        return not self._missing

    def check(self) -> None:
        """Raises ``MISSING_GLYPH`` naming every character that could not be drawn."""
        if self._missing:
            raise missing_glyph(self._missing)


class Page:
    """One page; nothing on it is final before the document is written."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.operators: list[str] = []
        self._fill: Colour | None = BLACK

    def forget_colour(self) -> None:
        """The next thing sets its colour, whatever was drawn before it."""
        self._fill = None

    def put(self, plate: Plate) -> None:
        """What ``plate`` keeps, as if it were drawn now."""
        self.operators.append(plate)
        self.paper.note(plate.drawn)
        self.forget_colour()

    def _use(self, colour: Colour) -> None:
        if colour != self._fill:
            self._fill = colour
            self.operators.append(_rgb(colour, "rg"))

    def text(
        self, x: float, y: float, text: str, size: float, *,
        bold: bool = False, colour: Colour = INK, spread: float = 0.0,
    ) -> None:  # fmt: skip
        """``text`` with its baseline at ``y``, starting at ``x``; ``spread`` points more between its characters.

        Bold text is as wide as other text.
        """
        if text:
            self._use(colour)
            shown = self.paper.show(text, size, bold, colour)
            if spread:
                shown = f"{spread:.3f} Tc {shown} 0 Tc"
            shown = f"BT 1 0 0 1 {x:.2f} {HEIGHT - y:.2f} Tm {shown} ET"
            if self.paper.latin and _LATIN.search(text) and not _CHINESE.search(text):
                shown = f"/Span <</Lang ({self.paper.latin})>> BDC {shown} EMC"
            self.operators.append(shown)

    def right(self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: Colour = INK) -> None:
        """``text`` ending at ``x``."""
        self.text(x - self.paper.fonts.width(text, size), y, text, size, bold=bold, colour=colour)

    def centre(self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: Colour = INK) -> None:
        """``text`` with its middle at ``x``."""
        self.text(x - self.paper.fonts.width(text, size) / 2, y, text, size, bold=bold, colour=colour)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle whose top left corner is (``x``, ``y``)."""
        self._use(colour)
        self.operators.append(f"{x:.2f} {HEIGHT - y - height:.2f} {width:.2f} {height:.2f} re f")

    def rule(self, x: float, y: float, width: float, thickness: float, colour: Colour) -> None:
        """A horizontal rule hanging from ``y``."""
        self.box(x, y, width, thickness, colour)

    def raw(self, *operators: str) -> None:
        """PDF operators in the page's own coordinates (origin bottom left), kept apart from the rest."""
        self.operators.extend(("q", *operators, "Q"))


def _rgb(colour: Colour, operator: str) -> str:
    red, green, blue = colour
    return f"{red:.3f} {green:.3f} {blue:.3f} {operator}"


def baseline(top: float, leading: float, size: float) -> float:
    """The baseline of a line whose box begins at ``top`` and is ``leading`` high."""
    return top + leading / 2 + MIDDLE * size
