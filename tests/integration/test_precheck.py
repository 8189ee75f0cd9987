"""The pre-check with every part real: what a business is told about itself, and what nobody is."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.errors import Problem
from creditreport.precheck.precheck import PreCheckRequest, pre_check
from creditreport.precheck.result import PreCheck
from creditreport.precheck.sentences import Way
from creditreport.reports.models import CreditReport, ReportNumber, SourceAnswer
from creditreport.service import Service
from tests.integration.asking import Sync, ask, count
from tests.integration.city import City, make_code


def check(service: Service, uscc: str, **changes: Any) -> PreCheck:
    return pre_check(service, PreCheckRequest(uscc, "test:张某", **changes), service.clock.now())


def told(found: PreCheck) -> list[tuple[str, str | None]]:
    return [(one.printed.record_id, one.reason.value if one.reason else None) for one in found.records]


def test_every_record_is_told_listed_ones_first(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(3, "W", code, types="警告")
    city.penalty(7, "L1", code, decided="2025-06-01", facts="法定代表人张某，电话13912345678。")
    city.penalty(7, "L2", code, decided="2026-01-05")
    city.penalty(9, "R", code)
    city.repaired("r1", code, "盐罚〔2025〕R号")
    city.penalty(5, "L3", code)
    city.penalty(5, "STRANGER", make_code(9))
    sync()

    found = check(service, code, years="2")
    assert told(found) == [("L3", None), ("L2", None), ("L1", None), ("W", "WARNING_ONLY"), ("R", "REPAIRED")]
    assert (found.complete, found.listed, found.years) == (True, 3, 2)
    by_id = {one.printed.record_id: one for one in found.records}
    assert by_id["L1"].responsible_unit == "单位7"
    assert by_id["L1"].years == (2, 3)
    assert by_id["L1"].changes[0].way is Way.REPAIR
    assert by_id["L1"].changes[0].unit == "单位7"
    assert by_id["L1"].printed.facts == "法定代表人张某，电话139******78。"
    assert by_id["R"].basis == service.ruleset.basis_of(by_id["R"].reason)  # type: ignore[arg-type]
    assert all(one.certain for one in found.records)
    assert "13912345678" not in json.dumps(found.as_json(), ensure_ascii=False)


def test_it_tells_what_the_report_then_lists(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司", previous=make_code(77))
    city.penalty(3, "A", make_code(77))
    city.penalty(4, "B", code, decided="2020-01-01")
    city.penalty(5, "C", code, number="盐罚〔2025〕A号", authority="单位3")
    sync()
    found = check(service, code)
    issued = ask(service, code)
    listed = {(d.slug, r.record_id) for d in issued.content.domains for r in d.records}
    assert {(one.domain, one.printed.record_id) for one in found.records if one.listed} == listed
    assert dict(told(found)) == {"A": None, "B": "OUTSIDE_WINDOW", "C": "DUPLICATE"}
    (elsewhere,) = next(one for one in found.records if one.printed.record_id == "C").changes
    assert "第 3 领域“领域3”" in elsewhere.zh


def test_nothing_is_issued_or_reserved_and_one_entry_is_kept(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "L1", code)
    sync()
    check(service, code)
    assert [count(service, table) for table in (CreditReport, ReportNumber, SourceAnswer)] == [0, 0, 0]
    with service.reading() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "precheck.made"))
    assert (entry.actor, entry.subject) == ("test:张某", f"business:{code}")
    assert entry.detail == {"years": 3, "complete": True, "missing": []}


@pytest.mark.parametrize("kind", ["penalty", "other"])
def test_what_must_not_be_told_cannot_be_told_from_the_rest(
    city: City, service: Service, sync: Sync, kind: str
) -> None:
    # What an earlier step excludes, another kind, is sealed all the same.
    manifest = city.domains_dir / "08_field_08.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"penalty"', f'"{kind}"'), encoding="utf-8")
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "L1", code)
    sync()
    before = check(service, code).as_json()
    city.penalty(8, "SECRET", code, sealed="是")
    city.penalty(9, "STRANGER", make_code(9))
    assert check(service, code).as_json() == before


def test_a_decision_that_a_sealed_one_supersedes_is_not_told_either(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "L1", code)
    sync()
    before = check(service, code).as_json()
    city.penalty(8, "FIRST", code)
    city.penalty(8, "SECRET", code, supersedes="盐罚〔2025〕FIRST号", sealed="是")
    assert check(service, code).as_json() == before
    # Superseded by one that is shown, it is told, and by which.
    city.run("UPDATE field_08 SET sealed = '否'")
    after = check(service, code)
    assert ("FIRST", "SUPERSEDED") in told(after)
    first = next(one for one in after.records if one.printed.record_id == "FIRST")
    assert "盐罚〔2025〕SECRET号" in first.changes[0].zh


def test_nothing_rests_on_what_must_not_be_told(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "L1", code)
    # Dated by a sealed decision, and repaired for one: neither is listed, and neither may say why.
    city.penalty(8, "OLD", code, decided="2019-01-04", sealed="是")
    city.penalty(8, "AMENDED", code, supersedes="盐罚〔2025〕OLD号")
    city.penalty(9, "MENDED", code, sealed="是", repair="已修复")
    city.penalty(9, "FOLLOWS", code, supersedes="盐罚〔2025〕MENDED号")
    # Superseded twice, by one that is shown and then by a sealed one: the former is named.
    city.penalty(10, "A", code)
    city.penalty(10, "B", code, supersedes="盐罚〔2025〕A号")
    city.penalty(10, "C", code, supersedes="盐罚〔2025〕B号", sealed="是")
    sync()
    found = check(service, code)
    assert told(found) == [("L1", None), ("A", "SUPERSEDED")]
    assert "盐罚〔2025〕B号" in found.records[1].changes[0].zh
    listed = {r.record_id for d in ask(service, code).content.domains for r in d.records}
    assert listed == {"L1"}


def test_a_silent_source_is_named_and_the_others_are_shown_with_care(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "L1", code)
    city.penalty(8, "GONE", code)
    city.repaired("r1", code, "盐罚〔2025〕GONE号")
    sync()
    city.run("DROP TABLE field_08")
    found = check(service, code)
    # The repair of the lost record is no fault of the overlay's.
    assert [(gap.slug, gap.status.value, gap.responsible_unit) for gap in found.gaps] == [
        ("field_08", "unavailable", "单位8")
    ]
    assert told(found) == [("L1", None)]
    assert found.records[0].certain
    answer = found.as_json()
    assert (answer["complete"], answer["listed"]) == (False, None)
    city.run("DROP TABLE repairs")
    again = check(service, code)
    assert [gap.slug for gap in again.gaps] == ["field_08", "repairs"]
    assert not again.records[0].certain


def test_a_row_that_awaits_a_person_is_said_without_the_row(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "L1", code)
    city.penalty(8, "UNCLEAR", code, decided="2025-13-45", facts="不应出现")
    sync()
    found = check(service, code)
    (gap,) = found.gaps
    assert (gap.slug, gap.as_json()["status"]) == ("field_08", "incomplete")
    assert "待工作人员核定" in gap.as_json()["zh"]
    assert "UNCLEAR" not in json.dumps(found.as_json())
    assert "不应出现" not in str(found)


def test_a_chain_that_cannot_be_screened_leaves_the_other_fields(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "L1", code)
    city.penalty(8, "A", code, supersedes="盐罚〔2025〕B号")
    city.penalty(8, "B", code, supersedes="盐罚〔2025〕A号")
    sync()
    found = check(service, code)
    assert [gap.slug for gap in found.gaps] == ["field_08"]
    assert told(found) == [("L1", None)]


def test_while_what_seals_records_is_silent_none_is_shown(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "L1", code)
    overlay = city.domains_dir / "overlays" / "repairs.toml"
    text = overlay.read_text(encoding="utf-8").replace('repairs"', 'sealings"', 1)
    text = text.replace('table = "repairs"', 'table = "sealings"')
    text = (
        text.split("[fields]")[0] + '[fields]\nuscc = "code"\ndocument_number = "number"\nsealed = { value = true }\n'
    )
    (overlay.parent / "sealings.toml").write_text(text, encoding="utf-8")
    city.run("CREATE TABLE sealings (id, code, number)")
    sync()
    assert told(check(service, code)) == [("L1", None)]
    city.run("DROP TABLE sealings")
    found = check(service, code)
    assert (found.withheld, found.records, found.complete) == (True, (), False)


@pytest.mark.parametrize(("changes", "code"), [({"years": "4"}, "INVALID_YEARS"), ({"years": "x"}, "INVALID_YEARS")])
def test_a_wrong_request(city: City, service: Service, sync: Sync, changes: dict[str, Any], code: str) -> None:
    uscc = city.business(1, "盐城甲有限公司")
    sync()
    with pytest.raises(Problem) as raised:
        check(service, uscc, **changes)
    assert raised.value.code == code


def test_who_cannot_apply_is_told_so(city: City, service: Service, sync: Sync) -> None:
    gone = city.business(1, "盐城甲有限公司", status="注销")
    sync()
    for uscc, code in [(gone, "ENTITY_NOT_ELIGIBLE"), (make_code(8), "UNKNOWN_ENTITY")]:
        with pytest.raises(Problem) as raised:
            check(service, uscc)
        assert raised.value.code == code


def test_another_day_moves_the_window(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "LATE", code, decided="2026-11-21")
    sync()
    (late,) = check(service, code).records
    (change,) = late.changes
    assert (late.listed, change.way, change.on) == (False, Way.WINDOW_ENTERED, date(2026, 11, 24))
