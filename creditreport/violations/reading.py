"""The work done in a source's own thread, row by row, while its deadline runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from creditreport.catalog.manifest import Manifest, Role
from creditreport.catalog.words import Vocabulary
from creditreport.entities.entity import BusinessEntity
from creditreport.sources.base import Rows, SourceIncomplete
from creditreport.violations.answer import OverlayEntry, Quarantined
from creditreport.violations.build import build_entity, build_entry, build_record
from creditreport.violations.concern import Concern, ConcernRule, code_columns, read_code
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.record import ViolationRecord
from creditreport.violations.rows import ColumnMismatch, Gathering, RowFilter, check_columns

UNTAKEN = "没有任何领域清单取用该行"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was made of a source's rows: values by role, rows set aside, counts of rows left out by name."""

    values: tuple[Any, ...]
    quarantined: tuple[Quarantined, ...]
    skipped: Mapping[str, int]


def about_business(
    manifest: Manifest, entity: BusinessEntity, vocabulary: Vocabulary, taken: frozenset[str], rows: Rows
) -> Kept:
    """What concerns ``entity``. Raises :class:`SourceIncomplete` when the columns are not the manifest's."""
    _check(manifest, rows)
    mapper, rule, filter_ = Mapper(manifest, vocabulary), ConcernRule(manifest, entity), RowFilter(manifest, taken)
    gathering: Gathering[ViolationRecord | OverlayEntry] = Gathering(frozenset(manifest.ignore))
    build: Callable[..., Any] = build_entry if manifest.role is Role.OVERLAY else build_record
    for row in rows:
        belongs = filter_.belongs(row)
        if belongs is False:
            continue
        reason = filter_.skipped(row)
        if reason is not None:
            gathering.skipped[reason] += 1
            continue
        finding = rule.of(row)
        if finding.concern is Concern.NOT:
            continue
        if belongs is None:
            gathering.set_aside(row, manifest.source.take.column if manifest.source.take else None, UNTAKEN)
        elif finding.concern is Concern.MAYBE:
            gathering.set_aside(row, finding.column, finding.problem)
        else:
            try:
                gathering.keep(mapper.row_id(row), row, build(manifest, mapper, row, finding.code))
            except Unmappable as error:
                gathering.set_aside(row, error.column, error.problem)
    return _kept(gathering, manifest)


def all_businesses(manifest: Manifest, vocabulary: Vocabulary, rows: Rows) -> Kept:
    """Every row is a business or goes into quarantine. Raises :class:`SourceIncomplete` like :func:`about_business`."""
    _check(manifest, rows)
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
    return _kept(gathering, manifest)


def _check(manifest: Manifest, rows: Rows) -> None:
    try:
        check_columns(manifest, rows.columns)
    except ColumnMismatch as error:
        raise SourceIncomplete(str(error)) from error


def _kept(gathering: Gathering[Any], manifest: Manifest) -> Kept:
    values = gathering.settle(manifest.key)
    return Kept(values, tuple(gathering.quarantined), dict(gathering.skipped))
