"""The numbers before the unified code: read, checked, never taken for a person's."""

from __future__ import annotations

from datetime import date

import pytest

from creditreport.entities.entity import BusinessEntity, EntityType, NameChange, RegistrationStatus
from creditreport.entities.numbers import (
    KeptNumber,
    NumberKind,
    is_personal,
    read_organisation_code,
    read_registration_number,
    read_tax_number,
    readings,
    without_person,
)

# Worked out by hand from GB 11714-1997: 1·3+2·7+3·9+4·10+5·5+6·8+7·4+8·2 = 201, 11 - 201 mod 11 = 8.
ORGANISATION = "123456788"
# The example of GS 15-2006's annex.
REGISTRATION = "110108000000016"


@pytest.mark.parametrize("text", [ORGANISATION, "12345678-8", " 12345678 - 8 ", "１２３４５６７８８"])
def test_an_organisation_code_is_read_in_any_dress(text: str) -> None:
    assert read_organisation_code(text) == ORGANISATION


@pytest.mark.parametrize("text", ["123456789", "12345678", "1234567888", "", "12345678一", "D2143569X1"])
def test_a_mistyped_organisation_code_is_none(text: str) -> None:
    assert read_organisation_code(text) is None


def test_an_organisation_code_with_letters() -> None:
    # The example of GB 11714-1997: D·3+2·7+1·9+4·10+3·5+5·8+6·4+9·2 with D = 13 is 199, 11 - 199 mod 11 = 10, X.
    assert read_organisation_code("D2143569-X") == "D2143569X"


@pytest.mark.parametrize("place", range(15))
def test_one_wrong_digit_of_a_registration_number_is_noticed(place: int) -> None:
    assert read_registration_number(REGISTRATION) == REGISTRATION
    wrong = REGISTRATION[:place] + str((int(REGISTRATION[place]) + 1) % 10) + REGISTRATION[place + 1 :]
    assert read_registration_number(wrong) is None


@pytest.mark.parametrize("text", [f"320900{ORGANISATION}", f"110108{ORGANISATION[:8]}-{ORGANISATION[8]}"])
def test_an_old_tax_number_holds_the_organisation_code_whatever_its_district(text: str) -> None:
    assert read_tax_number(text) == ORGANISATION
    assert readings(text) == {KeptNumber(NumberKind.ORGANISATION, ORGANISATION): NumberKind.TAX}


@pytest.mark.parametrize("text", [f"32090A{ORGANISATION}", "320900123456789", f"32090{ORGANISATION}", ""])
def test_what_is_no_tax_number_is_none(text: str) -> None:
    assert read_tax_number(text) is None


# Invented, with right check characters; the places exist, the people do not.
@pytest.mark.parametrize("text", ["320902199001010014", "32090219900101001401", "320902900101001", "32090290010100101"])
def test_a_persons_number_is_recognised(text: str) -> None:
    assert is_personal(text)


@pytest.mark.parametrize(
    "text", ["320902199001010015", REGISTRATION, f"320900{ORGANISATION}", "91320900MA1MBCDEXU", ""]
)
def test_what_is_no_persons_number(text: str) -> None:
    assert not is_personal(text)


def test_a_persons_number_is_hidden_and_no_other() -> None:
    assert without_person("320902199001010014") == "3209************14"
    assert without_person("32090219900101001401") == "3209**************01"
    for text in (REGISTRATION, "320902900101001", "91320900MA1MBCDEXU", "盐罚〔2025〕1号"):
        assert without_person(text) == text


def entity(former: tuple[str, ...] = (), changes: tuple[NameChange, ...] = ()) -> BusinessEntity:
    return BusinessEntity(
        "r", "91320900MA1MBCDEXU", "丙", EntityType.COMPANY, RegistrationStatus.ACTIVE, former_names=former,
        name_changes=changes,
    )  # fmt: skip


FIRST, SECOND = NameChange(date(2015, 3, 1), "甲"), NameChange(date(2020, 7, 1), "乙")


def test_each_name_has_its_time() -> None:
    told = [(one.name, one.since, one.until) for one in entity(("甲", "乙"), (FIRST, SECOND)).name_history]
    assert told == [("甲", None, FIRST.day), ("乙", FIRST.day, SECOND.day), ("丙", SECOND.day, None)]


def test_a_name_without_a_day_makes_every_beginning_uncertain() -> None:
    told = [(one.name, one.since, one.until) for one in entity(("甲", "乙"), (SECOND,)).name_history]
    assert told == [("甲", None, None), ("乙", None, SECOND.day), ("丙", None, None)]


def test_a_business_that_never_changed_its_name() -> None:
    assert [(one.name, one.since, one.until) for one in entity().name_history] == [("丙", None, None)]
