"""Finding a pack by its link: how far it is, or its table. Whoever has the link sees it, for thirty days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.bidpacks.facts import Terms
from creditreport.bidpacks.models import BidPack, BidPackItem
from creditreport.bidpacks.result import Result
from creditreport.bidpacks.start import token_digest
from creditreport.errors import Problem

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Found:
    """A pack as its link shows it; ``result`` and ``sheet_code`` as soon as they are there."""

    id: str
    project: str
    opening: date
    items: int
    checked: int
    made_at: datetime
    kept_until: datetime
    given_up: bool
    result: Result | None
    sheet_code: str | None


def find_pack(session: Session, token: str, now: datetime) -> Found:
    """The pack behind a link. Raises ``PACK_GONE``: no such link, or its time is over."""
    pack = session.scalar(select(BidPack).where(BidPack.token_sha256 == token_digest(token)))
    if pack is None or pack.made_at + KEPT <= now:
        raise Problem("PACK_GONE")
    terms = Terms.model_validate_json(pack.terms)
    checked = pack.items
    if pack.result is None:
        done = select(func.count()).where(BidPackItem.pack_id == pack.id, BidPackItem.facts.is_not(None))
        checked = session.scalar(done) or 0
    result = Result.model_validate_json(pack.result) if pack.result is not None else None
    return Found(
        pack.id, terms.project, terms.opening, pack.items, checked, pack.made_at, pack.made_at + KEPT,
        pack.given_up_at is not None, result, pack.sheet_code,
    )  # fmt: skip
