"""The work done in a source's own thread, row by row, while its deadline runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from creditreport.catalog.manifest import Manifest, Role
from creditreport.catalog.words import Vocabulary
from creditreport.entities.entity import BusinessEntity, Unclear
from creditreport.sources.base import Row, Rows, SourceIncomplete
from creditreport.violations.answer import OverlayEntry, Quarantined
from creditreport.violations.build import TWO_PARENTS, build_entity, build_entry, build_record
from creditreport.violations.cells import says_nothing
from creditreport.violations.concern import Concern, ConcernRule, is_valid_code
from creditreport.violations.fingerprint import fingerprint
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.record import ViolationRecord
from creditreport.violations.rows import ColumnMismatch, Gathering, RowFilter, check_columns
from creditreport.violations.settled import DISMISSED, NOTHING_SETTLED, Settled
from creditreport.violations.stated import code_columns, read_code

UNTAKEN = "没有任何领域清单取用该行"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was made of a source's rows: values by role, rows set aside, counts of rows left out by name."""

    values: tuple[Any, ...]
    quarantined: tuple[Quarantined, ...]
    skipped: Mapping[str, int]


# Of a source without a row about the business.
NOTHING_KEPT = Kept((), (), {})


def about_business(
    manifest: Manifest,
    entity: BusinessEntity,
    vocabulary: Vocabulary,
    taken: frozenset[str],
    rows: Rows,
    settled: Settled = NOTHING_SETTLED,
    latest: date | None = None,
) -> Kept:
    """What concerns ``entity``, with what persons have ``settled`` applied.

    A decision or listing after ``latest`` cannot have been made yet: a mistyped year would put the record outside
    every window and hide it, so the row is set aside. Raises :class:`SourceIncomplete` when the columns are not the
    manifest's.
    """
    check_source(manifest, rows.columns)
    judging: _Judging | None = None
    for row in rows:
        # Made with the first row: nearly every source of a mirrored city has none about a business.
        judging = judging or _Judging(manifest, entity, vocabulary, taken, settled, latest)
        judging.see(row)
    return _kept(judging.gathering, manifest) if judging else NOTHING_KEPT


class _Judging:
    """One source's rows judged one by one for one business."""

    def __init__(
        self,
        manifest: Manifest,
        entity: BusinessEntity,
        vocabulary: Vocabulary,
        taken: frozenset[str],
        settled: Settled,
        latest: date | None,
    ) -> None:
        self._latest = latest
        self.gathering: Gathering[ViolationRecord | OverlayEntry] = Gathering(frozenset(manifest.ignore))
        self._manifest, self._settled = manifest, settled
        self._mapper, self._rule = Mapper(manifest, vocabulary), ConcernRule(manifest, entity)
        self._filter = RowFilter(manifest, taken)

    def see(self, came: Row) -> None:
        """Leave the row out, keep what it says, or put it into quarantine."""
        settlement = self._settled.get(self._mark(came)) if self._settled else None
        row = came if settlement is None else settlement.corrected(came)
        mapped_to = settlement.uscc if settlement else None
        belongs = True if mapped_to else self._filter.belongs(row)
        if belongs is False:
            return
        reason = self._filter.skipped(row)
        if reason is not None:
            self.gathering.skipped[reason] += 1
            return
        finding = self._rule.of_code(mapped_to) if mapped_to else self._rule.of(row)
        if finding.concern is Concern.NOT:
            return
        if settlement is not None and settlement.dismissed:
            self.gathering.skipped[DISMISSED] += 1
        elif belongs is None:
            take = self._manifest.source.take
            self.gathering.set_aside(came, take.column if take else None, UNTAKEN)
        elif finding.concern is Concern.MAYBE:
            self.gathering.set_aside(came, finding.column, finding.problem)
        else:
            self._keep(came, row, finding.code)

    def _keep(self, came: Row, row: Row, code: str) -> None:
        try:
            row_id = self._mapper.row_id(row)
            value = build_value(self._manifest, self._mapper, row, code, row_id)
            self._refuse_days_to_come(value)
        except Unmappable as error:
            self.gathering.set_aside(came, error.column, error.problem)
            return
        if isinstance(value, OverlayEntry):
            # Whether it joins a record is seen later; the row must be known again then.
            value = replace(value, fingerprint=self._mark(came))
        self.gathering.keep(row_id, row, value, came)

    def _refuse_days_to_come(self, value: ViolationRecord | OverlayEntry) -> None:
        if self._latest is None or isinstance(value, OverlayEntry):
            return
        for key in ("decided_on", "listed_on"):
            day = getattr(value, key)
            if day is not None and day > self._latest:
                raise Unmappable(self._mapper.column(key), f"日期 {day} 还没有到，可能是写错了年份")

    def _mark(self, row: Row) -> str:
        return fingerprint(self.gathering.visible(row))


def build_value(
    manifest: Manifest, mapper: Mapper, row: Row, code: str, row_id: str | None = None
) -> ViolationRecord | OverlayEntry:
    """What a row of the business with ``code`` becomes; ``row_id`` if it is known. Raises :class:`Unmappable`."""
    build = build_entry if manifest.role is Role.OVERLAY else build_record
    return build(manifest, mapper, row, code, row_id)


def all_businesses(manifest: Manifest, vocabulary: Vocabulary, rows: Rows) -> Kept:
    """Every row is a business or goes into quarantine. Raises :class:`SourceIncomplete` like :func:`about_business`."""
    check_source(manifest, rows.columns)
    mapper, filter_ = Mapper(manifest, vocabulary), RowFilter(manifest, frozenset())
    codes = code_columns(manifest)
    gathering: Gathering[BusinessEntity] = Gathering(frozenset(manifest.ignore))
    for row in rows:
        reason = filter_.skipped(row)
        if reason is not None:
            gathering.skipped[reason] += 1
            continue
        try:
            entity = build_entity(mapper, row, read_code(row, codes)[1])
            gathering.keep(entity.register_id, row, entity)
        except Unmappable as error:
            gathering.set_aside(row, error.column, error.problem)
    return Kept(
        gathering.settle(manifest.key, partial(_two_parents, mapper)),
        tuple(gathering.quarantined),
        dict(gathering.skipped),
    )


def _two_parents(mapper: Mapper, entries: Sequence[BusinessEntity]) -> tuple[str | None, str] | None:
    """Why entries with the same id are set aside, if only their parents tell them apart."""
    parents = sorted({str(one.parent_register_id) for one in entries})
    if len(parents) < 2 or len({replace(one, parent_register_id=None) for one in entries}) > 1:
        return None
    return mapper.column("parent_register_id"), f"{TWO_PARENTS}（{'、'.join(parents)}）"


def unclear_entries(manifest: Manifest, quarantined: Iterable[Quarantined]) -> tuple[Unclear, ...]:
    """The entries of the register that were set aside, by the id and the right code that each states."""
    ids = [rule.column for rule in manifest.fields.get("register_id", ()) if rule.column]
    codes, found = code_columns(manifest), []
    for one in quarantined:
        row = {column: one.row.get(column) for column in (*ids, *(column for column, _marks in codes))}
        key = next((text for column in ids if (text := row[column]) and not says_nothing(text)), None)
        code = read_code(row, codes)[1]
        found.append(Unclear(key, code if is_valid_code(code) else None, one.column, one.problem))
    return tuple(found)


def check_source(manifest: Manifest, columns: Iterable[str]) -> None:
    """Raise :class:`SourceIncomplete` when the columns are not the manifest's."""
    try:
        check_columns(manifest, columns)
    except ColumnMismatch as error:
        raise SourceIncomplete(str(error)) from error


def _kept(gathering: Gathering[Any], manifest: Manifest) -> Kept:
    values = gathering.settle(manifest.key)
    return Kept(values, tuple(gathering.quarantined), dict(gathering.skipped))
