"""Personal numbers in free text are hidden, codes and document numbers are not."""

from __future__ import annotations

import pytest

from creditreport.violations.masking import mask_personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证号320902199001011234。", "身份证号3209************34。"),
        ("32090219900101123X", "3209************3X"),
        ("旧证 320902900101123 ", "旧证 3209*********23 "),
        ("电话13912345678，", "电话139******78，"),
        ("+86 139-1234-5678", "+86 1**-****-**78"),
        ("致电0515-88881234", "致电051*-******34"),
        ("（0515）88881234", "（051*）******34"),
    ],
)
def test_personal_numbers_are_hidden(text: str, masked: str) -> None:
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "91320900MA1MBCDEXU",
        "913209001234567892",
        "盐市监处罚〔2026〕00123号",
        "（2026）苏0902执1234号",
        "罚款12000000000元",
        "320902199013011234",  # no thirteenth month: no date of birth
        "2026-03-04至2027-03-04",
        "合同编号139123456789012",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_personal(text) == text
