"""Choosing the business to act for: one use case, one commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.models import SignInSession
from creditreport.accounts.person import Person
from creditreport.accounts.sessions import digest_of
from creditreport.audit.trail import add_entry
from creditreport.errors import Problem


def choose_business(stored: sessionmaker[Session], person: Person, register_id: str, now: datetime) -> None:
    """Let this session act for the business from now on; safe to repeat.

    Raises ``NOT_AUTHORISED`` unless the person may act for it now.
    """
    if register_id not in {one.register_id for one in person.businesses}:
        raise Problem("NOT_AUTHORISED")
    if person.acting is not None and person.acting.register_id == register_id:
        return
    with stored.begin() as session:
        session.get_one(SignInSession, digest_of(person.token)).acting_for = register_id
        add_entry(
            session, at=now, actor=person.actor, action="account.acts_for", subject=person.actor,
            detail={"register_id": register_id},
        )  # fmt: skip
