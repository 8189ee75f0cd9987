"""Objections in a real browser: upheld, rejected, completed, withdrawn, repaired; of two officers at once one wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from creditreport.config import Settings
from creditreport.jobs.run import run_due
from creditreport.reports.fonts import FontSet
from tests.casework import Office, open_office
from tests.conftest import NOON
from tests.journeys.conftest import Site, Visitor
from tests.objecting import Clerk, Mine, picture

Visitors = Callable[..., Visitor]
PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("office"), signing_settings, fonts) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(office: Office) -> Site:
    """The visitors of this module come here, not to the demo."""
    return office.site


def press(one: Visitor, name: str) -> None:
    """Press the button with this name, and wait until its answer is there."""
    with one.page.expect_navigation():
        one.page.get_by_role("button", name=name, exact=True).first.click()


def officer(office: Office, visitor: Visitors, clerk: Clerk, path: str = "/staff") -> Visitor:
    one = visitor()
    office.sign_in(one, clerk.account_id, path)
    return one


def owner(office: Office, visitor: Visitors, mine: Mine, path: str, **settings: object) -> Visitor:
    one = visitor(**settings)
    office.sign_in(one, office.account_of(mine.code), path)
    return one


def test_upheld_the_record_is_gone_from_the_new_report_and_the_old_code_says_superseded(
    office: Office, visitor: Visitors
) -> None:
    mine = office.desk.mine()
    report = mine.issue().content
    one = owner(office, visitor, mine, f"/reports/{report.number}", **PHONE)
    one.page.get_by_role("link", name="提出异议").click()
    one.page.get_by_label("不是本主体的记录").check()
    one.page.get_by_label("事实和理由").fill("我公司没有收到过这份决定。")
    one.page.get_by_label("请求").fill("撤下这条记录。")
    one.page.get_by_label("材料").set_input_files({"name": "说明.png", "mimeType": "image/png", "buffer": picture()})
    assert one.width() <= 360
    press(one, "提交")
    assert "已收到" in one.text()
    assert "轮到" not in one.text()
    assert "2026年11月25日" in one.text()  # three working days from a Saturday
    case_id = int(one.page.url.partition("/objections/")[2].partition("?")[0])

    credit = officer(office, visitor, office.desk.credit)
    credit.page.locator(f"a[href='/staff/cases/{case_id}']").first.click()
    assert "我公司没有收到过这份决定。" in credit.text()
    press(credit, "受理")
    press(credit, "发协查函")
    assert "单位7" in credit.page.locator("section[aria-labelledby=course]").inner_text()
    with credit.page.expect_download() as letter:
        credit.page.get_by_role("link", name="协查函 1").click()
    assert letter.value.suggested_filename.endswith(".pdf")

    unit = officer(office, visitor, office.desk.unit)
    unit.page.locator(f"a[href='/staff/cases/{case_id}']").first.click()
    with unit.page.expect_download() as evidence:
        unit.page.get_by_role("link", name="说明.png").click()
    assert evidence.value.path().read_bytes() == picture()
    unit.page.get_by_label("记录有误").check()
    unit.page.get_by_role("link", name="核实有误").click()  # a wording to begin from, without any script
    assert "应当为" in unit.page.get_by_label("说明和依据").input_value()
    unit.page.get_by_label("记录有误").check()
    press(unit, "答复")

    credit.open(f"/staff/cases/{case_id}?reply=uphold")
    credit.page.get_by_label("撤下记录").check()
    press(credit, "先看后果")
    preview = credit.page.locator("#preview").inner_text()
    assert report.number in preview
    assert "被替换并重新出具" in preview
    press(credit, "确认决定")
    assert "已支持" in credit.text()

    run_due(office.service, NOON, 20)
    one.open(f"/objections/{case_id}")
    assert "撤下记录" in one.text()
    one.open("/")
    new = one.page.locator(".history li").first
    assert report.number not in new.inner_text()
    new.locator("a").first.click()
    assert "未查见" in one.text()
    assert one.page.locator("#listed").count() == 0
    one.open(f"/v/{report.verification_code}")
    assert one.page.locator("h1").inner_text().startswith("已被替换")


def test_two_officers_decide_at_once_one_wins_and_the_other_is_told(office: Office, visitor: Visitors) -> None:
    mine = office.desk.mine()
    case_id = mine.answered()
    first = officer(office, visitor, office.desk.credit, f"/staff/cases/{case_id}")
    second = officer(office, visitor, office.desk.other, f"/staff/cases/{case_id}")
    for one, outcome in ((first, "不予支持"), (second, "撤下记录")):
        one.page.get_by_label(outcome).check()
        one.page.get_by_label("理由（告知经营主体）").fill("经核实。")
        press(one, "先看后果")
    press(first, "确认决定")
    press(second, "确认决定")
    told = second.page.get_by_role("alert").inner_text()
    assert "信用办甲" in told
    assert "不予支持" in told
    assert "未支持" in second.page.locator("h1").inner_text()
    # What the business reads: the reasons and how to go on, and not who of the house decided.
    one = owner(office, visitor, mine, f"/objections/{case_id}")
    assert "行政复议" in one.text()
    assert "信用办甲" not in one.text()
    # The same again needs something that was not looked at then.
    one.open(f"/objections/new?domain=field_07&record={mine.record}&kind=amount_wrong")
    one.page.get_by_label("事实和理由").fill("仍有误。")
    one.page.get_by_label("请求").fill("更正。")
    press(one, "提交")
    assert "已存为草稿" in one.page.get_by_role("alert").inner_text()


def test_returned_and_completed(office: Office, visitor: Visitors) -> None:
    mine = office.desk.mine()
    case_id = mine.file().case_id
    credit = officer(office, visitor, office.desk.credit, f"/staff/cases/{case_id}?reply=return-proof")
    press(credit, "退回补正")
    one = owner(office, visitor, mine, "/objections", **PHONE)
    assert "轮到您办理" in one.text()
    one.page.locator(f"a[href='/objections/{case_id}']").click()
    assert "暂停计时" in one.text()
    one.page.get_by_label("补正说明").fill("附上缴款凭证。")
    one.page.locator("#files").set_input_files({"name": "x.txt", "mimeType": "image/png", "buffer": b"no picture"})
    press(one, "补正后提交")
    assert "没有收下" in one.page.get_by_role("alert").inner_text()
    assert one.page.get_by_label("补正说明").input_value() == "附上缴款凭证。"  # what was typed stays typed
    one.page.locator("#files").set_input_files({"name": "凭证.png", "mimeType": "image/png", "buffer": picture()})
    press(one, "补正后提交")
    assert "信用办办理中" in one.text()
    assert "凭证.png" in one.text()
    credit.open(f"/staff/cases/{case_id}")
    assert credit.page.get_by_text("只能一次").count() == 0  # it is returned once only


def test_withdrawn_and_a_draft_that_is_discarded(office: Office, visitor: Visitors) -> None:
    mine = office.desk.mine()
    case_id = mine.file().case_id
    one = owner(office, visitor, mine, f"/objections/{case_id}")
    one.page.locator("summary", has_text="撤回").click()
    press(one, "撤回这一件")
    assert "已撤回" in one.page.locator("h1").inner_text()
    one.open("/objections/new")
    one.page.get_by_label("领域").select_option("field_09")
    one.page.get_by_label("其他").check()
    press(one, "存为草稿")
    assert "草稿" in one.page.locator("h1").inner_text()
    press(one, "不要这份草稿了")
    assert one.page.locator(".history li").count() == 1
    credit = officer(office, visitor, office.desk.credit, f"/staff/cases/{case_id}")
    assert credit.page.locator("#act button").count() == 0


def test_a_repair_request_leads_to_a_report_without_the_record(office: Office, visitor: Visitors) -> None:
    mine = office.desk.mine()
    report = mine.issue().content
    one = owner(office, visitor, mine, f"/reports/{report.number}")
    one.page.get_by_role("link", name="申请信用修复").click()
    one.page.get_by_label("已履行的义务和理由").fill("罚款已缴清。")
    one.page.get_by_label("请求").fill("认定修复完成。")
    one.page.get_by_label("材料").set_input_files({"name": "决定.png", "mimeType": "image/png", "buffer": picture()})
    press(one, "提交")
    case_id = int(one.page.url.partition("/objections/")[2].partition("?")[0])
    credit = officer(office, visitor, office.desk.credit, f"/staff/cases/{case_id}")
    press(credit, "受理")
    press(credit, "发协查函")
    unit = officer(office, visitor, office.desk.unit, f"/staff/cases/{case_id}?reply=answer-right")
    unit.page.get_by_label("记录无误").check()
    press(unit, "答复")
    credit.open(f"/staff/cases/{case_id}?reply=uphold")
    credit.page.get_by_label("标为已修复").check()
    credit.page.get_by_label("修复日期").fill("2026-11-20")
    credit.page.get_by_label("修复决定", exact=True).select_option(label="决定.png")
    press(credit, "先看后果")
    assert "保持有效，标明情况有变" in credit.page.locator("#preview").inner_text()
    press(credit, "确认决定")
    assert "已支持" in credit.text()
    one.open(f"/v/{report.verification_code}")
    assert "情况有变" in one.text()
    assert mine.issue().content.listed == 0
