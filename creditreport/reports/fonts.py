"""The fonts of the report: which font draws which character, and how wide it is.

Noto Sans SC draws nearly everything; characters that it lacks (𠮷) are taken from the operator's own fonts in
``var/fonts/extra``, then from Debian's ``fonts-hanazono`` where that is installed. A character that no font has
is never drawn as a box: whoever draws asks :meth:`FontSet.missing` first and stops.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from creditreport.errors import Problem
from creditreport.reports.contours import EM
from creditreport.reports.font_setup import BOLD, REGULAR, fonts_folder, prepare_fonts
from creditreport.reports.fontfile import UnusableFont, font_digest
from creditreport.reports.glyphs import ReportFont

__all__ = ["FontSet", "Run", "load_fonts", "prepare_fonts"]

SYSTEM_FALLBACKS = tuple(Path("/usr/share/fonts/truetype/hanazono") / name for name in ("HanaMinA.ttf", "HanaMinB.ttf"))


class Run(NamedTuple):
    """A piece of text that one font draws."""

    font: ReportFont
    text: str


class Fallback:
    """A font that is read only when a character needs it: these files are large and seldom used."""

    def __init__(self, path: Path, resource: str) -> None:
        self.path = path
        self._resource = resource

    @cached_property
    def font(self) -> ReportFont:
        """The font itself. Raises ``FONT_UNREADABLE`` naming a file that is no font or may not be embedded."""
        return _opened(self.path, self._resource)


class FontSet:
    """Regular and bold with their fallbacks. Widths are in em; loaded once per process and shared by threads."""

    def __init__(self, regular: ReportFont, bold: ReportFont, fallbacks: tuple[Fallback, ...]) -> None:
        self.regular = regular
        self.bold = bold
        self.fallbacks = fallbacks
        self.digest = self._digest()
        self._glyphs: dict[bool, dict[str, tuple[ReportFont | None, float]]] = {False: {}, True: {}}

    def _digest(self) -> str:
        """Eight hex digits that change with any of the fonts: part of the renderer's version."""
        paths = (self.regular.path, self.bold.path, *(fallback.path for fallback in self.fallbacks))
        return hashlib.sha256(b"".join(map(font_digest, paths))).hexdigest()[:8]

    def glyph(self, character: str, bold: bool = False) -> tuple[ReportFont | None, float]:
        """The font that draws ``character`` (``None``: no font has it) and the character's width in em."""
        known = self._glyphs[bold]
        found = known.get(character)
        if found is None:
            found = known[character] = self._find(character, bold)
        return found

    def _find(self, character: str, bold: bool) -> tuple[ReportFont | None, float]:
        code = ord(character)
        for font in self._chain(bold):
            found = font.glyph(code)
            if found is not None:
                return font, found.advance / EM
        return None, 1.0

    def _chain(self, bold: bool) -> Iterator[ReportFont]:
        yield self.bold if bold else self.regular
        for fallback in self.fallbacks:
            yield fallback.font

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """The width of ``text`` in points at ``size`` points."""
        known = self._glyphs[bold]
        try:
            return size * sum([known[character][1] for character in text])
        except KeyError:
            return size * sum([self.glyph(character, bold)[1] for character in text])

    def runs(self, text: str, bold: bool = False) -> list[Run]:
        """``text`` split by the font that draws it. Raises ``MISSING_GLYPH`` for a character that no font has."""
        known, runs = self._glyphs[bold], []
        first = self.bold if bold else self.regular
        pieces: list[str] = []
        current: ReportFont | None = first
        for character in text:
            found = known.get(character) or self.glyph(character, bold)
            if found[0] is not current:
                if found[0] is None:
                    raise missing_glyph(self.missing([text]))
                if pieces and current is not None:
                    runs.append(Run(current, "".join(pieces)))
                current, pieces = found[0], []
            pieces.append(character)
        if pieces and current is not None:
            runs.append(Run(current, "".join(pieces)))
        return runs

    def missing(self, texts: Iterable[str]) -> list[str]:
        """The characters of ``texts`` that no font has, in the order they appear, each once."""
        characters = dict.fromkeys(character for text in texts for character in text)
        return [character for character in characters if self.glyph(character)[0] is None]


def missing_glyph(characters: Iterable[str]) -> Problem:
    """``MISSING_GLYPH`` naming each character and its code point."""
    # Half of a surrogate pair cannot even be printed in a message.
    shown = [(character if unicodedata.category(character) != "Cs" else "", ord(character)) for character in characters]
    named = [f"{character}（U+{code:04X}）" for character, code in shown]
    return Problem("MISSING_GLYPH", characters="、".join(named), shown={"characters": named})


def load_fonts(var_dir: Path) -> FontSet:
    """The fonts made by set-up, with the fallbacks that are there. Raises ``FONTS_MISSING`` before set-up."""
    folder = fonts_folder(var_dir)
    for name in (REGULAR, BOLD):
        if not (folder / name).is_file():
            raise Problem("FONTS_MISSING", path=str(folder / name))
    extra = sorted((folder / "extra").glob("*.[tToO][tT][fF]"))
    found = [*extra, *(path for path in SYSTEM_FALLBACKS if path.is_file())]
    return FontSet(
        _opened(folder / REGULAR, "F1"),
        _opened(folder / BOLD, "F2"),
        tuple(Fallback(path, f"F{number}") for number, path in enumerate(found, start=3)),
    )


def _opened(path: Path, resource: str) -> ReportFont:
    try:
        return ReportFont(path, resource)
    except UnusableFont as error:
        raise Problem("FONT_UNREADABLE", path=str(path), detail=str(error)) from error
