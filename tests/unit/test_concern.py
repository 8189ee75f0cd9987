"""Whom a row concerns: this business, perhaps this one, or another."""

from __future__ import annotations

from typing import Any

import pytest

from creditreport.catalog.manifest import Manifest
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.violations.concern import Concern, ConcernRule, code_columns, read_code
from creditreport.violations.handles import HandleRule, entity_handles

OWN = "91320900MA1MBCDEXU"
OLD = "913209007FAKE0001X"  # replaced by the register, and wrong in itself: such codes were given out
ENTITY = BusinessEntity(
    "r1", OWN, "盐城样例（集团）有限公司", EntityType.COMPANY, RegistrationStatus.ACTIVE,
    previous_codes=(OLD,), former_names=("盐城旧名有限公司",), registration_number="320900000012345",
)  # fmt: skip
MANIFEST = Manifest.model_validate({
    "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
    "effective_from": "2024-09-01", "key": ["id"],
    "source": {"driver": "sql", "url": "sqlite:///x", "table": "t", "as_of": {"live": True}},
    "fields": {"uscc": ["code", "tax"], "entity_name": "name", "kind": {"value": "penalty"}},
    "concerns": {"organisation_codes": ["org"], "names": ["party"]},
})  # fmt: skip


def concern(**cells: Any) -> Concern:
    row = {"id": "1", "code": None, "tax": None, "org": None, "name": None, "party": None} | cells
    return ConcernRule(MANIFEST, ENTITY).of(row).concern


def valid_other() -> str:
    from stdnum.cn import uscc

    body = "91320902MA1TETTAB"
    return next(body + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc.is_valid(body + c))


@pytest.mark.parametrize(
    "code", [OWN, OWN.lower(), f" {OWN[:9]} {OWN[9:]} ", "".join(chr(ord(c) + 0xFEE0) for c in OWN)]
)
def test_a_right_code_in_any_dress_is_mine(code: str) -> None:
    assert concern(code=code) is Concern.MINE


def test_a_replaced_code_is_mine_even_if_it_was_a_wrong_one() -> None:
    assert concern(code=OLD) is Concern.MINE


def test_a_right_code_of_another_is_not_mine_whatever_the_name() -> None:
    assert concern(code=valid_other(), name=ENTITY.name) is Concern.NOT


def test_the_code_may_stand_in_a_later_column() -> None:
    assert concern(code="暂无", tax=OWN) is Concern.MINE
    rule = ConcernRule(MANIFEST, ENTITY)
    assert rule.of({"id": "1", "code": "", "tax": OWN, "org": "", "name": "", "party": ""}).code == OWN


@pytest.mark.parametrize(
    "cells",
    [
        {"code": OWN[:17]},
        {"code": OWN[:12]},
        {"code": OWN[1:]},
        {"code": OWN[6:16]},
        {"code": f"代码：{OWN}"},
        {"code": f"{valid_other()}；{OWN}"},
        {"code": None, "name": f"盐城别家有限公司、{ENTITY.name}"},
        {"code": None, "party": f"盐城旧名有限公司/{'盐城别家有限公司'}"},
    ],
)
def test_a_short_code_or_several_in_one_cell_may_be_mine(cells: dict[str, Any]) -> None:
    given = {"name": "盐城别家有限公司", **cells}
    row = {"id": "1", "code": None, "tax": None, "org": None, "name": None, "party": None} | given
    assert ConcernRule(MANIFEST, ENTITY).of(row).concern is Concern.MAYBE
    # Our own store finds the row by what it and the business share.
    codes, others = entity_handles(ENTITY)
    found = HandleRule(MANIFEST).of(row)
    assert found.code in codes or set(found.others) & others


@pytest.mark.parametrize("code", [OWN[:11], OWN[:8], "1234567890", OWN[8:16], "91320902MA1TE"])
def test_what_a_short_code_shows_of_half_a_district_means_nobody(code: str) -> None:
    assert concern(code=code, name="盐城别家有限公司") is Concern.NOT


def test_two_right_codes_in_one_row_are_for_a_person_to_settle() -> None:
    assert concern(code=valid_other(), tax=OWN) is Concern.MAYBE


@pytest.mark.parametrize(
    "cells",
    [
        {"code": OWN[:6] + "******" + OWN[12:]},
        {"code": OWN[:6] + "＊" * 6 + OWN[12:]},
        {"code": OWN[:6] + "****" + OWN[12:]},
        {"code": OWN[8:17]},
        {"code": OWN[8:16] + "-" + OWN[16]},
        {"tax": "320900" + OWN[8:17]},
        {"org": OWN[8:17]},
        {"org": OWN[8:16].lower() + "-" + OWN[16].lower()},
        {"code": ENTITY.registration_number},
        {"code": OWN[:-1] + "0", "name": ENTITY.name},
        {"name": "盐城样例(集团)有限公司"},
        {"party": "盐城旧名有限公司"},
        {"code": "******", "name": ENTITY.name},
        {"code": "91320900******9999", "name": ENTITY.name},
    ],
)
def test_what_fits_only_in_part_may_be_mine(cells: dict[str, Any]) -> None:
    assert concern(**cells) is Concern.MAYBE


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"code": "913302******531452"},
        {"code": "*" * 18},
        {"code": "91" + "*" * 16},
        {"code": OWN[:-1] + "0"},
        {"org": "123456789"},
        {"name": "盐城样例（集团）有限公司分公司"},
        {"code": "320902199001011234", "name": "张某"},
    ],
)
def test_what_does_not_fit_is_not_mine(cells: dict[str, Any]) -> None:
    assert concern(**cells) is Concern.NOT


def test_a_code_kept_as_a_number_has_lost_its_end_and_counts_as_masked() -> None:
    digits = BusinessEntity("r", "913209001234567892", "", EntityType.COMPANY, RegistrationStatus.ACTIVE)
    row = {"id": "1", "code": 913209001234567892.0, "tax": None, "org": None, "name": None, "party": None}
    assert ConcernRule(MANIFEST, digits).of(row).concern is Concern.MAYBE


def test_a_business_without_a_name_has_no_namesakes() -> None:
    nameless = BusinessEntity("", OWN, "", EntityType.OTHER_BUSINESS, RegistrationStatus.ACTIVE)
    row = {"id": "1", "code": "", "tax": "", "org": "", "name": "", "party": "无"}
    assert ConcernRule(MANIFEST, nameless).of(row).concern is Concern.NOT


def test_the_first_column_that_states_a_code_is_read() -> None:
    assert read_code({"code": "无", "tax": OWN.lower()}, code_columns(MANIFEST)) == ("tax", OWN)
