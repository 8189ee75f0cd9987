"""The invented businesses: valid codes, every form, plainly invented."""

from __future__ import annotations

from collections import Counter

import pytest
from stdnum.cn import uscc

from creditreport.demo.businesses import FORMS, Business, make_businesses
from creditreport.demo.codes import masked, organisation_code, unified_code
from creditreport.demo.fill import SEED
from creditreport.demo.roles import LONG_NAME, REASONS, ROLES, reason_key
from creditreport.violations.reason import Reason

BUSINESSES = make_businesses(SEED)
BY_ROLE = {business.role: business for business in BUSINESSES if business.role}


def test_there_are_at_least_three_hundred_with_valid_codes() -> None:
    codes = [code for business in BUSINESSES for code in (business.uscc, *business.previous_codes)]
    assert len(BUSINESSES) >= 300
    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert {code[2:6] for code in codes} == {"3209"}
    assert {business.uscc[:2] for business in BUSINESSES} == {form.registry for form in FORMS.values()}


@pytest.mark.parametrize(
    ("serial", "code"),
    # By hand: D=13, E=14, M=22 with weights 3, 7, 9 make 335, which leaves 5 of elevens; 11 less 5 is 6.
    [(0, "DEM000006"), (1, "DEM079199"), (4, "DEM316764")],
)
def test_the_organisation_codes_check_character(serial: int, code: str) -> None:
    made = organisation_code(serial)
    values = [int(letter, 36) for letter in made[:8]]
    total = sum(weight * value for weight, value in zip((3, 7, 9, 10, 5, 8, 4, 2), values, strict=True))
    rest = 10 if made[8] == "X" else int(made[8])
    assert (total + rest) % 11 == 0
    assert made == code


def test_only_the_showcase_pair_shares_a_code() -> None:
    twice = [code for code, count in Counter(business.uscc for business in BUSINESSES).items() if count > 1]
    assert twice == [BY_ROLE["duplicate_code"].uscc]
    assert BY_ROLE["duplicate_code"].eligible
    assert BY_ROLE["duplicate_code_twin"].eligible


def test_ids_and_names_are_unique_and_say_that_they_are_invented() -> None:
    assert len({business.register_id for business in BUSINESSES}) == len(BUSINESSES)
    names = [name for business in BUSINESSES for name in (business.name, *business.former_names)]
    assert len(set(names)) == len(names)
    assert [name for name in names if "示例" not in name] == []
    assert {business.legal_representative.rstrip("某") for business in BUSINESSES} <= set("张李王陈周吴赵孙")


def test_every_form_and_every_showcase_is_there() -> None:
    assert {business.form for business in BUSINESSES} == set(FORMS)
    assert set(BY_ROLE) == {role.key for role in ROLES}
    ineligible = [business for business in BUSINESSES if not business.eligible]
    assert {business.form for business in ineligible} == {"social", "institution", "company"}
    assert {business.status_zh for business in ineligible} >= {"注销", "吊销，未注销", "迁出"}


def test_rare_characters_and_a_long_name() -> None:
    names = "".join(business.name for business in BUSINESSES)
    assert all(character in names for character in "㛃䶮𬭎𠮷")
    assert 55 <= len(LONG_NAME) <= 65


def test_branches_have_a_parent_that_is_there() -> None:
    ids = {business.register_id: business for business in BUSINESSES}
    branches = [business for business in BUSINESSES if "branch" in business.form]
    assert branches
    assert all(ids[str(business.parent_register_id)].form == "company" for business in branches)
    assert BY_ROLE["branch"].parent_register_id == BY_ROLE["parent"].register_id
    assert BY_ROLE["branch"].uscc != BY_ROLE["parent"].uscc


def test_the_masked_code_fits_one_business_only() -> None:
    shown = masked(BY_ROLE["quarantined"].uscc)

    def fits(business: Business) -> bool:
        return business.uscc[:6] == shown[:6] and business.uscc[12:] == shown[12:]

    assert [business.role for business in BUSINESSES if fits(business)] == ["quarantined"]


def test_every_reason_that_a_record_can_show_has_a_showcase() -> None:
    assert set(REASONS) == {str(reason) for reason in Reason} - {"NOT_THIS_ENTITY", "DOMAIN_NOT_IMPLEMENTED"}
    assert {reason_key(reason) for reason in REASONS} <= set(BY_ROLE)


def test_replaced_code_and_former_names_are_the_showcases() -> None:
    assert BY_ROLE["replaced_code"].previous_codes
    assert len(BY_ROLE["former_name"].former_names) == 2
    assert unified_code("91", "320902", 1) != unified_code("91", "320902", 2)
