"""Keys alone: from the sign-in to the report and back out, with the focus always to be seen; rare pages by axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from creditreport.accounts.apiclients import add_client
from creditreport.notices.mail import opt_out_token
from tests.conftest import NOON
from tests.journeys.conftest import Site, Visitor
from tests.journeys.test_axe import Looking, staff_cookie

Visitors = Callable[..., Visitor]
SEEN = """() => {
  const on = document.activeElement, styles = [on, on.closest('.choice')].filter(Boolean).map(getComputedStyle);
  return styles.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0);
}"""


def tab_to(one: Visitor, selector: str) -> None:
    """Press Tab until the element has the focus; at each stop one must see where one is."""
    for _ in range(60):
        one.page.keyboard.press("Tab")
        assert one.page.evaluate(SEEN), one.page.evaluate("document.activeElement.outerHTML")
        if one.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


def test_from_the_sign_in_to_the_report_by_keys_alone(visitor: Visitors) -> None:
    one = visitor()
    one.open("/sign-in?demo=clean")
    tab_to(one, "main form button")
    one.page.keyboard.press("Enter")
    one.page.locator("#new").wait_for()
    tab_to(one, "input[name=years]")
    one.page.keyboard.press("ArrowLeft")
    tab_to(one, "input[name=purpose]")
    one.page.keyboard.press("Space")
    tab_to(one, "form[action='/reports'] button.btn-primary")
    one.page.keyboard.press("Enter")
    one.page.locator("svg.qr").first.wait_for()
    assert "近两年" in one.text()
    tab_to(one, "form[action='/sign-out'] button")
    one.page.keyboard.press("Enter")
    one.page.locator("main a[href='/sign-in']").first.wait_for()
    assert one.complaints == []


def test_the_page_that_ends_mails(visitor: Visitors, site: Site) -> None:
    one = visitor(reduced_motion="reduce")
    looking = Looking(one, [])
    looking.at(f"/notices/opt-out/{opt_out_token(site.service.settings, 1, 'a@example.org')}")
    assert looking.findings == one.complaints == []


def test_the_page_of_a_program(visitor: Visitors, site: Site) -> None:
    secret = add_client(site.service.sessions, "示例招标平台", ["verify"], 60, date(2027, 6, 30), "test", NOON)
    one = visitor(reduced_motion="reduce")
    one.page.context.add_cookies([{"name": "creditreport", "value": staff_cookie(site)[0], "url": site.url}])
    looking = Looking(one, [])
    looking.at(f"/staff/programs/{secret.split('_')[1]}")
    assert looking.findings == one.complaints == []
