"""Asking sources about one business: real files and databases, every way not to be complete."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from creditreport.catalog.load import Catalog
from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.catalog.words import comparable_table
from creditreport.clock import SHANGHAI
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.collect import collect, collect_one, read_register
from creditreport.violations.question import Collecting
from creditreport.worktime import load_work_calendar

CODE, OLD, OTHER = "91320900MA1MBCDEXU", "913209007FAKE0001X", "91320902MA1TETTAB0"
ENTITY = BusinessEntity(
    "r1", CODE, "盐城样例有限公司", EntityType.COMPANY, RegistrationStatus.ACTIVE, previous_codes=(OLD,)
)
ASKED_AT = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
TODAY, WINDOW_END = date(2026, 11, 21), date(2026, 11, 20)
HEADER = "id,code,name,wsh,rq,types,unit,kind,note"
CTX = Collecting({}, {"types": comparable_table({"罚款": "fine", "警告": "warning"})}, load_work_calendar(None))


def located(folder: Path, slug: str = "trial", role: str = "domain", **changes: Any) -> LocatedManifest:
    body: dict[str, Any] = {
        "slug": slug, "title": slug, "title_en": slug, "responsible_unit": "某局", "role": role, "key": ["id"],
        "deadline_seconds": 20, "ignore": ["note"],
        "source": {"driver": "files", "folder": str(folder / "drops"), "pattern": f"{slug}_*"},
        "fields": {
            "uscc": "code", "entity_name": "name", "kind": {"value": "penalty"}, "document_number": "wsh",
            "decided_on": "rq", "penalty_types": {"column": "types", "lookup": "types"}, "authority": "unit",
        },
        "skip": [{"reason": "natural_person", "when": [
            {"column": "kind", "values": ["自然人"]}, {"column": "code", "empty": True},
        ]}],
    }  # fmt: skip
    if role == "domain":
        body |= {"number": 1, "batch": 1, "effective_from": date(2024, 9, 1)}
    return LocatedManifest(path=folder / f"{slug}.toml", manifest=Manifest.model_validate(body | changes))


def drop(folder: Path, *rows: str, name: str = "trial_20261120.csv", header: str = HEADER) -> None:
    (folder / "drops").mkdir(exist_ok=True)
    (folder / "drops" / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def ask(one: LocatedManifest, entity: BusinessEntity = ENTITY, issued_on: date = TODAY) -> Answer:
    return collect_one(one, entity, WINDOW_END, ASKED_AT, issued_on, CTX)


def row(id_: str, code: str = CODE, **cells: str) -> str:
    given = {"name": "盐城样例有限公司", "wsh": f"盐罚{id_}号", "rq": "2026-3-4", "types": "罚款", "unit": "甲局"}
    given |= {"kind": "法人及非法人组织", "note": "x"} | cells
    return ",".join([id_, code, *(given[key] for key in HEADER.split(",")[2:])])


def test_only_the_business_s_own_rows_are_kept(tmp_path: Path) -> None:
    drop(tmp_path, row("1"), row("2", OTHER), row("3", OLD, name=""), row("4", CODE.lower(), types="警告；罚款"))
    answer = ask(located(tmp_path))
    assert answer.status is AnswerStatus.COMPLETE, answer.problem
    assert [(one.record_id, one.uscc) for one in answer.records] == [("1", CODE), ("3", OLD), ("4", CODE)]
    assert answer.rows_read == 4
    assert answer.usable
    assert answer.asked_at == ASKED_AT


def test_no_rows_is_a_complete_answer(tmp_path: Path) -> None:
    drop(tmp_path)
    answer = ask(located(tmp_path, expect={"empty": True}))
    assert (answer.status, answer.records) == (AnswerStatus.COMPLETE, ())


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADER + ",bz", "新列：bz"),
        (HEADER.replace("rq", "jdrq"), "缺少清单所用的列：rq"),
        (HEADER.replace(",types", ",Types"), "新列：Types"),
    ],
)
def test_other_columns_than_declared_are_an_error_of_the_domain(tmp_path: Path, header: str, words: str) -> None:
    drop(tmp_path, header=header)
    answer = ask(located(tmp_path))
    assert (answer.status, answer.records) == (AnswerStatus.INCOMPLETE, ())
    assert words in (answer.problem or "")


def test_an_ignored_column_may_be_gone(tmp_path: Path) -> None:
    drop(tmp_path, header=HEADER.removesuffix(",note"))
    assert ask(located(tmp_path, expect={"empty": True})).status is AnswerStatus.COMPLETE


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (row("2", types="罚金"), "types"),
        (row("2", rq="202603"), "rq"),
        (row("2", CODE[:6] + "******" + CODE[12:], name=""), "code"),
        (row("2", ""), "name"),
        (row("2", CODE[8:17], name=""), "code"),
        (row("", CODE), "id"),
    ],
)
def test_a_row_that_may_be_mine_and_is_not_certain_stops_my_report(tmp_path: Path, bad: str, column: str) -> None:
    drop(tmp_path, row("1"), bad)
    answer = ask(located(tmp_path))
    assert answer.status is AnswerStatus.INCOMPLETE
    assert not answer.usable
    assert [one.record_id for one in answer.records] == ["1"]
    assert [one.column for one in answer.quarantined] == [column]
    assert "note" not in answer.quarantined[0].row


def test_a_bad_row_of_another_stops_nobody_else(tmp_path: Path) -> None:
    drop(tmp_path, row("1"), row("2", OTHER, types="罚金", rq="202603"), row("3", "9133**1452", name="某公司"))
    answer = ask(located(tmp_path))
    assert answer.status is AnswerStatus.COMPLETE, answer.quarantined


def test_rows_are_skipped_by_name_and_counted(tmp_path: Path) -> None:
    natural = {"kind": "自然人", "name": "张某"}
    drop(tmp_path, row("1", "", **natural), row("2", "暂无", **natural), row("3", CODE, kind="自然人"))
    answer = ask(located(tmp_path))
    assert answer.status is AnswerStatus.COMPLETE
    assert (dict(answer.skipped), [one.record_id for one in answer.records]) == ({"natural_person": 2}, ["3"])
    every = ask(located(tmp_path, skip=[{"reason": "arrears_not_violation"}], ignore=["note", "kind"]))
    assert (dict(every.skipped), every.records) == ({"arrears_not_violation": 3}, ())
    # Such a feed need not be mapped at all, only its columns have to be accounted for.
    columns = HEADER.split(",")[1:]
    bare = ask(located(tmp_path, skip=[{"reason": "arrears_not_violation"}], fields={}, ignore=columns))
    assert (bare.status, dict(bare.skipped)) == (AnswerStatus.COMPLETE, {"arrears_not_violation": 3})


def test_one_id_for_two_rows(tmp_path: Path) -> None:
    drop(tmp_path, row("1"), row("1", note="loaded again"), row("2"), row("2", types="警告"), row("3", OTHER), row("3"))
    answer = ask(located(tmp_path))
    assert [one.record_id for one in answer.records] == ["1", "3"]
    assert [one.row["types"] for one in answer.quarantined] == ["罚款", "警告"]


def test_a_domain_before_its_day_is_not_asked(tmp_path: Path) -> None:
    answer = ask(located(tmp_path, effective_from=date(2026, 11, 22)))
    assert (answer.status, answer.rows_read, answer.usable) == (AnswerStatus.NOT_IMPLEMENTED, 0, True)
    drop(tmp_path, row("1"))
    assert ask(located(tmp_path, effective_from=TODAY)).status is AnswerStatus.COMPLETE


@pytest.mark.parametrize(
    ("day", "machine", "status"),
    [
        ("2026-11-21", None, AnswerStatus.COMPLETE),
        # A mistyped year would lie outside every window and hide the record.
        ("2062-03-04", None, AnswerStatus.INCOMPLETE),
        ("2026-11-22", None, AnswerStatus.INCOMPLETE),
        # A drill on a past day meets what was decided since.
        ("2026-11-25", date(2026, 11, 25), AnswerStatus.COMPLETE),
        ("2026-11-26", date(2026, 11, 25), AnswerStatus.INCOMPLETE),
        ("2026-11-21", date(2026, 11, 1), AnswerStatus.COMPLETE),
    ],
)
def test_a_decision_of_a_day_to_come_is_set_aside(
    tmp_path: Path, day: str, machine: date | None, status: AnswerStatus
) -> None:
    drop(tmp_path, row("1", rq=day), row("2", OTHER, rq="2062-1-1"))
    ctx = replace(CTX, today=(lambda: machine) if machine else None)
    answer = collect_one(located(tmp_path), ENTITY, WINDOW_END, ASKED_AT, TODAY, ctx)
    assert answer.status is status
    assert [one.column for one in answer.quarantined] == ([] if status is AnswerStatus.COMPLETE else ["rq"])


@pytest.mark.parametrize(
    ("name", "freshness", "status"),
    [
        ("trial_20261120.csv", 0, AnswerStatus.COMPLETE),
        ("trial_20261119.csv", 0, AnswerStatus.STALE),
        ("trial_20261119.csv", 1, AnswerStatus.COMPLETE),
        # From Friday the 13th to Friday the 20th are five working days.
        ("trial_20261113.csv", 5, AnswerStatus.COMPLETE),
        ("trial_20261112.csv", 5, AnswerStatus.STALE),
        ("trial_20261121.csv", 0, AnswerStatus.COMPLETE),
    ],
)
def test_how_old_the_data_may_be(tmp_path: Path, name: str, freshness: int, status: AnswerStatus) -> None:
    drop(tmp_path, row("1"), name=name)
    answer = ask(located(tmp_path, freshness=freshness))
    assert answer.status is status
    assert answer.usable is (status is AnswerStatus.COMPLETE)


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    answer = ask(located(tmp_path, source={"driver": "files", "folder": "env:NOWHERE_SET"}))
    assert answer.status is AnswerStatus.UNAVAILABLE
    assert "NOWHERE_SET" in (answer.problem or "")
    assert "trial" in (answer.problem or "")


def shared(folder: Path, slug: str, *units: str, **changes: Any) -> LocatedManifest:
    source = {"driver": "files", "folder": str(folder / "drops"), "take": {"column": "unit", "values": list(units)}}
    return located(folder, slug, source=source, **changes)


def catalog(domains: tuple[LocatedManifest, ...], *overlays: LocatedManifest) -> Catalog:
    return Catalog(domains, domains[0], overlays, CTX.vocabulary)


def together(known: Catalog, issued_on: date = TODAY) -> Mapping[str, Answer]:
    found = collect(known, ENTITY, issued_on, WINDOW_END, ASKED_AT, CTX)
    return {answer.slug: answer for answer in (*found.answers, *found.overlay_answers)}


def test_a_table_that_serves_several_domains(tmp_path: Path) -> None:
    drop(tmp_path, row("1", unit="甲局"), row("2", unit="乙 局"), row("3", unit="丙局"))
    known = catalog(
        (shared(tmp_path, "a", "甲局", "丁局"), shared(tmp_path, "b", "乙局"), shared(tmp_path, "c", "丙局"))
    )
    answers = together(known)
    assert [[one.record_id for one in answers[slug].records] for slug in "abc"] == [["1"], ["2"], ["3"]]
    assert all(answer.usable for answer in answers.values())


def test_a_row_that_no_manifest_takes_stops_every_domain_of_its_table(tmp_path: Path) -> None:
    drop(tmp_path, row("1", unit="甲局"), row("2", unit="戊局"), row("3", "91320900MA1K00000X", name="某公司", unit=""))
    answers = together(catalog((shared(tmp_path, "a", "甲局"), shared(tmp_path, "b", "乙局", expect={"empty": True}))))
    assert {answer.status for answer in answers.values()} == {AnswerStatus.INCOMPLETE}
    assert all([one.row["wsh"] for one in answer.quarantined] == ["盐罚2号"] for answer in answers.values())
    alone = collect_one(shared(tmp_path, "a", "甲局", "戊局"), ENTITY, WINDOW_END, ASKED_AT, TODAY, CTX)
    assert alone.status is AnswerStatus.COMPLETE


REPAIRS: dict[str, Any] = {"fields": {"uscc": "code", "document_number": "wsh", "repair": {"column": "zt"}}, "skip": []}


def test_overlays_are_asked_too(tmp_path: Path) -> None:
    drop(tmp_path, row("1"))
    drop(tmp_path, f"7,{CODE},盐罚1号,repaired,x", name="repairs_20261120.csv", header="id,code,wsh,zt,note")
    answers = together(catalog((located(tmp_path),), located(tmp_path, "repairs", "overlay", **REPAIRS)))
    assert [dict(entry.changes) for entry in answers["repairs"].entries] == [{"repair": "repaired"}]
    assert answers["repairs"].usable


def test_an_entry_for_a_domain_not_yet_implemented_is_counted_not_held_against_the_business(tmp_path: Path) -> None:
    drop(tmp_path, row("1"))
    header, lines = "id,code,wsh,zt,note", (f"7,{CODE},盐罚1号,repaired,x", f"8,{CODE},盐罚别的号,repaired,x")
    drop(tmp_path, *lines, name="repairs_20261120.csv", header=header)
    later = located(tmp_path, "later", effective_from=date(2026, 12, 1))
    repairs = located(tmp_path, "repairs", "overlay", **REPAIRS)
    answer = together(catalog((located(tmp_path), later), repairs))["repairs"]
    assert ([entry.entry_id for entry in answer.entries], dict(answer.skipped)) == (
        ["7"],
        {"domain_not_implemented": 1},
    )
    assert len(together(catalog((located(tmp_path),), repairs))["repairs"].entries) == 2


def test_a_hanging_source_does_not_hold_up_the_others(tmp_path: Path) -> None:
    drop(tmp_path, row("1"))
    sqlite3.connect(tmp_path / "x.sqlite3").close()
    endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT count(*) AS id FROM n"
    source = {"driver": "sql", "url": "sqlite:///x.sqlite3", "query": endless, "as_of": {"live": True}}
    hanging = located(tmp_path, "hanging", source=source, deadline_seconds=0.3)
    answers = together(catalog((hanging, located(tmp_path))))
    assert answers["hanging"].status is AnswerStatus.UNAVAILABLE
    assert answers["trial"].status is AnswerStatus.COMPLETE


def test_the_register_is_read_whole(tmp_path: Path) -> None:
    header = "id,code,name,lx,zt,old"
    rows = [f"1,{CODE},甲公司,company,active,", f"2,{CODE[:-1]}0,乙公司,company,active,", "3,,丙,company,active,"]
    rows += [f"4,{CODE},丁公司,company,revoked,{OLD}；X", f"4,{CODE},丁,company,revoked,", f"5,{CODE},戊,组合,active,"]
    drop(tmp_path, *rows, name="register_20261120.csv", header=header)
    fields = {"register_id": "id", "uscc": "code", "name": "name", "entity_type": "lx", "registration_status": "zt"}
    declared = located(tmp_path, "register", "register", fields=fields | {"previous_codes": "old"}, skip=[], ignore=[])
    reading = read_register(declared, CTX, ASKED_AT)
    assert reading.answer.status is AnswerStatus.COMPLETE, reading.answer.problem
    assert [entity.register_id for entity in reading.entities] == ["1"]
    assert sorted(str(one.row["id"]) for one in reading.quarantined) == ["2", "3", "4", "4", "5"]
    missing = read_register(located(tmp_path / "no", "register", "register", fields=fields), CTX, ASKED_AT)
    assert (missing.answer.status, missing.entities) == (AnswerStatus.UNAVAILABLE, ())
