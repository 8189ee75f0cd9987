"""A source is away, the request waits; the source is back, the job issues it and the page says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from creditreport.requests.run import run_due
from tests.conftest import NOON
from tests.journeys.conftest import Site, Visitor

Visitors = Callable[..., Visitor]
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def bring_back(site: Site) -> Iterator[Callable[[], None]]:
    """One department's folder of drops is away; called, or at the end at the latest, it is back."""
    folder = sorted(path for path in site.drops.iterdir() if path.is_dir())[0]
    aside = folder.with_name("aside")
    folder.rename(aside)

    def back() -> None:
        if aside.is_dir():
            aside.rename(folder)

    yield back
    back()


def test_from_the_refusal_to_the_notice(visitor: Visitors, site: Site, bring_back: Callable[[], None]) -> None:
    business = visitor(viewport=PHONE)
    business.sign_in("former_name")
    business.ask(3, "commerce")
    assert business.width() <= PHONE["width"]
    business.page.locator("form[action='/requests'] button").click()
    business.page.locator("#waiting li").wait_for()
    assert business.width() <= PHONE["width"]
    # Other journeys may have left requests that wait; ours is the last that was asked for.
    assert [one.code for one in run_due(site.service, NOON)][-1] == "SOURCE_UNAVAILABLE"

    bring_back()
    (tried,) = (one for one in run_due(site.service, NOON.replace(hour=13)) if one.number)
    business.open("/")
    assert business.page.locator("#waiting").count() == 0
    business.page.locator("a:has(.unread)").click()
    assert "等候的申请已出具报告" in business.text()
    assert business.width() <= PHONE["width"]
    business.page.locator(f"a[href='/reports/{tried.number}']").click()
    business.page.locator("svg.qr").wait_for()
    assert business.page.locator(".unread").count() == 0
