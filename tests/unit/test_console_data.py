"""The data desk: what staff see of sources, rows that two persons settle, uploads, numbers; each unit its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select

from creditreport.accounts.models import LOCAL, Account, Kind, Role, RoleGrant
from creditreport.audit.models import AuditEntry
from creditreport.config import Settings
from creditreport.db import make_engine, make_sessions
from creditreport.entities.models import CodeConflict, EntityRow
from creditreport.errors import Problem
from creditreport.quarantine.models import QuarantineRow, SourceTrouble
from creditreport.quarantine.troubles import note_troubles
from creditreport.reports.fonts import FontSet
from creditreport.reports.issue import issue_report
from creditreport.reports.models import ReportNumber
from creditreport.reports.numbers import abandon_number, reserve_number
from creditreport.reports.request import IssueRequest
from creditreport.violations.answer import Answer, AnswerStatus
from tests.conftest import NOON
from tests.integration.uploads import declare
from tests.portal import Portal, get, make_portal, post
from tests.publicity import row, write
from tests.roles import Knocking
from tests.stores import make_store


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("desk")
    made = make_portal(folder, signing_settings, fonts)
    declare(made.city, folder / "health")
    write(folder / "health" / "wjw_sgs_20261120.csv", [row(9)])
    del made.service.catalog
    yield made
    made.service.engine.dispose()


@pytest.fixture(scope="module")
def knocking(house: Portal) -> Knocking:
    made = Knocking(house)
    with house.service.sessions.begin() as store:
        for name, role, domain in (("second", Role.CREDIT_OFFICER, ""), ("health", Role.DEPARTMENT_OFFICER, "health")):
            account = Account(issuer=LOCAL, subject=name, kind=Kind.STAFF, display_name=f"同事{name}", created_at=NOON)
            store.add(account)
            store.flush()
            grant = RoleGrant(account_id=account.id, role=role, domain=domain, granted_by="test", granted_at=NOON)
            store.add(grant)
            made.accounts[name] = account.id
    return made


def row_of(house: Portal, slug: str) -> int:
    with house.service.reading() as store:
        query = select(QuarantineRow.id).where(QuarantineRow.slug == slug).order_by(QuarantineRow.id.desc())
        return store.scalars(query).first() or 0


def test_a_source_that_stopped_reports_is_seen_with_its_reason_until_it_answers(
    house: Portal, knocking: Knocking
) -> None:
    credit = knocking("credit_officer")
    house.issue(house.mine)
    assert "有故障" not in get(credit, "/staff/data").text
    house.city.run("ALTER TABLE field_05 RENAME TO gone")
    for _ in range(2):
        with pytest.raises(Problem, match="did not answer"):
            house.issue(house.mine)
    assert "有故障" in get(credit, "/staff/data").text
    assert "领域5<" not in get(credit, "/staff/data?state=GOOD").text
    page = get(credit, "/staff/data/sources/field_05").text
    assert "没有应答" in page
    assert "当日 2 次" in page
    assert "现在不可用" in post(credit, "/staff/data/sources/field_05/ask", {}).text
    house.city.run("ALTER TABLE gone RENAME TO field_05")
    assert "现在可用" in post(credit, "/staff/data/sources/field_05/ask", {}).text
    issue_report(house.service, IssueRequest(house.mine, "3", "finance", "test"), NOON + timedelta(hours=1))
    assert "有故障" not in get(credit, "/staff/data").text
    assert "此后已正常答复" in get(credit, "/staff/data/sources/field_05").text


def test_a_row_is_dismissed_by_two_persons_and_the_report_can_be_issued(house: Portal, knocking: Knocking) -> None:
    house.city.penalty(8, "Q1", "9132", name="盐城甲示例有限公司")
    with pytest.raises(Problem, match="could not be settled"):
        house.issue(house.mine)
    place = f"/staff/data/rows/{row_of(house, 'field_08')}"
    first, second = knocking("credit_officer"), knocking("second")
    assert "盐罚〔2025〕Q1号" in get(first, place).text
    assert get(knocking("department_officer"), place).status_code == 403  # of field 20
    assert "领域8" not in get(knocking("department_officer"), "/staff/data/rows").text
    assert post(first, f"{place}/dismiss", {"reason": " "}).status_code == 422
    assert post(first, f"{place}/dismiss", {"reason": "不是本市的决定"}).status_code == 303
    again = post(first, f"{place}/dismiss", {"reason": "再确认"})
    assert (again.status_code, "须由另一人确认" in again.text) == (409, True)
    assert "不是本市的决定" in get(second, place).text
    assert post(second, f"{place}/dismiss", {"reason": "属实"}).status_code == 303
    assert "已排除" in get(second, place).text
    assert house.issue(house.mine).content.listed == 0
    with house.service.reading() as store:
        deeds = store.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("quarantine."))).all()
    assert deeds == ["quarantine.dismissal_proposed", "quarantine.dismissed"]


def test_a_row_is_corrected_by_what_was_changed_or_mapped_to_a_business(house: Portal, knocking: Knocking) -> None:
    house.city.penalty(9, "Q2", house.other, decided="2025-13-01")
    house.city.penalty(10, "Q3", "9132", name="盐城乙示例有限公司")
    with pytest.raises(Problem):
        house.issue(house.other)
    credit = knocking("credit_officer")
    wrong, unclear = (f"/staff/data/rows/{row_of(house, slug)}" for slug in ("field_09", "field_10"))
    told = get(credit, wrong).text
    assert 'value="2025-13-01"' in told
    still = post(credit, f"{wrong}/correct", {"cell:decided": "2025-14-01", "cell:name": ""})
    assert (still.status_code, 'value="2025-14-01"' in still.text) == (422, True)  # what was typed stays typed
    assert post(credit, f"{wrong}/correct", {"cell:decided": "2025-12-01", "cell:name": ""}).status_code == 303
    assert post(credit, f"{unclear}/map", {"uscc": "91320900MA0000009X"}).status_code == 422
    assert post(credit, f"{unclear}/map", {"uscc": house.other.lower()}).status_code == 303
    listed = [one for one in house.issue(house.other).content.domains if one.records]
    assert [(one.slug, one.records[0].decided_on) for one in listed] == [
        ("field_09", date(2025, 12, 1)), ("field_10", date(2025, 6, 1))
    ]  # fmt: skip
    with house.service.reading() as store:
        entry = store.scalars(select(AuditEntry).where(AuditEntry.action == "quarantine.corrected")).one()
    assert entry.detail["columns"] == ["decided"]


def test_a_form_is_uploaded_and_its_wrong_rows_come_back(house: Portal, knocking: Knocking, tmp_path: Path) -> None:
    unit = knocking("health")
    rows = [row(11), row(12, CF_JDRQ="2026-13-1")]
    file = write(tmp_path / "九月.xlsx", rows).read_bytes()
    path = "/staff/data/uploads"
    sent = post(unit, path, {"slug": "health", "file": (BytesIO(file), "../九月.xlsx")})
    assert "接受 1，退回 1，略过 0" in sent.text
    assert "逾期" in sent.text  # ten working days after the decision
    place = f"{path}/1/rejections"
    assert place in sent.text
    back = get(unit, place)
    assert "attachment" in back.headers["Content-Disposition"]
    cells = list(load_workbook(BytesIO(back.data)).active.values)
    assert [line[0] for line in cells[1:]] == ["盐城样例12有限公司"]
    again = post(unit, path, {"slug": "health", "file": (BytesIO(file), "again.xlsx")})
    assert "以前已导入" in again.text
    # What is no form is refused on the page, and another unit sees neither the upload nor its rows.
    assert "没有导入" in post(unit, path, {"slug": "health", "file": (BytesIO(b"a,b\n1,2\n"), "x.csv")}).text
    assert post(unit, path, {"slug": "health"}).status_code == 422
    stranger = knocking("department_officer")
    assert post(stranger, path, {"slug": "health", "file": (BytesIO(file), "x.xlsx")}).status_code == 403
    assert "九月" not in get(stranger, path).text
    assert get(stranger, place).status_code == 403
    assert re.search(r"最长 \d+ 个工作日", get(knocking("auditor"), "/staff/data").text)
    assert list((house.service.settings.var_dir / "uploads").iterdir()) == []


def test_a_number_that_nobody_accounts_for_is_seen(house: Portal, knocking: Knocking) -> None:
    auditor, service = knocking("auditor"), house.service
    house.issue(house.mine)
    given_up, lost, issued = (reserve_number(service.sessions, "320900", NOON, service.draw_code) for _ in range(3))
    abandon_number(service.sessions, given_up.number, "MISSING_GLYPH", NOON)
    page = get(auditor, "/staff/data/numbers").text
    assert "全部对得上" in page
    assert "MISSING_GLYPH 1" in page
    with service.sessions.begin() as store:
        sequence = store.get_one(ReportNumber, lost.number).sequence
        store.execute(delete(ReportNumber).where(ReportNumber.number == lost.number))
    page = get(auditor, "/staff/data/numbers?day=2026-11-21").text
    assert "1 天的编号对不上" in page
    assert f'<span class="num">{sequence}</span>' in page
    assert given_up.number in page
    assert issued.number in page
    assert get(auditor, "/staff/data/numbers?day=x").status_code == 422


def test_codes_held_twice_are_told_with_their_month(house: Portal, knocking: Knocking) -> None:
    with house.service.sessions.begin() as store:
        ids = list(store.scalars(select(EntityRow.register_id)))
        found = NOON - timedelta(days=40)
        store.add(CodeConflict(uscc=house.mine, holders=ids, found_at=found, due_on=date(2026, 10, 31)))
    page = get(knocking("credit_officer"), "/staff/data/codes").text
    assert "盐城乙示例有限公司" in page
    assert "已逾期" in page
    assert get(knocking("department_officer"), "/staff/data/codes").status_code == 403
    with house.service.sessions.begin() as store:
        store.execute(delete(CodeConflict))


def test_troubles_are_counted_by_the_day_on_both_stores(database_url: str) -> None:
    make_store(database_url)
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    bad = [Answer(slug, AnswerStatus.STALE, NOON, NOON, problem=slug) for slug in ("b", "a")]
    good = [Answer("c", AnswerStatus.COMPLETE, NOON, NOON), Answer("d", AnswerStatus.NOT_IMPLEMENTED, NOON, NOON)]
    for hours in (0, 1, 13):  # the third is the next day
        note_troubles(sessions, [*bad, *good], NOON + timedelta(hours=hours))
        note_troubles(sessions, good, NOON + timedelta(hours=hours))
    note_troubles(sessions, bad[:1], NOON + timedelta(hours=14))
    with sessions() as session:
        told = [(one.slug, one.status, one.times) for one in session.scalars(select(SourceTrouble))]
    engine.dispose()
    assert sorted(told) == [("a", "stale", 1), ("b", "stale", 2)]
