"""The staff's desk: the first page after signing in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from markupsafe import Markup

from creditreport.accounts.models import Role
from creditreport.accounts.signin import staff_required
from creditreport.console.menu import places
from creditreport.rules.notices import warnings
from creditreport.web.context import moment, service
from creditreport.web.language import language, spoken

blueprint = Blueprint("staff", __name__)


@blueprint.app_context_processor
def menu() -> dict[str, Any]:
    """What every page of staff can offer: ``staff_places(roles)``."""
    return {"staff_places": places, "source_title": source_title}


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
    """The staff's first page: what needs attention, what one may do here, and in which roles."""
    return render_template("staff/home.html", warnings=warnings(service(), moment()))
