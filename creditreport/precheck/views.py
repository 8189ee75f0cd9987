"""The pre-check page: for the business that the signed-in person acts for, and for nobody else."""

from __future__ import annotations

import secrets

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired

from creditreport.accounts.signin import business, business_required, person
from creditreport.precheck.precheck import PreCheckRequest, pre_check
from creditreport.precheck.result import PreCheck
from creditreport.web.context import moment, service

blueprint = Blueprint("precheck", __name__)
# Choices of the report's own form.
CARRIED = ("purpose", "language", "showing")


class PreCheckForm(FlaskForm):  # type: ignore[misc]
    """How many years back; what may be chosen is decided by the use case."""

    years = RadioField(_("查询年限"), [InputRequired(_("请选择查询年限。"))], validate_choice=False)

    def offer(self, longest: int) -> None:
        """Fill in the choices: one to ``longest`` years."""
        self.years.choices = [(str(years), str(years)) for years in range(1, longest + 1)]


@blueprint.get("/precheck")
@business_required
def ask() -> str:
    """The form; nothing is asked of any source yet."""
    return _page(PreCheckForm(formdata=None))


@blueprint.post("/precheck")
@business_required
def check() -> str | tuple[str, int]:
    """Everything that is known about the business; the page is the only copy, nothing is kept."""
    form = PreCheckForm()
    if not form.validate():
        return _page(form), 422
    asked = PreCheckRequest(business().uscc, person().actor, str(form.years.data))
    return _page(form, pre_check(service(), asked, moment()))


def _page(form: PreCheckForm, found: PreCheck | None = None) -> str:
    form.offer(service().ruleset.longest_years)
    # What the report's form had chosen already goes on with it, so that the next step is one click.
    carried = {name: request.form[name] for name in CARRIED if request.form.get(name)}
    ready = business().covers(carried["purpose"]) if "purpose" in carried else False
    return render_template(
        "portal/precheck.html",
        form=form,
        found=found,
        business=business(),
        carried=carried,
        ready=ready,
        once=secrets.token_urlsafe(16),
    )
