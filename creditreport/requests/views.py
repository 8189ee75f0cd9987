"""Leaving a refused request waiting, and taking it back. The home page lists those that wait."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from creditreport.accounts.signin import business, business_required, person
from creditreport.errors import Problem
from creditreport.reports.request import IssueRequest
from creditreport.requests.wait import WAITABLE, Waiting, cancel, wait, waiting_of
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("requests", __name__)


@blueprint.post("/requests")
@business_required
def leave() -> Response:
    """Let the request of the form wait, then show the home page."""
    asked = _chosen()
    if not business().covers(asked.purpose):
        raise Problem("PURPOSE_NOT_AUTHORISED")
    wait(service(), asked, person().account_id, moment())
    return redirect(url_for("reports.home", _anchor="waiting"), 303)


@blueprint.post("/requests/<int:request_id>/cancel")
@business_required
def take_back(request_id: int) -> Response:
    """Cancel a waiting request of the business."""
    cancel(service(), business(), request_id, by=person().actor, now=moment())
    return redirect(url_for("reports.home"), 303)


@blueprint.app_context_processor
def offered() -> dict[str, object]:
    """For templates: which refusals may wait, and what of the business waits."""
    return {"waitable": WAITABLE, "waiting_requests": _waiting}


def _waiting() -> Sequence[Waiting]:
    with reading() as session:
        return waiting_of(session, business())


def _chosen() -> IssueRequest:
    form = request.form
    return IssueRequest(
        uscc=business().uscc,
        years=form.get("years", ""),
        purpose=form.get("purpose", ""),
        requested_by=person().actor,
        language=form.get("language") or "zh",
        showing=form.get("showing") or "records",
    )
