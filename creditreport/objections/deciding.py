"""Deciding a case. Upheld is one transaction: the correction, the reports that it ends, their re-issue, the notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from creditreport.objections.officer import Officer
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, as typed. ``outcome`` is a word of ``models.Outcome``.

    ``values``: for ``amend``, canonical keys and new values ("" for not stated). ``repaired_on`` and
    ``document`` (the id of a file of the case): for ``repaired``.
    """

    outcome: str
    reasons: str
    values: Mapping[str, str] = field(default_factory=dict)
    repaired_on: str = ""
    document: int | None = None


@dataclass(frozen=True, slots=True)
class AffectedReport:
    """A valid report that lists the record; ``replaced``: it is superseded, and issued again, when this is upheld."""

    number: str
    issued_at: datetime
    valid_until: date
    purpose: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a decision would do: the record before and after (canonical keys), and the reports.

    ``listed_before`` and ``listed_after``: whether a new report of the longest window would list the record.
    """

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    changes: Mapping[str, Any]
    listed_before: bool | None
    listed_after: bool | None
    reports: tuple[AffectedReport, ...]


def preview_decision(
    service: Service, case_id: int, decision: Decision, officer: Officer, now: datetime
) -> Consequence:
    """What :func:`decide_case` would change; nothing is changed. Raises as it does."""
    raise NotImplementedError


def decide_case(
    service: Service, case_id: int, version: int, decision: Decision, officer: Officer, now: datetime
) -> None:
    """Uphold or reject an answered case.

    Raises ``INVALID_DECISION`` naming key and problem; ``SOURCE_UNAVAILABLE`` and its like when the record cannot be
    asked for now, ``UNKNOWN_RECORD`` when the source holds it no longer; ``OBJECTION_MOVED``,
    ``OBJECTION_MOVE_REFUSED``, ``NOT_ALLOWED``, ``UNKNOWN_OBJECTION``.
    """
    raise NotImplementedError
