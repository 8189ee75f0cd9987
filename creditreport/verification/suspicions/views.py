"""The form by which a verifier tells what looks wrong, and staff's list of what was told."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from creditreport.accounts.apiaccess import who_asks
from creditreport.accounts.models import Role
from creditreport.accounts.signin import person, staff_required
from creditreport.errors import Problem
from creditreport.verification.models import SuspicionKind
from creditreport.verification.suspicions.handling import MOST, report_suspicion, settle_suspicion, suspicions
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("suspicions", __name__)
ON_THE_FORM = ("INVALID_SUSPICION", "TOO_MANY_SUSPICIONS")


@blueprint.get("/verify/suspicion")
def ask() -> str:
    """The form; ``?code=`` says about which report. Nothing is looked up."""
    return _form(request.args.get("code", ""))


@blueprint.post("/verify/suspicion")
def report() -> str | tuple[str, int] | Response:
    """Take it down, whether or not the code leads anywhere."""
    form = request.form
    try:
        number = report_suspicion(
            service(), who_asks(), form.get("kind", ""), form.get("said", ""), form.get("code", ""), moment()
        )
    except Problem as problem:
        if problem.code not in ON_THE_FORM:
            raise
        return _form(form.get("code", ""), problem), problem.kind.http_status
    return render_template("verification/suspicion_taken.html", number=number)


@blueprint.get("/staff/suspicions")
@staff_required(Role.CREDIT_OFFICER, Role.AUDITOR)
def overview() -> str:
    """What waits, and what was settled last."""
    return _list()


@blueprint.post("/staff/suspicions/<int:suspicion_id>")
@staff_required(Role.CREDIT_OFFICER)
def settle(suspicion_id: int) -> str | tuple[str, int] | Response:
    """Settle one with a note."""
    try:
        settle_suspicion(service(), suspicion_id, request.form.get("note", ""), by=person().actor, now=moment())
    except Problem as problem:
        if problem.code not in ("INVALID_REASON", "SUSPICION_SETTLED"):
            raise
        return _list(problem), problem.kind.http_status
    return redirect(url_for("suspicions.overview"), 303)


def _form(code: str, problem: Problem | None = None) -> str:
    return render_template(
        "verification/suspicion.html", code=code[:100], kinds=list(SuspicionKind), most=MOST, problem=problem,
        form=request.form,
    )  # fmt: skip


def _list(problem: Problem | None = None) -> str:
    with reading() as store:
        waiting, settled = suspicions(store, settled=False), suspicions(store, settled=True)
    return render_template("staff/suspicions.html", waiting=waiting, settled=settled, problem=problem)
