"""A business gets its report; whoever receives it verifies it: by scan, by typing, by file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.journeys.conftest import Site, Visitor

Visitors = Callable[..., Visitor]


def scanned(pdf: Path, folder: Path) -> str:
    """What a phone reads on the printed first page."""
    subprocess.run(["pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-png", pdf, folder / "page"], check=True)
    picture = next(folder.glob("page*.png"))
    found = subprocess.run(["zbarimg", "-q", "--raw", picture], check=True, capture_output=True, text=True)
    return found.stdout.strip()


def test_from_sign_in_to_the_scan(visitor: Visitors, site: Site, tmp_path: Path) -> None:
    business = visitor(accept_downloads=True)
    business.open("/")
    business.page.click("main a.btn-primary")
    business.page.click("a[href*='demo=clean']")
    business.page.locator("main form button").click()
    business.ask(3, "commerce")
    business.page.locator("svg.qr").wait_for()
    pdf = business.download(tmp_path)
    assert pdf.read_bytes().startswith(b"%PDF-")

    receiver = visitor()
    address = scanned(pdf, tmp_path)
    assert address.startswith(f"{site.url}/v/")
    receiver.page.goto(address)
    said = receiver.text()
    assert receiver.page.locator("h1").inner_text() == "有效"
    assert "2026年12月21日" in said
    assert "未查见记录" in said
    assert receiver.page.locator("table.told tbody tr").count() == 45
    assert receiver.complaints == business.complaints == []


def test_the_code_as_people_type_it(visitor: Visitors) -> None:
    business = visitor()
    business.sign_in("many_records")
    business.ask(2, "finance")
    code = business.page.locator("p.code").inner_text()

    receiver = visitor()
    receiver.open("/verify")
    receiver.page.fill("#code", code.lower().replace("-", "  "))
    receiver.page.locator("form[action='/verify'] button").first.click()
    assert receiver.page.locator("h1").inner_text() == "有效"
    receiver.page.locator("table.told a").first.click()
    assert receiver.page.locator("article.record").first.is_visible()
    assert "#in-" in receiver.page.url

    wrong = ("X" if code[0] != "X" else "Y") + code[1:]
    receiver.open(f"/verify?code={wrong}")
    assert "校验位" in receiver.page.locator("#code-error").inner_text()
    assert receiver.page.input_value("#code") == wrong


def test_the_file_chosen_dropped_and_tampered_with(visitor: Visitors, tmp_path: Path) -> None:
    business = visitor(accept_downloads=True)
    business.sign_in("chains")
    business.ask(1, "administration")
    pdf = business.download(tmp_path)

    receiver = visitor()
    receiver.open("/verify")
    receiver.page.set_input_files("#file", pdf)
    receiver.page.locator("form[data-drop] button").click()
    receiver.page.locator("ol.checks").wait_for()
    assert receiver.page.locator("h1").inner_text() == "有效"
    assert receiver.page.locator("ol.checks li.ok").count() == 5

    receiver.open("/verify")
    carried = receiver.page.evaluate_handle(
        "bytes => { const held = new DataTransfer();"
        " held.items.add(new File([new Uint8Array(bytes)], 'report.pdf', {type: 'application/pdf'})); return held; }",
        list(pdf.read_bytes()),
    )
    receiver.page.dispatch_event(".drop", "drop", {"dataTransfer": carried})
    receiver.page.locator("ol.checks").wait_for()
    assert receiver.page.locator("h1").inner_text() == "有效"

    changed = bytearray(pdf.read_bytes())
    changed[len(changed) // 2] ^= 1
    pdf.write_bytes(changed)
    receiver.open("/verify")
    receiver.page.set_input_files("#file", pdf)
    receiver.page.locator("form[data-drop] button").click()
    receiver.page.locator("ol.checks").wait_for()
    assert receiver.page.locator("h1").inner_text() == "已被改动"
    assert "第 1 步" in receiver.text()
    refused = receiver.page.locator("ol.checks li.bad").all_inner_texts()
    assert any("数字签名完好" in step for step in refused)
    assert any("存档" in step for step in refused)
    assert receiver.page.locator("dl.facts").count() == 0


def test_a_file_of_fifty_megabytes_gets_an_answer(visitor: Visitors, tmp_path: Path) -> None:
    big = tmp_path / "big.pdf"
    big.write_bytes(b"%PDF-1.7\n" + bytes(50 * 1024 * 1024))
    receiver = visitor()
    receiver.open("/verify")
    receiver.page.set_input_files("#file", big)
    receiver.page.locator("form[data-drop] button").click()
    receiver.page.locator(".refusal").wait_for()
    assert "超过 10 MB" in receiver.text()


def test_without_script_and_in_english(visitor: Visitors) -> None:
    business = visitor(java_script_enabled=False, locale="en-GB")
    business.sign_in("long_name")
    business.ask(3, "finance")
    assert business.page.locator("h1").inner_text().startswith("Your report is ready")
    business.page.click("text=See what the receiver will see")
    assert business.page.locator("h1").inner_text() == "Valid"
    business.page.click("header >> text=中文")
    assert business.page.locator("h1").inner_text() == "有效"
    business.open("/verify")
    assert business.page.locator("h1").inner_text() == "核验报告"
