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

if TYPE_CHECKING:
    from creditreport.objections.officer import Officer
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit: that of a field (``domain``, its slug), or one without a desk here by its name (``name``)."""

    domain: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """What came of one case of several; ``problem`` is ``None`` where it was done."""

    case_id: int
    problem: Problem | None


def accept_case(service: Service, case_id: int, version: int, officer: Officer, now: datetime) -> None:
    """Accept a filed case.

    Raises, as all here do: ``UNKNOWN_OBJECTION``, ``NOT_ALLOWED``, ``OBJECTION_MOVED``, ``OBJECTION_MOVE_REFUSED``.
    """
    raise NotImplementedError


def accept_cases(
    service: Service, chosen: Sequence[tuple[int, int]], officer: Officer, now: datetime
) -> list[BulkAnswer]:
    """Accept each (case, version): its own transaction for each, so that one that moved keeps no other back."""
    raise NotImplementedError


def return_case(service: Service, case_id: int, version: int, missing: str, officer: Officer, now: datetime) -> None:
    """Return a filed case for completion, once: ``missing`` says what (``INVALID_OBJECTION`` when it is empty)."""
    raise NotImplementedError


def refer_case(
    service: Service, case_id: int, version: int, officer: Officer, now: datetime, to: UnitChoice | None = None
) -> int:
    """Send a signed co-handling letter to the unit (``None``: the responsible unit of the record).

    Returns the letter's number within the case. Raises also ``SIGNING_UNAVAILABLE``, ``FONTS_MISSING``; nothing is
    changed then.
    """
    raise NotImplementedError


def reassign_case(
    service: Service, case_id: int, version: int, to: UnitChoice, why: str, officer: Officer, now: datetime
) -> int:
    """To another unit, or back to the same with a further question, with a new letter; any number of times."""
    raise NotImplementedError


def send_back_case(service: Service, case_id: int, version: int, why: str, officer: Officer, now: datetime) -> None:
    """The unit says that the record is not its own: the case is with the credit office again, with the reason."""
    raise NotImplementedError


def answer_case(
    service: Service, case_id: int, version: int, finding: str, text: str, officer: Officer, now: datetime
) -> None:
    """The unit's finding of fact (``finding`` a word of ``models.Finding``), or entered for it by the credit office."""
    raise NotImplementedError
