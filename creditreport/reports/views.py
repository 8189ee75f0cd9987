"""A business's own pages: ask for a report, see it, show it, download it, renew it, withdraw it, find it again.

Every query here is bound to the business that the person acts for; another business's number reads as "not there". A
handler sees and does only what the purposes of the authorisation cover (plan 二(四)).
"""

from __future__ import annotations

import secrets
from io import BytesIO

from flask import Blueprint, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from creditreport.accounts.models import Kind
from creditreport.accounts.signin import business, business_required, person
from creditreport.entities.models import EntityRow
from creditreport.entities.register import branches_of
from creditreport.errors import Problem
from creditreport.reports.archive import ReportSummary, content_of, find_report, own_report, own_reports
from creditreport.reports.editions import languages_of, make_edition
from creditreport.reports.ending.telling import endings_of
from creditreport.reports.forms import ReportForm
from creditreport.reports.handout import hand_out
from creditreport.reports.issue import issue_report
from creditreport.reports.models import Showing
from creditreport.reports.pages import Language
from creditreport.reports.renew import renewal_of
from creditreport.reports.request import IssueRequest
from creditreport.reports.showing import change_showing
from creditreport.reports.withdraw import withdraw_report
from creditreport.verification.looks import looks_at
from creditreport.violations.answer import Answer
from creditreport.violations.collect import Heard
from creditreport.web.context import moment, reading, service
from creditreport.web.watching import leading_on, watched

blueprint = Blueprint("reports", __name__)
# So many are listed at first; the page links to all of them.
NEWEST = 10
# What a link to the form may have chosen already (the pre-check's does).
CHOICES = ("years", "purpose", "language", "showing")


@blueprint.get("/")
def home() -> Response | str:
    """The first page: for a signed-in business its desk, for a person with a choice the choice, else how to begin."""
    if current_user.is_authenticated and current_user.acting is not None:
        chosen = {name: request.args[name] for name in CHOICES if name in request.args}
        return _desk(ReportForm(formdata=None, data=chosen))
    if current_user.is_authenticated and current_user.kind is Kind.BUSINESS:
        return redirect(url_for("accounts.choose"))
    return render_template("portal/start.html")


@blueprint.post("/reports")
@business_required
def issue() -> Response | tuple[str, int]:
    """Issue a report about the signed-in business, then show it."""
    form = ReportForm()
    form.offer(service().ruleset.longest_years, business().covers)
    if not form.validate():
        return _desk(form), 422
    check_purpose(str(form.purpose.data))
    return _issue(form.request(business().uscc, person().actor))


@blueprint.get("/reports/<number>")
@business_required
def show(number: str) -> str:
    """One report of the signed-in business: download, code, QR, and what may be done with it."""
    report = _own(number)
    with reading() as session:
        made = languages_of(session, number)
        looks = looks_at(session, number)
        ending = endings_of(session, [number]).get(number)
        told = content_of(find_report(session, number)).domains if report.listed else ()
    further = [language for language in Language if language not in made] if report.state == "VALID" else []
    return render_template(
        "portal/report.html",
        report=report,
        ending=ending,
        verify_address=_verify_address(report),
        made=made,
        listed=[one for one in told if one.records],
        further=further,
        showings=list(Showing),
        looks=looks,
        once=secrets.token_urlsafe(16),
    )


@blueprint.get("/reports/<number>/code")
@business_required
def show_code(number: str) -> Response | str:
    """The code alone, to be held out on a phone; of a report that is not valid there is nothing to hold out."""
    report = _own(number)
    if report.state != "VALID":
        return redirect(url_for("reports.show", number=number))
    return render_template("portal/code.html", report=report, verify_address=_verify_address(report))


@blueprint.get("/reports/<number>/pdf")
@business_required
def download(number: str) -> Response:
    """The signed file as it was issued, or (``?edition=``) a further edition that was made."""
    _own(number)
    wanted = request.args.get("edition")
    stored = hand_out(service(), business().register_id, number, wanted, by=person().actor, now=moment())
    mark = "" if stored.language is Language.ZH else f"_{stored.language.value}"
    name = f"经营主体专用信用报告_{number}{mark}.pdf"
    return send_file(BytesIO(stored.pdf), "application/pdf", as_attachment=True, download_name=name)


@blueprint.post("/reports/<number>/editions")
@business_required
def make_further(number: str) -> Response:
    """Make a further edition of an own report, then hand it over."""
    _own(number)
    wanted = request.form.get("language", "")
    made = make_edition(service(), number, wanted, person().actor, moment())
    return redirect(url_for("reports.download", number=number, edition=made.language.value), 303)


@blueprint.post("/reports/<number>/renew")
@business_required
def renew(number: str) -> Response:
    """A new report with the choices of this one; then show the new one."""
    _own(number)
    once = request.form.get("once") or None
    asked = renewal_of(service(), business().register_id, number, by=person().actor, now=moment(), once=once)
    return _issue(asked)


@blueprint.post("/reports/<number>/showing")
@business_required
def let_see(number: str) -> Response:
    """Change what verifiers see of an own report from the next scan on."""
    _own(number)
    wanted = request.form.get("showing", "")
    change_showing(service(), business().register_id, number, wanted, by=person().actor, now=moment())
    return redirect(url_for("reports.show", number=number), 303)


@blueprint.post("/reports/<number>/withdraw")
@business_required
def withdraw(number: str) -> Response:
    """Withdraw an own report for good; the person has ticked that this is meant."""
    _own(number)
    if not request.form.get("sure"):
        raise Problem("WITHDRAWAL_NOT_CONFIRMED")
    withdraw_report(service(), business().register_id, number, by=person().actor, now=moment())
    return redirect(url_for("reports.show", number=number), 303)


def check_purpose(purpose: str) -> None:
    """``PURPOSE_NOT_AUTHORISED`` unless the person may act for this purpose."""
    if not business().covers(purpose):
        raise Problem("PURPOSE_NOT_AUTHORISED")


def _issue(asked: IssueRequest) -> Response:
    """Issue and lead to the report; with ``watch`` the page shows meanwhile which sources have answered."""
    parts, now, address = service(), moment(), url_for("reports.show", number="0")
    # For the page of a refusal, which offers to let this very request wait: also when it came from a renewal.
    g.asked = asked

    def work(heard: Heard = lambda _answer: None) -> str:
        number = issue_report(parts, asked, now, heard=heard).number
        return f"{address.removesuffix('0')}{number}"

    if not request.form.get("watch"):
        return redirect(work(), 303)
    return watched("portal/progress.html", work, _asked_line, leading_on(gettext("打开报告")))


def _asked_line(answer: Answer) -> str:
    return render_template("portal/asked.html", answer=answer)


def _own(number: str) -> ReportSummary:
    """The business's report with this number, of a purpose that the person may act for."""
    with reading() as session:
        report = own_report(session, business().register_id, number, moment())
    check_purpose(report.purpose)
    return report


def _verify_address(report: ReportSummary) -> str:
    return f"{service().settings.public_url}/v/{report.verification_code}"


def _desk(form: ReportForm) -> str:
    form.offer(service().ruleset.longest_years, business().covers)
    form.once.data = form.once.data or secrets.token_urlsafe(16)
    limit = None if request.args.get("all") else NEWEST + 1
    with reading() as session:
        history = own_reports(session, business().register_id, moment(), limit)
        row = session.get(EntityRow, business().register_id)
        branches = len(branches_of(session, row.as_entity())) if row is not None else 0
    more = limit is not None and len(history) > NEWEST
    return render_template(
        "portal/desk.html",
        form=form,
        history=history[:NEWEST] if more else history,
        more=more,
        branches=branches,
        covers=business().covers,
    )
