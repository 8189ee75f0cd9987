"""Retention of what businesses wrote and handed in with objections; decisions and letters are the house's own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from creditreport.objections.flow import State
from creditreport.objections.models import ObjectionCase, ObjectionEvidence
from creditreport.privacy.retention import Retention, count


def _drafts(session: Session, before: datetime, _now: datetime) -> int:
    """What was written and never filed."""
    left = (ObjectionCase.state == State.DRAFT, ObjectionCase.changed_at < before)
    count(
        session, delete(ObjectionEvidence).where(ObjectionEvidence.case_id.in_(select(ObjectionCase.id).where(*left)))
    )
    return count(session, delete(ObjectionCase).where(*left))


def _cases(session: Session, before: datetime, _now: datetime) -> int:
    """The business's own words, and every file, of cases that were closed long ago; that they were stays known."""
    closed = select(ObjectionCase.id).where(ObjectionCase.closed_at < before)
    files = count(session, delete(ObjectionEvidence).where(ObjectionEvidence.case_id.in_(closed)))
    words = update(ObjectionCase).where(ObjectionCase.closed_at < before, ObjectionCase.statement != "")
    return files + count(session, words.values(statement="", wish=""))


CASES = (
    Retention("drafts", timedelta(days=180), _drafts),
    Retention("cases", timedelta(days=1826), _cases),
)
