"""Colleagues and their roles: administrators change them, auditors see them; nobody changes their own."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from creditreport.accounts.colleagues import Colleague, colleague, colleagues, note_look
from creditreport.accounts.models import LOCAL, Role
from creditreport.accounts.signin import person, staff_required
from creditreport.accounts.staff import add_staff, read_roles, reset, set_disabled, set_roles
from creditreport.errors import Problem
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("people", __name__)
# What a form shows beside its fields; anything else is a page of its own.
ON_THE_FORM = ("INVALID_STAFF", "INVALID_ROLE", "ACCOUNT_EXISTS", "LAST_ADMIN", "OWN_ACCOUNT", "NOT_STAFF")


@blueprint.get("/staff/people")
@staff_required(Role.ADMIN, Role.AUDITOR)
def overview() -> str:
    """All staff accounts."""
    return _list()


@blueprint.post("/staff/people")
@staff_required(Role.ADMIN)
def add() -> str | tuple[str, int]:
    """Make an account; its set-up link is shown once."""
    form, provider = request.form, service().settings.identity.staff
    try:
        issuer = provider.issuer if provider is not None and form.get("identity") else LOCAL
        token = add_staff(
            service().sessions, form.get("username", "").strip(), form.get("name", ""), _typed(), person().actor,
            moment(), issuer=issuer,
        )  # fmt: skip
    except Problem as problem:
        return _list(problem=_for_form(problem)), problem.kind.http_status
    return _list(made=form.get("username", "").strip(), link=_link(token) if token else None)


@blueprint.get("/staff/people/<int:account_id>")
@staff_required(Role.ADMIN, Role.AUDITOR)
def show(account_id: int) -> str:
    """One colleague; that somebody looked is noted."""
    with service().sessions.begin() as store:
        one = colleague(store, account_id)
        note_look(store, person(), f"account:{account_id}", moment())
    return _one(one)


@blueprint.post("/staff/people/<int:account_id>/roles")
@staff_required(Role.ADMIN)
def change_roles(account_id: int) -> Response | tuple[str, int]:
    """Exactly the roles chosen, from now on, for open sessions too."""
    return _done(account_id, lambda: set_roles(service().sessions, account_id, _typed(), person().actor, moment()))


@blueprint.post("/staff/people/<int:account_id>/<any(disable, enable):deed>")
@staff_required(Role.ADMIN)
def switch(account_id: int, deed: str) -> Response | tuple[str, int]:
    """Disable the account, or let it sign in again."""
    disabled = deed == "disable"
    return _done(account_id, lambda: set_disabled(service().sessions, account_id, disabled, person().actor, moment()))


@blueprint.post("/staff/people/<int:account_id>/reset")
@staff_required(Role.ADMIN)
def start_over(account_id: int) -> str | tuple[str, int]:
    """A new set-up link for who forgot the password or lost the authenticator; shown once."""
    try:
        token = reset(service().sessions, account_id, person().actor, moment())
    except Problem as problem:
        return _again(account_id, _for_form(problem)), problem.kind.http_status
    with reading() as store:
        return _one(colleague(store, account_id), link=_link(token))


def _done(account_id: int, deed: Callable[[], None]) -> Response | tuple[str, int]:
    try:
        deed()
    except Problem as problem:
        return _again(account_id, _for_form(problem)), problem.kind.http_status
    return redirect(url_for("people.show", account_id=account_id), 303)


def _again(account_id: int, problem: Problem) -> str:
    with reading() as store:
        return _one(colleague(store, account_id), problem=problem)


def _for_form(problem: Problem) -> Problem:
    if problem.code not in ON_THE_FORM:
        raise problem
    return problem


def _typed() -> set[tuple[Role, str]]:
    return read_roles(request.form.getlist("roles"), _domains())


def _domains() -> list[str]:
    return [one.manifest.slug for one in service().catalog.domains]


def _link(token: str) -> str:
    return service().settings.public_url + url_for("staff_entry.set_up", token=token)


def _list(problem: Problem | None = None, made: str | None = None, link: str | None = None) -> str:
    with reading() as store:
        found = colleagues(store)
    return render_template(
        "staff/people.html", people=found, problem=problem, made=made, link=link, domains=_domains(),
        form=request.form if problem else {}, chosen=request.form.getlist("roles") if problem else [],
    )  # fmt: skip


def _one(one: Colleague, problem: Problem | None = None, link: str | None = None) -> str:
    mine = one.id == person().account_id
    return render_template(
        "staff/person.html", one=one, problem=problem, link=link, domains=_domains(), chosen=one.texts, mine=mine
    )
