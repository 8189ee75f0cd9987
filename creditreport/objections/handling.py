"""The house's side until the decision: accept, return, refer, reassign, send back, answer. Each one transaction.

``version`` is the one that the person saw: if the case has moved since, ``OBJECTION_MOVED`` says who did what. The same
deed sent twice by the same person is done once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.errors import Problem
from creditreport.notices.models import NoticeKind
from creditreport.objections.flow import Move, Party
from creditreport.objections.models import Finding
from creditreport.objections.referring import UnitChoice, refer
from creditreport.objections.stepping import begin, check, finish, invalid, text_of
from creditreport.objections.telling import tell_business, tell_credit_office

if TYPE_CHECKING:
    from creditreport.objections.officer import Officer
    from creditreport.service import Service

__all__ = [
    "BulkAnswer", "UnitChoice", "accept_case", "accept_cases", "answer_case", "reassign_case", "refer_case",
    "return_case", "send_back_case",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """What came of one case of several; ``problem`` is ``None`` where it was done."""

    case_id: int
    problem: Problem | None


def accept_case(service: Service, case_id: int, version: int, officer: Officer, now: datetime) -> None:
    """Accept a filed case.

    Raises, as all here do: ``UNKNOWN_OBJECTION``, ``NOT_ALLOWED``, ``OBJECTION_MOVED``, ``OBJECTION_MOVE_REFUSED``.
    """
    with service.sessions.begin() as session:
        case = begin(session, case_id, version, Move.ACCEPT, officer)
        if case is not None:
            case.accepted_at = now
            finish(session, case, Move.ACCEPT, check(case, Move.ACCEPT, officer), officer.actor, now)


def accept_cases(
    service: Service, chosen: Sequence[tuple[int, int]], officer: Officer, now: datetime
) -> list[BulkAnswer]:
    """Accept each (case, version): its own transaction for each, so that one that moved keeps no other back."""
    answers = []
    for case_id, version in chosen:
        try:
            accept_case(service, case_id, version, officer, now)
        except Problem as problem:
            answers.append(BulkAnswer(case_id, problem))
        else:
            answers.append(BulkAnswer(case_id, None))
    return answers


def return_case(service: Service, case_id: int, version: int, missing: str, officer: Officer, now: datetime) -> None:
    """Return a filed case for completion, once: ``missing`` says what (``INVALID_OBJECTION`` when it is empty)."""
    said = text_of(missing, "missing")
    with service.sessions.begin() as session:
        case = begin(session, case_id, version, Move.RETURN, officer)
        if case is not None:
            party = check(case, Move.RETURN, officer)
            case.returned_at, case.missing = now, said
            finish(session, case, Move.RETURN, party, officer.actor, now, why=said)
            tell_business(session, case, NoticeKind.OBJECTION_RETURNED, now)


def refer_case(
    service: Service, case_id: int, version: int, officer: Officer, now: datetime, to: UnitChoice | None = None
) -> int:
    """Send a signed co-handling letter to the unit (``None``: the responsible unit of the record).

    Returns the letter's number within the case. Raises also ``SIGNING_UNAVAILABLE``, ``FONTS_MISSING``; nothing is
    changed then.
    """
    return refer(service, case_id, version, Move.REFER, to, "", officer, now)


def reassign_case(
    service: Service, case_id: int, version: int, to: UnitChoice, why: str, officer: Officer, now: datetime
) -> int:
    """To another unit, or back to the same with a further question, with a new letter; any number of times."""
    return refer(service, case_id, version, Move.REASSIGN, to, text_of(why, "why"), officer, now)


def send_back_case(service: Service, case_id: int, version: int, why: str, officer: Officer, now: datetime) -> None:
    """The unit says that the record is not its own: the case is with the credit office again, with the reason."""
    said = text_of(why, "why")
    with service.sessions.begin() as session:
        case = begin(session, case_id, version, Move.SEND_BACK, officer)
        if case is not None:
            party = check(case, Move.SEND_BACK, officer)
            detail = {"unit": case.unit, "desk": case.unit_domain}
            case.unit_domain, case.accepted_at = None, now
            finish(session, case, Move.SEND_BACK, party, officer.actor, now, why=said, detail=detail)
            tell_credit_office(session, case, NoticeKind.OBJECTION_SENT_BACK, now, again=case.version)


def answer_case(
    service: Service, case_id: int, version: int, finding: str, text: str, officer: Officer, now: datetime
) -> None:
    """The unit's finding of fact (``finding`` a word of ``models.Finding``).

    The credit office enters it only for a unit that has no desk here; ``OBJECTION_UNIT_ANSWERS`` otherwise.
    """
    said = text_of(text, "text")
    if finding not in set(Finding):
        raise invalid("finding", "请选择一种", "choose one")
    with service.sessions.begin() as session:
        case = begin(session, case_id, version, Move.ANSWER, officer)
        if case is None:
            return
        party = check(case, Move.ANSWER, officer)
        if party is not Party.UNIT and case.unit_domain is not None:
            raise Problem("OBJECTION_UNIT_ANSWERS", unit=case.unit)
        case.finding, case.finding_text, case.finding_by = finding, said, officer.actor
        case.answered_at = now
        detail = {"finding": finding, "unit": case.unit, "on_behalf": party is not Party.UNIT}
        finish(session, case, Move.ANSWER, party, officer.actor, now, why=said, detail=detail)
