"""``Idempotency-Key``: the same program with the same key and the same question gets the same answer for a day.

Who asks first holds the key's row while working; who asks meanwhile is told to wait. If the work fails the row is let
go, so that the next try works anew; if the process dies, another may take the key over after :data:`LOST`. Only the
answer of whoever holds the row is kept.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.api.models import ApiAnswer
from creditreport.db import insert_into
from creditreport.errors import Problem

KEPT = timedelta(hours=24)
# Longer than any server lets a request run.
LOST = timedelta(minutes=10)
ASK_AGAIN_SECONDS = 2
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, word for word."""

    body: str
    media: str


@dataclass(frozen=True, slots=True)
class Held:
    """The right to answer; ``row`` is its place, ``by`` what was drawn for it."""

    row: int
    by: str


def check_key(key: str) -> str:
    """``key`` as sent. Raises ``INVALID_IDEMPOTENCY_KEY``."""
    if not 1 <= len(key) <= LONGEST or not all("!" <= char <= "~" for char in key):
        raise Problem("INVALID_IDEMPOTENCY_KEY")
    return key


def hold(stored: sessionmaker[Session], client_id: int, key: str, question: str, now: datetime) -> Held | Kept:
    """The right to answer ``question`` (a SHA-256) for a key, or what was answered before.

    Raises ``IDEMPOTENCY_KEY_REUSED`` for another question, ``IDEMPOTENT_REQUEST_RUNNING`` while somebody works on it.
    """
    digest, by = sha256(key.encode()).hexdigest(), secrets.token_hex(16)
    with stored.begin() as session:
        forget(session, now - KEPT, client_id)
        made = _enter(session, client_id, digest, question, by, now)
        if made is not None:
            return Held(made, by)
        row = session.scalars(
            select(ApiAnswer).where(ApiAnswer.client_id == client_id, ApiAnswer.key_digest == digest).with_for_update()
        ).one()
        if row.request_digest != question:
            raise Problem("IDEMPOTENCY_KEY_REUSED")
        if row.body is not None and row.media is not None:
            return Kept(row.body, row.media)
        if now < row.began_at + LOST:
            raise Problem(
                "IDEMPOTENT_REQUEST_RUNNING", shown={"retry_after": ASK_AGAIN_SECONDS}, seconds=ASK_AGAIN_SECONDS
            )
        row.held_by, row.began_at = by, now
        return Held(row.id, by)


def _enter(session: Session, client_id: int, digest: str, question: str, by: str, now: datetime) -> int | None:
    """The new row; ``None`` when the key has one: of two at once the second waits here for the first's commit."""
    statement = (
        insert_into(session, ApiAnswer)
        .values(client_id=client_id, key_digest=digest, request_digest=question, held_by=by, began_at=now)
        .on_conflict_do_nothing(index_elements=["client_id", "key_digest"])
        .returning(ApiAnswer.id)
    )
    made: int | None = session.execute(statement).scalar_one_or_none()
    return made


def keep(stored: sessionmaker[Session], held: Held, answer: Kept) -> None:
    """Keep the answer, unless somebody took the key over meanwhile."""
    with stored.begin() as session:
        mine = update(ApiAnswer).where(ApiAnswer.id == held.row, ApiAnswer.held_by == held.by)
        session.execute(mine.values(body=answer.body, media=answer.media))


def let_go(stored: sessionmaker[Session], held: Held) -> None:
    """Give the key back: the work failed, and asking again shall work anew."""
    with stored.begin() as session:
        session.execute(delete(ApiAnswer).where(ApiAnswer.id == held.row, ApiAnswer.held_by == held.by))


def forget(session: Session, before: datetime, client_id: int | None = None) -> int:
    """Remove what was asked before ``before`` (by one program), in the caller's transaction; returns how many."""
    old = delete(ApiAnswer).where(ApiAnswer.began_at <= before).execution_options(synchronize_session=False)
    done = session.execute(old if client_id is None else old.where(ApiAnswer.client_id == client_id))
    return done.rowcount if isinstance(done, CursorResult) else 0
