"""Handlers (经办人): named by the legal representative for purposes and a time, accepted by the person, revocable.

The business invites by a link, because we keep no telephone or identity number to look anybody up by: whoever signs in
and accepts the link becomes the handler, once, and both sides see who that is.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.acting import in_force
from creditreport.accounts.models import Account, Authorisation, Capacity
from creditreport.accounts.person import Person
from creditreport.accounts.sessions import digest_of
from creditreport.audit.trail import add_entry
from creditreport.clock import SHANGHAI
from creditreport.entities.models import EntityRow
from creditreport.errors import Problem
from creditreport.notices.models import NoticeKind
from creditreport.notices.outbox import tell
from creditreport.reports.content import Purpose

# A link that nobody accepted in a week went astray; nobody is authorised for longer than a year at once.
INVITATION = timedelta(days=7)
LONGEST = timedelta(days=366)
LONGEST_LABEL = 40
# As long as a telephone or identity number: such things are not kept.
NUMBERS = re.compile(r"\d{7,}")


@dataclass(frozen=True, slots=True)
class Handler:
    """One authorisation as the business sees it; ``state`` is INVITED, ACTIVE, EXPIRED or REVOKED."""

    id: int
    label: str
    person: str | None
    purposes: tuple[str, ...]
    valid_until: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a person sees before accepting."""

    business: str
    uscc: str
    label: str
    purposes: tuple[str, ...]
    valid_until: datetime | None


def invite(
    stored: sessionmaker[Session], person: Person, label: str, purposes: Sequence[str], until: date, now: datetime
) -> str:
    """Invite a handler for the business that ``person`` represents; returns the link's token, shown once.

    Raises ``ONLY_REPRESENTATIVE``, and ``INVALID_AUTHORISATION`` saying what is wrong with the name, purposes or time.
    """
    acting = represented(person)
    name, chosen = label.strip(), sorted(set(purposes))
    last = datetime.combine(until, time(23, 59, 59), SHANGHAI)
    if not 1 <= len(name) <= LONGEST_LABEL or NUMBERS.search(name):
        raise _invalid(
            "称呼须为 1 至 40 个字，不得写电话或证件号码",
            "the name needs 1 to 40 characters and no telephone or identity number",
        )
    if not chosen or not set(chosen) <= set(Purpose):
        raise _invalid("至少选择一项用途", "choose at least one purpose")
    if not now < last <= now + LONGEST:
        raise _invalid("截止日期须在今天至一年之内", "the last day must be between today and a year from now")
    token = secrets.token_urlsafe(24)
    with stored.begin() as session:
        row = Authorisation(
            register_id=acting, capacity=Capacity.HANDLER, label=name, purposes=" ".join(chosen), valid_from=now,
            valid_until=last, invitation_digest=digest_of(token), granted_by=person.actor, granted_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _note(session, row, "authorisation.offered", person.actor, now)
    return token


def read_invitation(session: Session, token: str, now: datetime) -> Invitation:
    """What the invitation with this token offers. Raises ``INVITATION_OVER``."""
    row = _open(session, token, now)
    entity = session.get_one(EntityRow, row.register_id)
    return Invitation(entity.name, entity.uscc, row.label or "", tuple(row.purposes.split()), row.valid_until)


def accept(stored: sessionmaker[Session], person: Person, token: str, now: datetime) -> str:
    """Accept an invitation: from now on ``person`` may act; returns the register id of the business.

    Of two who accept at once one is refused. Raises ``INVITATION_OVER``.
    """
    with stored.begin() as session:
        row = _open(session, token, now)
        taken = session.execute(
            update(Authorisation)
            .where(Authorisation.id == row.id, Authorisation.account_id.is_(None), Authorisation.revoked_at.is_(None))
            .values(account_id=person.account_id, accepted_at=now, invitation_digest=None)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise Problem("INVITATION_OVER")
        session.refresh(row)
        _note(session, row, "authorisation.granted", person.actor, now)
        _tell(session, row, NoticeKind.AUTHORISATION_GRANTED, now)
        return row.register_id


def revoke(stored: sessionmaker[Session], person: Person, authorisation_id: int, now: datetime) -> None:
    """End an authorisation of a handler at once; safe to repeat.

    Its business's legal representative may, and the handler. Raises ``PAGE_NOT_FOUND`` for anybody else's.
    """
    with stored.begin() as session:
        row = session.get(Authorisation, authorisation_id)
        if row is None or row.capacity != Capacity.HANDLER or not _may_end(person, row):
            raise Problem("PAGE_NOT_FOUND")
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by, row.invitation_digest = now, person.actor, None
            _note(session, row, "authorisation.revoked", person.actor, now)
            if row.account_id is not None:
                _tell(session, row, NoticeKind.AUTHORISATION_REVOKED, now)


def handlers_of(session: Session, register_id: str, now: datetime) -> list[Handler]:
    """The handlers of a business, the last named first; those of more than a year ago are left out."""
    query = (
        select(Authorisation, Account.display_name)
        .outerjoin(Account, Account.id == Authorisation.account_id)
        .where(Authorisation.register_id == register_id, Authorisation.capacity == Capacity.HANDLER)
        .where(Authorisation.granted_at > now - 2 * LONGEST)
        .order_by(Authorisation.id.desc())
    )
    return [
        Handler(row.id, row.label or "", name, tuple(row.purposes.split()), row.valid_until, _state(row, now))
        for row, name in session.execute(query)
    ]


def represented(person: Person) -> str:
    """The register id of the business that ``person`` represents by law. Raises ``ONLY_REPRESENTATIVE``."""
    if person.acting is None or person.acting.capacity is not Capacity.LEGAL_REPRESENTATIVE:
        raise Problem("ONLY_REPRESENTATIVE")
    return person.acting.register_id


def _may_end(person: Person, row: Authorisation) -> bool:
    if row.account_id == person.account_id:
        return True
    acting = person.acting
    return acting is not None and (acting.register_id, acting.capacity) == (
        row.register_id,
        Capacity.LEGAL_REPRESENTATIVE,
    )


def _open(session: Session, token: str, now: datetime) -> Authorisation:
    row = session.scalar(select(Authorisation).where(Authorisation.invitation_digest == digest_of(token)))
    if row is None or _state(row, now) != "INVITED":
        raise Problem("INVITATION_OVER")
    return row


def _state(row: Authorisation, now: datetime) -> str:
    if row.revoked_at is not None:
        return "REVOKED"
    if row.account_id is None:
        return "INVITED" if now <= row.granted_at + INVITATION else "EXPIRED"
    return "ACTIVE" if row.valid_until is None or now <= row.valid_until else "EXPIRED"


def _invalid(zh: str, en: str) -> Problem:
    return Problem("INVALID_AUTHORISATION", detail_zh=zh, detail_en=en)


def _note(session: Session, row: Authorisation, action: str, actor: str, now: datetime) -> None:
    detail = {"authorisation": row.id, "account": row.account_id, "purposes": row.purposes}
    add_entry(session, at=now, actor=actor, action=action, subject=f"business:{row.register_id}", detail=detail)


def _tell(session: Session, row: Authorisation, kind: NoticeKind, now: datetime) -> None:
    """Tell the handler and who represents the business."""
    query = select(Authorisation.account_id).where(
        Authorisation.register_id == row.register_id,
        Authorisation.capacity == Capacity.LEGAL_REPRESENTATIVE,
        *in_force(now),
    )
    people = {one for one in (row.account_id, *session.scalars(query)) if one is not None}
    tell(session, people, kind, f"authorisation:{row.id}", about=row.register_id, now=now)
