"""The clock of objections in a real browser: across National Day, into the next year, overdue, from unit to unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.objections.handling import accept_case, refer_case, return_case
from creditreport.objections.jobs import watch_deadlines
from creditreport.reports.fonts import FontSet
from tests.casework import Office, open_office
from tests.conftest import NOON
from tests.journeys.conftest import Site
from tests.journeys.test_objections_cases import PHONE, Visitors, officer, owner, press


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("clock"), signing_settings, fonts) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(office: Office) -> Site:
    return office.site


@pytest.fixture(autouse=True)
def noon_again(office: Office) -> Iterator[None]:
    """Each journey sets the clock; the next begins at noon again."""
    yield
    office.at(NOON)


def test_not_completed_within_ten_working_days_across_national_day_it_lapses(office: Office, visitor: Visitors) -> None:
    filed = datetime(2026, 9, 28, 10, 0, tzinfo=SHANGHAI)
    office.at(filed)
    mine = office.desk.mine()
    case_id = mine.file("other", filed, record_id="").case_id
    return_case(office.service, case_id, mine.version(case_id), "请写明缺少哪条记录。", office.desk.credit, filed)
    # 29 and 30 September, 8 and 9 October, Saturday the 10th which is worked, 12 to 16 October.
    last = datetime(2026, 10, 16, 23, 59, 59, tzinfo=SHANGHAI)
    office.at(last)
    watch_deadlines(office.service, last)
    one = owner(office, visitor, mine, f"/objections/{case_id}", **PHONE)
    assert "2026年10月16日" in one.text()
    assert "今天到期" in one.text()
    assert one.page.get_by_role("button", name="补正后提交").count() == 1
    office.at(last + timedelta(seconds=1))
    watch_deadlines(office.service, last + timedelta(seconds=1))
    one.open(f"/objections/{case_id}")
    assert "已撤回" in one.page.locator("h1").inner_text()
    assert "视为撤回" in one.text()
    assert one.page.get_by_role("button", name="补正后提交").count() == 0


def test_filed_on_the_thirtieth_of_december_it_is_due_in_the_next_year(office: Office, visitor: Visitors) -> None:
    filed = datetime(2026, 12, 30, 16, 30, tzinfo=SHANGHAI)
    office.at(filed)
    mine = office.desk.mine()
    one = owner(office, visitor, mine, "/objections/new")
    one.page.get_by_label("领域").select_option("field_07")
    one.page.get_by_label("其他").check()
    one.page.get_by_label("事实和理由").fill("少了一条已撤销的说明。")
    one.page.get_by_label("请求").fill("补上。")
    press(one, "提交")
    # 31 December, then 4 and 5 January: the first is a holiday, the second and third a weekend.
    assert "2027年1月5日" in one.text()
    assert "剩 3 个工作日" in one.text()
    credit = officer(office, visitor, office.desk.credit)
    assert "2027 年的工作日为估算" in credit.text()


def test_overdue_is_seen_on_the_desk_and_told_to_unit_and_office(office: Office, visitor: Visitors) -> None:
    mine = office.desk.mine()
    case_id = mine.file("other", record_id="").case_id
    accept_case(office.service, case_id, mine.version(case_id), office.desk.credit, NOON)
    refer_case(office.service, case_id, mine.version(case_id), office.desk.credit, NOON)
    late = NOON + timedelta(days=3)  # Tuesday: the unit had until Monday
    office.at(late)
    watch_deadlines(office.service, late)
    watch_deadlines(office.service, late)  # told once
    unit = officer(office, visitor, office.desk.unit)
    assert unit.page.locator("#work").inner_text().endswith("1 件逾期")
    assert "⚠ 已逾期 1 个工作日" in unit.text()
    news = unit.page.locator("section[aria-labelledby=told] li")
    assert [one for one in news.all_inner_texts() if "期限已过" in one] != []
    unit.page.locator(f"section[aria-labelledby=work] a[href='/staff/cases/{case_id}']").click()
    unit.open("/staff")
    assert unit.page.locator("section[aria-labelledby=told]").count() == 0  # read with the case
    credit = officer(office, visitor, office.desk.credit)
    told = credit.page.locator("section[aria-labelledby=told] li").all_inner_texts()
    assert len([one for one in told if "期限已过" in one]) == 1


def test_a_case_goes_from_unit_to_unit_and_is_never_lost(office: Office, visitor: Visitors) -> None:
    mine = office.desk.mine()
    case_id = mine.file("other", record_id="").case_id
    accept_case(office.service, case_id, mine.version(case_id), office.desk.credit, NOON)
    refer_case(office.service, case_id, mine.version(case_id), office.desk.credit, NOON)
    first = officer(office, visitor, office.desk.unit, f"/staff/cases/{case_id}?reply=not-ours")
    press(first, "退回信用办")
    assert first.page.url.endswith("/staff")
    assert first.page.locator(f"a[href='/staff/cases/{case_id}']").count() == 0
    credit = officer(office, visitor, office.desk.credit, f"/staff/cases/{case_id}")
    assert "不是本单位作出" in credit.text()
    credit.page.get_by_label("责任单位", exact=True).select_option("field_09")
    press(credit, "发协查函")
    second = officer(office, visitor, office.desk.unit9)
    assert second.page.locator(f"a[href='/staff/cases/{case_id}']").count() > 0
    # To a third, which has no desk here: the credit office enters its answer, and that is said.
    credit.open(f"/staff/cases/{case_id}?reply=reassign-further")
    credit.page.get_by_label("或写单位全称").fill("盐城某供水公司")
    press(credit, "改派")
    assert "盐城某供水公司" in credit.page.locator("section[aria-labelledby=course]").inner_text()
    assert "代为录入" in credit.text()
    credit.page.get_by_label("记录无误").check()
    credit.page.get_by_label("说明和依据").fill("来函：核实无误。")
    press(credit, "答复")
    course = credit.page.locator("section[aria-labelledby=course]").inner_text()
    moves = ("转交责任单位", "责任单位退回", "改派", "责任单位答复")
    assert [line for line in course.splitlines() if line.startswith(moves)] == [
        "责任单位答复",
        "改派或再次核实 → 盐城某供水公司",
        "转交责任单位 → 单位9",
        "责任单位退回",
        "转交责任单位 → 单位7",
    ]
    second.open(f"/staff/cases/{case_id}")
    assert "没有" in second.text()  # no longer theirs
