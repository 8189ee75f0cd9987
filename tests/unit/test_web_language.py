"""Which language a page speaks, and that the switch is always there."""

from __future__ import annotations

import re

import pytest

from tests.portal import Portal, get, post


@pytest.mark.parametrize(
    ("query", "cookie", "accepts", "expected"),
    [
        ("", None, None, "zh-Hans-CN"),
        ("", None, "en-GB,en;q=0.9", "en"),
        ("", None, "fr-FR", "zh-Hans-CN"),
        ("", None, "zh-TW,zh;q=0.9,en;q=0.5", "zh-Hans-CN"),
        ("", "en", "zh-CN", "en"),
        ("?lang=zh", "en", "en", "zh-Hans-CN"),
        ("?lang=en", None, "zh-CN", "en"),
        ("?lang=klingon", None, "en", "en"),
        ("", "klingon", "zh-CN", "zh-Hans-CN"),
    ],
)
def test_asked_then_remembered_then_the_browsers(
    portal: Portal, query: str, cookie: str | None, accepts: str | None, expected: str
) -> None:
    client = portal.visitor()
    if cookie:
        client.set_cookie("lang", cookie, domain="credit.example.gov.cn")
    answer = get(client, f"/{query}", headers={"Accept-Language": accepts} if accepts else {})
    assert f'<html lang="{expected}">' in answer.text
    assert answer.headers["Content-Language"] == expected


def test_a_choice_is_remembered(portal: Portal) -> None:
    client = portal.visitor()
    assert '<html lang="en">' in get(client, "/verify?lang=en").text
    assert '<html lang="en">' in get(client, "/").text
    assert "中文" in get(client, "/").text


@pytest.mark.parametrize("path", ["/", "/verify?code=ABCD", "/sign-in?next=/reports/1", "/nowhere", "/v/ABC"])
def test_the_switch_stays_on_the_page(portal: Portal, path: str) -> None:
    page = get(portal.visitor(), path).text
    found = re.search(r'href="([^"]*)" lang="en"', page)
    assert found is not None
    target = found.group(1).replace("&amp;", "&")
    other = get(portal.visitor(), target)
    assert '<html lang="en">' in other.text
    assert target.split("?")[0] == path.split("?")[0]


def test_the_switch_after_sending_a_form_leads_to_a_page(portal: Portal) -> None:
    for path in ("/verify", "/reports", "/sign-in"):
        page = post(portal.visitor(), path, {}).text
        found = re.search(r'href="([^"]*)" lang="en"', page)
        assert found is not None
        assert get(portal.visitor(), found.group(1)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/verify?code=ABCD", "/sign-in", "/nowhere", "/v/ABC"])
def test_english_pages_hold_no_chinese_but_names(portal: Portal, path: str) -> None:
    page = get(portal.visitor(), path, headers={"Accept-Language": "en"}).text
    named = re.sub(r'<(\w+)[^>]* lang="zh[^>]*>.*?</\1>', "", page, flags=re.S)
    assert re.findall(r"[\u4e00-\u9fff]+", named) == []
