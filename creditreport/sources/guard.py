"""Guard rails on a whole table: too few rows, too many, or the wrong mixture is an error of the source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from creditreport.catalog.expect import Share, reads_whole_table
from creditreport.catalog.manifest import Manifest
from creditreport.catalog.shared import taken_words
from creditreport.catalog.words import comparable_word
from creditreport.sources.outcome import ExpectationMissed
from creditreport.violations.cells import UnreadableCell, clean_text, says_nothing
from creditreport.violations.record import comparable_name

# A column of states or departments has few different words and millions of rows.
_word, _name = lru_cache(4096)(comparable_word), lru_cache(4096)(comparable_name)


class Guard:
    """Counts the manifest's own rows as they pass, and judges them at the end (``[expect]``).

    ``part_only``: only what is new is read, which may be nothing; then the source's sign of success alone is judged.
    """

    def __init__(self, manifest: Manifest, *, part_only: bool = False) -> None:
        self._expect = manifest.expect
        self._signed = reads_whole_table(manifest)
        self._may_be_empty = manifest.expect.empty or getattr(manifest.source, "empty_ok", False)
        self._active = self._signed and not part_only
        take = manifest.source.take
        self._take = (take.column, taken_words(take)) if take else None
        self._shares = [(one, frozenset(map(comparable_word, one.values))) for one in self._expect.share]
        self._hits = [0] * len(self._shares)
        self._unfilled = list(self._expect.required)
        self._own = 0

    def begin(self, success: bool | None) -> None:
        """Raise :class:`ExpectationMissed` when the source itself says that not all is well."""
        if self._signed and success is False:
            raise ExpectationMissed("来源的成功标志不成立，数据可能正在装载 / the source does not report success")

    def see(self, row: Mapping[str, Any]) -> None:
        """Count one row, if it is the manifest's own."""
        if not self._active or not self._is_own(row):
            return
        self._own += 1
        for place, (share, words) in enumerate(self._shares):
            self._hits[place] += _word(_text(row.get(share.column)) or "") in words
        if self._unfilled:
            self._unfilled = [column for column in self._unfilled if says_nothing(_text(row.get(column)))]

    def end(self) -> None:
        """Judge the whole. Raises :class:`ExpectationMissed` naming what does not hold."""
        if not self._active:
            return
        expect, own = self._expect, self._own
        if own == 0 and not self._may_be_empty:
            raise ExpectationMissed(
                "没有一行数据，而清单未声明可以为空 / no rows, and the manifest does not allow that"
            )
        if own == 0:
            return
        if own < expect.min_rows and not expect.empty:
            raise ExpectationMissed(f"只有 {own} 行，至少应有 {expect.min_rows} 行 / fewer rows than expected")
        if expect.max_rows is not None and own > expect.max_rows:
            raise ExpectationMissed(f"有 {own} 行，至多应有 {expect.max_rows} 行 / more rows than expected")
        for column in self._unfilled:
            raise ExpectationMissed(f"必填列“{column}”每一行都是空的 / a required column is empty in every row")
        for (share, _words), hits in zip(self._shares, self._hits, strict=True):
            _judge(share, hits / own)

    def _is_own(self, row: Mapping[str, Any]) -> bool:
        if self._take is None:
            return True
        column, words = self._take
        return _name(_text(row.get(column)) or "") in words


def _judge(share: Share, part: float) -> None:
    if share.at_least <= part <= share.at_most:
        return
    raise ExpectationMissed(
        f"列“{share.column}”为“{'、'.join(share.values)}”的行占 {part:.0%}，"
        f"应在 {share.at_least:.0%} 至 {share.at_most:.0%} 之间 / the share of rows is not as expected"
    )


def _text(cell: Any) -> str | None:
    try:
        return clean_text(cell)
    except UnreadableCell:
        return "?"  # Something stands there, though nobody can read it.
