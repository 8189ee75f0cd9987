"""Handlers: invited by the representative, accepted once, bound to purposes and a time, revoked at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from creditreport.accounts.handlers import INVITATION
from creditreport.accounts.models import Authorisation, Capacity
from creditreport.audit.models import AuditEntry
from creditreport.clock import FixedClock
from tests.conftest import NOON
from tests.portal import Portal, get, post

OFFER = {"label": "财务小王", "purposes": ["finance"], "until": "2026-12-21"}


@pytest.fixture(autouse=True)
def nobody_left(portal: Portal) -> Iterator[None]:
    yield
    portal.service.clock = FixedClock(NOON)
    with portal.service.sessions.begin() as store:
        store.execute(update(Authorisation).where(Authorisation.capacity == Capacity.HANDLER).values(revoked_at=NOON))


def invited(portal: Portal, **changes: object) -> str:
    page = post(portal.signed_in("mine"), "/handlers", {**OFFER, **changes}).text
    found = re.search(r"/invitations/[\w-]+", page)
    assert found is not None, page
    return found.group()


def issue(client: FlaskClient, purpose: str = "finance") -> int:
    return post(client, "/reports", {"years": "1", "purpose": purpose}).status_code


def accepted(portal: Portal, link: str) -> FlaskClient:
    client = portal.signed_in("nobody")
    assert "盐城甲示例有限公司" in get(client, link).text
    assert post(client, link, {}).status_code == 303
    register_id = re.search(r'name="register_id" value="([^"]+)"', get(client, "/businesses").text)
    assert register_id is not None
    post(client, "/businesses", {"register_id": register_id.group(1)})
    return client


def test_a_handler_accepts_acts_and_is_revoked(portal: Portal) -> None:
    client = accepted(portal, invited(portal))
    assert (issue(client), issue(client, "commerce")) == (303, 403)
    assert get(client, "/handlers").status_code == 403
    boss = portal.signed_in("mine")
    page = get(boss, "/handlers").text
    assert "无主体账号" in page  # the business sees who accepted
    end = re.search(r"/handlers/\d+/revoke", page)
    assert end is not None
    assert post(portal.signed_in("other"), end.group(), {}).status_code == 404
    assert issue(client) == 303
    assert post(boss, end.group(), {}).status_code == 303
    assert issue(client) == 403
    assert post(boss, end.group(), {}).status_code == 303  # again changes nothing
    with portal.service.reading() as store:
        entries = select(AuditEntry.action).where(AuditEntry.action.like("authorisation.%")).order_by(AuditEntry.id)
        actions = list(store.scalars(entries))
    assert actions[-3:] == ["authorisation.offered", "authorisation.granted", "authorisation.revoked"]


def test_a_report_says_who_asked_for_it(portal: Portal) -> None:
    client = accepted(portal, invited(portal))
    issue(client)
    with portal.service.reading() as store:
        issued = select(AuditEntry).where(AuditEntry.action == "report.issued")
        entry = store.scalars(issued.order_by(AuditEntry.id.desc())).first()
        handler = store.scalars(select(Authorisation.account_id).order_by(Authorisation.id.desc())).first()
    assert entry is not None
    assert entry.actor == f"account:{handler}"


def test_an_invitation_is_accepted_once_and_not_after_a_week(portal: Portal) -> None:
    link = invited(portal)
    accepted(portal, link)
    assert post(portal.signed_in("other"), link, {}).status_code == 410
    late = invited(portal)
    portal.service.clock = FixedClock(NOON + INVITATION + timedelta(seconds=1))
    assert get(portal.signed_in("other"), late).status_code == 410


def test_an_authorisation_ends_with_its_day(portal: Portal) -> None:
    accepted(portal, invited(portal, until="2026-11-21"))
    portal.service.clock = FixedClock(NOON.replace(hour=23, minute=59, second=59))
    assert get(portal.signed_in("nobody"), "/reports/1").status_code == 404
    portal.service.clock = FixedClock(NOON.replace(hour=0) + timedelta(days=1))
    assert get(portal.signed_in("nobody"), "/reports/1").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": " "},
        {"label": "小王13800138000"},
        {"label": "长" * 41},
        {"purposes": []},
        {"purposes": ["finance", "spying"]},
        {"until": "2026-11-20"},
        {"until": "2028-01-01"},
        {"until": "soon"},
    ],
)
def test_what_cannot_be_authorised_is_said(portal: Portal, wrong: dict[str, object]) -> None:
    client = portal.signed_in("mine")
    answer = post(client, "/handlers", {**OFFER, **wrong})
    assert answer.status_code == 422
    assert "/invitations/" not in answer.text


def test_a_handler_names_no_further_handlers(portal: Portal) -> None:
    client = accepted(portal, invited(portal))
    assert post(client, "/handlers", OFFER).status_code == 403
