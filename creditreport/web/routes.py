"""Which package answers at which address."""

from __future__ import annotations

from flask import Flask

from creditreport.accounts.admin_views import blueprint as people
from creditreport.accounts.client_views import blueprint as clients
from creditreport.accounts.handler_views import blueprint as handlers
from creditreport.accounts.identity import blueprint as identity
from creditreport.accounts.program_views import blueprint as programs
from creditreport.accounts.staff_views import blueprint as staff_entry
from creditreport.accounts.views import blueprint as accounts
from creditreport.api.views import blueprint as api
from creditreport.audit.views import blueprint as audit
from creditreport.bidpacks.views import blueprint as bidpacks
from creditreport.console.case_views import blueprint as cases
from creditreport.console.correction_views import blueprint as corrections
from creditreport.console.data_views import blueprint as data
from creditreport.console.upload_views import blueprint as uploads
from creditreport.console.views import blueprint as staff
from creditreport.guide.views import blueprint as guide
from creditreport.jobs.views import blueprint as jobs
from creditreport.notices.views import blueprint as notices
from creditreport.objections.views import blueprint as objections
from creditreport.precheck.views import blueprint as precheck
from creditreport.reports.branches.views import blueprint as branches
from creditreport.reports.ending.views import blueprint as endings
from creditreport.reports.views import blueprint as reports
from creditreport.requests.views import blueprint as requests
from creditreport.statistics.views import blueprint as statistics
from creditreport.verification.suspicions.views import blueprint as suspicions
from creditreport.verification.views import blueprint as verification
from creditreport.web.health import blueprint as health
from creditreport.web.measuring import blueprint as measuring


def init_routes(app: Flask) -> None:
    """Register every package's pages."""
    for blueprint in (
        health, measuring, accounts, identity, handlers, staff_entry, staff, cases, corrections, data, uploads, people,
        programs, clients, reports, branches, precheck, verification, bidpacks, guide,
        endings, suspicions,
        jobs, requests, notices, objections, api, audit, statistics,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
