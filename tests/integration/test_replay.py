"""Replay with every part real: identical years later, whatever is changed outside; every tampering is shown."""

from __future__ import annotations

import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from creditreport.cli import main
from creditreport.clock import SHANGHAI, FixedClock
from creditreport.config import load_settings
from creditreport.db import Base
from creditreport.errors import Problem
from creditreport.replay.again import Replayed, replay
from creditreport.reports.editions import make_edition
from creditreport.reports.models import (
    CatalogVersion,
    CreditReport,
    ReportDecision,
    ReportNumber,
    ReportPdf,
    SourceAnswer,
)
from creditreport.rules.models import RuleSetVersion
from creditreport.service import Service
from tests.integration.asking import Sync, ask
from tests.integration.city import City, make_code


def a_report(city: City, service: Service, sync: Sync) -> str:
    """A report with listed, repaired, superseded and sealed records, a replaced code, a field not in force."""
    manifest = city.domains_dir / "44_field_44.toml"
    manifest.write_text(manifest.read_text().replace("2024-09-01", "2027-01-01"))
    code = city.business(1, "盐城甲有限公司", previous=make_code(77))
    city.penalty(7, "A1", code, facts="电话13912345678。", amount="2000.55")
    city.penalty(7, "A2", code, types="警告")
    city.penalty(3, "OLD", make_code(77))
    city.penalty(8, "R1", code)
    city.repaired("r1", code, "盐罚[2025]R1号")
    city.penalty(9, "C1", code)
    city.penalty(9, "C2", code, supersedes="盐罚〔2025〕C1号", effect="变更")
    city.penalty(5, "S1", code, sealed="是")
    sync()
    return ask(service, code).number


def test_identical_when_nothing_of_the_day_is_left(
    city: City, service: Service, sync: Sync, environment: dict[str, str]
) -> None:
    number = a_report(city, service, sync)
    first = replay(service, number)
    assert first.as_json() == {
        "number": number,
        "content_identical": True,
        "decisions_identical": True,
        "pre_signature_identical": True,
        "renderer": first.as_json()["renderer"],
        "editions": [
            {"language": "zh", "pre_signature_identical": True, "renderer": first.as_json()["renderer"]},
        ],
        "differences": [],
    }
    make_edition(service, number, "both", "test", service.clock.now())
    # Two years on: sources gone, fields renamed, renumbered and re-dated, the business with another name.
    for path in city.domains_dir.glob("[0-9]*.toml"):
        text = path.read_text(encoding="utf-8").replace("2024-09-01", "2028-01-01").replace("领域", "新领域")
        path.write_text(text.replace("单位", "新单位"), encoding="utf-8")
    for field in range(1, 46):
        city.run(f"DROP TABLE field_{field:02d}")
    city.run("UPDATE register SET name = '盐城丙有限公司'")
    later = Service(load_settings(environment), FixedClock(datetime(2028, 11, 21, 9, tzinfo=SHANGHAI)))
    later.fonts = service.fonts
    again = replay(later, number)
    later.close()
    assert again.differences == ()
    assert [(one.language, one.identical) for one in again.editions] == [("zh", True), ("both", True)]


def test_another_renderer_cannot_be_compared_and_is_no_difference(city: City, service: Service, sync: Sync) -> None:
    number = a_report(city, service, sync)
    with service.sessions.begin() as session:
        session.execute(update(CreditReport).values(renderer="0-old"))
    found = replay(service, number)
    assert (found.pre_signature_identical, found.same) == (None, True)
    assert found.as_json()["renderer"]["stored"] == "0-old"


def _content(old: str, new: str, text: str) -> dict[str, Any]:
    changed = text.replace(old, new)
    assert changed != text
    return {"content": changed, "content_sha256": sha256(changed.encode()).hexdigest()}


def test_every_tampering_is_shown_or_named(city: City, service: Service, sync: Sync) -> None:
    number = a_report(city, service, sync)
    with service.reading() as session:
        report = session.get_one(CreditReport, number)
        text, pdf = report.content, session.get_one(ReportPdf, number).pdf
        records = session.get_one(SourceAnswer, (number, "field_07")).records
        entries = session.get_one(SourceAnswer, (number, "repairs")).entries
        kept = session.get_one(CatalogVersion, report.catalog_digest).content
        rules = session.get_one(RuleSetVersion, report.ruleset_digest).content
    seven = (SourceAnswer.number == number) & (SourceAnswer.slug == "field_07")
    overlay = SourceAnswer.slug == "repairs"
    shown: list[tuple[type[Base], Any, dict[str, Any], str]] = [
        # Both the content and its digest: what was stored of the sources still tells.
        (CreditReport, True, _content("2000.55", "1.00", text), "domains[field_07].records[A1].fine_yuan"),
        (CreditReport, True, {"content": text.replace("2000.55", "1.00")}, "content_sha256"),
        (CreditReport, True, {"content": text + " "}, "content (text)"),
        (CreditReport, True, _content("领域7", "领域七", text), "domains[field_07].title"),
        (CreditReport, True, {"listed": 0}, "credit_report.listed"),
        (CreditReport, True, {"years": 2}, "years"),
        (CreditReport, True, {"entity_name": "盐城乙有限公司"}, "subject.name"),
        (CreditReport, True, {"previous_codes": "[]"}, "decisions[OLD].listed"),
        (CreditReport, True, {"valid_until": date(2027, 12, 21)}, "credit_report.valid_until"),
        (SourceAnswer, seven, {"records": "[]"}, "decisions"),
        (SourceAnswer, seven, {"records": records.replace('"fine"', '"warning"')}, "domains[field_07].records[A1]"),
        (SourceAnswer, overlay, {"entries": "[]"}, "domains[field_08].records[R1]"),
        (ReportDecision, ReportDecision.record_id == "A2", {"reason": "SEALED"}, "decisions[A2].reason"),
        (ReportPdf, True, {"pdf": pdf[:-1] + b"\0"}, "editions[zh].pdf_sha256"),
        (CreditReport, True, {"rendered_sha256": "0" * 64}, "editions[zh].rendered_sha256"),
    ]
    named: list[tuple[type[Base], Any, dict[str, Any], str]] = [
        (CreditReport, True, {"content": "{"}, "STORED_REPORT_DAMAGED"),
        (CreditReport, True, {"content": text[:-1] + ',"colour":1}'}, "STORED_REPORT_DAMAGED"),
        (CreditReport, True, {"previous_codes": "{}"}, "STORED_REPORT_DAMAGED"),
        (CreditReport, True, {"ruleset_digest": "0" * 64}, "RULESET_NOT_STORED"),
        (CreditReport, True, {"catalog_digest": "0" * 64}, "STORED_REPORT_DAMAGED"),
        (SourceAnswer, seven, {"records": '[{"colour": 1}]'}, "STORED_REPORT_DAMAGED"),
        (SourceAnswer, seven, {"records": "["}, "STORED_REPORT_DAMAGED"),
        (SourceAnswer, seven, {"slug": "field_99"}, "STORED_REPORT_DAMAGED"),
        (SourceAnswer, seven, {"records": records.replace("field_07", "field_98")}, "STORED_REPORT_DAMAGED"),
        (SourceAnswer, overlay, {"entries": entries.replace("R1号", "R9号")}, "STORED_REPORT_DAMAGED"),
        (SourceAnswer, overlay, {"entries": '[{"colour": 1}]'}, "STORED_REPORT_DAMAGED"),
        (ReportDecision, True, {"record": "{"}, "STORED_REPORT_DAMAGED"),
        (CatalogVersion, True, {"content": kept.replace("领域7", "领域七")}, "STORED_REPORT_DAMAGED"),
        (RuleSetVersion, True, {"content": rules.replace("三", "二")}, "RULESET_NOT_STORED"),
    ]
    for table, where, values, path in shown:
        found = _tampered(service, number, table, where, values)
        assert isinstance(found, Replayed), (values, found)
        assert any(one.path.startswith(path) for one in found.differences), (path, found.differences)
        assert not found.same
    for table, where, values, code in named:
        problem = _tampered(service, number, table, where, values)
        assert isinstance(problem, Problem), (values, problem)
        assert problem.code == code, (values, problem)
        assert problem.zh != problem.en
    assert replay(service, number).same


def test_a_file_put_in_place_of_the_signed_one_is_shown(city: City, service: Service, sync: Sync) -> None:
    number = a_report(city, service, sync)
    with service.sessions.begin() as session:
        other = session.get_one(ReportPdf, number).pdf.replace(b"%PDF-1.7", b"%PDF-1.6", 1)
        session.execute(update(ReportPdf).values(pdf=other))
        session.execute(update(CreditReport).values(pdf_sha256=sha256(other).hexdigest()))
    found = replay(service, number)
    assert [one.path for one in found.differences] == ["editions[zh].pdf"]
    assert found.pre_signature_identical is False


def _tampered(
    service: Service, number: str, table: type[Base], where: Any, values: dict[str, Any]
) -> Replayed | Problem:
    """The replay with the rows changed; they are put back afterwards by rolling back."""
    session = service.sessions()
    condition = where if where is not True else table.__table__.primary_key.columns.values()[0].is_not(None)
    before = session.execute(select(table.__table__).where(condition)).mappings().all()
    session.execute(update(table).where(condition).values(**values), execution_options={"synchronize_session": False})
    session.commit()
    try:
        return replay(service, number)
    except Problem as problem:
        return problem
    finally:
        keys = [column.name for column in table.__table__.primary_key.columns]
        for row in before:
            same = [table.__table__.c[key] == values.get(key, row[key]) for key in keys]
            session.execute(update(table).where(*same).values(**row), execution_options={"synchronize_session": False})
        session.commit()
        session.close()


def test_numbers_without_a_report(city: City, service: Service, sync: Sync) -> None:
    number = a_report(city, service, sync)
    row = {"area": "320900", "day": date(2026, 11, 21), "reserved_at": service.clock.now()}
    with service.sessions.begin() as session:
        for at, status in enumerate(["reserved", "abandoned"], start=90):
            session.add(
                ReportNumber(
                    number=f"X{at}",
                    verification_code=f"C{at}",
                    sequence=at,
                    status=status,
                    reason="MISSING_GLYPH",
                    **row,
                )
            )
    for wanted, code, said in [
        ("320900202611219999999", "UNKNOWN_REPORT", "没有编号"),
        ("X90", "NUMBER_NOT_ISSUED", "正在办理"),
        ("X91", "NUMBER_NOT_ISSUED", "MISSING_GLYPH"),
    ]:
        with pytest.raises(Problem) as raised:
            replay(service, wanted)
        assert raised.value.code == code
        assert said in raised.value.zh
    with service.sessions.begin() as session:
        session.execute(ReportPdf.__table__.delete())
    with pytest.raises(Problem, match="file is not there"):
        replay(service, number)


def test_a_report_from_before_the_catalogue_was_kept(city: City, service: Service, sync: Sync) -> None:
    number = a_report(city, service, sync)
    with service.sessions.begin() as session:
        session.execute(update(CreditReport).values(catalog_digest=None))
    assert replay(service, number).same


def test_the_command(
    city: City, service: Service, sync: Sync, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = a_report(city, service, sync)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CREDITREPORT_LANG", "en")
    done = CliRunner().invoke(main, ["replay", number, "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["differences"] == []
    said = CliRunner().invoke(main, ["replay", number])
    assert "content: identical" in said.stdout
    with service.sessions.begin() as session:
        session.execute(update(CreditReport).values(listed=0))
    done = CliRunner().invoke(main, ["replay", number, "--json"])
    assert (done.exit_code, json.loads(done.stdout)["differences"]) == (
        1,
        [{"path": "credit_report.listed", "stored": 0, "replayed": 3}],
    )
    unknown = CliRunner().invoke(main, ["replay", "1", "--json"])
    assert (unknown.exit_code, json.loads(unknown.stdout)["error"]["code"]) == (1, "UNKNOWN_REPORT")
