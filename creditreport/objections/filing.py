"""The business's side: a draft, filing it, completing it when asked, withdrawing it. Each one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creditreport.objections.models import ObjectionCase
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class Filing:
    """What a business writes, as typed. ``record_id`` empty: about the field in general.

    ``report``: the number of the report that it saw the record on; empty: on the pre-check.
    """

    kind: str
    domain: str
    record_id: str
    report: str
    statement: str
    wish: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What filing gives. ``joined``: there was an open case about the same already, and this was added to it."""

    case_id: int
    number: str
    filed_at: datetime
    joined: bool


def save_draft(
    service: Service, register_id: str, filing: Filing, *, by: str, now: datetime, case_id: int | None = None
) -> ObjectionCase:
    """Keep a draft, a new one or over the one with ``case_id``; the record is looked up and kept with it.

    Raises ``INVALID_OBJECTION`` naming what is wrong with kind, field or texts (an empty text is no error yet);
    ``UNKNOWN_REPORT`` and ``UNKNOWN_RECORD`` also for another business's; ``SOURCE_UNAVAILABLE`` and its like when a
    record of the pre-check cannot be asked for now; ``UNKNOWN_OBJECTION``; ``OBJECTION_MOVE_REFUSED`` once filed.
    """
    raise NotImplementedError


def discard_draft(service: Service, register_id: str, case_id: int, *, by: str, now: datetime) -> bool:
    """Delete a draft with its files; tells whether there was one. Raises ``OBJECTION_MOVE_REFUSED`` once filed."""
    raise NotImplementedError


def file_case(service: Service, register_id: str, case_id: int, *, by: str, now: datetime) -> Receipt:
    """File a draft: it gets its number and its clock begins. Safe to repeat.

    The same again (business, record, kind) while a case is open is joined to that one: text and new files are added.
    Raises ``INVALID_OBJECTION`` (a text is missing), ``OBJECTION_NEEDS_NEW_EVIDENCE`` after the same was rejected.
    """
    raise NotImplementedError


def complete_case(service: Service, register_id: str, case_id: int, text: str, *, by: str, now: datetime) -> None:
    """Say what was missing and hand the case in again; files were added before. The office's clock goes on.

    Raises ``OBJECTION_MOVE_REFUSED`` when it was not returned, or has lapsed.
    """
    raise NotImplementedError


def withdraw_case(service: Service, register_id: str, case_id: int, why: str, *, by: str, now: datetime) -> None:
    """Withdraw an open case; safe to repeat. Raises ``OBJECTION_MOVE_REFUSED`` once decided."""
    raise NotImplementedError
