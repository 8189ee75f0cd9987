"""What can be told of a row from itself and its manifest alone (pure): the same in whatever process it is done.

Whom a row without a code means, whether it came before and under which number it is stored is for the one that stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from creditreport.catalog.manifest import Manifest
from creditreport.catalog.words import Vocabulary
from creditreport.violations.fingerprint import bytes_digest, row_bytes
from creditreport.violations.handles import HandleRule
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.reading import UNTAKEN, build_value
from creditreport.violations.rows import RowFilter, used_columns

Row = Mapping[str, Any]
# The column to blame (if one is) and a sentence.
Why = tuple[str | None, str]
# A row that is left out: the reason (none: it is another manifest's), and its key and code if they are wanted.
Left = tuple[str | None, str | None, str | None]
# A row that is kept: digest, key, code, further handles, text, what ``RowFilter.belongs`` said, and why a person must
# look at it; of a row without a code that is not told yet. Plain tuples: they are sent from process to process.
Kept = tuple[bytes, str | None, str | None, tuple[str, ...], bytes, bool | None, Why | None]


class RowWork:
    """One manifest's rules for the rows of a source with ``columns``, of which ``taken`` words are taken by any.

    ``reads`` are the columns that the work looks at; the others neither tell rows apart nor are kept.
    """

    def __init__(
        self, manifest: Manifest, vocabulary: Vocabulary, taken: frozenset[str], columns: Sequence[str], whole: bool
    ) -> None:
        self._manifest, self._whole = manifest, whole
        self._mapper, self._filter = Mapper(manifest, vocabulary), RowFilter(manifest, taken)
        self._handles = HandleRule(manifest)
        self._take = manifest.source.take.column if manifest.source.take else None
        self._code = next((rule.column for rule in manifest.fields.get("uscc", ()) if rule.column), None)
        ignored = frozenset(manifest.ignore)
        self._visible = tuple(sorted(column for column in columns if column not in ignored))
        # What is ignored but read is kept too, though it does not tell rows apart.
        kept = tuple(sorted({*self._visible, *(ignored & used_columns(manifest))}))
        self._kept = None if kept == self._visible else kept
        self.reads = kept

    def of(self, rows: Iterable[Row]) -> list[Left | Kept]:
        """What is told of each row, in order."""
        told: list[Left | Kept] = []
        for row in rows:
            left, reason, belongs = self._sifted(row)
            told.append(self._left(row, reason) if left else self._worked(row, belongs))
        return told

    def mark(self, row: Row) -> bytes | None:
        """The digest of a row that is kept; ``None`` for one that is left out."""
        return None if self._sifted(row)[0] else bytes_digest(row_bytes(row, self._visible))

    def why(self, row: Row, key: str | None, code: str | None, belongs: bool | None) -> Why | None:
        """Why a person must look at a row, whomever it concerns; ``code`` is that of the business it means."""
        if belongs is None:
            return self._take, UNTAKEN
        if code is None:
            return self._code, "没有正确的统一社会信用代码"
        try:
            build_value(self._manifest, self._mapper, row, code, key)
        except Unmappable as error:
            return error.column, error.problem
        return None

    def _sifted(self, row: Row) -> tuple[bool, str | None, bool | None]:
        belongs = self._filter.belongs(row)
        reason = None if belongs is False else self._filter.skipped(row)
        return reason is not None or belongs is False, reason, belongs

    def _left(self, row: Row, reason: str | None) -> Left:
        # Read by watermark, a row that is left out from now on still takes the place of its older version.
        return (reason, None, None) if self._whole else (reason, self._key(row), self._handles.of(row).code)

    def _worked(self, row: Row, belongs: bool | None) -> Kept:
        text = row_bytes(row, self._visible)
        mark = bytes_digest(text)
        if self._kept is not None:
            text = row_bytes(row, self._kept)
        handles, key = self._handles.of(row), self._key(row)
        why = None if handles.code is None else self.why(row, key, handles.code, belongs)
        return mark, key, handles.code, handles.others, text, belongs, why

    def _key(self, row: Row) -> str | None:
        try:
            return self._mapper.row_id(row)
        except Unmappable:
            return None
