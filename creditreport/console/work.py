"""Finding cases on the desk: as the use case of the cases finds them, and by the document number of the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.objections.reading import CaseLine, search_cases
from creditreport.violations.record import comparable_number

if TYPE_CHECKING:
    from creditreport.objections.officer import Officer
    from creditreport.service import Service


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
