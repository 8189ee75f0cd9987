"""A business's own pages: ask for a report, see it, download it, find it again.

Every query here is bound to the code of the signed-in account; another business's number reads as "not there".
"""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, redirect, render_template, send_file, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from creditreport.accounts.models import Kind
from creditreport.accounts.signin import business, business_required, person
from creditreport.errors import Problem
from creditreport.reports.archive import ReportSummary, own_pdf, own_report, own_reports
from creditreport.reports.content import Purpose
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("reports", __name__)


class IssueForm(FlaskForm):  # type: ignore[misc]
    """How many years back, and what for. What may be chosen is decided by the use case; the form only asks."""

    years = RadioField(_("查询年限"), [InputRequired(_("请选择查询年限。"))], validate_choice=False)
    purpose = RadioField(_("用途"), [InputRequired(_("请选择用途。"))], validate_choice=False)

    def offer(self, longest: int) -> None:
        """Fill in the choices: one to ``longest`` years, the three purposes of plan 二(四)."""
        self.years.choices = [(str(years), str(years)) for years in range(1, longest + 1)]
        self.purpose.choices = [(purpose.value, purpose.value) for purpose in Purpose]


@blueprint.get("/")
def home() -> Response | str:
    """The first page: for a signed-in business its desk, for a person with a choice the choice, else how to begin."""
    if current_user.is_authenticated and current_user.acting is not None:
        return _desk(IssueForm(formdata=None))
    if current_user.is_authenticated and current_user.kind is Kind.BUSINESS:
        return redirect(url_for("accounts.choose"))
    return render_template("portal/start.html")


@blueprint.post("/reports")
@business_required
def issue() -> Response | str | tuple[str, int]:
    """Issue a report about the signed-in business, then show it."""
    form = IssueForm()
    form.offer(service().ruleset.longest_years)
    if not form.validate():
        return _desk(form), 422
    acting = business()
    if not acting.covers(str(form.purpose.data)):
        raise Problem("PURPOSE_NOT_AUTHORISED")
    request = IssueRequest(
        uscc=acting.uscc,
        years=str(form.years.data),
        purpose=str(form.purpose.data),
        requested_by=person().actor,
    )
    issued = issue_report(service(), request, moment())
    return redirect(url_for("reports.show", number=issued.number), 303)


@blueprint.get("/reports/<number>")
@business_required
def show(number: str) -> str:
    """One report of the signed-in business: download, code, QR."""
    report = _own(number)
    address = f"{service().settings.public_url}/v/{report.verification_code}"
    return render_template("portal/report.html", report=report, verify_address=address)


@blueprint.get("/reports/<number>/pdf")
@business_required
def download(number: str) -> Response:
    """The signed file as it was issued."""
    report = _own(number)
    with reading() as session:
        pdf = own_pdf(session, business().uscc, number)
    name = f"经营主体专用信用报告_{report.number}.pdf"
    return send_file(BytesIO(pdf), "application/pdf", as_attachment=True, download_name=name)


def _own(number: str) -> ReportSummary:
    with reading() as session:
        return own_report(session, business().uscc, number, moment())


def _desk(form: IssueForm) -> str:
    form.offer(service().ruleset.longest_years)
    with reading() as session:
        history = own_reports(session, business().uscc, moment())
    return render_template("portal/desk.html", form=form, history=history)
