"""Guard rails: half a feed, or an empty one that was not declared possible, is an error and not good news."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.clock import SHANGHAI
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.sources.registry import make_source
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.collect import collect_one
from creditreport.violations.question import Collecting
from creditreport.worktime import load_work_calendar

ASKED_AT = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
CODE = "91320900MA1MBCDEXU"
OTHER = "91320900MA1K00000X"
ENTITY = BusinessEntity("r1", CODE, "盐城样例有限公司", EntityType.COMPANY, RegistrationStatus.ACTIVE)
CTX = Collecting({}, {}, load_work_calendar(None))


def located(folder: Path, expect: dict[str, Any], **source: Any) -> LocatedManifest:
    manifest = Manifest.model_validate({
        "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
        "effective_from": "2024-09-01", "key": ["wsh"], "ignore": ["unit"], "deadline_seconds": 30,
        "fields": {
            "uscc": "code", "kind": {"value": "penalty"}, "decided_on": "rq", "facts": "facts",
            "effect": {"column": "zt", "lookup": "effect"},
        },
        "lookups": {"effect": {"有效": "effective", "撤销": "revoked"}}, "expect": expect,
        "source": {"driver": "files", "folder": str(folder)} | source,
    })  # fmt: skip
    if "take" in source:
        manifest = manifest.model_copy(update={"ignore": ()})
    return LocatedManifest(path=folder / "01_a.toml", manifest=manifest)


def ask(folder: Path, rows: list[str], expect: dict[str, Any], **source: Any) -> Answer:
    text = "\n".join(["wsh,code,rq,facts,zt,unit", *rows]) + "\n"
    (folder / "x_20261120.csv").write_text(text, encoding="utf-8")
    return collect_one(located(folder, expect, **source), ENTITY, date(2026, 11, 20), ASKED_AT, ASKED_AT.date(), CTX)


def row(number: int, code: str = OTHER, facts: str = "某事", state: str = "有效", unit: str = "甲局") -> str:
    return f"{number}号,{code},2026-03-04,{facts},{state},{unit}"


def test_an_empty_table_is_an_error_unless_it_was_declared_possible(tmp_path: Path) -> None:
    answer = ask(tmp_path, [], {})
    assert (answer.status, answer.usable) == (AnswerStatus.INCOMPLETE, False)
    assert "没有一行" in (answer.problem or "")
    assert ask(tmp_path, [], {"empty": True}).status is AnswerStatus.COMPLETE
    # What may be empty may also hold something.
    assert ask(tmp_path, [row(1)], {"empty": True}).status is AnswerStatus.COMPLETE
    assert ask(tmp_path, [row(1)], {}).status is AnswerStatus.COMPLETE


@pytest.mark.parametrize(
    ("count", "good"), [(2, False), (3, True), (5, True), (6, False)], ids=["halved", "least", "most", "too many"]
)
def test_how_many_rows(tmp_path: Path, count: int, good: bool) -> None:
    answer = ask(tmp_path, [row(number) for number in range(count)], {"min_rows": 3, "max_rows": 5})
    assert answer.usable is good
    if not good:
        assert str(count) in (answer.problem or "")


@pytest.mark.parametrize(("revoked", "good"), [(0, False), (1, True), (2, True), (3, False)])
def test_the_share_of_a_word(tmp_path: Path, revoked: int, good: bool) -> None:
    rows = [row(number, state="撤销" if number < revoked else "有效") for number in range(4)]
    share = [{"column": "zt", "values": [" 撤销 "], "at_least": 0.25, "at_most": 0.5}]
    answer = ask(tmp_path, rows, {"share": share})
    assert answer.usable is good
    assert good or "zt" in (answer.problem or "")


def test_a_required_column_sets_aside_its_row_for_its_business_alone(tmp_path: Path) -> None:
    needed = {"required": ["facts"]}
    others = ask(tmp_path, [row(1, CODE), row(2, OTHER, facts="")], needed)
    assert others.status is AnswerStatus.COMPLETE
    mine = ask(tmp_path, [row(1, CODE), row(2, CODE, facts="无")], needed)
    assert mine.status is AnswerStatus.INCOMPLETE
    assert [one.column for one in mine.quarantined] == ["facts"]


def test_a_required_column_that_nobody_fills_stops_the_source(tmp_path: Path) -> None:
    answer = ask(tmp_path, [row(1, facts=""), row(2, facts="-")], {"required": ["facts"]})
    assert answer.status is AnswerStatus.INCOMPLETE
    assert "facts" in (answer.problem or "")


def test_one_department_missing_from_a_shared_table_is_noticed(tmp_path: Path) -> None:
    take = {"column": "unit", "values": ["甲局"]}
    here = ask(tmp_path, [row(1), row(2, unit="乙局")], {}, take=take)
    assert here.usable
    gone = ask(tmp_path, [row(1, unit="乙局"), row(2, unit="乙局")], {}, take=take)
    assert not gone.usable
    few = ask(tmp_path, [row(1), *(row(number, unit="乙局") for number in range(2, 9))], {"min_rows": 2}, take=take)
    assert not few.usable


def test_a_work_that_reads_on_its_own_meets_the_same_rails(tmp_path: Path) -> None:
    (tmp_path / "x_20261120.csv").write_text("wsh,code,rq,facts,zt,unit\n", encoding="utf-8")
    source = make_source(located(tmp_path, {}), {})
    asked = source.start(datetime(2026, 11, 21, 4, tzinfo=UTC), lambda rows: sum(1 for _ in rows)).wait()
    assert (asked.status, asked.result) == (AnswerStatus.INCOMPLETE, None)
