"""Whom a row concerns: this business, perhaps this one, or another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from creditreport.catalog.manifest import Concerns, Manifest
from creditreport.demo.codes import registration_number, unified_code
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.violations.concern import Concern, ConcernRule
from creditreport.violations.handles import HandleRule, entity_handles
from creditreport.violations.stated import code_columns, read_code

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


ALONE = BusinessEntity(
    "r1", unified_code("91", "320900", 1), "盐城样例有限公司", EntityType.COMPANY, RegistrationStatus.ACTIVE,
    previous_codes=(unified_code("91", "320900", 2),), former_names=("盐城旧名有限公司",),
    registration_number=registration_number("320900", 1),
)  # fmt: skip
ALONE = replace(ALONE, sole_numbers=ALONE.numbers)
ORGANISATION, REPLACED_ORGANISATION = ALONE.uscc[8:17], ALONE.previous_codes[0][8:17]
ANOTHERS = unified_code("91", "320900", 7)[8:17]
NUMBERED = MANIFEST.model_copy(
    update={
        "fields": {"uscc": MANIFEST.fields["uscc"][:1], "entity_name": MANIFEST.fields["entity_name"]},
        "concerns": Concerns(
            names=("party",), organisation_codes=("org",), registration_numbers=("reg",), tax_numbers=("tax",)
        ),
    }
)


def by_number(entity: BusinessEntity = ALONE, **cells: Any) -> Concern:
    row = {"id": "1", "code": None, "tax": None, "org": None, "reg": None, "name": None, "party": None} | cells
    found = ConcernRule(NUMBERED, entity).of(row)
    assert found.concern is not Concern.MINE or found.code == entity.uscc
    return found.concern


@pytest.mark.parametrize(
    "cells",
    [
        {"org": ORGANISATION},
        {"org": f"{ORGANISATION[:8].lower()}-{ORGANISATION[8].lower()}"},
        {"org": REPLACED_ORGANISATION},
        {"reg": ALONE.registration_number},
        {"reg": "".join(chr(ord(digit) + 0xFEE0) for digit in ALONE.registration_number or "")},
        {"tax": f"320902{ORGANISATION}"},
        {"tax": ALONE.uscc},
        {"org": ORGANISATION, "name": "盐城样例有限公司"},
        {"org": ORGANISATION, "party": "盐城旧名有限公司"},
        {"org": ORGANISATION, "name": "暂无"},
        {"org": ORGANISATION, "reg": ALONE.registration_number, "tax": f"320900{ORGANISATION}"},
        {"org": ORGANISATION, "code": "******"},
        {"org": ORGANISATION, "code": ALONE.uscc[:6] + "******" + ALONE.uscc[12:]},
    ],
)
def test_an_older_number_that_nobody_else_has_is_mine(cells: dict[str, Any]) -> None:
    assert by_number(**cells) is Concern.MINE


@pytest.mark.parametrize(
    "cells",
    [
        {"org": ORGANISATION},
        {"reg": ALONE.registration_number},
        {"tax": f"320902{ORGANISATION}"},
    ],
)
def test_an_older_number_that_another_has_too_is_never_a_guess(cells: dict[str, Any]) -> None:
    assert by_number(replace(ALONE, sole_numbers=frozenset()), **cells) is Concern.MAYBE


@pytest.mark.parametrize(
    "cells",
    [
        {"org": ORGANISATION, "name": "盐城别家有限公司"},
        {"org": ORGANISATION, "code": ALONE.uscc[:-1] + ("0" if ALONE.uscc[-1] != "0" else "1")},
        {"org": ORGANISATION, "code": "91320900******9999"},
        {"org": ORGANISATION, "reg": registration_number("320900", 3)},
        {"reg": ALONE.registration_number, "org": ANOTHERS},
        {"reg": ALONE.registration_number, "tax": f"320900{ANOTHERS}"},
    ],
)
def test_an_older_number_with_something_else_that_speaks_against_it_is_for_a_person(cells: dict[str, Any]) -> None:
    assert by_number(**cells) is Concern.MAYBE


@pytest.mark.parametrize(
    "cells",
    [
        {"org": ORGANISATION, "code": valid_other()},
        {"org": ANOTHERS, "name": "盐城别家有限公司"},
        {"org": ORGANISATION[:8] + ("1" if ORGANISATION[8] != "1" else "2")},
        {"tax": valid_other(), "name": ALONE.name},
        {"reg": registration_number("320900", 3)},
    ],
)
def test_anothers_number_and_a_mistyped_one_are_not_mine(cells: dict[str, Any]) -> None:
    assert by_number(**cells) is Concern.NOT


def test_a_number_of_a_business_whose_own_is_not_registered_does_not_speak_against_it() -> None:
    unknown = replace(ALONE, registration_number=None)
    assert by_number(unknown, org=ORGANISATION, reg=registration_number("320900", 3)) is Concern.MINE
