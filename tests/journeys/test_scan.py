"""A scan on a telephone: the first screen tells it all, in both languages; keys alone; a code as people type it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from creditreport.accounts.demo import showcase_accounts
from creditreport.reports.content import grouped
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.request import IssueRequest
from creditreport.verification.codes import Mistyped, read_code
from tests.conftest import NOON
from tests.journeys.conftest import Site, Visitor
from tests.journeys.test_axe import Looking, staff_cookie
from tests.journeys.test_issue_and_verify import scanned
from tests.journeys.test_keyboard import tab_to

Visitors = Callable[..., Visitor]
PHONE = {"width": 360, "height": 640}
# What a person compares with the paper, and what tells one site from another.
FIRST_SCREEN = (".verdict .symbol", "h1", ".scan-facts", ".scan-site .host", ".scan-site")


@pytest.fixture(scope="module")
def issued(site: Site) -> IssuedReport:
    """A report that lists many records, of a business with a name of the usual length."""
    var_dir = site.service.settings.var_dir
    account = next(
        one for one in showcase_accounts(var_dir / "demo" / "expected.json") if one.username == "many_records"
    )
    return issue_report(site.service, IssueRequest(account.uscc, "3", "commerce", "test"), NOON)


@pytest.mark.parametrize(
    ("locale", "word", "says", "scheme"),
    [
        ("zh-CN", "有效", ("查询期间", "出具时间", "有效期至", "条记录", "45 个领域", "地址栏的域名应为"), "light"),
        (
            "en-GB",
            "Valid",
            ("Period", "Issued", "Valid until", "recorded", "45 fields", "The address bar must"),
            "dark",
        ),
    ],
)
def test_the_first_screen_tells_it_all(
    visitor: Visitors, site: Site, issued: IssuedReport, tmp_path: Path,
    locale: str, word: str, says: tuple[str, ...], scheme: str,
) -> None:  # fmt: skip
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(issued.pdf)
    one = visitor(locale=locale, viewport=PHONE, color_scheme=scheme, java_script_enabled=False)
    one.page.goto(scanned(pdf, tmp_path))
    assert one.page.locator("h1").inner_text() == word
    seen = one.page.locator(".scan").inner_text()
    assert issued.content.subject.name in seen
    assert site.service.settings.official_domain in seen
    assert [text for text in says if text not in seen] == []
    for selector in FIRST_SCREEN:
        box = one.page.locator(selector).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"], f"{selector} is below the first screen"
        assert box["x"] + box["width"] <= PHONE["width"]
    # One request beside what is kept: the page itself, never more than 50 KB.
    pages = [url for url in one.requested if "/static/" not in url]
    assert pages == [f"{site.url}/v/{issued.content.verification_code}"]


def test_by_keys_alone_from_the_code_to_the_records_and_on(visitor: Visitors, site: Site, issued: IssuedReport) -> None:
    one = visitor(viewport=PHONE)
    one.open("/verify")
    tab_to(one, "#code")
    code = issued.content.verification_code
    wrong = ("X" if code[7] != "X" else "Y").join((code[:7], code[8:]))
    one.page.keyboard.type(wrong.lower())
    one.page.keyboard.press("Enter")
    assert "校验位" in one.page.locator("#code-said").inner_text()
    assert [url for url in one.requested if "code=" in url] == [], "a mistyped code never leaves the browser"
    one.page.keyboard.press("Control+a")
    line = f"核验码：{grouped(code).lower().replace('0', 'o')}（扫码核验）"
    one.page.keyboard.insert_text(line)
    one.page.keyboard.press("Enter")
    one.page.locator(".scan").wait_for()
    assert one.page.locator("h1").inner_text() == "有效"
    tab_to(one, "table.told a")
    one.page.keyboard.press("Enter")
    assert "#in-" in one.page.url
    tab_to(one, "a[rel=next]")
    one.page.keyboard.press("Enter")
    one.page.wait_for_url(re.compile(r"page=2"))
    assert one.page.locator("article.record").first.is_visible()
    assert one.page.locator("table.told").count() == 0
    tab_to(one, "a[href*='/verify/suspicion']")
    one.page.keyboard.press("Enter")
    one.page.locator("#said").wait_for()
    assert one.page.input_value("#code") == code
    tab_to(one, "input[name=kind]")
    one.page.keyboard.press("Space")
    tab_to(one, "#said")
    one.page.keyboard.type("纸上写未查见")
    tab_to(one, "main form button")
    one.page.keyboard.press("Enter")
    one.page.locator("h1:has-text('举报已收到')").wait_for()
    assert one.complaints == []


TYPED = {
    "０１２３-4567-89ab-cdef-ghjy": "",
    "O123 4567 89AB CDEF GHJY": "",
    "https://credit.example.gov.cn/v/0123456789ABCDEFGHJY?x#y": "",
    "Verification code 0123–4567–89AB–CDEF–GHJY, page 1": "",
    "0123-4567-89AB-CDEF-GHJ": "19",
    "0123-4567-89AB-CDEF-GHU0": "“U”",
    "1023-4567-89AB-CDEF-GHJY": "校验位",
}


def test_the_browser_reads_a_code_as_the_server_does(visitor: Visitors) -> None:
    one = visitor()
    one.open("/verify")
    for typed, wrong in TYPED.items():
        one.page.fill("#code", typed)
        one.page.locator("#code").blur()
        said = one.page.locator("#code-said").inner_text()
        assert (wrong in said and bool(said)) if wrong else not said, typed
        assert isinstance(read_code(typed), Mistyped) == bool(wrong), "the server says the same"


def test_the_pages_around_it_by_axe(visitor: Visitors, site: Site, issued: IssuedReport) -> None:
    one = visitor(reduced_motion="reduce")
    looking = Looking(one, [])
    looking.at("/verify/suspicion", f"/v/{issued.content.verification_code}?page=2")
    one.page.context.add_cookies([{"name": "creditreport", "value": staff_cookie(site)[0], "url": site.url}])
    looking.at("/staff/reports", f"/staff/reports/{issued.content.number}", "/staff/suspicions")
    assert looking.findings == one.complaints == []
