"""Keeping what counts about a business's records and the reports about them in step.

A report is made from the corrections and open objections that were there when its sources had answered. Signing takes a
while; whoever changes a correction or opens an objection meanwhile must not leave a fresh report that says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from creditreport.entities.models import EntityRow
from creditreport.objections.corrections import own_entries
from creditreport.violations.own import OwnEntry

_HELD = (
    select(EntityRow.register_id)
    .where(EntityRow.register_id == bindparam("register_id"))
    .with_for_update(read=True, key_share=True)
)


def hold_records(session: Session, register_id: str) -> None:
    """Let no report about the business be stored until the caller's transaction, which changes its records, ends."""
    session.execute(select(EntityRow.register_id).where(EntityRow.register_id == register_id).with_for_update())


def still_the_same(session: Session, register_id: str, seen: Sequence[OwnEntry]) -> bool:
    """Whether our own entries are those that a report was made from; they stay so until the transaction ends.

    Many reports may be stored at once, and the register may be brought up to date beside them.
    """
    session.execute(_HELD, {"register_id": register_id})
    return own_entries(session, register_id) == tuple(seen)
