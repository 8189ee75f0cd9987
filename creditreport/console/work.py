"""Finding cases on the desk, also by the document number of the record; and what its people were told of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from creditreport.notices.models import Notice
from creditreport.objections.models import ObjectionCase
from creditreport.objections.reading import CaseLine, search_cases
from creditreport.violations.record import comparable_number

if TYPE_CHECKING:
    from creditreport.objections.officer import Officer
    from creditreport.service import Service


# So many are told at first on the desk, newest first.
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class ToldOfCase:
    """That something happened to a case which the reader has not opened since."""

    kind: str
    case_id: int
    number: str | None
    at: datetime


def told_of_cases(session: Session, account_id: int) -> list[ToldOfCase]:
    """What the member of staff was told of cases and has not looked at yet, newest first."""
    query = (
        select(Notice.kind, Notice.subject, Notice.made_at)
        .where(Notice.account_id == account_id, Notice.read_at.is_(None), Notice.subject.startswith("objection:"))
        .order_by(Notice.id.desc())
        .limit(MOST_TOLD)
    )
    found = [(kind, int(subject.split(":")[1]), at) for kind, subject, at in session.execute(query)]
    wanted = {case_id for _kind, case_id, _at in found}
    if not wanted:
        return []
    rows = session.execute(select(ObjectionCase.id, ObjectionCase.number).where(ObjectionCase.id.in_(wanted)))
    numbers = {row.id: row.number for row in rows}
    return [ToldOfCase(kind, case_id, numbers.get(case_id), at) for kind, case_id, at in found]


def case_was_read(session: Session, account_id: int, case_id: int, now: datetime) -> None:
    """Whoever opened the case has read what they were told of it; in the caller's transaction."""
    about = f"objection:{case_id}"
    session.execute(
        update(Notice)
        .where(
            Notice.account_id == account_id,
            Notice.read_at.is_(None),
            or_(Notice.subject == about, Notice.subject.startswith(f"{about}:")),
        )
        .values(read_at=now, mail_next_at=None)
    )


def find_cases(
    service: Service, officer: Officer, now: datetime, text: str = "", state: str = "", domain: str = ""
) -> list[CaseLine]:
    """Cases that the officer may see, newest first: by case number, code, name, or the record's document number."""
    found = search_cases(service, officer, now, text=text, state=state, domain=domain)
    if not text or found:
        return found
    wanted = comparable_number(text)
    every = search_cases(service, officer, now, state=state, domain=domain)
    return [line for line in every if wanted in comparable_number(_document(line.case.record))]


def _document(record: Mapping[str, str] | None) -> str:
    return str((record or {}).get("document_number") or "")
