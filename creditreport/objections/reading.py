"""Looking at cases: the business its own, staff what they may see, what is due first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, undefer

from creditreport.accounts.models import Role
from creditreport.entities.models import EntityRow
from creditreport.errors import Problem
from creditreport.objections.clock import Deadline
from creditreport.objections.correction_models import RecordCorrection
from creditreport.objections.flow import OPEN, Move, Party, State, moves, turn
from creditreport.objections.limits import deadlines_of
from creditreport.objections.models import (
    EvidenceUse,
    ObjectionCase,
    ObjectionEvent,
    ObjectionEvidence,
    ObjectionLetter,
)
from creditreport.objections.officer import acts_for_unit, is_credit_officer, may_see
from creditreport.objections.stepping import names_of

if TYPE_CHECKING:
    from creditreport.objections.officer import Officer
    from creditreport.service import Service

Row = TypeVar("Row", ObjectionEvent, ObjectionEvidence)

MOST_FOUND = 200
NUMBER_LENGTH, USCC_LENGTH = 14, 18
OPEN_STATES = tuple(sorted(OPEN))
# Of these the business reads the reason; what the house says among itself is the house's.
TOLD = frozenset({Move.RETURN, Move.UPHOLD, Move.REJECT})


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list. ``deadline`` is the one that runs first."""

    case: ObjectionCase
    business: str
    field_title: str
    field_title_en: str
    turn: Party | None
    deadlines: tuple[Deadline, ...]

    @property
    def deadline(self) -> Deadline | None:
        """The limit of the one whose turn it is."""
        return self.deadlines[0] if self.deadlines else None

    @property
    def overdue(self) -> tuple[Deadline, ...]:
        """The limits that have passed."""
        return tuple(one for one in self.deadlines if one.overdue)

    @property
    def state(self) -> State:
        """The case's state."""
        return State(self.case.state)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that belongs to it. ``moves`` is what the reader can do now."""

    line: CaseLine
    events: Sequence[ObjectionEvent]
    names: Mapping[str, str]
    evidence: Sequence[ObjectionEvidence]
    letters: Sequence[ObjectionLetter]
    moves: tuple[Move, ...]
    correction: RecordCorrection | None


def own_cases(service: Service, register_id: str, now: datetime) -> list[CaseLine]:
    """The business's cases and drafts, the newest first; what was joined to another case is that case."""
    mine = ObjectionCase.register_id == register_id
    joined = and_(ObjectionCase.state == State.WITHDRAWN, ObjectionCase.number.is_(None))
    return lines_of(service, and_(mine, ~joined), now)


def own_case(service: Service, register_id: str, case_id: int, now: datetime) -> CaseFile:
    """One of its own; who of the house did what is not told. Raises ``UNKNOWN_OBJECTION`` also for another's."""
    found = file_of(service, case_id, now)
    case = found.line.case
    if case.register_id != register_id:
        raise Problem("UNKNOWN_OBJECTION")
    files = [one for one in found.evidence if one.use != EvidenceUse.UNIT]
    can = moves(found.line.state, Party.BUSINESS)
    return CaseFile(found.line, [_told(one) for one in found.events], {}, files, (), can, None)


def work_of(service: Service, officer: Officer, now: datetime) -> list[CaseLine]:
    """The open cases that wait for this person's house, due first."""
    wanted: list[ColumnElement[bool]] = []
    if is_credit_officer(officer):
        office = [state for state in OPEN_STATES if turn(State(state)) is Party.CREDIT_OFFICE]
        # A unit without a desk answers on paper, and the credit office enters it.
        on_paper = and_(ObjectionCase.state == State.REFERRED, ObjectionCase.unit_domain.is_(None))
        wanted += [ObjectionCase.state.in_(office), on_paper]
    if Role.DEPARTMENT_OFFICER in officer.roles:
        own = ObjectionCase.unit_domain.in_(sorted(officer.domains))
        wanted.append(and_(ObjectionCase.state == State.REFERRED, own))
    return sorted(lines_of(service, or_(false(), *wanted), now), key=_due)


def search_cases(
    service: Service, officer: Officer, now: datetime, *, text: str = "", state: str = "", domain: str = ""
) -> list[CaseLine]:
    """Cases that they may see, newest first, at most 200: by number, unified code or name, state, field."""
    which: list[ColumnElement[bool]] = [ObjectionCase.number.is_not(None)]
    if not officer.roles & {Role.CREDIT_OFFICER, Role.AUDITOR}:
        which.append(ObjectionCase.unit_domain.in_(sorted(officer.domains)))
    if state:
        which.append(ObjectionCase.state == state)
    if domain:
        which.append(ObjectionCase.domain == domain)
    wanted = "".join(text.split())
    if wanted:
        which.append(_named(wanted))
    return lines_of(service, and_(*which), now, MOST_FOUND, by_business=bool(wanted))


def _named(wanted: str) -> ColumnElement[bool]:
    """By number or its beginning, by unified code, else by a part of the business's name: never by all at once."""
    if wanted.isascii() and wanted.isdecimal() and len(wanted) <= NUMBER_LENGTH:
        return ObjectionCase.number.startswith(wanted, autoescape=True)
    if len(wanted) == USCC_LENGTH and wanted.isascii():
        return EntityRow.uscc == wanted.upper()
    return EntityRow.name.contains(wanted, autoescape=True)


def staff_case(service: Service, officer: Officer, case_id: int, now: datetime) -> CaseFile:
    """One case that they may see. Raises ``UNKNOWN_OBJECTION`` for any other."""
    found = file_of(service, case_id, now)
    case, state = found.line.case, found.line.state
    if not may_see(officer, case):
        raise Problem("UNKNOWN_OBJECTION")
    can: tuple[Move, ...] = ()
    if acts_for_unit(officer, case):
        can = moves(state, Party.UNIT)
    elif is_credit_officer(officer):
        can = moves(state, Party.CREDIT_OFFICE, returned_before=case.returned_at is not None)
        if case.unit_domain is not None:
            can = tuple(move for move in can if move is not Move.ANSWER)
    return CaseFile(
        found.line, found.events, found.names, found.evidence, found.letters, can, found.correction
    )  # fmt: skip


def letter_pdf(service: Service, officer: Officer, case_id: int, n: int) -> bytes:
    """The signed letter, for staff who may see the case. Raises ``UNKNOWN_OBJECTION``."""
    with service.reading() as session:
        case = session.get(ObjectionCase, case_id)
        letter = session.get(ObjectionLetter, (case_id, n), options=[undefer(ObjectionLetter.pdf)])
        if case is None or letter is None or not may_see(officer, case):
            raise Problem("UNKNOWN_OBJECTION")
        return letter.pdf


def overdue_cases(service: Service, now: datetime) -> list[CaseLine]:
    """Every open case with a limit that has passed, the latest first; for staff and ``objections overdue``."""
    lines = lines_of(service, ObjectionCase.state.in_(OPEN_STATES), now)
    late = [line for line in lines if line.overdue]
    return sorted(late, key=lambda line: (min(one.due for one in line.overdue if one.due), line.case.id))


def lines_of(
    service: Service, which: ColumnElement[bool], now: datetime, limit: int | None = None, *, by_business: bool = False
) -> list[CaseLine]:
    """The cases with ``which``, the newest first; with a ``limit`` those that were filed last.

    ``by_business``: ``which`` also speaks of the business.
    """
    if limit is not None:
        # By their numbers alone: then only so many cases and businesses are looked up.
        newest = select(ObjectionCase.id).where(which).order_by(ObjectionCase.number.desc()).limit(limit)
        if by_business:
            newest = newest.join(EntityRow, EntityRow.register_id == ObjectionCase.register_id)
        which = ObjectionCase.id.in_(newest)
    query = (
        select(ObjectionCase, EntityRow.name)
        .join(EntityRow, EntityRow.register_id == ObjectionCase.register_id)
        .where(which)
        .order_by(ObjectionCase.id.desc())
    )
    with service.reading() as session:
        rows = [(case, name) for case, name in session.execute(query)]
    return [_line(service, case, name, now) for case, name in rows]


def _line(service: Service, case: ObjectionCase, name: str, now: datetime) -> CaseLine:
    titles = {one.manifest.slug: one.manifest for one in service.catalog.domains}
    manifest = titles.get(case.domain)
    zh, en = (manifest.title, manifest.title_en) if manifest is not None else (case.domain, case.domain)
    return CaseLine(case, name, zh, en, turn(State(case.state)), deadlines_of(service, case, now))


def _due(line: CaseLine) -> tuple[bool, float, int]:
    due = line.deadline.due if line.deadline is not None else None
    return due is None, due.timestamp() if due is not None else 0.0, line.case.id


def file_of(service: Service, case_id: int, now: datetime) -> CaseFile:
    """A case with everything that belongs to it, whoever asks. Raises ``UNKNOWN_OBJECTION``."""
    with service.reading() as session:
        row = session.execute(
            select(ObjectionCase, EntityRow.name)
            .join(EntityRow, EntityRow.register_id == ObjectionCase.register_id)
            .where(ObjectionCase.id == case_id)
        ).one_or_none()
        if row is None:
            raise Problem("UNKNOWN_OBJECTION")
        case, name = row
        events = _of(session, case_id, ObjectionEvent)
        evidence = _of(session, case_id, ObjectionEvidence)
        letters = session.scalars(
            select(ObjectionLetter).where(ObjectionLetter.case_id == case_id).order_by(ObjectionLetter.n)
        ).all()
        correction = session.scalar(select(RecordCorrection).where(RecordCorrection.case_id == case_id))
        names = names_of(session, _actors(events, evidence))
    return CaseFile(_line(service, case, name, now), events, names, evidence, letters, (), correction)


def _of(session: Session, case_id: int, table: type[Row]) -> Sequence[Row]:
    return session.scalars(select(table).where(table.case_id == case_id).order_by(table.id)).all()


def _actors(events: Iterable[ObjectionEvent], evidence: Iterable[ObjectionEvidence]) -> set[str]:
    house = {one.by for one in events if one.party != Party.BUSINESS}
    return house | {one.added_by for one in evidence if one.use != EvidenceUse.BUSINESS}


def _told(event: ObjectionEvent) -> ObjectionEvent:
    """An event as the business reads it."""
    own = event.party == Party.BUSINESS
    return ObjectionEvent(
        id=event.id, case_id=event.case_id, at=event.at, by=event.by if own else "", party=event.party,
        move=event.move, state=event.state, version=event.version,
        why=event.why if own or event.move in TOLD else None,
        detail={key: value for key, value in event.detail.items() if key in ("unit", "outcome", "files")},
    )  # fmt: skip
