"""Corrections that their source questions: the credit office keeps one over what the source says now, or lifts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from creditreport.accounts.models import Role
from creditreport.accounts.signin import person, staff_required
from creditreport.entities.models import EntityRow
from creditreport.errors import Problem
from creditreport.notices.models import Notice
from creditreport.objections.correcting import correction_events, questioned_corrections, settle_correction
from creditreport.objections.correction_models import CorrectionEvent, RecordCorrection
from creditreport.objections.models import ObjectionCase
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("corrections", __name__)
ON_THE_FORM = ("CORRECTION_MOVED", "INVALID_OBJECTION")


@dataclass(frozen=True, slots=True)
class Questioned:
    """A correction with its case, its business, and what happened to it."""

    row: RecordCorrection
    case: ObjectionCase
    business: str
    events: tuple[CorrectionEvent, ...]

    @property
    def record(self) -> Mapping[str, Any]:
        """The record as the case was made about it."""
        return self.case.record or {}


@blueprint.get("/staff/corrections")
@staff_required(Role.CREDIT_OFFICER, Role.AUDITOR)
def overview() -> str:
    """The corrections in question, the longest first."""
    return _page()


@blueprint.post("/staff/corrections/<int:correction_id>/<any(keep, lift):deed>")
@staff_required(Role.CREDIT_OFFICER)
def settle(correction_id: int, deed: str) -> Response | tuple[str, int]:
    """Keep the correction, or lift it, with the reason."""
    version, why = request.form.get("version", ""), request.form.get("why", "")
    seen = int(version) if version.isascii() and version.isdecimal() else -1
    try:
        settle_correction(
            service(), correction_id, seen, keep=deed == "keep", why=why, officer=person(), now=moment()
        )  # fmt: skip
    except Problem as problem:
        if problem.code not in ON_THE_FORM:
            raise
        return _page(problem), problem.kind.http_status
    with service().sessions.begin() as session:
        session.execute(
            update(Notice)
            .where(
                Notice.account_id == person().account_id,
                Notice.subject.startswith(f"correction:{correction_id}:"),
                Notice.read_at.is_(None),
            )
            .values(read_at=moment(), mail_next_at=None)
        )
    return redirect(url_for("corrections.overview"), 303)


def _page(problem: Problem | None = None) -> str:
    with reading() as session:
        found = [_questioned(session, row) for row in questioned_corrections(session)]
    return render_template("console/corrections.html", found=found, problem=problem)


def _questioned(session: Session, row: RecordCorrection) -> Questioned:
    business = session.get_one(EntityRow, row.register_id).name
    events = tuple(correction_events(session, row.id))
    return Questioned(row, session.get_one(ObjectionCase, row.case_id), business, events)
