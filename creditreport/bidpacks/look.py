"""Looking at one item of a pack: the same verdict that a single code or file gets, and what of it is needed further."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.bidpacks.facts import Facts, Kind, Trouble
from creditreport.bidpacks.inspecting import Sandboxes
from creditreport.bidpacks.models import BidPackItem, BidSheet
from creditreport.entities.models import EntityRow
from creditreport.reports.models import CreditReport, ReportStatus
from creditreport.verification.by_code import verify_code
from creditreport.verification.codes import Mistyped, read_code
from creditreport.verification.inspection import Inspection
from creditreport.verification.looks import note_look
from creditreport.verification.models import Channel
from creditreport.verification.told import verdict_told
from creditreport.verification.verdict import Verdict
from creditreport.verification.verify import verify_file

if TYPE_CHECKING:
    from creditreport.service import Service


def look_at(service: Service, pack_id: str, position: int, now: datetime, sandboxes: Sandboxes) -> Facts | None:
    """What the item ``position`` of a pack is; ``None`` when somebody else has found it out meanwhile.

    Its bytes are in memory for as long as this takes.
    """
    with service.reading() as session:
        kind, data, trouble = session.execute(
            select(BidPackItem.kind, BidPackItem.data, BidPackItem.trouble).where(
                BidPackItem.pack_id == pack_id, BidPackItem.position == position
            )
        ).one()
        if trouble is not None:
            found = Facts(status="NOT_ISSUED_HERE", trouble=Trouble(trouble), step=1)
        elif data is None:
            return None
        elif kind == Kind.CODE:
            found = _code(service, session, data.decode(), now)
        else:
            found = _file(service, session, data, now, sandboxes)
    verdict_told(found.status, Channel.BID_PACK)
    return found


def _code(service: Service, session: Session, code: str, now: datetime) -> Facts:
    found = read_code(code)
    if isinstance(found, Mistyped):
        return Facts(status="MISTYPED", mistyped_zh=found.zh, mistyped_en=found.en)
    verdict = verify_code(session, found.value, now, current=service.currency)
    if verdict.report is None:
        return Facts(status=verdict.status.value, sheet=session.get(BidSheet, found.value) is not None)
    return _genuine(service, session, verdict, now)


def _file(service: Service, session: Session, pdf: bytes, now: datetime, sandboxes: Sandboxes) -> Facts:
    seen: list[Inspection] = []

    def noting(data: bytes) -> Inspection:
        seen.append(sandboxes.inspect(data))
        return seen[-1]

    limit = service.settings.upload_limit_bytes
    verdict = verify_file(
        session, pdf, now, service.trust, limit, current=service.currency, inspect=noting, see=sandboxes.see
    )
    if verdict.report is not None:
        return _genuine(service, session, verdict, now)
    sha256 = hashlib.sha256(pdf).hexdigest()
    problem = seen[-1].problem if seen else None
    return Facts(
        status=verdict.status.value,
        trouble=Trouble(problem) if problem is not None else None,
        copy_of=verdict.copy_of.report.number if verdict.copy_of is not None and verdict.copy_of.report else None,
        step=next((step.step for step in verdict.steps or () if step.ok is False), None),
        sheet=session.scalar(select(BidSheet.code).where(BidSheet.pdf_sha256 == sha256)) is not None,
    )


def _genuine(service: Service, session: Session, verdict: Verdict, now: datetime) -> Facts:
    report = verdict.report
    if report is None:
        raise ValueError(verdict.status)
    note_look(service, verdict, Channel.BID_PACK, "", now)
    ended = report.status != ReportStatus.ISSUED
    return Facts(
        status=verdict.status.value,
        number=report.number,
        uscc=report.uscc,
        codes=_codes(session, report),
        entity_name=report.entity_name,
        years=report.years,
        window_start=report.window_start,
        window_end=report.window_end,
        issued_at=report.issued_at,
        valid_until=report.valid_until,
        ended_at=report.status_since if ended else None,
        withdrawn=report.withdrawn_at is not None,
        marks=tuple(mark.value for mark in verdict.marks),
    )


def _codes(session: Session, report: CreditReport) -> tuple[str, ...]:
    """Every code that the report's business has or had: an expected list may name it by any of them."""
    codes = dict.fromkeys((report.uscc, *json.loads(report.previous_codes)))
    entity = session.get(EntityRow, report.register_id)
    if entity is not None:
        codes |= dict.fromkeys((entity.uscc, *sorted(row.uscc for row in entity.former_codes)))
    return tuple(codes)
