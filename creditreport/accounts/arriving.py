"""Somebody arrives from the identity service: one use case, one commit.

What the service says of the person decides whether they are a legal representative; a handler needs the business's
own authorisation as well. Nothing of an identity document is taken over: of all claims only the lasting name
(``sub``), the name to show, the code and the role are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.acting import name_representative, no_longer_representative
from creditreport.accounts.models import Account, Kind
from creditreport.audit.trail import add_entry
from creditreport.config_identity import IdentityProvider
from creditreport.entities.register import find_entity
from creditreport.errors import Problem


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the identity service said; ``uscc`` is None for a person who came without a business."""

    subject: str
    name: str
    uscc: str | None = None
    represents: bool = False


def read_claims(provider: IdentityProvider, claims: Mapping[str, Any], kind: Kind) -> Arrival:
    """The arrival that ``claims`` tell of.

    Raises ``IDENTITY_INCOMPLETE`` naming the claim that is missing, ``IDENTITY_UNKNOWN_ROLE`` naming the word.
    """
    subject, name = _text(claims, "sub"), _text(claims, provider.claim_name)
    uscc = claims.get(provider.claim_uscc)
    if kind is Kind.STAFF or uscc in (None, ""):
        return Arrival(subject, name)
    role = _text(claims, provider.claim_role)
    if role not in provider.representative | provider.handler:
        raise Problem("IDENTITY_UNKNOWN_ROLE", value=role, claim=provider.claim_role)
    return Arrival(subject, name, _text(claims, provider.claim_uscc), role in provider.representative)


def arrive_business(
    stored: sessionmaker[Session], provider: IdentityProvider, arrival: Arrival, now: datetime
) -> tuple[int, str | None]:
    """The account of a person of a business, made at the first arrival, and the register id of the business told.

    Raises as ``find_entity`` for the code, and ``ACCOUNT_DISABLED``.
    """
    with stored.begin() as session:
        account = _account(session, provider, arrival, Kind.BUSINESS, now)
        if arrival.uscc is None:
            return account.id, None
        register_id = find_entity(session, arrival.uscc).register_id
        if arrival.represents:
            name_representative(session, account.id, register_id, provider.issuer, now, for_now=True)
        else:
            no_longer_representative(session, account.id, register_id, provider.issuer, now)
        return account.id, register_id


def arrive_staff(stored: sessionmaker[Session], provider: IdentityProvider, arrival: Arrival, now: datetime) -> int:
    """The account of a member of staff, which an administrator must have made. Raises ``NOT_STAFF``."""
    with stored.begin() as session:
        account = _find(session, provider, arrival)
        if account is None or account.kind != Kind.STAFF:
            raise Problem("NOT_STAFF", subject=arrival.subject)
        return _account(session, provider, arrival, Kind.STAFF, now).id


def _find(session: Session, provider: IdentityProvider, arrival: Arrival) -> Account | None:
    query = select(Account).where(Account.issuer == provider.issuer, Account.subject == arrival.subject)
    return session.scalar(query.with_for_update())


def _account(session: Session, provider: IdentityProvider, arrival: Arrival, kind: Kind, now: datetime) -> Account:
    account = _find(session, provider, arrival)
    if account is None:
        account = Account(
            issuer=provider.issuer, subject=arrival.subject, kind=kind, display_name=arrival.name, created_at=now
        )
        session.add(account)
        session.flush()
        add_entry(
            session, at=now, actor=provider.issuer, action="account.made", subject=f"account:{account.id}",
            detail={"kind": kind.value},
        )  # fmt: skip
    if account.disabled_at is not None or account.kind != kind:
        raise Problem("ACCOUNT_DISABLED")
    account.display_name = arrival.name
    return account


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise Problem("IDENTITY_INCOMPLETE", claim=name)
    return value.strip()
