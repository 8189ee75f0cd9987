"""A handler is invited, accepts, asks and is ended; another business is refused everywhere; a colleague is set up."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from creditreport.accounts import secondfactor
from creditreport.accounts.models import Role
from creditreport.accounts.staff import add_staff
from creditreport.clock import FixedClock
from tests.conftest import NOON
from tests.journeys.conftest import Site, Visitor
from tests.journeys.test_axe import Looking

Visitors = Callable[..., Visitor]
PASSWORD = "four horses and a wall"


def looked_at(one: Visitor) -> Callable[[str], None]:
    """Looks at the page that is shown; fails with what axe found there."""

    def look(name: str) -> None:
        looking = Looking(one, [])
        looking.here(name)
        assert looking.findings == []

    return look


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_handler_from_the_invitation_to_the_end(visitor: Visitors, language: str) -> None:
    boss, handler = (visitor(locale=language, reduced_motion="reduce") for _ in range(2))
    boss.sign_in("individual")
    boss.open("/handlers")
    boss.page.fill("input[name=label]", "财务小王")
    boss.page.check("input[name=purposes][value=finance]")
    boss.page.fill("input[name=until]", "2026-12-21")
    boss.page.click("main form .btn-primary")
    link = boss.page.locator(".notice a.host").inner_text()
    look = looked_at(boss)
    look("handlers, invited")

    handler.sign_in("long_name")
    handler.page.goto(link)
    looked_at(handler)("invitation")
    handler.page.click("main form .btn-primary")
    business = re.search(r"[0-9A-Z]{18}", boss.page.locator("body").inner_text())
    handler.page.locator("button.pick", has_text="柏澜").click()
    assert "柏澜" in handler.page.locator("h1").inner_text()
    assert handler.page.locator("input[name=purpose][value=commerce]").is_disabled()
    handler.ask(1, "finance")
    report = handler.page.url
    assert business is None or business.group() in handler.text()

    boss.open("/handlers")
    look("handlers, active")
    boss.page.locator("form[action$='/revoke'] button").first.click()
    handler.page.reload()
    assert handler.page.locator("svg.qr").count() == 0
    assert "/businesses" in handler.page.url  # one's own is left to choose
    assert "柏澜" not in handler.text()
    handler.page.locator("button.pick").click()
    assert handler.page.goto(report).status == 404
    complaints = [text for text in boss.complaints + handler.complaints if not re.search(r"status of 4", text)]
    assert complaints == []


def test_another_business_is_refused_at_every_address_of_a_report(visitor: Visitors, site: Site) -> None:
    mine, other = visitor(), visitor()
    mine.sign_in("stays_listed")
    mine.ask(1, "commerce")
    number = mine.page.url.rstrip("/").rsplit("/", 1)[1]
    addresses = {path for path in re.findall(r'(?:href|action)="([^"]+)"', mine.page.content()) if number in path}
    assert len(addresses) > 4
    other.sign_in("clean")
    for path in sorted(addresses):
        answer = other.page.request.get(site.url + path.replace("&amp;", "&"))
        assert answer.status in (404, 405), path
        assert "PDF-" not in answer.text()


def test_a_colleague_sets_up_and_signs_in(visitor: Visitors, site: Site) -> None:
    token = add_staff(site.service.sessions, "journey", "同事", {(Role.AUDITOR, "")}, "test", NOON)
    one = visitor(reduced_motion="reduce")
    one.open(f"/staff/set-up/{token}")
    looked_at(one)("set-up")
    secret = one.page.locator(".show .host").inner_text().replace("-", "")
    one.page.fill("input[name=password]", PASSWORD)
    one.page.fill("input[name=code]", secondfactor.code_at(secret, site.service.clock.now()))
    one.page.click("main form .btn-primary")
    assert one.page.url.endswith("/staff")
    again = visitor(reduced_motion="reduce")
    again.open("/staff/sign-in")
    again.page.fill("input[name=username]", "journey")
    again.page.fill("input[name=password]", PASSWORD)
    again.page.click("main form .btn-primary")
    looked_at(again)("code")
    later = site.service.clock.now() + timedelta(seconds=secondfactor.STEP_SECONDS)
    before, site.service.clock = site.service.clock, FixedClock(later)
    try:
        again.page.fill("input[name=code]", secondfactor.code_at(secret, later))
        again.page.click("main form .btn-primary")
        assert again.page.url.endswith("/staff")
        look = looked_at(again)
        look("staff home")
    finally:
        site.service.clock = before
    assert one.complaints == again.complaints == []
