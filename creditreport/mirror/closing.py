"""Closing the versions that a source no longer holds: nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from creditreport.mirror.bring import Brought, Plan
from creditreport.mirror.models import MirrorRow

_CHUNK = 500


@dataclass
class Closed:
    """How many versions were closed, and why."""

    superseded: int = 0
    vanished: int = 0
    remade: int = 0


def close_rows(session: Session, slug: str, plan: Plan, brought: Brought, now: datetime) -> Closed:
    """Close what was open before ``plan.run`` and is no longer so, in the caller's transaction."""
    closed = Closed()
    before = plan.known or frozenset(plan.learnt)
    if plan.first:
        return closed
    if plan.whole:
        remade = brought.seen & plan.learnt.keys()
        gone: Iterable[str] = (mark.hex() for mark in before - brought.seen)
        for marks in _chunks(mark.hex() for mark in remade):
            _close(session, slug, plan.run, now, marks, "remade")
            closed.remade += len(marks)
        for marks in _chunks(gone):
            keys = {key for key, _code in brought.keys}
            replaced = [mark for mark, key, _code in _open(session, slug, plan.run, marks) if key in keys]
            _end(session, slug, plan.run, now, replaced, sorted(set(marks) - set(replaced)), closed)
    else:
        _end(session, slug, plan.run, now, sorted(_replaced(session, slug, plan.run, brought)), [], closed)
    return closed


def _end(
    session: Session,
    slug: str,
    run: int,
    now: datetime,
    replaced: Sequence[str],
    vanished: Sequence[str],
    closed: Closed,
) -> None:
    for marks in _chunks(replaced):
        _close(session, slug, run, now, marks, "superseded")
    for marks in _chunks(vanished):
        _close(session, slug, run, now, marks, "vanished")
    closed.superseded += len(replaced)
    closed.vanished += len(vanished)


def _replaced(session: Session, slug: str, run: int, brought: Brought) -> set[str]:
    """Read by watermark, a row takes the place of the older one with its key, of the same business or of none.

    One document may be about two businesses: the other one's row stays.
    """
    keys = {(key, code) for key, code in brought.keys if key is not None}
    bare = {key for key, _code in keys}
    without_code = select(MirrorRow.fingerprint, MirrorRow.row_key).where(
        MirrorRow.slug == slug,
        MirrorRow.uscc.is_(None),
        MirrorRow.until_run.is_(None),
        MirrorRow.from_run < run,
    )
    found = {mark for mark, key in session.execute(without_code) if key in bare}
    for codes in _chunks({code for _key, code in keys if code is not None}):
        query = select(MirrorRow.fingerprint, MirrorRow.row_key, MirrorRow.uscc).where(
            MirrorRow.slug == slug,
            MirrorRow.uscc.in_(codes),
            MirrorRow.until_run.is_(None),
            MirrorRow.from_run < run,
        )
        found |= {mark for mark, key, code in session.execute(query) if (key, code) in keys}
    return {mark for mark in found if bytes.fromhex(mark) not in brought.seen}


def _open(session: Session, slug: str, run: int, marks: Sequence[str]) -> list[tuple[str, str | None, str | None]]:
    query = select(MirrorRow.fingerprint, MirrorRow.row_key, MirrorRow.uscc).where(
        MirrorRow.slug == slug,
        MirrorRow.fingerprint.in_(marks),
        MirrorRow.until_run.is_(None),
        MirrorRow.from_run < run,
    )
    return [(mark, key, code) for mark, key, code in session.execute(query)]


def _close(session: Session, slug: str, run: int, now: datetime, marks: Sequence[str], why: str) -> None:
    session.execute(
        update(MirrorRow)
        .where(
            MirrorRow.slug == slug,
            MirrorRow.fingerprint.in_(marks),
            MirrorRow.until_run.is_(None),
            MirrorRow.from_run < run,
        )
        .values(until_run=run, until=now, ended=why),
        execution_options={"synchronize_session": False},
    )


def _chunks(marks: Iterable[str]) -> Iterator[list[str]]:
    source = iter(marks)
    while part := list(islice(source, _CHUNK)):
        yield part
