"""Sessions: an ended one is worth nothing, whoever kept the cookie; idle and long ones end by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from creditreport.accounts import sessions
from creditreport.accounts.models import SignInSession
from creditreport.audit.models import AuditEntry
from creditreport.clock import FixedClock
from tests.conftest import NOON
from tests.portal import Portal, get, post

BASE = "https://credit.example.gov.cn"


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("__Host-creditreport", domain="credit.example.gov.cn")
    assert cookie is not None
    return cookie.value


def inside(client: FlaskClient) -> bool:
    return get(client, "/account/sessions").status_code == 200


@pytest.fixture
def later(portal: Portal) -> object:
    """Moves the portal's clock; back at noon afterwards."""

    def move(by: timedelta) -> None:
        portal.service.clock = FixedClock(NOON + by)

    yield move
    portal.service.clock = FixedClock(NOON)


def test_a_session_replayed_after_sign_out_is_refused(portal: Portal) -> None:
    client = portal.signed_in("mine")
    kept = cookie_of(client)
    thief = portal.visitor()
    thief.set_cookie("__Host-creditreport", kept, domain="credit.example.gov.cn", secure=True)
    assert inside(thief)
    post(client, "/sign-out", {})
    assert not inside(thief)


def test_the_store_holds_no_token(portal: Portal) -> None:
    client = portal.signed_in("mine")
    with client.session_transaction(base_url=BASE) as kept:
        token = kept["_user_id"]
    with portal.service.reading() as store:
        digests = set(store.scalars(select(SignInSession.token_digest)))
    assert token not in digests
    assert sessions.digest_of(token) in digests


@pytest.mark.parametrize(
    ("unused_for", "counts"),
    [(sessions.IDLE, True), (sessions.IDLE + timedelta(seconds=1), False)],
)
def test_an_idle_session_ends(portal: Portal, later: object, unused_for: timedelta, counts: bool) -> None:
    client = portal.signed_in("mine")
    later(unused_for)
    assert inside(client) is counts


def test_a_session_in_use_lasts_but_not_for_ever(portal: Portal, later: object) -> None:
    client = portal.signed_in("mine")
    step = timedelta(minutes=20)
    at = step
    while at <= sessions.LONGEST:
        later(at)
        assert inside(client), at
        at += step
    later(sessions.LONGEST + timedelta(seconds=1))
    assert not inside(client)


def test_a_person_sees_and_ends_their_own_sessions(portal: Portal) -> None:
    phone, desk = portal.visitor(), portal.signed_in("other")
    android = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
    post(
        phone,
        "/sign-in",
        {"username": "other", "password": "demo-2024"},
        environ_overrides={"HTTP_USER_AGENT": android},
    )
    page = get(desk, "/account/sessions").text
    assert "Chrome · Android" in page
    with phone.session_transaction(base_url=BASE) as kept:
        handle = sessions.digest_of(kept["_user_id"])[: sessions.HANDLE]
    stranger = portal.signed_in("mine")
    assert post(stranger, f"/account/sessions/{handle}/end", {}).status_code == 404
    assert inside(phone)
    assert post(desk, f"/account/sessions/{handle}/end", {}).status_code == 303
    assert not inside(phone)
    assert inside(desk)


def test_signing_out_everywhere_leaves_none_and_an_entry(portal: Portal) -> None:
    one, two, else_one = portal.signed_in("other"), portal.signed_in("other"), portal.signed_in("mine")
    assert post(one, "/account/sessions/end", {}).status_code == 303
    assert (inside(one), inside(two), inside(else_one)) == (False, False, True)
    with portal.service.reading() as store:
        entry = store.scalars(
            select(AuditEntry).where(AuditEntry.action == "account.sessions_ended").order_by(AuditEntry.id.desc())
        ).first()
    assert entry is not None
    assert entry.detail["sessions"] >= 2


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0 Safari", "微信 · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("curl/8", "? · ?"),
        ("", "? · ?"),
    ],
)
def test_a_browser_is_told_by_its_kind_only(agent: str, kind: str) -> None:
    assert sessions.client_kind(agent) == kind
