"""Handles find whatever a rule would find, and a row that was kept is the row that came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from creditreport.catalog.manifest import Manifest
from creditreport.demo.codes import registration_number, unified_code
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.violations.concern import Concern, ConcernRule
from creditreport.violations.fingerprint import fingerprint, row_of, row_text
from creditreport.violations.handles import HandleRule, entity_handles

MANIFEST = Manifest.model_validate({
    "slug": "one", "title": "某领域", "title_en": "One", "responsible_unit": "某局", "number": 1, "batch": 1,
    "effective_from": "2024-09-01", "key": ["id"],
    "source": {"driver": "sql", "url": "sqlite:///x", "table": "x", "as_of": {"live": True}},
    "fields": {"uscc": ["code", "tax"], "entity_name": "name"},
    "concerns": {
        "names": ["party"], "organisation_codes": ["org"], "registration_numbers": ["reg"], "tax_numbers": ["taxer"],
    },
})  # fmt: skip


def code(number: int) -> str:
    body = f"91320900MA{number:07d}"
    return body + str(uscc.calc_check_digit(body))


REPLACED = unified_code("91", "320900", 9)
OWN = BusinessEntity(
    "r", code(1), "盐城甲（示例）有限公司", EntityType.COMPANY, RegistrationStatus.ACTIVE,
    previous_codes=(code(2), "91320900MA00000XX1", REPLACED), former_names=("盐城旧名有限公司",),
    registration_number="320900-00012",
)  # fmt: skip
OWN = replace(OWN, sole_numbers=OWN.numbers)
NUMBERED = replace(OWN, registration_number=registration_number("320900", 12))
NUMBERED = replace(NUMBERED, sole_numbers=NUMBERED.numbers)
CODES = [
    code(1), code(2), code(3), "91320900MA00000XX1", "320900-00012", code(1)[8:17], f"320900{code(1)[8:17]}",
    REPLACED[8:17], f"320900{REPLACED[8:17]}", str(NUMBERED.registration_number),
]  # fmt: skip


def masked(text: str, places: set[int]) -> str:
    return "".join("*" if place in places else character for place, character in enumerate(text))


CELLS = st.one_of(
    st.none(),
    st.sampled_from([*CODES, *map(str.lower, CODES), "无", "-", "不详", "９１３２０９００", 913209001.5, 9.1e17]),
    st.builds(masked, st.sampled_from(CODES), st.sets(st.integers(0, 17), max_size=12)),
    st.builds(lambda text: f"{text[:8]}-{text[8:]} ", st.sampled_from(CODES)),
)
NAMES = st.one_of(
    st.none(), st.sampled_from(["盐城甲(示例)有限公司", " 盐城甲（示例） 有限公司", "盐城旧名有限公司", "别人", b"x"])
)
ROWS = st.fixed_dictionaries(
    {"id": st.just("1"), "code": CELLS, "tax": CELLS, "org": CELLS, "reg": CELLS, "taxer": CELLS, "name": NAMES,
     "party": NAMES}
)  # fmt: skip
EMPTY = {"id": "1", "code": None, "tax": None, "org": None, "reg": None, "taxer": None, "name": None, "party": None}


@given(ROWS, st.sampled_from([OWN, NUMBERED]))
@example({**EMPTY, "code": code(3), "tax": "91320900MA00000XX1"}, OWN)
@example({**EMPTY, "reg": NUMBERED.registration_number}, NUMBERED)
@example({**EMPTY, "taxer": f"320900{REPLACED[8:17]}"}, NUMBERED)
def test_a_row_that_may_concern_a_business_shares_a_handle_with_it(row: dict[str, Any], own: BusinessEntity) -> None:
    codes, others = entity_handles(own)
    handles = HandleRule(MANIFEST).of(row)
    found = handles.code in codes or bool(others & set(handles.others))
    assert found or ConcernRule(MANIFEST, own).of(row).concern is Concern.NOT


def test_a_row_of_another_business_is_not_even_looked_at() -> None:
    codes, others = entity_handles(OWN)
    row = {**EMPTY, "code": code(3), "org": code(1)[8:17], "name": OWN.name}
    handles = HandleRule(MANIFEST).of(row)
    assert handles.code not in codes
    assert not others & set(handles.others)


KINDS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.floats(allow_nan=False), st.binary(),
    st.decimals(allow_nan=False), st.dates(), st.times(), st.datetimes(), st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip


@given(st.dictionaries(st.text(), KINDS))
def test_a_row_comes_back_cell_by_cell(row: dict[str, Any]) -> None:
    again = row_of(row_text(row))
    assert again == row
    assert {name: type(cell) for name, cell in again.items()} == {name: type(cell) for name, cell in row.items()}
    assert fingerprint(again) == fingerprint(dict(reversed(row.items())))


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", 1), (None, ""), (1, True), (date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),
     (Decimal("1.0"), Decimal("1.00")), (time(1), "01:00:00"), (b"1", "1")],
)  # fmt: skip
def test_what_is_not_the_same_cell_is_not_the_same_row(one: Any, other: Any) -> None:
    assert fingerprint({"a": one}) != fingerprint({"a": other})
    assert fingerprint({"a": one, "b": None}) != fingerprint({"a": one})


def test_a_kind_of_cell_that_nobody_foresaw_is_kept_as_text() -> None:
    assert row_of(row_text({"a": [1, "x"], "b": "\ud800"})) == {"a": "[1, 'x']", "b": "\ud800"}
    assert row_of(row_text({"a": 1.5, "b": "\ud800"})) == {"a": 1.5, "b": "\ud800"}
