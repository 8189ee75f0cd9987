"""Retention: for how long what is kept of persons is kept, and its removal. README.md shows the same table to people.

The audit trail is not touched: it names an account by its number only, and once the account's name is removed that
number leads to nobody. Reports are the business's, not a person's; they stay because they can be verified.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    CursorResult,
    Delete,
    String,
    Update,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.models import Account, Authorisation, Capacity, Kind, SignInSession
from creditreport.accounts.sessions import IDLE, LONGEST
from creditreport.audit.trail import add_entry
from creditreport.db import Moment

# What stands in the place of an issuer and a name that were removed; no identity service has such an address.
REMOVED = "removed"
NO_NAME = "—"


@dataclass(frozen=True, slots=True)
class Retention:
    """One kind of personal data: how long it is kept once it is of no use, and what removes it.

    ``remove`` is given the transaction, the moment up to which things are removed, and the present one; it returns how
    many rows it changed, none when it is repeated.
    """

    kind: str
    kept: timedelta
    remove: Callable[[Session, datetime, datetime], int]


@dataclass(frozen=True, slots=True)
class Applied:
    """What one kind came to."""

    kind: str
    before: datetime
    removed: int


def apply_retention(
    stored: sessionmaker[Session], kinds: Sequence[Retention], by: str, now: datetime, *, dry_run: bool = False
) -> list[Applied]:
    """Remove what has been kept for its time: a transaction and an audit entry with the count for each kind.

    With ``dry_run`` the same is done and then undone, so that the counts are those of the real thing. Safe to repeat:
    what was removed is not met again, and a kind with nothing to remove leaves no entry.
    """
    return [_apply(stored, one, by, now, dry_run) for one in kinds]


def _apply(stored: sessionmaker[Session], one: Retention, by: str, now: datetime, dry_run: bool) -> Applied:
    before = now - one.kept
    with stored() as session, session.begin() as transaction:
        removed = one.remove(session, before, now)
        if dry_run:
            transaction.rollback()
        elif removed:
            detail = {"removed": removed, "before": before.isoformat()}
            add_entry(session, at=now, actor=by, action="privacy.applied", subject=f"privacy:{one.kind}", detail=detail)
    return Applied(one.kind, before, removed)


def count(session: Session, statement: Update | Delete) -> int:
    """Carry ``statement`` out; returns how many rows it met."""
    done = session.execute(statement.execution_options(synchronize_session=False))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _moment(value: datetime) -> BindParameter[datetime]:
    # Within a function of the database a bare moment would not be stored as our columns store it.
    return literal(value, Moment())


def _accounts(session: Session, before: datetime, now: datetime) -> int:
    """Name, e-mail address and the identity service's name of people who no longer come, of staff once disabled."""
    unused = func.coalesce(Account.last_sign_in_at, Account.created_at) < before
    gone = or_(Account.kind == Kind.BUSINESS, and_(Account.kind == Kind.STAFF, Account.disabled_at < before))
    ids = list(
        session.scalars(
            update(Account)
            .where(Account.issuer != REMOVED, unused, gone)
            .values(
                issuer=REMOVED, subject=cast(Account.id, String(200)), display_name=NO_NAME, email=None,
                password_hash=None, totp_secret=None, setup_digest=None,
                disabled_at=func.coalesce(Account.disabled_at, _moment(now)),
            )
            .returning(Account.id)
            .execution_options(synchronize_session=False)
        )
    )  # fmt: skip
    if ids:
        ended = update(Authorisation).where(Authorisation.account_id.in_(ids), Authorisation.revoked_at.is_(None))
        count(session, ended.values(revoked_at=now, revoked_by="privacy"))
    return len(ids)


def _identity_tokens(session: Session, before: datetime, _now: datetime) -> int:
    """What the identity service told at a sign-in that no longer counts though nobody signed out."""
    lapsed = or_(SignInSession.last_seen_at < before - IDLE, SignInSession.created_at < before - LONGEST)
    return count(
        session, update(SignInSession).where(SignInSession.id_token.is_not(None), lapsed).values(id_token=None)
    )


def _sessions(session: Session, before: datetime, _now: datetime) -> int:
    """Rows of sign-ins that are over: last use is never after the end."""
    return count(session, delete(SignInSession).where(SignInSession.last_seen_at < before - IDLE))


def _invitations(session: Session, before: datetime, now: datetime) -> int:
    """The name in an invitation that nobody accepted; that there was one stays known."""
    unaccepted = update(Authorisation).where(
        Authorisation.capacity == Capacity.HANDLER,
        Authorisation.account_id.is_(None),
        Authorisation.granted_at < before,
        or_(Authorisation.label.is_not(None), Authorisation.invitation_digest.is_not(None)),
    )
    revoked = func.coalesce(Authorisation.revoked_at, _moment(now))
    by = case((Authorisation.revoked_at.is_(None), "privacy"), else_=Authorisation.revoked_by)
    return count(session, unaccepted.values(label=None, invitation_digest=None, revoked_at=revoked, revoked_by=by))


def _handlers(session: Session, before: datetime, _now: datetime) -> int:
    """The name by which a business called a handler whose authorisation has long ended."""
    over = or_(Authorisation.revoked_at < before, Authorisation.valid_until < before)
    named = select(Authorisation.id).where(
        Authorisation.account_id.is_not(None), Authorisation.label.is_not(None), over
    )
    return count(session, update(Authorisation).where(Authorisation.id.in_(named)).values(label=None))


ACCOUNTS = (
    Retention("accounts", timedelta(days=730), _accounts),
    Retention("identity_tokens", timedelta(0), _identity_tokens),
    Retention("sessions", timedelta(days=90), _sessions),
    Retention("invitations", timedelta(days=30), _invitations),
    Retention("handlers", timedelta(days=730), _handlers),
)
