"""Telling people: a notice is added to the transaction of its cause, so that both are kept or both are lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.accounts.acting import in_force
from creditreport.accounts.models import Account, Authorisation
from creditreport.db import insert_into
from creditreport.notices.models import Notice, NoticeKind

# What concerns the person, also when they may no longer act for the business.
PERSONAL = frozenset((NoticeKind.AUTHORISATION_GRANTED, NoticeKind.AUTHORISATION_REVOKED, NoticeKind.REQUEST_REFUSED))
# What staff are told; they act for no business.
FOR_STAFF = frozenset(
    (
        NoticeKind.OBJECTION_REFERRED, NoticeKind.OBJECTION_SENT_BACK, NoticeKind.OBJECTION_DECIDED,
        NoticeKind.OBJECTION_OVERDUE, NoticeKind.CORRECTION_QUESTIONED,
    )
)  # fmt: skip


def tell(
    session: Session,
    accounts: Iterable[int],
    kind: NoticeKind,
    subject: str,
    *,
    about: str,
    now: datetime,
    purpose: str = "",
    number: str | None = None,
) -> int:
    """Tell each of ``accounts`` of ``subject`` once, in the caller's transaction; returns how many were told anew.

    ``about`` is the register id of the business. Who has confirmed an e-mail address is also sent a mail, later, by
    ``notices run``. A disabled account is told nothing.
    """
    query = select(Account.id, Account.email).where(Account.id.in_(list(accounts)), Account.disabled_at.is_(None))
    told = 0
    for account_id, email in session.execute(query).all():
        statement = (
            insert_into(session, Notice)
            .values(
                account_id=account_id, register_id=about, kind=kind.value, subject=subject, purpose=purpose,
                number=number, made_at=now, mail_next_at=now if email else None, mail_tries=0,
            )
            .on_conflict_do_nothing(index_elements=["account_id", "kind", "subject"])
            .returning(Notice.id)
        )  # fmt: skip
        told += len(session.execute(statement).all())
    return told


def who_acts(session: Session, register_id: str, now: datetime, purpose: str = "") -> list[int]:
    """The accounts that may act for the business now, for ``purpose`` if one is named; each once."""
    query = select(Authorisation).where(Authorisation.register_id == register_id, *in_force(now))
    found = session.scalars(query.order_by(Authorisation.id))
    covering = [row for row in found if not row.purposes or not purpose or purpose in row.purposes.split()]
    return list(dict.fromkeys(row.account_id for row in covering if row.account_id is not None))
