"""Retention of what a person was told and asked for: addresses, notices, requests that waited; looks at reports."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from creditreport.notices.models import Notice, NoticeChoice
from creditreport.privacy.retention import Retention, count
from creditreport.requests.models import RequestState, WaitingRequest
from creditreport.verification.looks import KEPT as LOOKS_KEPT
from creditreport.verification.looks import remove_looks
from creditreport.verification.suspicions.handling import remove_suspicions


def _addresses(session: Session, before: datetime, _now: datetime) -> int:
    """E-mail addresses whose link nobody opened; the link itself counts for a shorter time."""
    left = or_(NoticeChoice.pending_email.is_not(None), NoticeChoice.confirm_digest.is_not(None))
    unconfirmed = update(NoticeChoice).where(NoticeChoice.asked_at < before, left)
    return count(session, unconfirmed.values(pending_email=None, confirm_digest=None))


def _notices(session: Session, before: datetime, _now: datetime) -> int:
    """Notices of long ago. A row is also what keeps a person from being told twice, so it outlives its report."""
    return count(session, delete(Notice).where(Notice.made_at < before))


def _requests(session: Session, before: datetime, _now: datetime) -> int:
    """Requests that were settled long ago; the report that one became stays."""
    over = delete(WaitingRequest).where(WaitingRequest.state != RequestState.WAITING)
    return count(session, over.where(WaitingRequest.settled_at < before))


def _looks(session: Session, before: datetime, _now: datetime) -> int:
    """That a report was verified; no verifier is named there, but a business needs no older ones."""
    return remove_looks(session, before)


def _suspicions(session: Session, before: datetime, _now: datetime) -> int:
    """What verifiers reported and staff settled; somebody may have written a name though nobody asked for it."""
    return remove_suspicions(session, before)


CORRESPONDENCE = (
    Retention("addresses", timedelta(days=7), _addresses),
    Retention("notices", timedelta(days=730), _notices),
    Retention("requests", timedelta(days=730), _requests),
    Retention("looks", LOOKS_KEPT, _looks),
    Retention("suspicions", timedelta(days=730), _suspicions),
)
