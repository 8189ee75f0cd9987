"""From a source's rows to what concerns one business: taken, skipped by name, mapped, or put into quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

from creditreport.catalog.manifest import Condition, Manifest, Skip
from creditreport.catalog.shared import taken_words
from creditreport.catalog.words import comparable_word
from creditreport.entities.numbers import without_person
from creditreport.violations.answer import Quarantined
from creditreport.violations.cells import UnreadableCell, clean_text, says_nothing
from creditreport.violations.concern import is_valid_code
from creditreport.violations.fingerprint import fingerprint
from creditreport.violations.record import comparable_code, comparable_name

Row = Mapping[str, Any]
T = TypeVar("T")
Explain = Callable[[Sequence[T]], tuple[str | None, str] | None]
# A column that rows are left out by has few different words and many rows.
_word = lru_cache(4096)(comparable_word)


class ColumnMismatch(ValueError):
    """The source's columns are not those the manifest speaks of; the message names them."""


def used_columns(manifest: Manifest) -> frozenset[str]:
    """Every column that the manifest reads."""
    return _used_columns(_This(manifest))


class _This:
    """One manifest and no other, however alike: told apart without comparing what they say."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and self.manifest is other.manifest

    def __hash__(self) -> int:
        return id(self.manifest)


# A catalogue's manifests never change, and are asked for each report.
@lru_cache(maxsize=256)
def _used_columns(this: _This) -> frozenset[str]:
    manifest = this.manifest
    used = {rule.column for rules in manifest.fields.values() for rule in rules if rule.column is not None}
    used.update(manifest.key, manifest.concerns.columns)
    used.update(condition.column for skip in manifest.skip for condition in skip.when)
    used.update(manifest.expect.required, (share.column for share in manifest.expect.share))
    if manifest.source.take is not None:
        used.add(manifest.source.take.column)
    if manifest.source.as_of.column is not None:
        used.add(manifest.source.as_of.column)
    if manifest.sync is not None and manifest.sync.watermark is not None:
        used.add(manifest.sync.watermark)
    return frozenset(used)


def check_columns(manifest: Manifest, columns: Iterable[str]) -> None:
    """Every column is read or ignored by name, and none that is read is missing. Raises :class:`ColumnMismatch`."""
    _checked(_This(manifest), tuple(columns))


# The same columns, time after time; what raises is not remembered.
@lru_cache(maxsize=256)
def _checked(this: _This, columns: tuple[str, ...]) -> None:
    manifest = this.manifest
    given, used = set(columns), used_columns(manifest)
    known = used | set(manifest.ignore)
    join = getattr(manifest.source, "join", None)
    if join is not None:
        # What two tables are joined by is accounted for by the join itself.
        known |= set(join.on) | {f"{join.alias}.{column}" for column in join.on.values()}
    new, missing = sorted(given - known), sorted(used - given)
    parts = []
    if new:
        parts.append(f"有清单未说明的新列：{'、'.join(new)} / new columns")
    if missing:
        parts.append(f"缺少清单所用的列：{'、'.join(missing)} / columns are missing")
    if parts:
        raise ColumnMismatch("；".join(parts))


class RowFilter:
    """Which rows are this manifest's at all, and which are left out by name."""

    def __init__(self, manifest: Manifest, taken_by_any: frozenset[str]) -> None:
        take = manifest.source.take
        self._take_column = take.column if take else None
        self._own = taken_words(take) if take else frozenset()
        self._others = taken_by_any - self._own
        self._skips = tuple((skip, _words(skip)) for skip in manifest.skip)

    def belongs(self, row: Row) -> bool | None:
        """True: this manifest's; False: another's; ``None``: nobody takes it."""
        if self._take_column is None:
            return True
        word = comparable_name(_text(row[self._take_column]) or "")
        if word in self._own:
            return True
        return False if word in self._others else None

    def skipped(self, row: Row) -> str | None:
        """The reason for which the row is left out, if there is one."""
        for skip, words in self._skips:
            for condition, known in zip(skip.when, words, strict=True):
                if not _holds(condition, known, row):
                    break
            else:
                return skip.reason
        return None


def _words(skip: Skip) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(comparable_word, condition.values)) for condition in skip.when)


def _holds(condition: Condition, words: frozenset[str], row: Row) -> bool:
    text = _text(row[condition.column])
    if condition.empty is not None:
        return says_nothing(text) == condition.empty
    if condition.unified_code is not None:
        return is_valid_code(comparable_code(text or "")) == condition.unified_code
    return _word(text or "") in words


def _text(cell: Any) -> str | None:
    try:
        return clean_text(cell)
    except UnreadableCell:
        return "?"  # Something stands there, though nobody can read it: not empty, and no word of any list.


@dataclass
class Gathering(Generic[T]):
    """What was kept of one source's rows, by row id, so that no id stands for two different rows."""

    ignored: frozenset[str]
    skipped: Counter[str] = field(default_factory=Counter)
    quarantined: list[Quarantined] = field(default_factory=list)
    _kept: dict[str, list[tuple[dict[str, Any], Row, T]]] = field(default_factory=dict)

    def keep(self, row_id: str, row: Row, value: T, came: Row | None = None) -> None:
        """Keep a mapped row, which ``came`` in another form if a person corrected it; the same row twice is one."""
        visible = self.visible(row)
        same = self._kept.setdefault(row_id, [])
        if all(visible != other for other, _came, _value in same):
            same.append((visible, came or row, value))

    def set_aside(self, row: Row, column: str | None, problem: str) -> None:
        """Put a row, as it came, into quarantine, once however often it comes."""
        visible = self.visible(row)
        one = Quarantined(shown(visible), column, problem, fingerprint(visible))
        if one not in self.quarantined:
            self.quarantined.append(one)

    def settle(self, key: tuple[str, ...], explain: Explain[T] | None = None) -> tuple[T, ...]:
        """The values whose id is theirs alone, in the source's order; the others go into quarantine.

        ``explain`` may know a plainer reason, column and sentence, for several values with the same id.
        """
        values = []
        for row_id, several in self._kept.items():
            if len(several) == 1:
                values.append(several[0][2])
                continue
            plainer = explain([value for _visible, _came, value in several]) if explain else None
            column, problem = plainer or (key[0], f"主键“{row_id}”对应多行不同的内容")
            for _visible, came, _value in several:
                self.set_aside(came, column, problem)
        return tuple(values)

    def visible(self, row: Row) -> dict[str, Any]:
        """The row without what the manifest ignores: that neither tells rows apart nor is passed on."""
        return {column: cell for column, cell in row.items() if column not in self.ignored}


def shown(row: Row) -> dict[str, str | None]:
    """A row as text, for staff; the number of a person's identity card, also within a tax number, is hidden."""
    result: dict[str, str | None] = {}
    for column, cell in row.items():
        try:
            text = clean_text(cell)
            result[column] = text if text is None else without_person(text)
        except UnreadableCell as error:
            result[column] = str(cell) if isinstance(cell, int | float) else str(error)
    return result
