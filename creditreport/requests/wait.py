"""Leaving a request waiting, cancelling it, and what a business sees of those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from creditreport.accounts.actor import Acting
from creditreport.audit.trail import add_entry
from creditreport.db import one_writer
from creditreport.entities.eligible import check_eligible
from creditreport.entities.register import find_entity
from creditreport.errors import Problem
from creditreport.reports.request import IssueRequest, read_language, read_purpose, read_showing, read_years
from creditreport.requests.models import RequestState, WaitingRequest

if TYPE_CHECKING:
    from creditreport.service import Service

# The refusals after which waiting helps: nobody but the source, or the staff who settle its rows, has to do anything.
WAITABLE = ("SOURCE_UNAVAILABLE", "SOURCE_STALE", "SOURCE_INCOMPLETE")
# Decided: a source that is away for a working week will not be back soon; the business is told and decides anew.
WAIT_WORKING_DAYS = 5
# A business with more open questions than this asks for something else than reports.
MOST_WAITING = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting request as its business sees it; ``last_code`` is why it could not be issued at the last try."""

    id: int
    years: int
    purpose: str
    language: str
    asked_at: datetime
    next_try_at: datetime
    give_up_at: datetime
    tries: int
    last_code: str | None


def wait(service: Service, asked: IssueRequest, account_id: int, now: datetime) -> int:
    """Let ``asked`` wait in the name of ``account_id``; returns its id. The first try is due at once.

    Safe to repeat: the same choices of the same business already waiting are that request. Raises, as issuing would,
    ``INVALID_YEARS``, ``INVALID_PURPOSE``, ``INVALID_LANGUAGE``, ``INVALID_SHOWING``, ``ENTITY_NOT_ELIGIBLE`` and
    what the register says of the code; ``TOO_MANY_WAITING``.
    """
    years, purpose = read_years(asked.years, service.rules.on(now.date())), read_purpose(asked.purpose)
    language, showing = read_language(asked.language), read_showing(asked.showing)
    with service.sessions.begin() as session:
        entity = find_entity(session, asked.uscc)
        check_eligible(entity)
        one_writer(session, WaitingRequest)
        there = session.scalars(_waiting_of(entity.register_id)).all()
        chosen = (years, purpose.value, language.value, showing.value)
        for row in there:
            if (row.years, row.purpose, row.language, row.showing) == chosen:
                return row.id
        if len(there) >= MOST_WAITING:
            raise Problem("TOO_MANY_WAITING", most=MOST_WAITING)
        row = WaitingRequest(
            register_id=entity.register_id, account_id=account_id, years=years, purpose=purpose.value,
            language=language.value, showing=showing.value, state=RequestState.WAITING.value, asked_at=now,
            next_try_at=now, give_up_at=service.calendar.deadline(now, WAIT_WORKING_DAYS), tries=0,
        )  # fmt: skip
        session.add(row)
        session.flush()
        detail = {"years": years, "purpose": purpose.value, "until": row.give_up_at.isoformat()}
        note(session, row.id, "request.waiting", asked.requested_by, now, {"business": entity.register_id, **detail})
        return row.id


def cancel(service: Service, acting: Acting, request_id: int, *, by: str, now: datetime) -> None:
    """Take a waiting request back; safe to repeat.

    Raises ``PAGE_NOT_FOUND`` for another business's, ``PURPOSE_NOT_AUTHORISED``, and ``REQUEST_OVER`` once it was
    issued, given up or refused.
    """
    with service.sessions.begin() as session:
        row = session.get(WaitingRequest, request_id)
        if row is None or row.register_id != acting.register_id:
            raise Problem("PAGE_NOT_FOUND")
        if not acting.covers(row.purpose):
            raise Problem("PURPOSE_NOT_AUTHORISED")
        if settle(session, request_id, RequestState.CANCELLED, now):
            note(session, request_id, "request.cancelled", by, now)
            return
        session.refresh(row)
        if row.state != RequestState.CANCELLED:
            raise Problem("REQUEST_OVER")


def waiting_of(session: Session, acting: Acting) -> Sequence[Waiting]:
    """What waits for the business and is of a purpose that the person may act for, the oldest first."""
    return [
        Waiting(
            row.id, row.years, row.purpose, row.language, row.asked_at, row.next_try_at, row.give_up_at, row.tries,
            row.last_code,
        )
        for row in session.scalars(_waiting_of(acting.register_id).order_by(WaitingRequest.id))
        if acting.covers(row.purpose)
    ]  # fmt: skip


def settle(
    session: Session,
    request_id: int,
    state: RequestState,
    now: datetime,
    *,
    number: str | None = None,
    code: str | None = None,
) -> bool:
    """Move a waiting request to its final ``state``; False when it waits no longer. Of two who try, one succeeds."""
    moved = session.execute(
        update(WaitingRequest)
        .where(WaitingRequest.id == request_id, WaitingRequest.state == RequestState.WAITING.value)
        .values(state=state.value, settled_at=now, number=number, last_code=code)
    )
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def note(
    session: Session, request_id: int, action: str, actor: str, now: datetime, detail: dict[str, object] | None = None
) -> None:
    """An audit entry about a request, in the caller's transaction."""
    add_entry(session, at=now, actor=actor, action=action, subject=f"request:{request_id}", detail=detail)


def _waiting_of(register_id: str) -> Select[WaitingRequest]:
    return select(WaitingRequest).where(
        WaitingRequest.register_id == register_id, WaitingRequest.state == RequestState.WAITING.value
    )
