"""A desk for tests of objections: businesses with a record and a report, officers, and the way of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from creditreport.accounts.demo import DemoAccount, make_demo_accounts
from creditreport.accounts.models import Account, Role, RoleGrant
from creditreport.clock import FixedClock
from creditreport.config import Settings, load_settings
from creditreport.entities.models import EntityRow
from creditreport.entities.register import sync_register
from creditreport.errors import Problem
from creditreport.notices.models import Notice
from creditreport.objections.deciding import Decision, decide_case
from creditreport.objections.filing import Filing, Receipt, file_case, save_draft
from creditreport.objections.handling import accept_case, answer_case, refer_case
from creditreport.objections.models import ObjectionCase, ObjectionEvent
from creditreport.reports.fonts import FontSet
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.violations.collect import read_register
from tests.conftest import NOON
from tests.integration.city import City
from tests.portal import environment
from tests.stores import make_store

FIELD = "field_07"
BUSINESSES = 60


@dataclass(frozen=True)
class Clerk:
    """A member of staff, as the use cases see one."""

    account_id: int
    roles: frozenset[Role]
    domains: frozenset[str] = frozenset()

    @property
    def actor(self) -> str:
        return f"account:{self.account_id}"


class Desk:
    """The store, the city, and its officers; each business of it is used by one test."""

    def __init__(self, service: Service, city: City, businesses: int = BUSINESSES) -> None:
        self.service, self.city = service, city
        self.codes = [city.business(n, f"盐城第{n}示例有限公司") for n in range(1, businesses + 1)]
        sync_register(service.sessions, read_register(service.catalog.register, service.collecting, NOON), NOON)
        accounts = [DemoAccount(f"b{n}", code, f"第{n}示例") for n, code in enumerate(self.codes)]
        make_demo_accounts(service.settings, service.sessions, accounts, NOON)
        self._next = count()
        self.credit = self.clerk("信用办甲", Role.CREDIT_OFFICER)
        self.other = self.clerk("信用办乙", Role.CREDIT_OFFICER)
        self.unit = self.clerk("单位7张", Role.DEPARTMENT_OFFICER, FIELD)
        self.unit9 = self.clerk("单位9李", Role.DEPARTMENT_OFFICER, "field_09")

    def clerk(self, name: str, role: Role, domain: str = "") -> Clerk:
        """A member of staff with one role."""
        with self.service.sessions.begin() as session:
            account = Account(
                issuer="local", subject=name, kind="staff", display_name=name, created_at=NOON
            )  # fmt: skip
            session.add(account)
            session.flush()
            grant = RoleGrant(account_id=account.id, role=role, domain=domain, granted_by="test", granted_at=NOON)
            session.add(grant)
        return Clerk(account.id, frozenset({role}), frozenset({domain} if domain else ()))

    def mine(self) -> Mine:
        """A business of its own, with one record."""
        at = next(self._next)
        with self.service.reading() as session:
            register_id = session.scalars(select(EntityRow.register_id).where(EntityRow.uscc == self.codes[at])).one()
        record = f"A-{at}"  # with a hyphen: no verification code, drawn from letters and digits, can hold it by chance
        self.city.penalty(7, record, self.codes[at])
        return Mine(self, self.codes[at], register_id, record)


class Mine:
    """One business, its record ``A-…`` in field 7, and what it does."""

    def __init__(self, desk: Desk, code: str, register_id: str, record: str) -> None:
        self.desk, self.service = desk, desk.service
        self.code, self.register_id, self.record = code, register_id, record

    def issue(self, now: datetime = NOON) -> IssuedReport:
        request = IssueRequest(self.code, "3", "finance", "account:1")
        return issue_report(self.service, request, now)

    def filing(self, kind: str = "amount_wrong", report: str = "", **changes: str) -> Filing:
        given = {"record_id": self.record, "domain": FIELD, "statement": "罚款金额有误。", "wish": "更正金额。"}
        return Filing(**{**given, "kind": kind, "report": report, **changes})

    def draft(self, kind: str = "amount_wrong", now: datetime = NOON, **changes: str) -> int:
        case = save_draft(self.service, self.register_id, self.filing(kind, **changes), by="account:1", now=now)
        return case.id

    def file(self, kind: str = "amount_wrong", now: datetime = NOON, **changes: str) -> Receipt:
        case_id = self.draft(kind, now, **changes)
        return file_case(self.service, self.register_id, case_id, by="account:1", now=now)

    def case(self, case_id: int) -> ObjectionCase:
        with self.service.reading() as session:
            return session.get_one(ObjectionCase, case_id)

    def version(self, case_id: int) -> int:
        return self.case(case_id).version

    def events(self, case_id: int) -> list[tuple[str, str]]:
        query = select(ObjectionEvent).where(ObjectionEvent.case_id == case_id).order_by(ObjectionEvent.id)
        with self.service.reading() as session:
            return [(row.move, row.state) for row in session.scalars(query)]

    def referred(self, kind: str = "amount_wrong", now: datetime = NOON, **changes: str) -> int:
        """A case that its unit has."""
        case_id = self.file(kind, now, **changes).case_id
        accept_case(self.service, case_id, self.version(case_id), self.desk.credit, now)
        refer_case(self.service, case_id, self.version(case_id), self.desk.credit, now)
        return case_id

    def answered(self, kind: str = "amount_wrong", now: datetime = NOON, **changes: str) -> int:
        """A case that is to be decided."""
        case_id = self.referred(kind, now, **changes)
        answer_case(self.service, case_id, self.version(case_id), "record_wrong", "经核实，属实。", self.desk.unit, now)
        return case_id

    def decide(self, case_id: int, outcome: str, now: datetime = NOON, **changes: object) -> None:
        decision = Decision(outcome, "经核实。", **changes)  # type: ignore[arg-type]
        decide_case(self.service, case_id, self.version(case_id), decision, self.desk.credit, now)

    def notices(self) -> list[str]:
        """What the people of the business were told."""
        query = select(Notice.kind).where(Notice.register_id == self.register_id).order_by(Notice.id)
        staff = {clerk.account_id for clerk in (self.desk.credit, self.desk.other, self.desk.unit, self.desk.unit9)}
        with self.service.reading() as session:
            return list(session.scalars(query.where(Notice.account_id.not_in(staff))))

    def staff_notices(self, clerk: Clerk) -> list[str]:
        query = select(Notice.kind).where(Notice.register_id == self.register_id, Notice.account_id == clerk.account_id)
        with self.service.reading() as session:
            return list(session.scalars(query.order_by(Notice.id)))


def refused(code: str) -> pytest.RaisesExc[Problem]:
    """As ``pytest.raises``, of the problem with this code."""
    return pytest.RaisesExc(Problem, check=lambda problem: problem.code == code)


def picture(
    colour: tuple[int, int, int] = (10, 120, 200), form: str = "PNG", size: tuple[int, int] = (60, 40)
) -> bytes:
    """A small picture; another colour is another file."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def make_desk(
    folder: Path, signing: Settings, fonts: FontSet, url: str | None = None, businesses: int = BUSINESSES
) -> Desk:
    """A desk over an empty store."""
    city = City(folder / "city")
    changes = {"DATABASE_URL": url} if url is not None else {}
    settings = load_settings(environment(folder, city, signing, **changes))
    make_store(settings.database_url)
    service = Service(settings, FixedClock(NOON))
    service.fonts = fonts
    return Desk(service, city, businesses)
