"""The staff's page of jobs: what fails and what is dead, and having it tried again."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from creditreport.accounts.models import Role
from creditreport.accounts.signin import person, staff_required
from creditreport.jobs.models import JobState
from creditreport.jobs.reading import counts, jobs_that, retry
from creditreport.web.context import moment, reading, service

blueprint = Blueprint("jobs", __name__)
# So many of each are shown; who needs more uses the command line.
SHOWN = 50
WORDS: dict[str, LazyString] = {
    "report.reissue": _("重新出具报告"),
    "source.sync": _("同步来源"),
    "bidpack.check": _("核验标包"),
    "requests": _("等候的申请"),
    "notices": _("通知和邮件"),
    "deadlines": _("异议期限"),
    "corrections": _("异议更正"),
    "bidpacks": _("清理标包"),
    "register": _("同步登记库"),
    "sources": _("同步来源"),
    "retention": _("删除保存期满的信息"),
    "audit": _("封存审计记录"),
    "audit-new": _("核查新封存的审计链"),
    "audit-all": _("核查全部审计链"),
}


@blueprint.get("/staff/jobs")
@staff_required(Role.ADMIN, Role.AUDITOR)
def overview() -> str:
    """How many jobs stand where, and those that need somebody."""
    with reading() as store:
        return render_template(
            "staff/jobs.html",
            counts=counts(store, moment()),
            dead=jobs_that(store, JobState.DEAD.value, limit=SHOWN),
            failing=jobs_that(store, "failing", limit=SHOWN),
            standing=sorted(jobs_that(store, JobState.STANDING.value), key=lambda one: one.key),
            words=WORDS,
        )


@blueprint.post("/staff/jobs/<int:job_id>/retry")
@staff_required(Role.ADMIN)
def try_again(job_id: int) -> Response:
    """Have a job tried again from the beginning."""
    retry(service(), job_id, person().actor, moment())
    return redirect(url_for("jobs.overview"), 303)
