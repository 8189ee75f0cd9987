"""Breaking text into lines: Chinese between any two characters, Latin words and numbers whole.

The basic rules of 避头尾 (GB/T 15834, CLREQ): a line does not begin with closing punctuation and does not end with
opening punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

NOT_FIRST = frozenset("，。、；：？！…—·～’”）〕】》〉」』］｝〗％‰℃,.;:?!)]}>%/·")
NOT_LAST = frozenset("‘“（〔【《〈「『［｛〖￥$([{<")

# Words that a line break would spoil; a dot or comma between digits belongs to the number.
_WORD = re.compile(r"[A-Za-z0-9]+(?:[.,:'’/@_&+\-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
_BREAKS = re.compile(r"\r\n?|[\n\v\f\x85\u2028\u2029]")


def printable(text: str) -> str:
    """``text`` as it can be drawn: line ends as ``\\n``, every kind of space as one, invisible characters left out.

    Control and format characters and variation selectors have no glyph by their nature; Unicode (5.21) asks to
    ignore them where they are not supported, and without directional overrides text is shown in its true order.
    """
    folded = _BREAKS.sub("\n", text)
    if folded.isascii() and folded.isprintable():
        return folded
    return "".join([_drawn(character) for character in folded])


@lru_cache(maxsize=20_000)
def _drawn(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if character in "\n\u3000":
        return character
    if category == "Zs" or character == "\t":
        return " "
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return "" if selector or category in ("Cf", "Cc") else character


def one_line(text: str) -> str:
    """``text`` as it can be drawn on a single line."""
    return printable(text).replace("\n", " ")


def wrap(text: str, limit: float, width: Callable[[str], float]) -> list[str]:
    """``text`` in lines no wider than ``limit``; ``width`` measures a piece of text. Never empty."""
    lines: list[str] = []
    for paragraph in printable(text).split("\n"):
        line = paragraph.strip()
        lines.extend([line] if width(line) <= limit else _fill(line, limit, width))
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines


def _fill(paragraph: str, limit: float, width: Callable[[str], float]) -> Iterator[str]:
    line, used = "", 0.0
    for unit in _units(paragraph):
        space = width(unit)
        if line and used + width(unit.rstrip()) > limit:
            yield line.rstrip()
            line, used = "", 0.0
            unit = unit.lstrip()
            space = width(unit)
        if space > limit:
            *full, unit = _cut(unit, limit, width)
            yield from full
            space = width(unit)
        line, used = line + unit, used + space
    if line.strip():
        yield line.rstrip()


def _units(paragraph: str) -> Iterator[str]:
    """The pieces between which a line may break."""
    unit = ""
    for word in _WORD.findall(paragraph):
        if not unit or word[0] in NOT_FIRST or word.isspace() or unit[-1] in NOT_LAST or _counted(unit, word):
            unit += word
        else:
            yield unit
            unit = word
    if unit:
        yield unit


def _counted(unit: str, word: str) -> bool:
    """A number and its measure word (45 个, 2026年) stay together."""
    return unit.rstrip()[-1:].isdecimal() and not word.isascii()


def _cut(unit: str, limit: float, width: Callable[[str], float]) -> list[str]:
    """A unit wider than a line (a long address, a row of dots), cut where the line is full."""
    pieces, line, used = [], "", 0.0
    for character in unit:
        space = width(character)
        if line and used + space > limit:
            pieces.append(line)
            line, used = "", 0.0
        line, used = line + character, used + space
    return [*pieces, line]
