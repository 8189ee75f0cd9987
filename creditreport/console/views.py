"""The staff's desk: the first page after signing in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from markupsafe import Markup

from creditreport.accounts.models import Role
from creditreport.accounts.signin import person, staff_required
from creditreport.audit.state import trail_notices
from creditreport.console.menu import places
from creditreport.console.work import told_of_cases
from creditreport.jobs.state import job_notices
from creditreport.objections.correcting import questioned_corrections
from creditreport.objections.flow import KIND_WORDS, MOVE_WORDS, STATE_WORDS
from creditreport.objections.reading import work_of
from creditreport.rules.notices import warnings
from creditreport.web.context import moment, reading, service
from creditreport.web.language import language, spoken

blueprint = Blueprint("staff", __name__)
# Whose turn a case can be.
WORK = frozenset((Role.CREDIT_OFFICER, Role.DEPARTMENT_OFFICER))


@blueprint.app_context_processor
def menu() -> dict[str, Any]:
    """What every page of staff can offer: ``staff_places(roles)``."""
    return {"staff_places": places, "source_title": source_title, "said": said, "case_words": CASE_WORDS}


CASE_WORDS = {"state": STATE_WORDS, "move": MOVE_WORDS, "kind": KIND_WORDS}


def said(pair: tuple[str, str]) -> str:
    """Of words in Chinese and English those in the page's language."""
    return pair[1] if language() == "en" else pair[0]


def source_title(slug: str) -> str:
    """The title of a field, the register or an overlay in the page's language."""
    manifest = service().catalog.find(slug).manifest
    return manifest.title_en if language() == "en" else manifest.title


@blueprint.app_template_filter()
def either(text: str) -> Markup:
    """The half of a sentence ``中文 / English`` that is in the page's language; one in a single language as it is."""
    halves = text.split(" / ", 1)
    return spoken(halves[-1] if language() == "en" else halves[0])


@blueprint.get("/staff")
@staff_required(*Role)
def home() -> str:
    """The staff's desk: what is theirs to do, due first, what needs attention, and where else they may go."""
    works = person().roles & WORK
    with reading() as session:
        told = told_of_cases(session, person().account_id)
        questioned = questioned_corrections(session) if Role.CREDIT_OFFICER in works else []
    return render_template(
        "staff/home.html", works=works, work=work_of(service(), person(), moment()) if works else [], told=told,
        questioned=len(questioned),
        warnings=(
            *trail_notices(service(), moment()),
            *job_notices(service(), moment()),
            *warnings(service(), moment()),
        ),
    )  # fmt: skip
