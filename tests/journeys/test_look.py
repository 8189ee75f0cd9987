"""What holds for every page: nothing from other hosts, no scrolling sideways on a phone, keyboard first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Site, Visitor

Visitors = Callable[..., Visitor]
PHONE = {"width": 360, "height": 740}


def all_pages(one: Visitor, key: str) -> list[str]:
    """Every kind of page, as far as a signed-in business can see them; returns their addresses."""
    one.sign_in(key)
    one.ask(3, "commerce")
    one.page.locator("svg.qr").wait_for()
    report = one.page.url.removeprefix(one.site.url)
    verdict = one.page.locator("a[href^='/v/']").get_attribute("href")
    assert verdict
    return [
        "/",
        "/precheck",
        report,
        f"{report}/code",
        verdict,
        "/verify",
        "/verify?code=ABCD",
        "/nowhere",
        "/v/0000-0000",
        "/v/00000000000000000000",
    ]


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("many_records", {"viewport": PHONE}),
        ("long_name", {"viewport": PHONE, "locale": "en-GB", "color_scheme": "dark"}),
    ],
)
def test_a_phone_never_scrolls_sideways(visitor: Visitors, key: str, settings: dict[str, Any]) -> None:
    one = visitor(**settings)
    wide = {}
    for path in [*all_pages(one, key), "/sign-in"]:
        one.open(path)
        if one.width() > PHONE["width"]:
            wide[path] = one.width()
    assert wide == {}


def test_nothing_comes_from_another_host(visitor: Visitors, site: Site) -> None:
    one = visitor()
    for path in all_pages(one, "busiest"):
        one.open(path)
    assert [url for url in one.requested if not url.startswith((f"{site.url}/", "data:"))] == []
    # Refused addresses are reported by the browser itself; anything else would be the policy or a script.
    assert [text for text in one.complaints if "status of 4" not in text] == []


def test_the_keyboard_reaches_the_content_first(visitor: Visitors) -> None:
    one = visitor()
    one.open("/verify")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.className") == "skip"
    one.page.keyboard.press("Enter")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.id") == "code"
