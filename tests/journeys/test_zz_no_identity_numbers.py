"""Identity and telephone numbers are never kept: no column is meant for them, none is in the store after all journeys.

Named so that it runs after the other journeys, which share the store; it also runs alone, over reports of its own.
"""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import String, Text, select
from sqlalchemy.types import JSON
from stdnum.cn import ric, uscc

from creditreport.db import Base
from creditreport.precheck.precheck import PreCheckRequest, pre_check
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from tests.conftest import NOON

# Standing alone: not the middle of a digest, a report number or a code.
ALONE = r"(?<![0-9A-Za-z])(?:{})(?![0-9A-Za-z])"
EIGHTEEN = re.compile(ALONE.format(r"[1-9]\d{16}[\dXx]"))
MOBILE = re.compile(ALONE.format(r"1[3-9]\d{9}"))
FORBIDDEN = re.compile(r"id_?card|identity_number|id_number|passport|mobile|telephone|phone|birth|gender|address$")


def numbers_in(text: str) -> set[str]:
    """Identity numbers (by their own check digit; a right unified code is none) and mobile numbers."""
    found = {one for one in EIGHTEEN.findall(text) if ric.is_valid(one) and not uscc.is_valid(one)}
    return found | set(MOBILE.findall(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("11010519491231002X", True),
        ('{"phone": "13800138000"}', True),
        ("91320900MA1MTK4J0X", False),
        ("320900202611210000017", False),
        ("e513800138000af", False),
    ],
)
def test_the_guard_bites(text: str, found: bool) -> None:
    assert bool(numbers_in(text)) is found


def test_no_column_is_meant_for_them() -> None:
    columns = [f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns]
    assert len(columns) > 150
    assert [name for name in columns if FORBIDDEN.search(name)] == []


def test_none_is_in_the_store(demo_service: Service) -> None:
    expected = json.loads((demo_service.settings.var_dir / "demo" / "expected.json").read_text(encoding="utf-8"))
    for key in ("individual", "busiest"):
        code = expected["showcase"][key]["uscc"]
        issue_report(demo_service, IssueRequest(code, "3", "commerce", "a test"), NOON)
        pre_check(demo_service, PreCheckRequest(code, "a test", "3"), NOON)
    kept: dict[str, set[str]] = {}
    looked = 0
    with demo_service.reading() as store:
        for table in Base.metadata.sorted_tables:
            texts = [column for column in table.columns if isinstance(column.type, String | Text | JSON)]
            for row in store.execute(select(*texts)) if texts else ():
                looked += 1
                for column, value in zip(texts, row, strict=True):
                    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                    if found := numbers_in(text):
                        kept.setdefault(f"{table.name}.{column.name}", set()).update(found)
    assert looked > 500
    assert kept == {}
