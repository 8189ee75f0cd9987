"""Handing a business the file of its own report: every time is told of in the audit trail, with who acted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from creditreport.audit.trail import add_entry
from creditreport.reports.archive import own_report
from creditreport.reports.editions import EditionFile, stored_edition

if TYPE_CHECKING:
    from creditreport.service import Service


def hand_out(
    service: Service, register_id: str, number: str, language: str | None, *, by: str, now: datetime
) -> EditionFile:
    """The stored file of a business's report in an edition (``None``: the one that was issued), for ``by``.

    Nothing is handed out unless the entry about it is stored. Raises ``UNKNOWN_REPORT`` also for another business's
    report, ``INVALID_LANGUAGE``, ``NO_SUCH_EDITION``.
    """
    with service.reading() as session:
        own_report(session, register_id, number, now)
        file = stored_edition(session, number, language)
    detail = {"language": file.language.value, "pdf_sha256": file.sha256}
    with service.sessions.begin() as session:
        add_entry(session, at=now, actor=by, action="report.downloaded", subject=f"report:{number}", detail=detail)
    return file
