"""A newcomer signs in, pre-checks, issues, shows the code, renews, withdraws: on a phone, and without script."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.journeys.conftest import Site, Visitor

Visitors = Callable[..., Visitor]
PHONE = {"width": 360, "height": 740}


def read_off(one: Visitor, folder: Path) -> str:
    """What another phone reads off this one's screen."""
    picture = folder / "screen.png"
    one.page.screenshot(path=picture)
    found = subprocess.run(["zbarimg", "-q", "--raw", picture], check=True, capture_output=True, text=True)
    return found.stdout.strip()


def states(one: Visitor) -> list[str]:
    """The history as the home page tells it, newest first."""
    one.open("/")
    return one.page.locator("ul.history .state").all_inner_texts()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_newcomer_on_a_phone(visitor: Visitors, tmp_path: Path, scheme: str) -> None:
    one, receiver = visitor(viewport=PHONE, color_scheme=scheme), visitor(viewport=PHONE)
    one.open("/")
    one.page.click("main a.btn-primary")
    one.page.click(f"a[href*='demo={'busiest' if scheme == 'light' else 'clean'}']")
    one.page.locator("main form button").click()
    before = len(states(one))
    one.page.check("input[name=years][value='2']")
    one.page.check("input[name=purpose][value=commerce]")
    one.page.click("details.further summary")
    one.page.check("input[name=showing][value=summary]")
    one.page.click("button[formaction='/precheck']")
    would = one.page.locator("p.conclusion").inner_text()
    one.page.click(".go-on button")
    one.page.locator("svg.qr").wait_for()
    listed = one.page.locator(".result-pair dl.facts div:nth-child(4) dd").inner_text()
    assert (listed in would) or (listed == "未查见" and "不会列示任何记录" in would)
    report = one.page.url

    one.page.click("text=全屏出示")
    one.page.locator(".held svg.qr").wait_for()
    assert one.width() == PHONE["width"]
    receiver.page.goto(read_off(one, tmp_path))
    assert receiver.page.locator("h1").inner_text() == "有效"
    assert receiver.page.locator("article.record").count() == 0

    one.open("/")
    one.page.locator("ul.history form button").first.click()
    one.page.locator("svg.qr").wait_for()
    assert one.page.url != report
    assert states(one)[:2] == ["有效", "有效"]
    assert len(states(one)) == before + 2

    one.page.goto(report)
    one.page.click("text=撤回这份报告")
    one.page.check("input[name=sure]")
    one.page.click("form[action$='/withdraw'] button")
    one.page.locator(".state-withdrawn").wait_for()
    assert states(one)[:2] == ["有效", "已自行撤回"]
    receiver.page.reload()
    assert receiver.page.locator("h1").inner_text() == "已撤销"
    assert "由经营主体自行撤回" in receiver.text()
    assert one.complaints == receiver.complaints == []


def test_the_same_without_script_in_english(visitor: Visitors) -> None:
    one = visitor(java_script_enabled=False, locale="en-GB", accept_downloads=True)
    one.sign_in("chains")
    one.page.check("input[name=purpose][value=administration]")
    one.page.click("button[formaction='/precheck']")
    one.page.click(".go-on button")
    one.page.locator("svg.qr").wait_for()
    assert one.page.locator("h1").inner_text().startswith("Your report is ready")
    verdict = one.page.locator("a[href^='/v/']").get_attribute("href")
    assert one.page.locator("#share").get_attribute("value") == f"{one.site.url}{verdict}"
    assert not one.page.locator("button[data-copy]").is_visible()
    one.page.click("text=A verifier sees")
    one.page.check("input[name=showing][value=summary]")
    one.page.click("form[action$='/showing'] button")
    assert "Summary only" in one.page.locator(".manage summary").first.inner_text()
    one.page.click("text=Withdraw this report")
    one.page.check("input[name=sure]")
    one.page.click("form[action$='/withdraw'] button")
    assert "Withdrawn by you" in one.page.locator("h1").inner_text()
    one.page.click("text=Issue again")
    one.page.locator("svg.qr").wait_for()
    assert states(one)[:2] == ["Valid", "Withdrawn by you"]


def test_the_link_is_copied_by_one_click(visitor: Visitors, site: Site) -> None:
    one = visitor(permissions=["clipboard-read", "clipboard-write"])
    one.sign_in("clean")
    one.ask(1, "finance")
    one.page.click("button[data-copy]")
    one.page.locator("button[data-copy]", has_text="已复制").wait_for()
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{site.url}/v/")
    assert copied == one.page.input_value("#share")


@pytest.mark.parametrize("settings", [{"viewport": PHONE}, {"java_script_enabled": False, "locale": "en-GB"}])
def test_a_business_with_branches_gets_all_reports_in_a_zip(
    visitor: Visitors, tmp_path: Path, settings: dict[str, Any]
) -> None:
    one = visitor(accept_downloads=True, **settings)
    one.sign_in("parent")
    before = len(states(one))
    one.page.click("a[href='/branches']")
    assert one.page.locator("ul.family li").count() == 2
    one.page.check("input[name=purpose][value=finance]")
    one.page.locator("form[action='/branches'] button").click()
    one.page.locator(".bundle").wait_for()
    assert not one.page.locator(".asking").is_visible()
    assert one.page.locator(".bundle li").count() == 3
    assert one.width() <= (settings.get("viewport") or {"width": 1280})["width"]
    packed = []
    for name in ("first.zip", "again.zip"):
        with one.page.expect_download() as waiting:
            one.page.locator(".bundle form button").click()
        waiting.value.save_as(tmp_path / name)
        with ZipFile(tmp_path / name) as archive:
            packed.append({member: archive.read(member) for member in archive.namelist() if "cover" not in member})
    assert len(packed[0]) == 3
    assert packed[0] == packed[1]
    assert len(states(one)) == before + 1, "the download makes no further report"
    assert one.complaints == []


def test_a_second_click_makes_no_second_report(visitor: Visitors) -> None:
    one = visitor(java_script_enabled=False)
    one.sign_in("busiest")
    before = len(states(one))
    one.page.check("input[name=purpose][value=finance]")
    one.page.locator("form[action='/reports'] button.btn-primary").dblclick(no_wait_after=True)
    one.page.locator("svg.qr").wait_for()
    assert len(states(one)) == before + 1
