"""A business's own pages: ask for a report, see it, download it, find it again.

Every query here is bound to the code of the signed-in account; another business's number reads as "not there".
"""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from creditreport.accounts.models import Kind
from creditreport.accounts.signin import business, business_required, person
from creditreport.errors import Problem
from creditreport.reports.archive import ReportSummary, own_report, own_reports
from creditreport.reports.content import Purpose
from creditreport.reports.editions import languages_of, make_edition, stored_edition
from creditreport.reports.issue import issue_report
from creditreport.reports.pages import Language
from creditreport.reports.request import IssueRequest
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("reports", __name__)


class IssueForm(FlaskForm):  # type: ignore[misc]
    """How many years back, and what for. What may be chosen is decided by the use case; the form only asks."""

    years = RadioField(_("查询年限"), [InputRequired(_("请选择查询年限。"))], validate_choice=False)
    purpose = RadioField(_("用途"), [InputRequired(_("请选择用途。"))], validate_choice=False)
    language = RadioField(_("文种"), default=Language.ZH.value, validate_choice=False)

    def offer(self, longest: int) -> None:
        """Fill in the choices: one to ``longest`` years, the three purposes of plan 二(四), the editions."""
        self.years.choices = [(str(years), str(years)) for years in range(1, longest + 1)]
        self.purpose.choices = [(purpose.value, purpose.value) for purpose in Purpose]
        self.language.choices = [(language.value, language.value) for language in Language]


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
    asked = IssueRequest(
        uscc=acting.uscc,
        years=str(form.years.data),
        purpose=str(form.purpose.data),
        requested_by=person().actor,
        language=str(form.language.data or Language.ZH.value),
    )
    issued = issue_report(service(), asked, moment())
    return redirect(url_for("reports.show", number=issued.number), 303)


@blueprint.get("/reports/<number>")
@business_required
def show(number: str) -> str:
    """One report of the signed-in business: download, code, QR."""
    report = _own(number)
    address = f"{service().settings.public_url}/v/{report.verification_code}"
    with reading() as session:
        made = languages_of(session, number)
    further = [language for language in Language if language not in made] if report.state == "VALID" else []
    return render_template(
        "portal/report.html", report=report, verify_address=address, made=made, further=further, form=FlaskForm()
    )


@blueprint.get("/reports/<number>/pdf")
@business_required
def download(number: str) -> Response:
    """The signed file as it was issued, or (``?edition=``) a further edition that was made."""
    report = _own(number)
    with reading() as session:
        stored = stored_edition(session, report.number, request.args.get("edition"))
    mark = "" if stored.language is Language.ZH else f"_{stored.language.value}"
    name = f"经营主体专用信用报告_{report.number}{mark}.pdf"
    return send_file(BytesIO(stored.pdf), "application/pdf", as_attachment=True, download_name=name)


@blueprint.post("/reports/<number>/editions")
@business_required
def make_further(number: str) -> Response:
    """Make a further edition of an own report, then hand it over."""
    report = _own(number)
    wanted = request.form.get("language", "")
    made = make_edition(service(), report.number, wanted, person().actor, moment())
    return redirect(url_for("reports.download", number=report.number, edition=made.language.value), 303)


def _own(number: str) -> ReportSummary:
    with reading() as session:
        return own_report(session, business().uscc, number, moment())


def _desk(form: IssueForm) -> str:
    form.offer(service().ruleset.longest_years)
    with reading() as session:
        history = own_reports(session, business().uscc, moment())
    return render_template("portal/desk.html", form=form, history=history)
