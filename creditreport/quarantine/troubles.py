"""Sources for which reports are refused: the last trouble of each is kept, so that staff see whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import case
from sqlalchemy.orm import Session, sessionmaker

from creditreport.clock import as_shanghai
from creditreport.db import insert_into
from creditreport.quarantine.models import SourceTrouble
from creditreport.violations.answer import Answer


def note_troubles(sessions: sessionmaker[Session], answers: Iterable[Answer], now: datetime) -> None:
    """Note each answer that no report may rest on, in a transaction of its own; counted anew each day.

    Writes nothing when all is well. In the order of the slugs, so that two refusals at once do not wait for each other.
    """
    day = as_shanghai(now).date()
    met = [
        {"slug": one.slug, "status": one.status, "problem": one.problem, "at": now, "day": day, "times": 1}
        for one in sorted(answers, key=lambda answer: answer.slug)
        if not one.usable
    ]
    if not met:
        return
    with sessions.begin() as session:
        statement = insert_into(session, SourceTrouble)
        new = statement.excluded
        again = case((SourceTrouble.day == new.day, SourceTrouble.times + 1), else_=1)
        kept = {"status": new.status, "problem": new.problem, "at": new.at, "day": new.day, "times": again}
        session.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=kept), met)
