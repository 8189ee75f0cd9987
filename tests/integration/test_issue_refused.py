"""Refusing to issue: by name, with nothing stored as issued and every number accounted for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from creditreport.config import load_settings
from creditreport.reports.models import ReportNumber
from creditreport.service import Service
from tests.integration.asking import Sync, ask, audited, numbers, refused
from tests.integration.city import City, make_code


@pytest.mark.parametrize(
    ("statement", "error", "domains"),
    [
        ("DROP TABLE field_07", "SOURCE_UNAVAILABLE", ["field_07"]),
        ("ALTER TABLE field_07 ADD COLUMN surprise", "SOURCE_INCOMPLETE", ["field_07"]),
        ("UPDATE watermark SET at = '2026-11-18 10:00' WHERE field > 43", "SOURCE_STALE", ["field_44", "field_45"]),
        ("DROP TABLE repairs", "SOURCE_UNAVAILABLE", ["repairs"]),
        ("UPDATE field_07 SET types = '没听说过'", "SOURCE_INCOMPLETE", ["field_07"]),
        ("UPDATE field_07 SET supersedes = number", "SOURCE_INCOMPLETE", ["field_07"]),
        ("UPDATE repairs SET number = 'nobody'", "SOURCE_INCOMPLETE", ["repairs"]),
    ],
)  # fmt: skip
def test_a_source_that_does_not_answer_fully_stops_the_report(
    city: City, service: Service, sync: Sync, statement: str, error: str, domains: list[str]
) -> None:
    code, other = city.business(1, "盐城甲有限公司"), city.business(2, "盐城乙有限公司")
    city.penalty(7, "A1", code)
    city.penalty(8, "A2", code)
    city.repaired("r1", code, "盐罚〔2025〕A2号")
    sync()
    city.run(statement)
    problem = refused(service, code)
    assert (problem.code, problem.shown["domains"], problem.kind.http_status) == (error, domains, 503)
    title = "信用修复" if domains == ["repairs"] else f"领域{int(domains[0][-2:])}"
    assert title in problem.zh
    assert numbers(service) == []
    assert audited(service) == [
        ("test:张某", "report.refused", f"business:{code}", {"code": error, "domains": domains})
    ]
    if "UPDATE field" in statement or "UPDATE repairs" in statement:
        # One bad row never stops a city.
        assert ask(service, other).content.listed == 0


def test_the_gravest_refusal_is_told(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A1", code, types="没听说过")
    sync()
    city.run("UPDATE watermark SET at = '2026-11-18 10:00:00' WHERE field = 9")
    assert refused(service, code).shown["domains"] == ["field_09"]
    city.run("DROP TABLE field_11")
    problem = refused(service, code)
    assert (problem.code, problem.shown["domains"]) == ("SOURCE_UNAVAILABLE", ["field_11"])


WRONG_REQUESTS: list[tuple[dict[str, Any], str, int]] = [
    ({"years": "4"}, "INVALID_YEARS", 2),
    ({"years": "0"}, "INVALID_YEARS", 2),
    ({"years": "-1"}, "INVALID_YEARS", 2),
    ({"years": "abc"}, "INVALID_YEARS", 2),
    ({"years": "9" * 5000}, "INVALID_YEARS", 2),
    ({"purpose": "holiday"}, "INVALID_PURPOSE", 2),
    ({"uscc": make_code(99)}, "UNKNOWN_ENTITY", 1),
    ({"uscc": make_code(1)[:17]}, "INVALID_USCC", 1),
    ({"uscc": make_code(2)}, "ENTITY_NOT_ELIGIBLE", 1),
    ({"uscc": make_code(3)}, "ENTITY_NOT_ELIGIBLE", 1),
    ({"uscc": make_code(4)}, "DUPLICATE_USCC", 1),
    ({"on": date(2024, 8, 31)}, "RULESET_NOT_EFFECTIVE", 1),
]


def test_a_wrong_request_is_refused(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.business(2, "盐城某协会", type="社会团体")
    city.business(3, "盐城丙有限公司", status="注销")
    city.business(4, "盐城丁有限公司")
    city.business(5, "盐城戊有限公司", code=make_code(4))
    sync()
    for changes, error, exit_status in WRONG_REQUESTS:
        problem = refused(service, **({"uscc": code} | changes))
        assert (problem.code, problem.kind.exit_status) == (error, exit_status), changes
    assert numbers(service) == []


def test_a_character_without_a_glyph_leaves_the_number_abandoned(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城\U0001f9ffA有限公司")
    sync()
    problem = refused(service, code)
    assert problem.code == "MISSING_GLYPH"
    assert numbers(service) == [("abandoned", "MISSING_GLYPH")]


def test_a_signature_that_cannot_be_made_leaves_the_number_abandoned(city: City, service: Service, sync: Sync) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.run("UPDATE watermark SET at = '2090-11-20 23:00:00'")
    sync()
    # The certificate has long expired on that day.
    problem = refused(service, code, on=date(2090, 11, 21))
    assert problem.code == "SIGNING_UNAVAILABLE"
    assert numbers(service) == [("abandoned", "SIGNING_UNAVAILABLE")]


def test_a_key_that_cannot_be_read_costs_no_number(
    city: City, service: Service, sync: Sync, environment: dict[str, str]
) -> None:
    code = city.business(1, "盐城甲有限公司")
    sync()
    wrong = Service(load_settings(environment | {"CREDITREPORT_SIGNING_PASSPHRASE": "wrong"}), service.clock)
    wrong.fonts = service.fonts
    assert refused(wrong, code).code == "SIGNING_UNAVAILABLE"
    assert numbers(service) == []
    wrong.engine.dispose()


def test_a_number_lost_on_the_way_stores_nothing(
    city: City, service: Service, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = city.business(1, "盐城甲有限公司")
    sync()
    real = service.signer.sign

    def slow(pdf: bytes, **place: Any) -> bytes:
        # Meanwhile a clerk's clean-up has given the number up.
        with service.sessions.begin() as session:
            for row in session.scalars(select(ReportNumber)):
                row.status, row.reason = "abandoned", "process ended"
        return real(pdf, **place)

    monkeypatch.setattr(service.signer, "sign", slow)
    assert refused(service, code).code == "NUMBER_LOST"
    assert numbers(service) == [("abandoned", "process ended")]
