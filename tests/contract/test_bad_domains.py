"""Each check of a manifest or a source bites: one deliberately wrong example of everything, caught by name."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from creditreport.catalog.load import load_words
from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.catalog.read import read_manifest
from creditreport.clock import SHANGHAI
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.violations.answer import Answer, AnswerStatus
from creditreport.violations.collect import collect_one
from creditreport.violations.question import Collecting
from creditreport.worktime import load_work_calendar

BAD = Path(__file__).parents[1] / "bad_domains"
WORDS = load_words(Path(__file__).parents[2] / "domains")
ENTITY = BusinessEntity("r1", "91320900MA1MBCDEXU", "盐城样例有限公司", EntityType.COMPANY, RegistrationStatus.ACTIVE)
BAD_MANIFESTS = sorted(path for path in (BAD / "manifests").glob("*.toml") if path.stem != "good")


def test_the_good_manifest_is_good() -> None:
    located, problems = read_manifest(BAD / "manifests" / "good.toml", WORDS)
    assert located is not None
    assert problems == []


@pytest.mark.parametrize("path", BAD_MANIFESTS, ids=lambda path: path.stem)
def test_a_wrong_manifest_is_caught_by_key_and_sentence(path: Path) -> None:
    expected = re.match(r"# expect: (?P<key>\S*) \| (?P<words>.*)\n", path.read_text(encoding="utf-8"))
    assert expected is not None
    _located, problems = read_manifest(path, WORDS)
    assert [(one.file, one.key) for one in problems] == [(path.name, expected["key"])]
    assert expected["words"] in problems[0].problem
    # A secret that should not be there is not repeated where people read the problem.
    assert "hunter2" not in problems[0].problem


def ask(tmp_path: Path, name: str) -> Answer:
    good, _problems = read_manifest(BAD / "manifests" / "good.toml", WORDS)
    assert good is not None
    body = good.manifest.model_dump() | {"source": {"driver": "files", "folder": "drops"}, "deadline_seconds": 20}
    body["expect"] = EXPECTED.get(name, {})
    body["lookups"]["state"]["变更"] = "amended"
    located = LocatedManifest(path=tmp_path / "good.toml", manifest=Manifest.model_validate(body))
    (tmp_path / "drops").mkdir()
    shutil.copy(BAD / "sources" / name, tmp_path / "drops" / f"20261120_{name}")
    ctx = Collecting({}, WORDS, load_work_calendar(None))
    asked_at = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
    return collect_one(located, ENTITY, date(2026, 11, 20), asked_at, asked_at.date(), ctx)


def test_the_good_source_is_good(tmp_path: Path) -> None:
    answer = ask(tmp_path, "good.csv")
    assert answer.status is AnswerStatus.COMPLETE, answer.problem
    assert [record.canonical() for record in answer.records] == [{
        "domain": "good",
        "record_id": "盐罚1号",
        "uscc": "91320900MA1MBCDEXU",
        "kind": "penalty",
        "decided_on": "2026-03-04",
        "document_number": "盐罚1号",
        "fine_yuan": "2000",
        "penalty_types": ["fine"],
        "effect": "effective",
    }]  # fmt: skip


# What the manifest expects of the whole table, for the sources that are wrong as a whole.
EXPECTED: dict[str, dict[str, object]] = {
    "too_few_rows.csv": {"min_rows": 3},
    "too_many_rows.csv": {"max_rows": 3},
    "wrong_share.csv": {"share": [{"column": "zt", "values": ["作废"], "at_most": 0.5}]},
    "required_nowhere.csv": {"required": ["zt"]},
    "required_missing_once.csv": {"required": ["zt"]},
}
# One of its rows is right; it is handed over beside the row that is set aside.
PARTLY_RIGHT = {"required_missing_once.csv"}
# What is wrong with the source as a whole, or the column and word of the row that is set aside.
WRONG_SOURCES = {
    "new_column.csv": (None, "xzl"),
    "missing_column.csv": (None, "zt"),
    "too_few_cells.csv": (None, "第 2 行"),
    "no_header.csv": (None, "表头"),
    "broken_utf8.csv": (None, "UTF-8"),
    "unknown_status_word.csv": ("zt", "已归档"),
    "unknown_penalty_type.csv": ("cflb", "罚金"),
    "month_for_a_day.csv": ("jdrq", "202603"),
    "excel_serial_day.csv": ("jdrq", "46085"),
    "no_decision_day.csv": ("jdrq", "日期"),
    "amount_in_words.csv": ("fk", "贰仟元整"),
    "two_amounts.csv": ("fk", "没收300元"),
    "masked_code.csv": ("shxym", "913209******BCDEXU"),
    "organisation_code_only.csv": ("shxym", "MA1MBCDEX"),
    "no_key.csv": ("wsh", "主键"),
    "one_key_twice.csv": ("wsh", "主键"),
    "exempted_but_fined.csv": ("fk", "不予处罚"),
    "negative_amount.csv": ("fk", "-0.2"),
    "amended_without_content.csv": ("zt", "没有变更后的内容"),
    "no_rows.csv": (None, "没有一行数据"),
    "too_few_rows.csv": (None, "至少应有 3 行"),
    "too_many_rows.csv": (None, "至多应有 3 行"),
    "wrong_share.csv": (None, "67%"),
    "required_nowhere.csv": (None, "必填列“zt”"),
    "required_missing_once.csv": ("zt", "必填列"),
}


@pytest.mark.parametrize("name", WRONG_SOURCES)
def test_a_wrong_source_never_reads_as_no_record(tmp_path: Path, name: str) -> None:
    column, words = WRONG_SOURCES[name]
    answer = ask(tmp_path, name)
    assert answer.status is AnswerStatus.INCOMPLETE
    assert not answer.usable
    if name not in PARTLY_RIGHT:
        assert answer.records == ()
    if column is None:
        assert words in (answer.problem or "")
    else:
        assert {one.column for one in answer.quarantined} == {column}
        assert all(words in one.problem for one in answer.quarantined)


def test_every_wrong_source_is_tried() -> None:
    assert {path.name for path in (BAD / "sources").iterdir()} == {*WRONG_SOURCES, "good.csv"}
