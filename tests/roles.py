"""Everybody who may knock: one sign-in for each kind of person and program, for the tests of who may what."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.accounts import sessions
from creditreport.accounts.acting import businesses_of
from creditreport.accounts.apiclients import add_client
from creditreport.accounts.models import LOCAL, Account, Authorisation, Capacity, Kind, Role, RoleGrant, Scope
from creditreport.entities.models import EntityRow
from creditreport.objections.models import ObjectionCase
from creditreport.quarantine.models import QuarantineRow
from tests.conftest import NOON
from tests.portal import BASE, Portal


@dataclass(frozen=True, slots=True)
class Answers:
    """The HTTP status that one address gives to each of them."""

    signed_out: int
    own_business: int
    handler: int
    another_business: int
    no_business: int
    department_officer: int
    credit_officer: int
    auditor: int
    admin: int
    api_client: int


ROLES = tuple(field.name for field in fields(Answers))
STAFF = {
    "department_officer": (Role.DEPARTMENT_OFFICER, "field_20"),
    "credit_officer": (Role.CREDIT_OFFICER, ""),
    "auditor": (Role.AUDITOR, ""),
    "admin": (Role.ADMIN, ""),
}


def may(
    signed_out: int, own: int, another: int, nobody: int, /, *,
    handler: int | None = None, staff: int | None = None, client: int | None = None,
    department: int | None = None, credit: int | None = None, auditor: int | None = None, admin: int | None = None,
) -> Answers:  # fmt: skip
    """One row of the table. Unless said: a handler gets what the business gets, staff what a person without a business
    gets, and a program's secret is worth nothing on a page."""

    def said(one: int | None, usual: int) -> int:
        return usual if one is None else one

    house = said(staff, nobody)
    return Answers(
        signed_out, own, said(handler, own), another, nobody, said(department, house), said(credit, house),
        said(auditor, house), said(admin, house), said(client, signed_out),
    )  # fmt: skip


class Knocking:
    """Sign-ins made once for a portal; each call is a browser of its own with a session of its own."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        with portal.service.sessions.begin() as store:
            names = {"own_business": "mine", "another_business": "other", "no_business": "nobody"}
            self.accounts = {role: _find(store, name).id for role, name in names.items()}
            self.accounts["handler"] = _handler(store, self.accounts["own_business"])
            self.accounts |= {role: _colleague(store, role) for role in STAFF}
        self.secret = add_client(
            portal.service.sessions, "示例招标平台", list(Scope), 60_000, NOON.date() + timedelta(days=90), "test", NOON
        )

    def headers(self, role: str) -> dict[str, str]:
        """What a program sends with each request; nobody else has such a thing."""
        return {"Authorization": f"Bearer {self.secret}"} if role == "api_client" else {}

    def __call__(self, role: str) -> FlaskClient:
        """Somebody in ``role``, with the cookie that signing in gives: the pages that give it have their own tests."""
        client = self.portal.visitor()
        if role not in self.accounts:
            return client
        account_id = self.accounts[role]
        with self.portal.service.sessions.begin() as store:
            acting = businesses_of(store, account_id, NOON)
            account = store.get_one(Account, account_id)
            token = sessions.begin(store, account, "test", NOON, acting_for=acting[0].register_id if acting else None)
        with client.session_transaction(base_url=BASE) as cookie:
            cookie.update({"_user_id": token, "_fresh": True})
            cookie.permanent = True
        return client


def _find(store: Session, name: str) -> Account:
    return store.scalars(select(Account).where(Account.issuer == LOCAL, Account.subject == name)).one()


def _account(store: Session, name: str, kind: Kind) -> Account:
    account = store.scalar(select(Account).where(Account.issuer == LOCAL, Account.subject == name))
    if account is None:
        account = Account(issuer=LOCAL, subject=name, kind=kind, display_name=f"角色 {name}", created_at=NOON)
        store.add(account)
        store.flush()
    return account


def _handler(store: Session, representative: int) -> int:
    """Somebody whom the business named for every purpose."""
    account = _account(store, "knocking-handler", Kind.BUSINESS)
    register_id = businesses_of(store, representative, NOON)[0].register_id
    store.add(
        Authorisation(
            register_id=register_id, capacity=Capacity.HANDLER, label="经办", account_id=account.id, purposes="",
            valid_from=NOON, valid_until=NOON + timedelta(days=30), granted_by="test", granted_at=NOON,
            accepted_at=NOON,
        )
    )  # fmt: skip
    store.flush()
    return account.id


def _colleague(store: Session, role: str) -> int:
    account = _account(store, f"knocking-{role}", Kind.STAFF)
    granted, domain = STAFF[role]
    store.merge(RoleGrant(account_id=account.id, role=granted, domain=domain, granted_by="test", granted_at=NOON))
    store.flush()
    return account.id


def case_with_the_unit(portal: Portal) -> int:
    """A case that is with the unit for which the department officer of these tests answers."""
    with portal.service.sessions.begin() as store:
        business = store.scalars(select(EntityRow).where(EntityRow.uscc == portal.mine)).one()
        case = ObjectionCase(
            number="20261121000001", register_id=business.register_id, uscc=portal.mine, kind="other",
            domain="field_20", statement="a test", wish="a test", state="REFERRED", version=4, unit="a unit",
            unit_domain="field_20", made_at=NOON, made_by="test", changed_at=NOON, filed_at=NOON, accepted_at=NOON,
            referred_at=NOON,
        )  # fmt: skip
        store.add(case)
        store.flush()
        return case.id


def row_to_settle(portal: Portal) -> int:
    """A row of the field whose unit the department officer of these tests answers for."""
    with portal.service.sessions.begin() as store:
        row = QuarantineRow(
            slug="field_20", fingerprint="0" * 32, row="{}", problem="a test", found_at=NOON, state="open", cells="{}"
        )
        store.add(row)
        store.flush()
        return row.id
