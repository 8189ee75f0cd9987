"""One row through a manifest's rules, and what a mapped row becomes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from creditreport.catalog.manifest import Manifest
from creditreport.catalog.words import comparable_table
from creditreport.violations.build import build_entity, build_entry, build_record
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.record import Disposition, Effect, Kind, PenaltyType, ViolationRecord

CODE = "91320900MA1MBCDEXU"
VOCABULARY = {
    "types": comparable_table({
        "警告": "warning", "罚款": "fine", "没收违法所得": "confiscation_illegal_gains", "其他": "other",
        "没收违法所得、没收非法财物": "confiscation_property",
    }),
    "effect": comparable_table({"有效": "effective", "已变更": "amended", "撤销": "revoked", "未填": ""}),
    "yes_no": comparable_table({"是": True, "否": False, "1": True, "0": False}),
}  # fmt: skip
BASE: dict[str, Any] = {
    "slug": "trial", "title": "试", "title_en": "trial", "responsible_unit": "某局", "number": 1, "batch": 1,
    "effective_from": "2024-09-01", "key": ["wsh", "seq"],
    "source": {"driver": "sql", "url": "sqlite:///x", "table": "t", "as_of": {"live": True}},
    "fields": {
        "uscc": "code",
        "kind": {"value": "penalty"},
        "document_number": "wsh",
        "decided_on": ["rq", "rq2"],
        "penalty_types": {"column": "types", "lookup": "types"},
        "penalty_content": "nr",
        "violation_type": "wfxw",
        "facts": "ss",
        "fine_yuan": {"column": "fk", "unit": "wan_yuan"},
        "effect": {"column": "zt", "lookup": "effect"},
        "publicised": {"column": "gs", "lookup": "yes_no"},
        "repair": {"column": "xf", "present": "repaired", "empty": "none"},
        "disposition": {"column": "cz"},
    },
}  # fmt: skip
ROW: dict[str, Any] = {
    "code": CODE, "wsh": "盐罚〔2026〕1号", "seq": 1, "rq": "2026-3-4 0:00:00", "rq2": None, "types": "罚款",
    "nr": "罚款5000元", "wfxw": "某行为", "ss": "某事实", "fk": "0.5", "zt": "有效", "gs": 1, "xf": None, "cz": None,
}  # fmt: skip


def manifest(**changes: Any) -> Manifest:
    return Manifest.model_validate({**BASE, **changes, "fields": {**BASE["fields"], **changes.get("fields", {})}})


def record(row: dict[str, Any], **changes: Any) -> ViolationRecord:
    declared = manifest(**changes)
    return build_record(declared, Mapper(declared, VOCABULARY), ROW | row, CODE)


def refused(row: dict[str, Any], **changes: Any) -> Unmappable:
    with pytest.raises(Unmappable) as caught:
        record(row, **changes)
    return caught.value


def test_a_whole_row() -> None:
    assert record({}).canonical() == {
        "domain": "trial",
        "record_id": "盐罚〔2026〕1号/1",
        "uscc": CODE,
        "kind": "penalty",
        "decided_on": "2026-03-04",
        "document_number": "盐罚〔2026〕1号",
        "penalty_types": ["fine"],
        "penalty_content": "罚款5000元",
        "violation_type": "某行为",
        "facts": "某事实",
        "fine_yuan": "5000",
        "effect": "effective",
        "publicised": True,
        "repair": "none",
    }


def test_what_is_not_stated_is_absent() -> None:
    nothing = {"types": "无", "nr": "暂无", "fk": "-", "zt": "未填", "gs": "\\n", "ss": "null"}
    stated = record(nothing).canonical()
    assert not {"penalty_types", "penalty_content", "fine_yuan", "effect", "publicised", "facts"} & set(stated)


def test_the_first_column_that_states_a_value_wins() -> None:
    assert record({"rq": "9999-9-9", "rq2": "20260305"}).decided_on == date(2026, 3, 5)
    # A value that stands there but cannot be read is not skipped for the next.
    assert refused({"rq": "202603", "rq2": "20260305"}).column == "rq"


@pytest.mark.parametrize(
    ("cell", "types"),
    [
        ("罚款；警告", ("fine", "warning")),
        ("警告、罚款", ("warning", "fine")),
        ("罚款,罚款，警告;", ("fine", "warning")),
        ("罚款\n警告", ("fine", "warning")),
        # A look-up may know the cell as a whole.
        ("没收违法所得、没收非法财物", ("confiscation_property",)),
        ("罚款；无", ("fine",)),
    ],
)
def test_several_penalty_types_in_one_cell(cell: str, types: tuple[str, ...]) -> None:
    assert record({"types": cell}).penalty_types == tuple(PenaltyType(one) for one in types)


def test_declared_separators_replace_the_usual_ones() -> None:
    rule = {"penalty_types": {"column": "types", "lookup": "types", "separators": "+"}}
    assert record({"types": "罚款+警告"}, fields=rule).penalty_types == (PenaltyType.FINE, PenaltyType.WARNING)
    assert refused({"types": "罚款；警告"}, fields=rule).column == "types"


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        ({"types": "罚款；罚金"}, "types", "罚金"),
        ({"zt": "已归档"}, "zt", "已归档"),
        ({"gs": "也许"}, "gs", "也许"),
        ({"gs": 2}, "gs", "2"),
        ({"rq": "202603"}, "rq", "202603"),
        ({"fk": "-1"}, "fk", "-1"),
        ({"nr": b"\x00"}, "nr", "二进制"),
        ({"seq": "暂无"}, "seq", "主键"),
        ({"seq": None}, "seq", "主键"),
        ({"rq": None}, "rq", "decided_on"),
        ({"cz": "已结案"}, "cz", "已结案"),
    ],
)
def test_what_is_not_certain_is_refused_by_column_and_word(row: dict[str, Any], column: str, word: str) -> None:
    problem = refused(row)
    assert problem.column == column
    assert word in problem.problem


def test_a_kind_that_is_not_stated_is_refused() -> None:
    problem = refused({"zl": None}, fields={"kind": {"column": "zl", "lookup": "types"}})
    assert problem.column == "zl"


def test_days_that_contradict_each_other_are_refused() -> None:
    listing = {"kind": {"value": "judgment_defaulter"}, "listed_on": "rq", "removed_on": "rq2"}
    declared = {key: rule for key, rule in BASE["fields"].items() if key != "decided_on"} | listing
    state = Manifest.model_validate({**BASE, "fields": declared})
    row = ROW | {"rq": "2026-3-4", "rq2": "2026-3-3", "types": ""}
    with pytest.raises(Unmappable) as caught:
        build_record(state, Mapper(state, VOCABULARY), row, CODE)
    assert caught.value.column == "rq2"
    kept = build_record(state, Mapper(state, VOCABULARY), row | {"rq2": "9999-9-9"}, CODE)
    assert (kept.kind, kept.removed_on) == (Kind.JUDGMENT_DEFAULTER, None)


def test_amended_needs_the_new_content() -> None:
    assert refused({"zt": "已变更", "types": "", "nr": "", "ss": ""}).column == "zt"
    assert record({"zt": "已变更", "types": "", "nr": "改为警告", "ss": "", "fk": ""}).effect is Effect.AMENDED


EXEMPT = {"types": "", "nr": "", "fk": "", "wfxw": ""}


@pytest.mark.parametrize(
    "row",
    [
        {"nr": "决定不予行政处罚"},
        {"nr": "免予处罚"},
        {"wfxw": "不予处罚"},
        {"types": "不予行政处罚"},
        {"types": "其他-不予行政处罚"},
        {"types": "其他；免于行政处罚"},
        {"wsh": "盐市监不予处罚〔2026〕1号"},
        {"cz": "exempted"},
        {"nr": "不予 行政处罚", "fk": "0"},
    ],
)
def test_words_for_exemption_in_number_type_or_content(row: dict[str, Any]) -> None:
    assert record(EXEMPT | row).disposition is Disposition.EXEMPTED


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"nr": "不予行政处罚", "fk": "0.1"}, "fk"),
        ({"nr": "不予行政处罚", "types": "罚款"}, "types"),
        ({"types": "不予行政处罚；罚款"}, "types"),
        ({"nr": "对甲行为不予处罚，对乙行为罚款两千元"}, "nr"),
        ({"nr": "不予行政处罚", "cz": "penalised"}, "cz"),
        ({"cz": "exempted", "fk": "1"}, "fk"),
    ],
)
def test_exemption_with_a_penalty_is_a_contradiction(row: dict[str, Any], column: str) -> None:
    assert refused(EXEMPT | row).column == column


def test_facts_do_not_exempt() -> None:
    assert record({"ss": "当事人曾因同类行为被不予行政处罚"}).disposition is None


def test_fixed_values_and_present() -> None:
    fixed = record({"xf": "2026-05-01"}, fields={"local": {"value": False}, "penalty_types": {"value": "other"}})
    assert (fixed.local, fixed.repair, fixed.penalty_types) == (False, "repaired", (PenaltyType.OTHER,))


OVERLAY = {
    "slug": "repairs", "title": "修复", "title_en": "repairs", "responsible_unit": "某局", "role": "overlay",
    "key": ["id"], "source": BASE["source"],
    "fields": {"uscc": "code", "document_number": "wsh", "repair": {"column": "zt"}, "repaired_on": "rq"},
}  # fmt: skip


def test_an_overlay_row_becomes_an_entry() -> None:
    declared = Manifest.model_validate(OVERLAY)
    mapper = Mapper(declared, VOCABULARY)
    row = {"id": "7", "code": CODE, "wsh": "盐罚〔2026〕1号", "zt": "repaired", "rq": "20260501"}
    entry = build_entry(declared, mapper, row, CODE)
    assert (entry.entry_id, entry.document_number) == ("7", "盐罚〔2026〕1号")
    assert entry.changes == {"repair": "repaired", "repaired_on": date(2026, 5, 1)}
    for change, column in (({"wsh": "无"}, "wsh"), ({"zt": "", "rq": ""}, None)):
        with pytest.raises(Unmappable) as caught:
            build_entry(declared, mapper, row | change, CODE)
        assert caught.value.column == column


def test_a_register_row_becomes_a_business() -> None:
    declared = Manifest.model_validate({
        **OVERLAY, "slug": "register", "role": "register",
        "fields": {
            "register_id": "id", "uscc": "code", "name": "mc", "entity_type": "lx", "registration_status": "zt",
            "previous_codes": "old", "former_names": {"column": "names", "separators": "|"},
        },
    })  # fmt: skip
    mapper = Mapper(declared, VOCABULARY)
    row = {
        "id": 5,
        "code": CODE,
        "mc": "甲（盐城）",
        "lx": "company",
        "zt": "active",
        "old": "913209a，B",
        "names": "乙、丙|丁",
    }
    entity = build_entity(mapper, row, CODE)
    assert (entity.register_id, entity.previous_codes, entity.former_names) == ("5", ("913209A", "B"), ("乙、丙", "丁"))
    for change, code in (({}, CODE[:-1] + "0"), ({}, ""), ({"mc": "无"}, CODE), ({"lx": "公司"}, CODE)):
        with pytest.raises(Unmappable):
            build_entity(mapper, row | change, code)


def test_amounts_keep_every_digit() -> None:
    assert record({"fk": "123456.789012"}).fine_yuan == Decimal("1234567890.12")


def test_a_repair_before_the_decision_is_for_a_person_to_settle() -> None:
    fields = {"fields": {"repaired_on": "xfrq"}}
    assert record({"xf": "1", "xfrq": "2026-03-04"}, **fields).repaired_on == date(2026, 3, 4)
    with pytest.raises(Unmappable) as caught:
        record({"xf": "1", "xfrq": "2026-03-03"}, **fields)
    assert "日期前后矛盾" in str(caught.value)
