"""Searching the guide: every word must be found; what was found is marked. No index: the guide is one page."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from markupsafe import Markup, escape

# Longer than any title of the guide; a pattern must not grow with what a stranger sends.
LONGEST = 60
MARK = Markup("<mark>{}</mark>")


@dataclass(frozen=True, slots=True)
class Search:
    """The words that somebody looks for; none means that everything is shown."""

    text: str
    words: tuple[str, ...]

    def finds(self, *texts: str) -> bool:
        """Whether every word is in one of ``texts``."""
        lowered = [text.casefold() for text in texts]
        return all(any(word.casefold() in text for text in lowered) for word in self.words)

    def marked(self, text: str) -> Markup:
        """``text`` as HTML with each word marked."""
        if not self.words:
            return escape(text)
        longest_first = sorted(self.words, key=len, reverse=True)
        parts = re.split("(" + "|".join(map(re.escape, longest_first)) + ")", text, flags=re.IGNORECASE)
        return Markup("").join(MARK.format(part) if place % 2 else escape(part) for place, part in enumerate(parts))


def read_search(typed: str) -> Search:
    """Read what was typed: full-width forms count as plain ones, spaces part words."""
    text = " ".join(unicodedata.normalize("NFKC", typed[:LONGEST]).split())
    return Search(text, tuple(dict.fromkeys(text.split())))
