"""Issuing, with every part real: sources, rules, pages, key, store."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime

import pytest
from sqlalchemy import select

from creditreport.clock import SHANGHAI
from creditreport.config import load_settings
from creditreport.errors import Problem
from creditreport.reports.archive import content_of, find_report, own_report, own_reports
from creditreport.reports.editions import stored_edition
from creditreport.reports.models import ReportDecision, SourceAnswer
from creditreport.service import Service
from tests.integration.asking import Sync, ask, audited, numbers, register_id
from tests.integration.city import City, make_code

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)


def test_a_report_is_stored_whole(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A1", code, facts="法定代表人张某，电话13912345678。")
    city.penalty(7, "A2", code, types="警告")
    city.penalty(9, "A3", code, disputed="是")
    sync()

    issued = ask(service, code)

    with service.reading() as session:
        report = find_report(session, issued.number)
        pdf = stored_edition(session, issued.number).pdf
        answers = session.scalars(select(SourceAnswer)).all()
        decisions = session.scalars(select(ReportDecision).order_by(ReportDecision.position)).all()
    assert pdf == issued.pdf
    assert report.pdf_sha256 == hashlib.sha256(pdf).hexdigest()
    assert report.content_sha256 == hashlib.sha256(report.content.encode()).hexdigest()
    assert content_of(report) == issued.content
    assert (report.listed, report.status, report.requested_by) == (2, "ISSUED", "test:张某")
    assert (report.window_start, report.window_end) == (date(2023, 11, 20), date(2026, 11, 20))
    assert (report.issued_at, report.valid_until) == (NOON, date(2026, 12, 21))
    assert report.signer_fingerprint == service.signer.fingerprint
    assert len(answers) == 46
    assert {(row.role, row.status) for row in answers} == {("domain", "complete"), ("overlay", "complete")}
    assert [(row.domain, row.record_id, row.listed, row.reason) for row in decisions] == [
        ("field_07", "A1", True, None),
        ("field_07", "A2", False, "WARNING_ONLY"),
        ("field_09", "A3", True, None),
    ]
    assert json.loads(decisions[1].record)["penalty_types"] == ["warning"]
    assert numbers(service) == [("issued", None)]
    assert [(entry[0], entry[1], entry[2]) for entry in audited(service)] == [
        ("test:张某", "report.issued", f"report:{issued.number}")
    ]
    by_slug = {domain.slug: domain for domain in issued.content.domains}
    assert len(by_slug) == 45
    assert by_slug["field_07"].records[0].facts == "法定代表人张某，电话139******78。"
    assert by_slug["field_09"].records[0].disputed
    assert "test:张某" not in report.content  # the handler is recorded, not printed


def test_the_json_is_that_of_the_contract(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A1", code)
    sync()
    issued = ask(service, code)
    told = issued.as_json("F.pdf")
    assert told["verification_code"] == "-".join(
        issued.content.verification_code[at : at + 4] for at in range(0, 20, 4)
    )
    assert told["window"] == {"start": "2023-11-20", "end": "2026-11-20"}
    assert (told["years"], told["ruleset"], told["listed"]) == (3, "yancheng-2024", 1)
    assert (told["issued_at"], told["valid_until"]) == ("2026-11-21T12:00:00+08:00", "2026-12-21")
    assert told["domains"][6] == {
        "slug": "field_07", "status": "complete", "listed": 1, "data_as_of": "2026-11-20T23:00:00+08:00",
    }  # fmt: skip
    assert told["pdf"] == {"path": "F.pdf", "sha256": hashlib.sha256(issued.pdf).hexdigest(), "bytes": len(issued.pdf)}


def test_nothing_of_an_excluded_record_is_in_the_content(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    excluded = {
        "X01": {"sealed": "是"},
        "X02": {"types": "警告"},
        "X03": {"effect": "撤销"},
        "X04": {"repair": "已修复"},
        "X05": {"decided": "2020-01-01"},
    }
    for record, columns in excluded.items():
        city.penalty(3, record, code, **columns)
    city.penalty(3, "X06", code)
    city.repaired("r1", code, "盐罚[2025]X06号")  # other brackets, the same number
    city.penalty(3, "SEEN", code)
    sync()
    issued = ask(service, code)
    text = issued.content.to_json()
    assert issued.content.listed == 1
    assert "SEEN" in text
    assert [record for record in (*excluded, "X06") if record in text] == []
    with service.reading() as session:
        reasons = {row.record_id: row.reason for row in session.scalars(select(ReportDecision))}
    assert reasons == {
        "X01": "SEALED", "X02": "WARNING_ONLY", "X03": "REVOKED", "X04": "REPAIRED", "X05": "OUTSIDE_WINDOW",
        "X06": "REPAIRED", "SEEN": None,
    }  # fmt: skip


def test_records_under_a_replaced_code_count(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司", previous=make_code(77))
    city.penalty(3, "OLD", make_code(77))
    city.penalty(3, "OTHER", make_code(78))
    sync()
    issued = ask(service, make_code(77))
    assert issued.content.subject.uscc == code
    assert [record.record_id for domain in issued.content.domains for record in domain.records] == ["OLD"]


def test_a_field_before_its_date_is_not_yet_implemented(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    manifest = city.domains_dir / "05_field_05.toml"
    manifest.write_text(manifest.read_text().replace("2024-09-01", "2027-01-01"))
    city.run("DROP TABLE field_05")  # it is not even asked
    sync()
    issued = ask(service, code)
    assert issued.content.domains[4].status == "not_implemented"
    assert issued.content.domains[4].data_as_of is None
    assert len(issued.content.implemented) == 44


def test_another_day_is_for_drills_only(city: City, service: Service, sync: Sync, environment: dict[str, str]) -> None:
    code = city.business(1, "盐城甲有限公司")
    sync()
    issued = ask(service, code, on=date(2026, 11, 23))
    assert issued.content.issued_at == datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
    assert issued.number[6:14] == "20261123"
    production = {name: value for name, value in environment.items() if name != "CREDITREPORT_CLOCK"}
    real = Service(load_settings(production | {"CREDITREPORT_ENV": "production"}), service.clock)
    with pytest.raises(Problem) as raised:
        ask(real, code, on=date(2026, 11, 20))
    assert raised.value.code == "BACKDATING_REFUSED"


def test_a_business_sees_its_own_reports_only(city: City, service: Service, sync: Sync) -> None:
    mine, other = city.business(1, "盐城甲有限公司"), city.business(2, "盐城乙有限公司")
    sync()
    first, theirs = ask(service, mine, years="1"), ask(service, other)
    later = ask(service, mine, on=date(2026, 11, 23))
    after_first = datetime(2026, 12, 22, 0, 0, tzinfo=SHANGHAI)
    with service.reading() as session:
        mine_now = own_reports(session, register_id(service, mine), after_first)
        assert [(one.number, one.state) for one in mine_now] == [(later.number, "VALID"), (first.number, "EXPIRED")]
        last_minute = datetime(2026, 12, 21, 23, 59, tzinfo=SHANGHAI)
        assert own_report(session, register_id(service, mine), first.number, last_minute).state == "VALID"
        assert stored_edition(session, first.number).pdf == first.pdf
        with pytest.raises(Problem) as raised:
            own_report(session, register_id(service, mine), theirs.number, NOON)
        assert raised.value.code == "UNKNOWN_REPORT"
