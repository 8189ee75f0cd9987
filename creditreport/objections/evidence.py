"""Files that are handed in with a case: few, small, of three forms, looked at by content in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from creditreport.objections.officer import Officer
    from creditreport.service import Service

MOST_FILES = 5
MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file to be handed out, as an attachment only: ``Content-Disposition: attachment`` and ``nosniff``."""

    name: str
    mimetype: str
    content: bytes


def add_evidence(
    service: Service, register_id: str, case_id: int, name: str, data: bytes, *, by: str, now: datetime
) -> int:
    """Add a business's file to its draft or open case; returns its id. The same file twice is one.

    Raises ``EVIDENCE_REFUSED`` with what is wrong: more than ``MOST_FILES``, more than ``MOST_BYTES``, neither PDF,
    JPEG nor PNG by content, encrypted, or unreadable within bounds.
    """
    raise NotImplementedError


def remove_evidence(service: Service, register_id: str, evidence_id: int, *, by: str, now: datetime) -> bool:
    """Take a file out of a draft; tells whether it was there. Raises ``OBJECTION_MOVE_REFUSED`` once filed."""
    raise NotImplementedError


def add_staff_evidence(
    service: Service, officer: Officer, case_id: int, name: str, data: bytes, *, now: datetime
) -> int:
    """Add a document of the unit or of the decision, by who adds it; returns its id. Raises as :func:`add_evidence`."""
    raise NotImplementedError


def own_evidence(session: Session, register_id: str, evidence_id: int) -> EvidenceFile:
    """A file for the business whose case it is. Raises ``UNKNOWN_EVIDENCE`` also for another business's."""
    raise NotImplementedError


def staff_evidence(session: Session, officer: Officer, evidence_id: int) -> EvidenceFile:
    """A file for staff who may see the case. Raises ``UNKNOWN_EVIDENCE`` for anybody else."""
    raise NotImplementedError
