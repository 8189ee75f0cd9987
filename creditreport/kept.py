"""Rows that are kept once and for good: what a rule set said, what the catalogue said."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from creditreport.db import Base, insert_into

# Known of a connection, brought by a session.
KNOWN, BROUGHT = "kept_for_good", "brought_for_good"


def keep_once(session: Session, table: type[Base], digest: str, values: dict[str, Any]) -> bool:
    """Keep the row of ``digest``, which names it and never changes or goes; ``True`` when it was not there before.

    Safe to repeat, also at the same time by two. What a connection has found there is not asked for again: that ends
    with the connection, so that a store that was restored, or another server, is asked anew.
    """
    known: set[str] = session.connection().info.setdefault(KNOWN, set())
    if digest in known:
        return False
    if session.scalar(_kept(table), {"digest": digest}) is not None:
        # Not what this transaction itself has brought: it may yet be rolled back.
        if digest not in session.info.get(BROUGHT, ()):
            known.add(digest)
        return False
    new = insert_into(session, table).on_conflict_do_nothing().returning(table.__table__.c.digest)
    session.info.setdefault(BROUGHT, set()).add(digest)
    return session.scalar(new, {"digest": digest, **values}) is not None


@lru_cache
def _kept(table: type[Base]) -> Any:
    return select(table.__table__.c.digest).where(table.__table__.c.digest == bindparam("digest"))
