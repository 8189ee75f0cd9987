"""The job of notices: what is to be told is told, what is to be mailed is mailed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.notices.looking import tell_expiring, tell_new_records
from creditreport.notices.sending import run_mails

if TYPE_CHECKING:
    from creditreport.service import Service


@dataclass(frozen=True, slots=True)
class Round:
    """How many notices a round made, and how many mails were taken by the mail server."""

    expiring: int
    new_records: int
    mailed: int

    def as_json(self) -> dict[str, int]:
        """As ``notices run --json`` tells it."""
        return asdict(self)


def run_notices(service: Service, now: datetime) -> Round:
    """One round; safe to repeat and to run twice at once. The mails of what it finds go out with it."""
    return Round(tell_expiring(service, now), tell_new_records(service, now), run_mails(service, now))
