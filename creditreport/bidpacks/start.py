"""Taking a pack on: sorted, stored with what is to be checked, and its job asked for, in one transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.bidpacks.facts import Kind, Terms
from creditreport.bidpacks.items import NewItem, Upload, sorted_items
from creditreport.bidpacks.limits import MOST_WAITING_BYTES
from creditreport.bidpacks.models import BidPack, BidPackItem
from creditreport.bidpacks.terms import wrong_term
from creditreport.errors import Problem
from creditreport.jobs.outbox import enqueue
from creditreport.reports.models import CreditReport
from creditreport.reports.pages import Language

if TYPE_CHECKING:
    from creditreport.service import Service

JOB = "bidpack.check"


@dataclass(frozen=True, slots=True)
class Started:
    """A pack that was taken on. ``token`` is told once; ``misses``: typed codes that are not there."""

    id: str
    token: str
    items: int
    misses: int


def start_pack(
    service: Service, uploads: Sequence[Upload], terms: Terms, language: Language, now: datetime, *, by: str = "visitor"
) -> Started:
    """Take a pack on and ask for its check; who sent it is not kept.

    Raises, with nothing stored: what :func:`sorted_items` raises; ``PACK_TERMS`` for a project's name that cannot be
    printed; ``PACKS_BUSY`` when too much is waiting already.
    """
    if missing := service.fonts.missing((terms.project,)):
        named = "、".join(f"{char}（U+{ord(char):04X}）" for char in missing)
        raise wrong_term("项目名称", f"字库没有 {named}", "project's name", f"no font has {named}")
    items = sorted_items(uploads, service.settings.upload_limit_bytes)
    pack_id, token = secrets.token_hex(16), secrets.token_urlsafe(32)
    with service.reading() as session:
        misses = _misses(session, items)
    with service.sessions.begin() as session:
        _check_room(session, items)
        session.add(
            BidPack(
                id=pack_id, token_sha256=token_digest(token), terms=terms.model_dump_json(), language=language.value,
                items=len(items), made_at=now,
            )
        )  # fmt: skip
        session.flush()
        for position, item in enumerate(items, start=1):
            session.execute(insert(BidPackItem).values(_row(pack_id, position, item)))
        enqueue(session, JOB, pack_id, {"pack": pack_id}, now=now)
        detail = {"items": len(items), "bytes": sum(item.size for item in items)}
        add_entry(session, at=now, actor=by, action="bidpack.taken", subject=f"bidpack:{pack_id}", detail=detail)
    return Started(pack_id, token, len(items), misses)


def token_digest(token: str) -> str:
    """What is stored of a link: who reads the store cannot open it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _row(pack_id: str, position: int, item: NewItem) -> dict[str, object]:
    return {
        "pack_id": pack_id,
        "position": position,
        "label": item.label,
        "kind": item.kind.value,
        "sha256": item.sha256,
        "size": item.size,
        "data": item.data,
        "trouble": item.trouble.value if item.trouble is not None else None,
    }


def _misses(session: Session, items: Sequence[NewItem]) -> int:
    typed = [item.data.decode() for item in items if item.kind is Kind.CODE and item.data is not None]
    if not typed:
        return 0
    query = select(CreditReport.verification_code).where(CreditReport.verification_code.in_(typed))
    ours = set(session.scalars(query))
    return sum(1 for code in typed if code not in ours)


def _check_room(session: Session, items: Sequence[NewItem]) -> None:
    query = select(func.coalesce(func.sum(BidPackItem.size), 0)).where(BidPackItem.data.is_not(None))
    if (session.scalar(query) or 0) + sum(item.size for item in items if item.data) > MOST_WAITING_BYTES:
        raise Problem("PACKS_BUSY", shown={"retry_after": 300})
