"""Exemption from penalty as sources write it (Administrative Penalty Law art. 33): words, not a column.

不予行政处罚, 不予处罚, 免予处罚 in a document's number, the violation's or penalty's type or the penalty's content make
a record ``exempted``; an exempted record is not listed, so a row that also tells of a real penalty is a contradiction
that a person must settle.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from creditreport.violations.record import Disposition, PenaltyType

_EXEMPTION = r"(?:不予以?|免予|免于)(?:行政)?处罚"
_SAID = re.compile(_EXEMPTION)
# What every such word begins with, and the characters that NFKC makes into these: other texts need no folding.
_FIRST = re.compile("[不免\uf967\ufa32\U0002f80e]")
_NOTHING_ELSE = re.compile(rf"(?:其他|其它)?[-—－:：(（\[]*{_EXEMPTION}(?:决定|决定书)?[)）\]]*")
_A_PENALTY = re.compile(
    r"罚款|没收|吊销|暂扣|通报批评|给予警告|予以警告|停产|停业|责令关闭|降低资质|限制从业|限制开展生产|拘留"
)
_REAL = frozenset(PenaltyType) - {PenaltyType.OTHER}


class Contradiction(ValueError):
    """A row that speaks of an exemption and of a penalty; ``key`` names where the penalty is."""

    def __init__(self, key: str, problem: str) -> None:
        self.key = key
        super().__init__(problem)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def speaks_of_exemption(texts: Iterable[str | None]) -> bool:
    """Whether any of the texts holds a word for exemption."""
    return any(text and _FIRST.search(text) and _SAID.search(_plain(text)) for text in texts)


def is_exemption_word(word: str) -> bool:
    """Whether a word of a list of penalty types says nothing but that there is none."""
    return _NOTHING_ELSE.fullmatch(_plain(word)) is not None


def disposition(values: Mapping[str, Any], penalty_words: Iterable[str | None]) -> Disposition | None:
    """The disposition of a mapped row; ``penalty_words`` are the cells of its penalty types as they came.

    Raises :class:`Contradiction` when the row speaks of an exemption and also of a penalty.
    """
    stated = values.get("disposition")
    content = values.get("penalty_content")
    texts = (values.get("document_number"), values.get("violation_type"), content, *penalty_words)
    if not speaks_of_exemption(texts):
        if stated != Disposition.EXEMPTED:
            return stated
    elif stated not in {None, Disposition.EXEMPTED}:
        raise Contradiction("disposition", "既写明不予处罚，又标为其他处理结果")
    for key in ("fine_yuan", "confiscated_yuan"):
        if values.get(key):
            raise Contradiction(key, "既写明不予处罚，又有金额")
    if _REAL & set(values.get("penalty_types") or ()):
        raise Contradiction("penalty_types", "既写明不予处罚，又有处罚种类")
    if content and _A_PENALTY.search(_SAID.sub("", _plain(content))):
        raise Contradiction("penalty_content", "既写明不予处罚，处罚内容中又有处罚")
    return Disposition.EXEMPTED
