"""At the door: whose host, which method, whose cookie; what a browser is told to forget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from creditreport.accounts.limits import FailureLimits
from creditreport.config import Settings, load_settings
from creditreport.errors import Problem
from creditreport.reports.fonts import FontSet
from creditreport.web.limits import Counter
from tests.portal import BASE, Portal, environment, get, make_portal, post
from tests.roles import Knocking

PAGES = ("/", "/verify", "/staff", "/api/v1/client", "/nowhere", "/static/site.css")


@pytest.fixture
def fresh(portal: Portal) -> Iterator[Portal]:
    portal.service.__dict__["sign_in_limits"] = FailureLimits(Counter(None))
    yield portal
    portal.service.__dict__.pop("sign_in_limits")


@pytest.mark.parametrize("path", PAGES)
def test_another_host_is_told_where_we_are_and_nothing_else(portal: Portal, path: str) -> None:
    for host in ("evil.example", "credit.example.gov.cn.evil.example", "credit.example.gov.cn:8443", "127.0.0.1"):
        answer = portal.visitor().get(path, base_url=f"https://{host}", headers={"X-Forwarded-Host": BASE[8:]})
        assert answer.status_code == 421, host
        assert "credit.example.gov.cn" in answer.text
        assert host.split(":")[0] not in answer.text.replace("credit.example.gov.cn", "")
        answer.close()
    assert get(portal.visitor(), path, headers={"X-Forwarded-Host": "evil.example"}).status_code != 421


def test_a_load_balancer_may_ask_by_the_machines_address(portal: Portal) -> None:
    for path in ("/healthz", "/readyz"):
        assert portal.visitor().get(path, base_url="http://10.0.0.7:8000").status_code != 421


def test_our_own_host_in_capitals_is_ours(portal: Portal) -> None:
    assert portal.visitor().get("/verify", base_url="https://CREDIT.example.gov.cn").status_code == 200


def test_signing_out_makes_the_browser_forget(portal: Portal) -> None:
    for path in ("/sign-out", "/account/sessions/end"):
        client = Knocking(portal)("own_business")
        answer = post(client, path, {})
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert get(client, "/account/sessions").status_code == 302
    assert "Clear-Site-Data" not in get(portal.visitor(), "/").headers


def test_the_rest_of_the_headers(portal: Portal) -> None:
    headers = get(portal.visitor(), "/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["X-Permitted-Cross-Domain-Policies"] == "none"
    assert "includeSubDomains" in headers["Strict-Transport-Security"]
    for feature in ("camera", "geolocation", "microphone", "payment", "usb"):
        assert f"{feature}=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in get(portal.visitor(), "/", headers={"Origin": "https://x.cn"}).headers


def test_a_cookie_planted_before_signing_in_opens_nothing_after(fresh: Portal) -> None:
    victim, thief = fresh.visitor(), fresh.visitor()
    get(thief, "/verify")
    planted = thief.get_cookie("__Host-creditreport", domain="credit.example.gov.cn")
    assert planted is not None
    victim.set_cookie("__Host-creditreport", planted.value, domain="credit.example.gov.cn", secure=True)
    assert post(victim, "/sign-in", {"username": "mine", "password": "demo-2024"}).status_code == 303
    own = victim.get_cookie("__Host-creditreport", domain="credit.example.gov.cn")
    assert own is not None
    assert own.value != planted.value
    assert get(victim, "/account/sessions").status_code == 200
    assert get(thief, "/account/sessions").status_code == 302


def test_a_changed_cookie_is_nobody(portal: Portal) -> None:
    client = Knocking(portal)("admin")
    own = client.get_cookie("__Host-creditreport", domain="credit.example.gov.cn")
    assert own is not None
    body, _, signature = own.value.rpartition(".")
    for changed in (f"{body}.{signature[::-1]}", f"{body}x.{signature}", "x", ""):
        other = portal.visitor()
        other.set_cookie("__Host-creditreport", changed, domain="credit.example.gov.cn", secure=True)
        assert get(other, "/staff").status_code == 302


def test_only_the_method_itself_counts(portal: Portal) -> None:
    client = Knocking(portal)("admin")
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert get(client, "/staff/people/0/disable", headers={header: "POST"}).status_code == 405
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        for path in ("/staff/people", "/verify"):
            assert client.open(path, method=method, base_url=BASE).status_code == 405


def test_asking_for_the_methods_or_the_head_tells_no_more_than_the_page(portal: Portal) -> None:
    for path, status in (("/staff/people", 302), ("/verify", 200), ("/api/v1/client", 401)):
        head = portal.visitor().head(path, base_url=BASE)
        assert (head.status_code, head.data) == (status, b"")
        options = portal.visitor().options(path, base_url=BASE)
        assert (options.status_code, options.data) == (200, b"")


def test_what_a_caller_says_of_itself_counts_only_behind_a_proxy(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet
) -> None:
    def failing(proxies: str) -> int:
        folder = tmp_path / proxies
        folder.mkdir()
        made = make_portal(folder, signing_settings, fonts, TRUSTED_PROXIES=proxies, MISSES_PER_MINUTE="2")
        statuses = [
            get(made.visitor(), "/v/mistyped", headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
            for number in range(4)
        ]
        made.service.engine.dispose()
        return statuses.count(429)

    assert (failing("0"), failing("1")) == (2, 0)


@pytest.mark.parametrize(
    ("name", "value"), [("MISSES_PER_MINUTE", "0"), ("TRUSTED_PROXIES", "-1"), ("FACTS_CHANGED_MARK", "yes")]
)
def test_a_limit_that_is_none_stops_the_start(
    portal: Portal, tmp_path: Path, signing_settings: Settings, name: str, value: str
) -> None:
    with pytest.raises(Problem, match=name):
        load_settings(environment(tmp_path, portal.city, signing_settings, **{name: value}))
