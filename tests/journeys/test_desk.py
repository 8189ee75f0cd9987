"""The staff's desk in a real browser: by keyboard, several cases at once, and every new page by axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.objections.correction_models import RecordCorrection
from creditreport.objections.handling import accept_case, return_case
from creditreport.reports.fonts import FontSet
from tests.casework import Office, open_office
from tests.conftest import NOON
from tests.journeys.conftest import Site
from tests.journeys.test_axe import Looking
from tests.journeys.test_objections_cases import Visitors, officer, press


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("desk"), signing_settings, fonts) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(office: Office) -> Site:
    return office.site


def test_several_are_accepted_at_once_and_one_that_moved_keeps_no_other_back(office: Office, visitor: Visitors) -> None:
    cases = [mine.file().case_id for mine in (office.desk.mine(), office.desk.mine(), office.desk.mine())]
    one = officer(office, visitor, office.desk.credit)
    for box in one.page.locator("input[name=chosen]").all():
        box.check()
    accept_case(office.service, cases[1], 2, office.desk.other, NOON)  # a colleague meanwhile
    press(one, "受理所选")
    assert "已受理 2 件" in one.text()
    assert "信用办乙" in one.text()
    one.open("/staff")
    assert one.page.locator("input[name=chosen]").count() == 0


def test_a_case_is_found_by_its_document_number_with_keys_alone(office: Office, visitor: Visitors) -> None:
    mine = office.desk.mine()
    case_id = mine.file().case_id
    one = officer(office, visitor, office.desk.credit)
    page = one.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(12):  # from the top of the content to the search in a few steps
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type(f"盐罚[2025]{mine.record}号")  # brackets as they are on this keyboard
    with page.expect_navigation():
        page.keyboard.press("Enter")
    found = page.locator("table.sheet tbody tr")
    assert found.count() == 1
    assert found.locator(f"a[href='/staff/cases/{case_id}']").count() == 1


def test_a_correction_that_its_source_questions_is_decided_about(office: Office, visitor: Visitors) -> None:
    mine = office.desk.mine()
    mine.decide(mine.answered(), "withdraw")
    with office.service.sessions.begin() as store:
        row = store.scalars(select(RecordCorrection)).one()
        row.disagrees_since = NOON
    one = officer(office, visitor, office.desk.credit)
    one.page.get_by_role("link", name="1 条更正与来源不一致").click()
    one.page.get_by_label("理由").fill("来源的更改不影响结论。")
    with office.service.sessions.begin() as store:
        store.get_one(RecordCorrection, row.id).version += 1  # a colleague, or the job, meanwhile
    press(one, "保留更正")
    assert one.page.get_by_role("alert").count() == 1
    one.page.get_by_label("理由").fill("来源的更改不影响结论。")
    press(one, "撤销更正，以来源为准")
    assert "没有有疑问的更正" in one.text()
    assert mine.issue().content.listed == 1


def test_the_new_pages_by_axe(office: Office, visitor: Visitors) -> None:
    answered, returned = office.desk.mine(), office.desk.mine()
    decided, waits = answered.answered(), returned.file().case_id
    return_case(office.service, waits, returned.version(waits), "请补正。", office.desk.credit, NOON)
    place = office.desk.codes.index(answered.code) + 1
    office.desk.city.penalty(8, "Q", "9132", name=f"盐城第{place}示例有限公司")
    with pytest.raises(Problem):
        answered.issue()
    one = Looking(visitor(reduced_motion="reduce"), [])
    office.sign_in(one.one, office.desk.credit.account_id, "/staff")
    one.at("/staff", "/staff/cases", f"/staff/cases/{decided}", "/staff/data?state=WAITING", "/staff/data/rows/1")
    one.at("/staff/corrections")
    office.sign_in(one.one, office.account_of(returned.code), "/objections")
    one.at("/objections", f"/objections/{waits}", "/objections/new")
    assert [*one.findings, *one.one.complaints] == []
    # On a phone nothing is wider than the screen.
    phone = visitor(viewport={"width": 360, "height": 740})
    office.sign_in(phone, office.desk.credit.account_id, "/staff")
    wide = {}
    for path in ("/staff", "/staff/cases", f"/staff/cases/{decided}", "/staff/data", "/staff/data/rows/1"):
        phone.open(path)
        if phone.width() > 360:
            wide[path] = phone.width()
    assert wide == {}
