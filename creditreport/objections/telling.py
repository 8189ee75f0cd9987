"""Who is told of what, in the transaction of its cause. A notice says that there is something to read, never what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from creditreport.notices.models import NoticeKind
from creditreport.notices.outbox import tell, who_acts
from creditreport.objections.models import ObjectionCase
from creditreport.objections.units import credit_officers, officers_of


def subject_of(case: ObjectionCase, again: int | str | None = None) -> str:
    """What a notice is about; ``again`` tells apart what can happen to one case more than once."""
    return f"objection:{case.id}" if again is None else f"objection:{case.id}:{again}"


def tell_business(
    session: Session, case: ObjectionCase, kind: NoticeKind, now: datetime, again: int | str | None = None
) -> int:
    """Tell everybody who may act for the business; returns how many."""
    people = who_acts(session, case.register_id, now)
    return tell(session, people, kind, subject_of(case, again), about=case.register_id, now=now)


def tell_unit(
    session: Session, case: ObjectionCase, kind: NoticeKind, now: datetime, again: int | str | None = None
) -> int:
    """Tell the officers of the unit that the case is with; returns how many (none where it has no desk here)."""
    people = officers_of(session, case.unit_domain) if case.unit_domain is not None else []
    return tell(session, people, kind, subject_of(case, again), about=case.register_id, now=now)


def tell_credit_office(
    session: Session, case: ObjectionCase, kind: NoticeKind, now: datetime, again: int | str | None = None
) -> int:
    """Tell the credit office's officers; returns how many."""
    subject = subject_of(case, again)
    return tell(session, credit_officers(session), kind, subject, about=case.register_id, now=now)
