"""A business whose request waits, because a source of its city is down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from creditreport.accounts.acting import businesses_of
from creditreport.accounts.actor import Acting
from creditreport.accounts.demo import DemoAccount, make_demo_accounts
from creditreport.accounts.models import Authorisation
from creditreport.notices.models import Notice
from creditreport.reports.request import IssueRequest
from creditreport.requests.models import RequestState, WaitingRequest
from creditreport.requests.run import run_due
from creditreport.requests.wait import wait
from creditreport.service import Service
from tests.conftest import NOON
from tests.integration.city import City

NAME = "盐城甲示例有限公司"


class Asking:
    """A business with somebody who may act for it, in a city one of whose sources is down."""

    def __init__(self, service: Service, city: City, code: str) -> None:
        self.service, self.city, self.code = service, city, code
        make_demo_accounts(service.settings, service.sessions, [DemoAccount("mine", code, NAME)], NOON)
        with service.reading() as session:
            row = session.scalars(select(Authorisation)).one()
        assert row.account_id is not None
        self.account_id, self.register_id = row.account_id, row.register_id
        self.break_source()

    def break_source(self) -> None:
        self.city.run("ALTER TABLE field_12 RENAME TO gone")

    def mend_source(self) -> None:
        self.city.run("ALTER TABLE gone RENAME TO field_12")

    def wait(self, now: datetime = NOON, **changes: str) -> int:
        choice = {"years": "3", "purpose": "commerce", "language": "zh", "showing": "summary", **changes}
        return wait(
            self.service, IssueRequest(uscc=self.code, requested_by="account:1", **choice), self.account_id, now
        )

    def run(self, now: datetime) -> list[tuple[RequestState, str | None]]:
        return [(one.state, one.code) for one in run_due(self.service, now)]

    def row(self, request_id: int) -> WaitingRequest:
        with self.service.reading() as session:
            return session.get_one(WaitingRequest, request_id)

    def told(self) -> list[tuple[str, str, str | None]]:
        with self.service.reading() as session:
            rows = session.scalars(select(Notice).order_by(Notice.id))
            return [(row.kind, row.subject, row.number) for row in rows]

    @property
    def acting(self) -> Acting:
        with self.service.reading() as session:
            return businesses_of(session, self.account_id, NOON)[0]
