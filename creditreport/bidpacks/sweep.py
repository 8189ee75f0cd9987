"""What of packs is over: the files of one that could not be checked within a day, a result after thirty days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.bidpacks.find import KEPT
from creditreport.bidpacks.models import BidPack, BidPackItem, BidSheet

if TYPE_CHECKING:
    from creditreport.service import Service

ACTOR = "job:bidpack"
# Its job has been tried many times by then; strangers' files are not kept for an error of ours.
GIVEN_UP_AFTER = timedelta(days=1)


def sweep_packs(service: Service, now: datetime) -> dict[str, int]:
    """Remove what is over, each pack in a transaction of its own; returns how many of each.

    Of a sheet the row stays, so that it can still be verified; its file goes.
    """
    with service.reading() as session:
        old = list(session.scalars(select(BidPack.id).where(BidPack.made_at <= now - KEPT)))
        stuck = list(
            session.scalars(
                select(BidPack.id).where(
                    BidPack.made_at <= now - GIVEN_UP_AFTER, BidPack.result.is_(None), BidPack.given_up_at.is_(None)
                )
            )
        )
    for pack_id in stuck:
        with service.sessions.begin() as session:
            _give_up(session, pack_id, now)
    for pack_id in old:
        with service.sessions.begin() as session:
            _remove(session, pack_id, now)
    return {"given_up": len(stuck), "removed": len(old)}


def _give_up(session: Session, pack_id: str, now: datetime) -> None:
    pack = session.get(BidPack, pack_id, with_for_update=True)
    if pack is None or pack.result is not None or pack.given_up_at is not None:
        return
    session.execute(delete(BidPackItem).where(BidPackItem.pack_id == pack_id))
    pack.given_up_at = now
    add_entry(session, at=now, actor=ACTOR, action="bidpack.given_up", subject=f"bidpack:{pack_id}")


def _remove(session: Session, pack_id: str, now: datetime) -> None:
    pack = session.get(BidPack, pack_id, with_for_update=True)
    if pack is None:
        return
    if pack.sheet_code is not None:
        session.execute(update(BidSheet).where(BidSheet.code == pack.sheet_code).values(pdf=None))
    session.execute(delete(BidPackItem).where(BidPackItem.pack_id == pack_id))
    session.delete(pack)
    add_entry(session, at=now, actor=ACTOR, action="bidpack.removed", subject=f"bidpack:{pack_id}")
