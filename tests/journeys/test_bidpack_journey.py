"""A tender agency with a pack of reports: from verifying to the signed sheet, on a phone, also without script."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from creditreport import create_app
from creditreport.bidpacks.items import Upload
from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from tests.bidding import Bidding, make_bidding, zipped
from tests.journeys.conftest import Site, Visitor
from tests.journeys.test_axe import Looking
from tests.translated import translate

PHONE = {"width": 360, "height": 740}
Agencies = Callable[..., Visitor]


@pytest.fixture(scope="module")
def bidding(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Bidding]:
    translate()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings = replace(signing_settings, public_url=f"http://127.0.0.1:{port}")
        made = make_bidding(tmp_path_factory.mktemp("bidding"), settings, fonts)
        server = make_server("127.0.0.1", port, create_app(made.service), threaded=True, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()
        server.server_close()
        made.service.close()


@pytest.fixture
def agency(browser: Browser, bidding: Bidding) -> Iterator[Agencies]:
    """Makes visitors of the agency; keywords are Playwright's of a new context."""
    site, contexts = Site(bidding.service.settings.public_url, bidding.service), []

    def make(**settings: object) -> Visitor:
        contexts.append(browser.new_context(**{"locale": "zh-CN", **settings}))
        return Visitor(contexts[-1], site)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def files(bidding: Bidding, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two good reports, one in a ZIP with a changed one, and a letter."""
    folder = tmp_path_factory.mktemp("bids")
    one, other = bidding.issue(1), bidding.issue(2)
    changed = one.pdf[:-300] + bytes([one.pdf[-300] ^ 1]) + one.pdf[-299:]
    contents = {
        "盐城甲公司 专用信用报告.pdf": one.pdf,
        "第二包.zip": zipped(("乙公司/报告.pdf", other.pdf), ("丙公司/报告.pdf", changed)),
        "投标函.docx": zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in contents]


def send(one: Visitor, files: list[Path], expected: str = "") -> None:
    """Fill the form in and send it, and wait for the table, which the page brings by itself."""
    page = one.page
    page.set_input_files("#files", files)
    page.fill("#opening", "2026-12-01")
    page.fill("#project", "盐城市示例工程（二标段）")
    if expected:
        page.locator("details summary").click()
        page.check("input[name=years][value='3']", force=True)
        page.fill("#expected", expected)
    page.locator("form[action='/packs'] button.btn-primary").click()
    page.locator("table.pack").wait_for()


def test_from_the_page_to_verify_to_the_signed_sheet(
    agency: Agencies, bidding: Bidding, files: list[Path], tmp_path: Path
) -> None:
    one = agency(viewport=PHONE)
    one.open("/verify")
    one.page.get_by_role("link", name="核验多份报告").click()
    send(one, files, f"{bidding.business(1)} 甲公司\n{bidding.business(2)}\n{bidding.business(7)}\n")
    told = one.text()
    assert "共 4 项：可用 2 项，须复核 0 项，不可用 2 项。" in told
    assert bidding.business(7) in told
    rows = one.page.locator("table.pack tbody tr")
    assert rows.count() == 4
    assert "是本机关的报告但被改动过" in rows.nth(2).inner_text()
    one.page.get_by_role("link", name="不可用 2").click()
    assert one.page.locator("table.pack tbody tr").count() == 2
    for name, opens in (("下载核验单", b"%PDF-1.7"), ("下载表格", b"PK\x03\x04")):
        with one.page.expect_download() as waiting:
            one.page.get_by_role("link", name=name).click()
        target = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(target)
        assert target.read_bytes().startswith(opens)
        if target.suffix == ".xlsx":
            assert load_workbook(BytesIO(target.read_bytes())).worksheets[0].max_row == 5
        else:
            sheet = target
    # Whoever is handed the sheet: by its code, and by the file.
    one.page.locator("dl.facts a[href^='/v/']").click()
    assert "核验单真实" in one.text()
    one.open("/verify")
    one.page.set_input_files("#file", sheet)
    one.page.locator("form[action='/verify'] button.btn-primary").last.click()
    one.page.locator(".verdict").wait_for()
    assert "逐字节一致" in one.text()
    assert one.complaints == []


def test_without_script_the_page_brings_the_table_by_itself(agency: Agencies, bidding: Bidding) -> None:
    one = agency(viewport=PHONE, java_script_enabled=False, locale="en-GB")
    started = bidding.start(Upload("a.pdf", bidding.issue(3).pdf))
    one.open(f"/packs/{started.token}")
    assert "0 of 1 items are checked." in one.text()
    from creditreport.bidpacks.check import check_pack

    check_pack(bidding.service, started.id, bidding.service.clock.now())
    one.page.locator("table.pack").wait_for()
    assert "Genuine and valid on the opening date." in one.text()


def test_every_page_of_a_pack_by_axe_and_on_a_narrow_phone(
    agency: Agencies, bidding: Bidding, files: list[Path]
) -> None:
    one = agency(reduced_motion="reduce")
    looking, wide = Looking(one, []), []
    waiting = bidding.start(Upload("a.pdf", b"%PDF-1.7"))
    one.open("/packs")
    send(one, files, f"{bidding.business(7)}\n")
    result = one.page.url.removeprefix(one.site.url)
    sheet = one.page.locator("dl.facts a[href^='/v/']").get_attribute("href")
    assert sheet is not None
    for path in (result, sheet):
        looking.at(path)
        one.page.set_viewport_size(PHONE)
        wide += [path] if one.width() > PHONE["width"] else []
    one.open(f"/packs/{waiting.token}?lang=en")
    looking.here("progress")
    # The form with a refusal above it, filled in as it was.
    one.open("/packs?lang=zh")
    one.page.fill("#opening", "2099-12-01")
    one.page.set_input_files("#files", files[:1])
    one.page.fill("#project", "项目")
    one.page.locator("form[action='/packs'] button.btn-primary").click()
    one.page.locator(".notice-bad").wait_for()
    one.page.locator("details summary").click()
    looking.here("refused")
    one.page.set_viewport_size(PHONE)
    wide += ["form"] if one.width() > PHONE["width"] else []
    assert (looking.findings, wide) == ([], [])
