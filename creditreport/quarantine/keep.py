"""Keeping rows that a person must settle: each once, by its fingerprint, whether a sync or a refused report met it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.db import insert_into
from creditreport.quarantine.models import QuarantineRow, RowState
from creditreport.violations.answer import Answer, Quarantined

if TYPE_CHECKING:
    from creditreport.mirror.bring import Brought, Plan

_CHUNK = 500


def keep_refused(sessions: sessionmaker[Session], answers: Iterable[Answer], now: datetime) -> None:
    """Keep the rows for which reports are refused, in a transaction of its own; a row that is known stays as it is."""
    found = [(answer.slug, row) for answer in answers for row in answer.quarantined if row.fingerprint]
    if found:
        with sessions.begin() as session:
            for slug, row in found:
                _insert(session, [_values(slug, row, None, now)])


def keep_found(session: Session, slug: str, plan: Plan, brought: Brought, now: datetime) -> None:
    """Keep what a sync found, in the caller's transaction, and note what is no longer in question."""
    for part in _chunks(brought.found):
        marks = [row.fingerprint for row in part]
        session.execute(
            update(QuarantineRow)
            .where(QuarantineRow.slug == slug, QuarantineRow.fingerprint.in_(marks))
            .values(left_at=None, run=plan.run)
        )
        _insert(session, [_values(slug, row, plan.run, now) for row in part])
    if not plan.whole:
        return
    complete = plan.map_all and brought.quarantined == len(brought.found)
    still = {row.fingerprint for row in brought.found}
    query = select(QuarantineRow).where(QuarantineRow.slug == slug, QuarantineRow.left_at.is_(None))
    for known in session.scalars(query):
        vanished = bytes.fromhex(known.fingerprint) not in brought.seen
        clear_now = complete and known.run is not None and known.fingerprint not in still
        if vanished or (clear_now and known.state == RowState.OPEN):
            known.left_at = now


def _values(slug: str, row: Quarantined, run: int | None, now: datetime) -> dict[str, Any]:
    return {
        "slug": slug,
        "fingerprint": row.fingerprint,
        "run": run,
        "row": json.dumps(dict(row.row), ensure_ascii=False),
        "column": row.column,
        "problem": row.problem,
        "found_at": now,
        "state": RowState.OPEN,
        "cells": "{}",
    }


def _insert(session: Session, values: list[dict[str, Any]]) -> None:
    new = insert_into(session, QuarantineRow).on_conflict_do_nothing(index_elements=["slug", "fingerprint"])
    session.execute(new, values)


def _chunks(rows: Iterable[Quarantined]) -> Iterator[list[Quarantined]]:
    source = iter(rows)
    while part := list(islice(source, _CHUNK)):
        yield part
