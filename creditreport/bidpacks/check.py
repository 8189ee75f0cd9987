"""Checking a pack: item after item, each forgotten with the commit that keeps what was found; then table and sheet.

Safe to be killed anywhere and to be done twice at once: what was checked stays checked, what was not still has its
bytes, and the table and the sheet are each stored once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.bidpacks.facts import Facts, Item, Kind, Terms
from creditreport.bidpacks.inspecting import Sandboxes
from creditreport.bidpacks.judge import judge
from creditreport.bidpacks.look import look_at
from creditreport.bidpacks.models import BidPack, BidPackItem
from creditreport.bidpacks.result import Result, frozen
from creditreport.bidpacks.signing import sign_sheet
from creditreport.clock import as_shanghai

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)
ACTOR = "job:bidpack"
# So many are kept in one commit: a commit costs as much as a look, and a kill costs no more than these.
AT_ONCE = 8
MOST_WORKERS = 4


def check_job(service: Service, payload: dict[str, Any], now: datetime) -> None:
    """The job ``bidpack.check``."""
    check_pack(service, str(payload["pack"]), now)


def check_pack(service: Service, pack_id: str, now: datetime) -> None:
    """Check what is left of the pack, store its table, sign its sheet. Nothing to do: nothing is done.

    Raises ``SIGNING_UNAVAILABLE`` when the sheet cannot be signed now: the table is stored by then.
    """
    with service.reading() as session:
        pack = session.get(BidPack, pack_id)
    if pack is None or pack.given_up_at is not None:
        return
    if pack.result is None:
        _check_items(service, pack_id, now)
        _store_result(service, pack_id, now)
    sign_sheet(service, pack_id, now)


def _check_items(service: Service, pack_id: str, now: datetime) -> None:
    with service.reading() as session:
        mine = select(BidPackItem.position).where(BidPackItem.pack_id == pack_id, BidPackItem.facts.is_(None))
        left = list(session.scalars(mine.order_by(BidPackItem.position)))
    workers = max(1, min(MOST_WORKERS, os.cpu_count() or 1, len(left)))
    threads = ThreadPoolExecutor(workers, thread_name_prefix="bidpack")
    with Sandboxes(workers) as sandboxes:
        try:
            looked = threads.map(lambda at: (at, look_at(service, pack_id, at, now, sandboxes)), left)
            for some in _batches(looked):
                _store_facts(service, pack_id, some)
        finally:
            threads.shutdown(cancel_futures=True)


def _batches(looked: Iterator[tuple[int, Facts | None]]) -> Iterator[list[tuple[int, Facts]]]:
    some: list[tuple[int, Facts]] = []
    for position, facts in looked:
        if facts is not None:
            some.append((position, facts))
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _store_facts(service: Service, pack_id: str, some: list[tuple[int, Facts]]) -> None:
    """What was found, and with the same commit the files are gone."""
    with service.sessions.begin() as session:
        for position, facts in some:
            session.execute(
                update(BidPackItem)
                .where(BidPackItem.pack_id == pack_id, BidPackItem.position == position)
                .where(BidPackItem.facts.is_(None))
                .values(facts=facts.model_dump_json(), data=None)
            )


def _store_result(service: Service, pack_id: str, now: datetime) -> None:
    with service.sessions.begin() as session:
        pack = session.get(BidPack, pack_id, with_for_update=True)
        if pack is None or pack.result is not None or pack.given_up_at is not None:
            return
        result = _result(session, pack, now)
        pack.result, pack.checked_at = result.model_dump_json(), now
        session.execute(delete(BidPackItem).where(BidPackItem.pack_id == pack_id))
        add_entry(
            session, at=now, actor=ACTOR, action="bidpack.checked", subject=f"bidpack:{pack_id}", detail=result.counts
        )
    log.info("bid pack checked", pack=pack_id, **result.counts)


def _result(session: Session, pack: BidPack, now: datetime) -> Result:
    rows = session.execute(
        select(BidPackItem.position, BidPackItem.label, BidPackItem.kind, BidPackItem.sha256, BidPackItem.facts)
        .where(BidPackItem.pack_id == pack.id)
        .order_by(BidPackItem.position)
    )
    items = [
        Item(position=at, label=label, kind=Kind(kind), sha256=sha256, facts=Facts.model_validate_json(facts or ""))
        for at, label, kind, sha256, facts in rows
    ]
    if len(items) != pack.items:
        raise ValueError(f"pack {pack.id}: {len(items)} of {pack.items} items")
    return frozen(judge(items, Terms.model_validate_json(pack.terms), as_shanghai(now).date()), now)
