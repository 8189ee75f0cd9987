"""Every page by axe: WCAG 2.2 A and AA, both languages, a phone and a desk, light and dark.

A page is loaded once for each language and then looked at in two dresses, by one browser, which
must have nothing to complain of either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import axe_playwright_python
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from creditreport.accounts import sessions
from creditreport.accounts.models import LOCAL, Account, Kind, Role, RoleGrant
from creditreport.reports.issue import issue_report
from creditreport.reports.models import CreditReport
from creditreport.reports.request import IssueRequest
from tests.conftest import NOON
from tests.journeys.conftest import Site, Visitor

Visitors = Callable[..., Visitor]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What colours and sizes can change; all else was looked at in the same language's first dress.
RULES_OF_DRESS = ["color-contrast", "target-size", "scrollable-region-focusable"]
FINDINGS = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
  return found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(', '));
}"""
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 860}
# Every pair of language, size and scheme comes up for every page; all three together would take twice the time.
DRESSES = {"zh": ((PHONE, "light"), (DESK, "dark")), "en": ((DESK, "light"), (PHONE, "dark"))}
# Chinese on an English page must be marked as such, so that a screen reader changes its voice.
UNMARKED = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node; (node = walk.nextNode());)
    if (/[\\u4e00-\\u9fff]/.test(node.data) && !node.parentElement.closest(':lang(zh)')) found.push(node.data.trim());
  return found;
}"""


@dataclass
class Looking:
    """Somebody who looks at pages in every dress and keeps what is wrong."""

    one: Visitor
    findings: list[str]

    def at(self, *paths: str) -> None:
        """Open each address in both languages."""
        for path in paths:
            for language in ("zh", "en"):
                self.one.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
                self.here(f"{path} {language}")

    def here(self, name: str) -> None:
        """The page that is shown."""
        page = self.one.page
        page.evaluate(AXE)
        language = page.evaluate("document.documentElement.lang.slice(0, 2)")
        for rules, (size, scheme) in zip((EVERY_RULE, RULES_OF_DRESS), DRESSES[language], strict=True):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            self.findings += [f"{name} {size['width']} {scheme} {found}" for found in page.evaluate(FINDINGS, rules)]
        if language == "en":
            self.findings += [f"{name} unmarked: {text}" for text in page.evaluate(UNMARKED)]


@pytest.fixture
def looking(visitor: Visitors) -> Iterator[Callable[..., Looking]]:
    """Makes somebody who looks; in the end nothing may have been found, and the browser may not have complained."""
    made: list[Looking] = []

    def make(**settings: object) -> Looking:
        # Transitions would show colours that are on their way.
        made.append(Looking(visitor(reduced_motion="reduce", **settings), []))
        return made[-1]

    yield make
    for one in made:
        # The answer 4xx or 5xx of a page that is to be looked at is reported by the browser itself.
        one.findings += [text for text in one.one.complaints if not re.search(r"status of [45]", text)]
        assert one.findings == []


@pytest.fixture(scope="module")
def codes(site: Site) -> dict[str, str]:
    """A verification code for each status that a report can have."""
    expected = json.loads((site.service.settings.var_dir / "demo" / "expected.json").read_text(encoding="utf-8"))
    uscc = expected["showcase"]["individual"]["uscc"]
    issued = {
        state: issue_report(site.service, IssueRequest(uscc, "3", "commerce", "a test"), NOON).content
        for state in ("VALID", "EXPIRED", "REVOKED", "SUPERSEDED")
    }
    with site.service.sessions.begin() as store:
        for state, content in issued.items():
            row = store.get_one(CreditReport, content.number)
            if state == "EXPIRED":
                row.valid_until = NOON.date().replace(month=1)
            elif state != "VALID":
                row.status = state
            if state == "SUPERSEDED":
                row.superseded_by = issued["VALID"].number
    return {state: content.verification_code for state, content in issued.items()}


def test_pages_for_everybody(looking: Callable[..., Looking], codes: dict[str, str]) -> None:
    one = looking()
    one.at("/", "/guide", "/guide?q=%E5%8D%AB%E7%94%9F", "/verify", "/verify?code=ABCD", "/sign-in", "/staff/sign-in")
    one.at("/api/docs")
    one.at("/nowhere", "/v/0000-0000", "/v/00000000000000000000", *(f"/v/{code}" for code in codes.values()))


def test_pages_of_a_business(looking: Callable[..., Looking], site: Site) -> None:
    one = looking()
    visitor, page = one.one, one.one.page
    visitor.sign_in("individual")
    visitor.ask(3, "commerce")
    page.locator("svg.qr").wait_for()
    report = page.url.removeprefix(site.url)
    one.at("/", report, f"{report}/code", "/businesses", "/handlers", "/account/sessions", "/precheck", "/staff")
    one.at("/notices", "/branches")
    for language in ("zh", "en"):
        visitor.open(f"/precheck?lang={language}")
        page.check("input[name=years][value='3']")
        page.locator("main form button").first.click()
        page.locator(".known").first.wait_for()
        one.here(f"pre-check {language}")


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_refusal_and_a_request_that_waits(looking: Callable[..., Looking], locale: str) -> None:
    one = looking(locale=locale)
    page = one.one.page
    one.one.sign_in("quarantined")
    one.one.ask(3, "commerce")
    page.locator(".refusal").wait_for()
    one.here(f"refusal {locale}")
    page.locator("form[action$='/requests'] button").click()
    page.wait_for_load_state()
    one.here(f"waiting {locale}")


def test_pages_of_staff(looking: Callable[..., Looking], site: Site) -> None:
    one = looking()
    cookie, account = staff_cookie(site)
    one.one.page.context.add_cookies([{"name": "creditreport", "value": cookie, "url": site.url}])
    one.at("/staff", "/staff/people", f"/staff/people/{account}", "/staff/programs", "/staff/limits", "/precheck")
    one.at("/staff/audit", "/staff/numbers")


def staff_cookie(site: Site) -> tuple[str, int]:
    """The cookie of an administrator who has signed in, and the account."""
    with site.service.sessions.begin() as store:
        account = store.scalar(select(Account).where(Account.issuer == LOCAL, Account.subject == "axe"))
        if account is None:
            account = Account(issuer=LOCAL, subject="axe", kind=Kind.STAFF, display_name="示例管理员", created_at=NOON)
            store.add(account)
            store.flush()
            for role in (Role.ADMIN, Role.CREDIT_OFFICER, Role.AUDITOR):
                store.add(RoleGrant(account_id=account.id, role=role, domain="", granted_by="test", granted_at=NOON))
        token = sessions.begin(store, account, "test", NOON, acting_for=None)
    app = Flask("cookie")
    app.secret_key = site.service.settings.secret_key
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})), account.id
