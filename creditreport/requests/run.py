"""Trying waiting requests again: each its own taking, its own issue, its own commit.

A run takes a request by moving its next try on, in a short transaction of its own (one row, one runner); then it issues
with no transaction open. That the request is issued stands in the very transaction that stores the report, and only
while it still waits: whatever is killed when, and however many run at once, there is one report for a request or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from creditreport.accounts.acting import businesses_of
from creditreport.accounts.actor import Acting
from creditreport.accounts.models import Account
from creditreport.errors import Problem
from creditreport.notices.models import NoticeKind
from creditreport.notices.outbox import tell
from creditreport.reports.content import ReportContent
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.requests.models import RequestState, WaitingRequest
from creditreport.requests.wait import note, settle

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)

JOB = "job:requests"
# A source that hiccups is back in minutes; one that is down for a day is not asked every minute.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60, 120))
# After so many the moment is read anew: a report is dated when it is issued, not when a long run began.
AT_ONCE = 20
SERVER_SIDE = 500
TOLD_AS = {
    RequestState.ISSUED: NoticeKind.REQUEST_ISSUED,
    RequestState.GIVEN_UP: NoticeKind.REQUEST_GIVEN_UP,
    RequestState.REFUSED: NoticeKind.REQUEST_REFUSED,
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try: the state after it, the report's number, or why there is none."""

    id: int
    state: RequestState
    number: str | None = None
    code: str | None = None

    def as_json(self) -> dict[str, object]:
        """As ``requests run --json`` tells it."""
        return {"id": self.id, "state": self.state.value, "number": self.number, "code": self.code}


def pause_after(tries: int) -> timedelta:
    """How long to wait after the given number of tries: 5, 10, 20, 40 minutes, an hour, then every two hours."""
    return PAUSES[min(tries, len(PAUSES)) - 1]


def run_due(service: Service, now: datetime, most: int = AT_ONCE) -> list[Tried]:
    """Try every waiting request that is due at ``now``, ``most`` of them; safe to repeat and to run twice at once.

    A refusal that is nobody's fault here (a source, the signature) lets it wait on, until its time is over; any other
    (the authorisation was revoked, the business may not apply any more) ends it. The person is told of each end.
    """
    done: list[Tried] = []
    while len(done) < most and (taken := _take(service, now)) is not None:
        done.append(_try(service, taken, now))
    return done


def _take(service: Service, now: datetime) -> WaitingRequest | None:
    """The next due request; nobody else takes it before its next try. A run that is killed costs that pause."""
    due = (
        select(WaitingRequest)
        .where(WaitingRequest.state == RequestState.WAITING.value, WaitingRequest.next_try_at <= now)
        .order_by(WaitingRequest.next_try_at, WaitingRequest.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with service.sessions.begin() as session:
        row = session.scalar(due)
        if row is not None:
            row.tries += 1
            after = now + pause_after(row.tries)
            # The last try is at the end of its time, not hours before.
            row.next_try_at = min(after, row.give_up_at) if now < row.give_up_at else after
        return row


def _try(service: Service, row: WaitingRequest, now: datetime) -> Tried:
    def settle_with(session: Session, content: ReportContent) -> None:
        _acting(session, row, now)
        if not settle(session, row.id, RequestState.ISSUED, now, number=content.number):
            raise Problem("REQUEST_OVER")
        _told(session, row, RequestState.ISSUED, now, content.number)
        note(session, row.id, "request.issued", JOB, now, {"number": content.number})

    try:
        with service.reading() as session:
            acting = _acting(session, row, now)
        issued = issue_report(service, _request(row, acting), now, also=settle_with)
    except Problem as problem:
        return _refused(service, row, problem.code, problem.kind.http_status >= SERVER_SIDE, now)
    except SQLAlchemyError:
        # The store itself: the next run finds the request as it was.
        raise
    except Exception as error:  # one request must not keep the others waiting
        log.error("waiting request failed", request=row.id, error=type(error).__name__)
        return _refused(service, row, "INTERNAL_ERROR", True, now)
    return Tried(row.id, RequestState.ISSUED, issued.number)


def _refused(service: Service, row: WaitingRequest, code: str, wait_on: bool, now: datetime) -> Tried:
    if code == "REQUEST_OVER":
        with service.reading() as session:
            there = session.get_one(WaitingRequest, row.id)
        return Tried(row.id, RequestState(there.state), there.number)
    if wait_on and now < row.give_up_at:
        with service.sessions.begin() as session:
            session.get_one(WaitingRequest, row.id).last_code = code
        return Tried(row.id, RequestState.WAITING, code=code)
    state = RequestState.GIVEN_UP if wait_on else RequestState.REFUSED
    with service.sessions.begin() as session:
        if settle(session, row.id, state, now, code=code):
            _told(session, row, state, now)
            note(session, row.id, f"request.{state.value}", JOB, now, {"code": code, "tries": row.tries})
    return Tried(row.id, state, code=code)


def _told(session: Session, row: WaitingRequest, state: RequestState, now: datetime, number: str | None = None) -> None:
    tell(
        session, [row.account_id], TOLD_AS[state], f"request:{row.id}", about=row.register_id, purpose=row.purpose,
        number=number, now=now,
    )  # fmt: skip


def _acting(session: Session, row: WaitingRequest, now: datetime) -> Acting:
    """For whom the person may still act, checked when it matters: ``NOT_AUTHORISED``, ``PURPOSE_NOT_AUTHORISED``."""
    account = session.get_one(Account, row.account_id)
    may = businesses_of(session, row.account_id, now) if account.disabled_at is None else ()
    acting = next((one for one in may if one.register_id == row.register_id), None)
    if acting is None:
        raise Problem("NOT_AUTHORISED")
    if not acting.covers(row.purpose):
        raise Problem("PURPOSE_NOT_AUTHORISED")
    return acting


def _request(row: WaitingRequest, acting: Acting) -> IssueRequest:
    return IssueRequest(
        uscc=acting.uscc,
        years=str(row.years),
        purpose=row.purpose,
        requested_by=f"account:{row.account_id}",
        language=row.language,
        showing=row.showing,
    )


def run_all(service: Service) -> list[Tried]:
    """Try all that are due, a handful at a time, each handful at the moment at which it is tried."""
    done: list[Tried] = []
    while some := run_due(service, service.clock.now()):
        done += some
    return done


def run_waiting(service: Service, _now: datetime) -> list[Tried]:
    """The periodic job: as :func:`run_all`, which reads the moment of each handful itself."""
    return run_all(service)
