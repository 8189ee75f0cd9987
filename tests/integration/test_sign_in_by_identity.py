"""Sign-in by an identity service, against a real OpenID Connect provider in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from creditreport.accounts.models import Account, Authorisation, Role
from creditreport.accounts.sessions import LONGEST
from creditreport.accounts.staff import add_staff
from creditreport.clock import FixedClock
from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from tests.conftest import NOON
from tests.identity import Provider, back_address, running_provider, through_provider
from tests.portal import BASE, Portal, get, make_portal, post

RETURN = f"{BASE}/identity/business/return,{BASE}/identity/staff/return"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    people = {name: {"name": name} for name in ("boss", "clerk", "person", "liar", "colleague")}
    with running_provider(tmp_path_factory.mktemp("provider"), RETURN, f"{BASE}/", **people) as running:
        yield running


@pytest.fixture(scope="module")
def city_portal(
    provider: Provider, tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    changes = {**provider.settings(), **provider.settings("STAFF_OIDC_")}
    made = make_portal(folder, signing_settings, fonts, **changes)
    yield made
    made.service.close()


@pytest.fixture(autouse=True)
def told(provider: Provider, city_portal: Portal) -> None:
    """What the provider says at the beginning of each test."""
    provider.says(
        boss={"name": "甲方法人", "uscc": city_portal.mine, "role": "法定代表人"},
        clerk={"name": "甲方经办", "uscc": city_portal.mine, "role": "handler"},
        person={"name": "自然人"},
        liar={"name": "某人", "uscc": city_portal.mine, "role": "legal_representative"},
        colleague={"name": "信用办同事"},
    )
    provider.clock_ahead(0)
    city_portal.service.clock = FixedClock(NOON)


def test_a_legal_representative_arrives_and_issues(city_portal: Portal) -> None:
    client = city_portal.visitor()
    answer = through_provider(client, "boss", "/identity/business/start?next=/account/sessions")
    assert (answer.status_code, answer.location) == (303, "/account/sessions")
    page = get(client, "/").text
    assert "盐城甲示例有限公司" in page
    assert "法定代表人" in page
    assert post(client, "/reports", {"years": "1", "purpose": "finance"}).status_code == 303


def test_the_request_carries_pkce_nonce_and_state_and_our_own_return_address(city_portal: Portal) -> None:
    asked = parse_qs(
        urlsplit(
            get(
                city_portal.visitor(), "/identity/business/start", headers={"X-Forwarded-Host": "evil.example"}
            ).location
        ).query
    )
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{BASE}/identity/business/return"]
    assert all(len(asked[name][0]) > 15 for name in ("nonce", "state", "code_challenge"))


def test_arriving_again_is_the_same_account_and_the_office_is_only_for_now(city_portal: Portal) -> None:
    for _ in range(2):
        through_provider(city_portal.visitor(), "boss")
    with city_portal.service.reading() as store:
        (account,) = store.scalars(select(Account).where(Account.display_name == "甲方法人"))
        (office,) = store.scalars(select(Authorisation).where(Authorisation.account_id == account.id))
    assert office.valid_until == NOON + LONGEST
    assert account.password_hash is None


def test_a_handler_may_act_only_after_the_business_says_so(city_portal: Portal) -> None:
    client = city_portal.visitor()
    through_provider(client, "clerk")
    assert "不能代表任何经营主体" in get(client, "/businesses").text
    refused = post(client, "/reports", {"years": "1", "purpose": "finance"})
    assert (refused.status_code, "经办授权" in refused.text) == (403, True)


def test_who_is_no_longer_the_representative_loses_the_office_at_the_next_sign_in(
    provider: Provider, city_portal: Portal
) -> None:
    first, second = city_portal.visitor(), city_portal.visitor()
    through_provider(first, "liar")
    assert get(first, "/").status_code == 200
    provider.says(liar={"name": "某人", "uscc": city_portal.mine, "role": "handler"})
    through_provider(second, "liar")
    assert get(second, "/").status_code == 302
    assert get(first, "/").status_code == 302  # the other browser as well, at once


@pytest.mark.parametrize(
    ("claims", "status", "says"),
    [
        ({"name": "某人", "uscc": "MINE", "role": "财务"}, 502, "财务"),
        ({"name": "某人", "uscc": "MINE"}, 502, "role"),
        ({"uscc": "MINE", "role": "handler"}, 502, "name"),
        ({"name": "某人", "uscc": "91320900MA0000001X", "role": "handler"}, 422, "91320900MA0000001X"),
        ({"name": "某人", "uscc": "91320900MA0000009D", "role": "handler"}, 404, "登记库中没有"),
        ({"name": "某人", "nonce": "another"}, 401, "没有登录"),
        ({"name": "某人", "aud": "another client"}, 401, "没有登录"),
        ({"name": "某人", "iss": "http://another.example"}, 401, "没有登录"),
        ({"name": "某人", "exp": 1}, 401, "没有登录"),
    ],
)
def test_what_cannot_be_accepted_is_said_and_opens_nothing(
    provider: Provider, city_portal: Portal, claims: dict[str, object], status: int, says: str
) -> None:
    told = {name: city_portal.mine if value == "MINE" else value for name, value in claims.items()}
    provider.says(liar=told)
    client = city_portal.visitor()
    answer = through_provider(client, "liar")
    assert answer.status_code == status
    assert says in answer.text
    assert get(client, "/account/sessions").status_code == 302


def test_an_answer_to_another_browser_or_a_second_time_is_refused(city_portal: Portal) -> None:
    client, thief = city_portal.visitor(), city_portal.visitor()
    address = back_address(client, "boss")
    assert get(thief, address).status_code == 401
    assert get(client, address).status_code == 303
    assert get(client, address).status_code == 401


@pytest.mark.parametrize(("ahead", "accepted"), [(100, True), (-100, True), (400, False)])
def test_clocks_may_be_two_minutes_apart(provider: Provider, city_portal: Portal, ahead: int, accepted: bool) -> None:
    provider.clock_ahead(ahead)
    assert (through_provider(city_portal.visitor(), "boss").status_code == 303) is accepted


def test_a_new_key_of_the_provider_is_fetched(provider: Provider, city_portal: Portal) -> None:
    assert through_provider(city_portal.visitor(), "boss").status_code == 303
    provider.rotate()
    assert through_provider(city_portal.visitor(), "boss").status_code == 303


def test_signing_out_ends_both_sessions(provider: Provider, city_portal: Portal) -> None:
    client = city_portal.visitor()
    through_provider(client, "boss")
    there = post(client, "/sign-out", {}).location
    assert there.startswith(provider.issuer)
    assert parse_qs(urlsplit(there).query)["post_logout_redirect_uri"] == [f"{BASE}/"]
    assert get(client, "/account/sessions").status_code == 302


def test_the_office_ends_by_itself(city_portal: Portal) -> None:
    client = city_portal.visitor()
    through_provider(client, "boss")
    city_portal.service.clock = FixedClock(NOON + LONGEST + timedelta(seconds=1))
    again = city_portal.visitor()
    through_provider(again, "person")
    assert get(client, "/account/sessions").status_code == 302
    assert "不能代表任何经营主体" in get(again, "/businesses").text


def test_staff_must_be_made_before_they_arrive(provider: Provider, city_portal: Portal) -> None:
    answer = through_provider(city_portal.visitor(), "colleague", "/identity/staff/start")
    subject = re.search(r"工作人员账号“([^”]+)”尚未开通", answer.text)
    assert answer.status_code == 403
    assert subject is not None
    roles = {(Role.CREDIT_OFFICER, "")}
    add_staff(city_portal.service.sessions, subject.group(1), "同事", roles, "test", NOON, issuer=provider.issuer)
    client = city_portal.visitor()
    assert through_provider(client, "colleague", "/identity/staff/start?next=/staff").location == "/staff"
    assert "信用办同事" in get(client, "/staff").text
    assert through_provider(city_portal.visitor(), "colleague").status_code == 403  # not at the businesses' door


def test_a_provider_that_is_gone_is_told_and_comes_back(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet
) -> None:
    with running_provider(tmp_path, RETURN, f"{BASE}/", boss={"name": "甲"}) as gone:
        portal = make_portal(tmp_path / "portal", signing_settings, fonts, ENV="production", **gone.settings())
        assert get(portal.visitor(), "/sign-in?next=/verify").location == "/identity/business/start?next=/verify"
        gone.stop()
        refused = get(portal.visitor(), "/identity/business/start")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "300")
        assert "没有应答" in refused.text
        gone.restart()
        assert through_provider(portal.visitor(), "boss").status_code == 303
        portal.service.close()
