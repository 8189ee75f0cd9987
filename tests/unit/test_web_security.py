"""Headers, cookies and where a sign-in may lead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from creditreport.accounts.targets import safe_target
from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from tests.portal import Portal, get, make_portal, post

PAGES = ["/", "/verify", "/sign-in", "/v/00000000000000000000", "/nowhere", "/healthz", "/static/site.css"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_the_headers(portal: Portal, path: str) -> None:
    headers = get(portal.visitor(), path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert ("no-store" in headers["Cache-Control"]) == (not path.startswith("/static"))


@pytest.mark.parametrize("path", PAGES[:5])
def test_pages_hold_no_inline_script_or_style_and_nothing_from_other_hosts(portal: Portal, path: str) -> None:
    page = get(portal.visitor(), path).text
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []
    assert [url for url in re.findall(r'(?:src|href)="([^"]*)"', page) if "//" in url] == []


def test_cookies_are_kept_from_scripts_and_from_plain_http(portal: Portal) -> None:
    client = portal.visitor()
    answer = post(client, "/sign-in?lang=en", {"username": "mine", "password": "demo-2024"})
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-creditreport", "lang"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" in cookie


def test_plain_http_is_for_the_demo(tmp_path: Path, signing_settings: Settings, fonts: FontSet) -> None:
    portal = make_portal(tmp_path, signing_settings, fonts, PUBLIC_URL="http://127.0.0.1:8000", ENV="demo")
    answer = portal.visitor().get("/verify?lang=en", base_url="http://127.0.0.1:8000")
    assert "Strict-Transport-Security" not in answer.headers
    assert not any("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    portal.service.engine.dispose()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        None,
        "/a\\b",
        "/\n//x",
    ],
)
def test_no_sign_in_leads_to_another_site(portal: Portal, target: str | None) -> None:
    with portal.app.test_request_context():
        assert safe_target(target) == "/"


def test_sign_in_returns_to_the_page_that_was_asked_for(portal: Portal) -> None:
    client = portal.visitor()
    asked = get(client, "/reports/320900202611210000010/pdf")
    assert asked.headers["Location"] == "/sign-in?next=/reports/320900202611210000010/pdf"
    answer = post(client, "/sign-in", {"username": "mine", "password": "demo-2024", "next": "/reports/1"})
    assert answer.headers["Location"] == "/reports/1"
