"""Looking at cases: the business its own, staff what they may see, what is due first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from creditreport.objections.clock import Deadline
from creditreport.objections.flow import Move, Party, State
from creditreport.objections.models import ObjectionCase, ObjectionEvent, ObjectionEvidence, ObjectionLetter

if TYPE_CHECKING:
    from creditreport.objections.officer import Officer
    from creditreport.service import Service


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
    correction: Mapping[str, Any] | None


def own_cases(service: Service, register_id: str, now: datetime) -> list[CaseLine]:
    """The business's cases and drafts, the newest first."""
    raise NotImplementedError


def own_case(service: Service, register_id: str, case_id: int, now: datetime) -> CaseFile:
    """One of its own; who of the house did what is not told. Raises ``UNKNOWN_OBJECTION`` also for another's."""
    raise NotImplementedError


def work_of(service: Service, officer: Officer, now: datetime) -> list[CaseLine]:
    """The open cases that wait for this person's house, due first."""
    raise NotImplementedError


def search_cases(
    service: Service, officer: Officer, now: datetime, *, text: str = "", state: str = "", domain: str = ""
) -> list[CaseLine]:
    """Cases that they may see, newest first, at most 200: by number, unified code or name, state, field."""
    raise NotImplementedError


def staff_case(service: Service, officer: Officer, case_id: int, now: datetime) -> CaseFile:
    """One case that they may see. Raises ``UNKNOWN_OBJECTION`` for any other."""
    raise NotImplementedError


def letter_pdf(service: Service, officer: Officer, case_id: int, n: int) -> bytes:
    """The signed letter, for staff who may see the case. Raises ``UNKNOWN_OBJECTION``."""
    raise NotImplementedError


def overdue_cases(service: Service, now: datetime) -> list[CaseLine]:
    """Every open case with a limit that has passed, the latest first; for staff and ``objections overdue``."""
    raise NotImplementedError
