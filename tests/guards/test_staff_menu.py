"""The staff's menu offers each page to exactly those whom the page lets in."""

from __future__ import annotations

from creditreport.console.menu import MENU
from tests.guards.test_routes import GET
from tests.portal import Portal
from tests.roles import STAFF


def test_the_staff_menu_offers_each_page_to_exactly_those_who_may_open_it(portal: Portal) -> None:
    adapter = portal.app.url_map.bind("credit.example.gov.cn")
    opens = {
        adapter.match(path, "GET")[0]: {STAFF[role][0] for role in STAFF if getattr(answers, role) == 200}
        for path, answers in GET.items()
        if path.startswith("/staff") and "{" not in path
    }
    assert {place.endpoint: place.roles for place in MENU} == {place.endpoint: opens[place.endpoint] for place in MENU}
    assert len({place.endpoint for place in MENU}) == len(MENU)
