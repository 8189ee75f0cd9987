"""What a person reads of the notices: only of businesses, and for purposes, that they may act for now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from creditreport.accounts.actor import Acting
from creditreport.entities.models import EntityRow
from creditreport.notices.models import Notice
from creditreport.notices.outbox import FOR_STAFF, PERSONAL

if TYPE_CHECKING:
    from creditreport.service import Service

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its reader sees it; ``fresh`` until it was shown once."""

    id: int
    kind: str
    register_id: str
    business: str
    number: str | None
    made_at: datetime
    fresh: bool
    subject: str = ""

    @property
    def report(self) -> str | None:
        """The report that it is about, if it is about one; ``number`` is the one that it leads to."""
        about, _, rest = self.subject.partition(":")
        return rest if about == "report" else None

    @property
    def case_id(self) -> int | None:
        """The objection that it is about, if it is about one."""
        about, _, rest = self.subject.partition(":")
        return int(rest.partition(":")[0]) if about == "objection" else None


def may_read(kind: str, register_id: str, purpose: str, businesses: Iterable[Acting]) -> bool:
    """Whether somebody who may act for ``businesses`` now may read a notice."""
    if kind in PERSONAL or kind in FOR_STAFF:
        return True
    return any(one.register_id == register_id and (not purpose or one.covers(purpose)) for one in businesses)


def notices_of(session: Session, account_id: int, businesses: Sequence[Acting]) -> list[Told]:
    """The person's newest notices, newest first."""
    query = (
        select(Notice, EntityRow.name)
        .join(EntityRow, EntityRow.register_id == Notice.register_id)
        .where(Notice.account_id == account_id)
        .order_by(Notice.id.desc())
        .limit(SHOWN)
    )
    return [
        Told(row.id, row.kind, row.register_id, name, row.number, row.made_at, row.read_at is None, row.subject)
        for row, name in session.execute(query)
        if may_read(row.kind, row.register_id, row.purpose, businesses)
    ]


def unread(session: Session, account_id: int, businesses: Sequence[Acting]) -> int:
    """How many the person has not seen yet, to ``SHOWN``."""
    query = (
        select(Notice.kind, Notice.register_id, Notice.purpose)
        .where(Notice.account_id == account_id, Notice.read_at.is_(None))
        .order_by(Notice.id.desc())
        .limit(SHOWN)
    )
    return sum(may_read(kind, about, purpose, businesses) for kind, about, purpose in session.execute(query))


def mark_read(service: Service, account_id: int, notices: Sequence[Told], now: datetime) -> None:
    """Note that these were shown; what was read on the page is not mailed any more."""
    fresh = [notice.id for notice in notices if notice.fresh]
    if fresh:
        with service.sessions.begin() as session:
            session.execute(
                update(Notice)
                .where(Notice.id.in_(fresh), Notice.account_id == account_id, Notice.read_at.is_(None))
                .values(read_at=now, mail_next_at=None)
            )
