"""Reports for a business and all its branches, each its own, in one ZIP with a list of them."""

from __future__ import annotations

import secrets
from io import BytesIO

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response

from creditreport.accounts.signin import business, business_required, person
from creditreport.entities.entity import BusinessEntity
from creditreport.entities.models import EntityRow
from creditreport.entities.register import branches_of
from creditreport.errors import Problem
from creditreport.reports.bundle import Bundle, issue_bundle
from creditreport.reports.forms import ReportForm
from creditreport.web.context import moment, reading, service
from creditreport.web.watching import Say, watched

blueprint = Blueprint("branches", __name__)


@blueprint.get("/branches")
@business_required
def overview() -> str:
    """The branches that the register knows, and the form; a business without one reads that."""
    return _page(ReportForm(formdata=None))


@blueprint.post("/branches")
@business_required
def issue() -> Response | tuple[str, int]:
    """Issue the reports, or those that are still missing, and hand them over in a ZIP.

    With ``watch`` a page grows while they are made, and ends in the same form without it: by the form's key (``once``)
    the reports that were issued are found again, so nothing of the bundle needs to be kept.
    """
    form = ReportForm()
    form.offer(service().ruleset.longest_years, business().covers)
    if not form.validate():
        return _page(form), 422
    if not business().covers(str(form.purpose.data)):
        raise Problem("PURPOSE_NOT_AUTHORISED")
    asked, parts, now = form.request(business().uscc, person().actor), service(), moment()
    if not form.watch.data:
        return _zip(issue_bundle(parts, asked, now))
    _parent, members = _family()

    def work(say: Say[int]) -> Bundle:
        return issue_bundle(parts, asked, now, lambda done, _all: say(done))

    def line(done: int) -> str:
        return render_template("portal/bundled.html", member=members[done - 1]) if done else ""

    def end(made: Bundle) -> str:
        return render_template("portal/bundle.html", bundle=made, form=form)

    return watched("portal/bundling.html", work, line, end)


def _zip(made: Bundle) -> Response:
    name = f"经营主体专用信用报告_{made.parent.uscc}_{made.made_at:%Y%m%d}.zip"
    return send_file(BytesIO(made.zip()), "application/zip", as_attachment=True, download_name=name)


def _family() -> tuple[BusinessEntity, list[BusinessEntity]]:
    """The business and everybody in the bundle, in its order."""
    with reading() as session:
        parent = session.get_one(EntityRow, business().register_id).as_entity()
        return parent, [parent, *branches_of(session, parent)]


def _page(form: ReportForm) -> str:
    form.offer(service().ruleset.longest_years, business().covers)
    form.once.data = form.once.data or secrets.token_urlsafe(16)
    parent, members = _family()
    return render_template(
        "portal/branches.html", form=form, parent=parent, branches=members[1:], covers=business().covers
    )
