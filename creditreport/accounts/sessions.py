"""Sessions of signed-in people: begun, used, ended; kept in the store, so that an ended one cannot be replayed.

The cookie holds a random token, the store its digest: who reads the store cannot sign in with it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from creditreport.accounts.models import Account, SignInSession
from creditreport.audit.trail import add_entry

# A page that is open on a counter's screen must not stay signed in over lunch; nobody works longer than a day.
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
# So that not every request writes.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it in the list; ``handle`` names it for ending, and opens nothing."""

    handle: str
    client: str
    created_at: datetime
    last_seen_at: datetime
    present: bool


def digest_of(token: str) -> str:
    """What the store keeps of a token."""
    return sha256(token.encode("utf-8")).hexdigest()


def begin(
    session: Session,
    account: Account,
    client: str,
    now: datetime,
    *,
    acting_for: str | None,
    id_token: str | None = None,
) -> str:
    """Begin a session for ``account`` in the caller's transaction; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_digest=digest_of(token),
            account_id=account.id,
            created_at=now,
            last_seen_at=now,
            acting_for=acting_for,
            client=client,
            id_token=id_token,
        )
    )
    account.last_sign_in_at = now
    add_entry(
        session, at=now, actor=f"account:{account.id}", action="account.signed_in", subject=f"account:{account.id}"
    )
    return token


def still_open(row: SignInSession, now: datetime) -> bool:
    """Whether the session counts at ``now``: not ended, not idle for too long, not older than the longest."""
    return row.ended_at is None and now <= row.last_seen_at + IDLE and now <= row.created_at + LONGEST


def note_use(session: Session, digest: str, now: datetime) -> None:
    """Note that the session was used; a session that was ended meanwhile stays ended."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_digest == digest, SignInSession.ended_at.is_(None))
        .values(last_seen_at=now)
    )


def end(session: Session, token: str, now: datetime, reason: str = "sign-out") -> str | None:
    """End the session of this token; returns the identity service's token that was kept with it, if any."""
    row = session.get(SignInSession, digest_of(token))
    if row is None or row.ended_at is not None:
        return None
    row.ended_at, row.ended_by, kept, row.id_token = now, reason, row.id_token, None
    actor = f"account:{row.account_id}"
    add_entry(session, at=now, actor=actor, action="account.signed_out", subject=actor, detail={"by": reason})
    return kept


def end_all(
    session: Session, account_id: int, now: datetime, actor: str, reason: str, *, but: str | None = None
) -> int:
    """End every session of the account (except the one with token ``but``); returns how many were open."""
    query = update(SignInSession).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    if but is not None:
        query = query.where(SignInSession.token_digest != digest_of(but))
    ended = session.execute(query.values(ended_at=now, ended_by=reason, id_token=None)).rowcount  # type: ignore[attr-defined]
    if ended:
        subject = f"account:{account_id}"
        add_entry(
            session,
            at=now,
            actor=actor,
            action="account.sessions_ended",
            subject=subject,
            detail={"by": reason, "sessions": ended},
        )
    return int(ended)


def end_one(session: Session, account_id: int, handle: str, now: datetime) -> bool:
    """End the account's own session with this handle; False if it has none that is open."""
    query = select(SignInSession).where(
        SignInSession.account_id == account_id,
        SignInSession.ended_at.is_(None),
        func.substr(SignInSession.token_digest, 1, HANDLE) == handle,
    )
    row = session.scalar(query)
    if row is None:
        return False
    row.ended_at, row.ended_by, row.id_token = now, "sign-out", None
    actor = f"account:{account_id}"
    add_entry(session, at=now, actor=actor, action="account.signed_out", subject=actor, detail={"by": "own list"})
    return True


HANDLE = 16


def open_sessions(session: Session, account_id: int, now: datetime, present: str) -> list[OpenSession]:
    """The account's sessions that still count, the last used first; ``present`` is the token of this one."""
    query = select(SignInSession).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    rows = [row for row in session.scalars(query.order_by(SignInSession.last_seen_at.desc())) if still_open(row, now)]
    mine = digest_of(present)
    return [
        OpenSession(row.token_digest[:HANDLE], row.client, row.created_at, row.last_seen_at, row.token_digest == mine)
        for row in rows
    ]


def client_kind(user_agent: str) -> str:
    """What a person recognises their browser by, e.g. ``Chrome · Android``: never its version or address."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "?")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "?")
    return f"{browser} · {system}"


# The first mark found decides: every browser claims to be an older one as well.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Alipay", "支付宝"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
