"""Looking at the rows that a person must settle."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.errors import Problem
from creditreport.quarantine.models import QuarantineRow, RowState


def list_rows(
    session: Session, *, open_only: bool = False, slug: str | None = None, limit: int | None = None
) -> list[QuarantineRow]:
    """The rows, oldest first; ``open_only`` leaves out the settled ones and those no longer in question."""
    query = select(QuarantineRow).order_by(QuarantineRow.id)
    if open_only:
        query = query.where(QuarantineRow.state == RowState.OPEN, QuarantineRow.left_at.is_(None))
    if slug is not None:
        query = query.where(QuarantineRow.slug == slug)
    return list(session.scalars(query.limit(limit)))


def find_row(session: Session, row_id: int) -> QuarantineRow:
    """One row. Raises ``UNKNOWN_QUARANTINE_ROW``."""
    row = session.get(QuarantineRow, row_id)
    if row is None:
        raise Problem("UNKNOWN_QUARANTINE_ROW", value=row_id)
    return row


def row_json(row: QuarantineRow) -> dict[str, Any]:
    """A row in full."""
    return {
        "id": row.id,
        "slug": row.slug,
        "state": row.state,
        "column": row.column,
        "problem": row.problem,
        "row": json.loads(row.row),
        "cells": json.loads(row.cells),
        "uscc": row.uscc,
        "reason": row.reason,
        "proposed_by": row.proposed_by,
        "settled_by": row.settled_by,
        **{
            name: moment.isoformat() if (moment := getattr(row, name)) else None
            for name in ("found_at", "left_at", "proposed_at", "settled_at")
        },
    }
