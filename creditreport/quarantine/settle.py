"""Settling a row: putting its cells right, saying whose it is, or dismissing it; each in one transaction.

A correction or a mapping must leave nothing uncertain, else it is refused. To dismiss a row is to let a record go, so
two persons do it: one proposes with a reason, another confirms. Repeating what was done changes nothing.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.db import one_writer
from creditreport.entities.register import find_entity
from creditreport.errors import Problem
from creditreport.quarantine.models import QuarantineRow, RowState
from creditreport.quarantine.trial import still_uncertain
from creditreport.violations.settled import Settlement

if TYPE_CHECKING:
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the row; ``changed`` is false when it had been settled in the same way before."""

    row: QuarantineRow
    changed: bool


def correct(service: Service, row_id: int, cells: Mapping[str, str], by: str, now: datetime) -> Done:
    """Replace ``cells`` (by column); the row then counts as what it says, until the source sends a different row.

    Raises ``UNKNOWN_QUARANTINE_ROW``, ``NAME_MISSING``, ``NO_SUCH_COLUMN``, ``STILL_UNCERTAIN``, ``ALREADY_SETTLED``.
    """
    return _settle(service, row_id, Settlement(cells=dict(cells)), RowState.CORRECTED, by, now)


def map_to(service: Service, row_id: int, uscc: str, by: str, now: datetime) -> Done:
    """Say that the row is about the business with the code ``uscc``.

    Raises as :func:`correct`, and ``INVALID_USCC``, ``UNKNOWN_ENTITY``, ``DUPLICATE_USCC``.
    """
    with service.reading() as session:
        entity = find_entity(session, uscc)
    return _settle(service, row_id, Settlement(uscc=entity.uscc), RowState.MAPPED, by, now)


def dismiss(service: Service, row_id: int, reason: str, by: str, now: datetime) -> Done:
    """Propose to dismiss the row, or confirm what another person has proposed.

    Raises ``UNKNOWN_QUARANTINE_ROW``, ``NAME_MISSING``, ``REASON_MISSING``, ``SAME_PERSON``, ``ALREADY_SETTLED``.
    """
    name, why = _name(by), " ".join(reason.split())
    with service.sessions.begin() as session:
        row = _row(session, row_id)
        if row.state == RowState.DISMISSED and _same(name, row.settled_by, row.proposed_by):
            return Done(row, changed=False)
        _refuse_settled(row)
        if not why:
            raise Problem("REASON_MISSING")
        if row.proposed_by is None:
            row.reason, row.proposed_by, row.proposed_at = why, name, now
            _note(session, row, "quarantine.dismissal_proposed", name, now, reason=why)
            return Done(row, changed=True)
        if _same(name, row.proposed_by):
            raise Problem("SAME_PERSON", value=row_id, who=row.proposed_by)
        row.state, row.settled_by, row.settled_at = RowState.DISMISSED, name, now
        _note(session, row, "quarantine.dismissed", name, now, reason=why, proposed_by=row.proposed_by)
        return Done(row, changed=True)


def _settle(service: Service, row_id: int, settlement: Settlement, state: RowState, by: str, now: datetime) -> Done:
    name = _name(by)
    with service.sessions.begin() as session:
        row = _row(session, row_id)
        cells = json.dumps(dict(settlement.cells), ensure_ascii=False, sort_keys=True)
        if (row.state, row.cells, row.uscc) == (state, cells, settlement.uscc):
            return Done(row, changed=False)
        _refuse_settled(row)
        _refuse_uncertain(service, row, settlement)
        row.state, row.cells, row.uscc = state, cells, settlement.uscc
        row.settled_by, row.settled_at = name, now
        detail = {"columns": sorted(settlement.cells)} if settlement.cells else {"uscc": settlement.uscc}
        _note(session, row, f"quarantine.{state.value}", name, now, **detail)
        return Done(row, changed=True)


def _refuse_uncertain(service: Service, row: QuarantineRow, settlement: Settlement) -> None:
    told = json.loads(row.row)
    if settlement.uscc is None and not settlement.cells:
        raise Problem("STILL_UNCERTAIN", value=row.id, detail="没有更正任何列 / no column was corrected")
    for column in settlement.cells:
        if column not in told:
            raise Problem("NO_SUCH_COLUMN", value=row.id, column=column, known="、".join(told))
    problem = still_uncertain(service.catalog, row.slug, told, settlement, service.reading)
    if problem is not None:
        raise Problem("STILL_UNCERTAIN", value=row.id, detail=problem)


def _row(session: Session, row_id: int) -> QuarantineRow:
    # Two persons who settle the same row at the same moment come one after the other.
    one_writer(session, QuarantineRow)
    row = session.get(QuarantineRow, row_id)
    if row is None:
        raise Problem("UNKNOWN_QUARANTINE_ROW", value=row_id)
    return row


def _refuse_settled(row: QuarantineRow) -> None:
    if row.state != RowState.OPEN:
        raise Problem("ALREADY_SETTLED", value=row.id, who=row.settled_by, state=row.state)


def _name(by: str) -> str:
    name = " ".join(unicodedata.normalize("NFKC", by).split())
    if not name:
        raise Problem("NAME_MISSING")
    return name


def _same(name: str, *others: str | None) -> bool:
    known = name.replace(" ", "").casefold()
    return any(other is not None and other.replace(" ", "").casefold() == known for other in others)


def _note(session: Session, row: QuarantineRow, action: str, actor: str, now: datetime, **detail: Any) -> None:
    add_entry(
        session,
        at=now,
        actor=actor,
        action=action,
        subject=f"quarantine:{row.id}",
        detail={"slug": row.slug, "fingerprint": row.fingerprint, **detail},
    )
