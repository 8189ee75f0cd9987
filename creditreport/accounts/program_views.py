"""Programs and limits: administrators register and stop programs, auditors see them; and who misses too often."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from creditreport.accounts.apiclients import (
    GRACE,
    PER_MINUTE,
    USUAL,
    add_client,
    registered_client,
    registered_clients,
    rotate_client,
    set_client_disabled,
)
from creditreport.accounts.models import Role, Scope
from creditreport.accounts.signin import person, staff_required
from creditreport.errors import Problem
from creditreport.reports.request import read_day
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("programs", __name__)
ON_THE_FORM = ("INVALID_API_CLIENT", "INVALID_DATE")


@blueprint.get("/staff/programs")
@staff_required(Role.ADMIN, Role.AUDITOR)
def overview() -> str:
    """All programs."""
    return _list()


@blueprint.post("/staff/programs")
@staff_required(Role.ADMIN)
def add() -> str | tuple[str, int]:
    """Register a program; its secret is shown once."""
    form = request.form
    try:
        key = add_client(
            service().sessions, form.get("name", ""), form.getlist("scopes"), _number(form.get("per_minute", "")),
            _day(form.get("expires_on", "")), person().actor, moment(),
        )  # fmt: skip
    except Problem as problem:
        return _list(problem=_for_form(problem)), problem.kind.http_status
    return _list(key=key)


@blueprint.get("/staff/programs/<key_id>")
@staff_required(Role.ADMIN, Role.AUDITOR)
def show(key_id: str) -> str:
    """One program."""
    return _one(key_id)


@blueprint.post("/staff/programs/<key_id>/rotate")
@staff_required(Role.ADMIN)
def rotate(key_id: str) -> str | tuple[str, int]:
    """Another secret, shown once; the former one goes on for as long as was chosen."""
    form = request.form
    try:
        grace = timedelta(hours=_number(form.get("grace_hours", "")))
        key = rotate_client(
            service().sessions, key_id, _day(form.get("expires_on", "")), grace, person().actor, moment()
        )
    except Problem as problem:
        return _one(key_id, problem=_for_form(problem)), problem.kind.http_status
    return _one(key_id, key=key)


@blueprint.post("/staff/programs/<key_id>/<any(disable, enable):deed>")
@staff_required(Role.ADMIN)
def switch(key_id: str, deed: str) -> Response:
    """Refuse the program, or let it in again."""
    set_client_disabled(service().sessions, key_id, deed == "disable", person().actor, moment())
    return redirect(url_for("programs.show", key_id=key_id), 303)


@blueprint.get("/staff/limits")
@staff_required(Role.ADMIN, Role.AUDITOR, Role.CREDIT_OFFICER)
def limits() -> str:
    """How many codes were asked for that are not there, hour by hour, and how many askers had to wait."""
    misses = service().miss_limits
    return render_template(
        "staff/limits.html", hours=misses.hours(moment()), attacked=misses.attacked(), shared=misses.shared(),
        ladder=[limit.amount for limit in reversed(misses.ladder)],
    )  # fmt: skip


def _number(text: str) -> int:
    # Nothing else than digits is a number here; -1 is refused with the sentence about the right range.
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else -1


def _day(text: str) -> date:
    day = read_day(text or "?")
    assert day is not None  # noqa: S101 - only no text is no day
    return day


def _for_form(problem: Problem) -> Problem:
    if problem.code not in ON_THE_FORM:
        raise problem
    return problem


def _list(problem: Problem | None = None, key: str | None = None) -> str:
    with reading() as store:
        found = registered_clients(store, moment())
    return render_template(
        "staff/programs.html", programs=found, problem=problem, key=key, scopes=list(Scope), usual=PER_MINUTE,
        last_day=moment().date() + USUAL, form=request.form if problem else {},
        chosen=request.form.getlist("scopes") if problem else [Scope.VERIFY],
    )  # fmt: skip


def _one(key_id: str, problem: Problem | None = None, key: str | None = None) -> str:
    with reading() as store:
        one = registered_client(store, key_id, moment())
    return render_template(
        "staff/program.html", one=one, problem=problem, key=key, last_day=moment().date() + USUAL,
        grace=int(GRACE.total_seconds() // 3600),
    )  # fmt: skip
