"""The staff's desk: the first page after signing in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from creditreport.accounts.models import Role
from creditreport.accounts.signin import staff_required
from creditreport.console.menu import places
from creditreport.rules.notices import warnings
from creditreport.web.context import moment, service

blueprint = Blueprint("staff", __name__)


@blueprint.app_context_processor
def menu() -> dict[str, Any]:
    """What every page of staff can offer: ``staff_places(roles)``."""
    return {"staff_places": places}


@blueprint.get("/staff")
@staff_required(*Role)
def home() -> str:
    """The staff's first page: what needs attention, what one may do here, and in which roles."""
    return render_template("staff/home.html", warnings=warnings(service(), moment()))
