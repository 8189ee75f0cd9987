"""``domains/README.md`` is enough to write a manifest from: its example works, and no key is left unexplained."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from creditreport.catalog.expect import Expect, Share
from creditreport.catalog.keys import KEYS
from creditreport.catalog.load import load_manifest, load_words
from creditreport.catalog.manifest import (
    AsOf,
    Concerns,
    Condition,
    FieldRule,
    FilesSource,
    Join,
    Manifest,
    Skip,
    SqlSource,
    Take,
)
from creditreport.catalog.rest_source import Ask, Auth, Paging, RestSource, Sign
from creditreport.catalog.sync import Sync
from creditreport.clock import SHANGHAI
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.collect import collect_one
from creditreport.violations.question import Collecting
from creditreport.worktime import load_work_calendar

DOMAINS = Path(__file__).parents[2] / "domains"
README = (DOMAINS / "README.md").read_text(encoding="utf-8")
FORMS = (Manifest, SqlSource, FilesSource, FieldRule, Join, Take, AsOf, Condition, Skip, Concerns, Expect, Share, Sync)
REST_FORMS = (RestSource, Ask, Sign, Paging, Auth)


@pytest.mark.parametrize("form", [*FORMS, *REST_FORMS], ids=lambda form: form.__name__)
def test_every_key_of_the_form_is_explained(form: type[BaseModel]) -> None:
    unexplained = [key for key in form.model_fields if not re.search(rf"\b{key}\b", README)]
    assert unexplained == []


def test_every_canonical_key_and_word_is_explained() -> None:
    names = {key for keys in KEYS.values() for key in keys}
    names |= {word for keys in KEYS.values() for form in keys.values() for word in form.words}
    assert [name for name in sorted(names) if f"`{name}`" not in README] == []


def test_the_example_works_as_it_stands(tmp_path: Path) -> None:
    table, manifest = re.findall(r"```(?:toml)?\n(.*?)```", README, re.DOTALL)[:2]
    (tmp_path / "gas").mkdir()
    (tmp_path / "gas" / "gas_20261120.csv").write_text(table, encoding="utf-8")
    (tmp_path / "example.toml").write_text(manifest, encoding="utf-8")
    words = load_words(DOMAINS)
    located = load_manifest(tmp_path / "example.toml", words)
    entity = BusinessEntity("1", "91320900MA1MBCDEXU", "某某有限公司", EntityType.COMPANY, RegistrationStatus.ACTIVE)
    asked_at = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
    ctx = Collecting({"CREDITREPORT_SOURCE_DROPS": str(tmp_path)}, words, load_work_calendar(None))
    answer = collect_one(located, entity, date(2026, 11, 20), asked_at, asked_at.date(), ctx)
    assert answer.status is AnswerStatus.COMPLETE, (answer.problem, answer.quarantined)
    (record,) = answer.records
    assert record.record_id == "77"
    assert record.canonical()["fine_yuan"] == "5000"
    assert record.canonical()["penalty_types"] == ["fine", "warning"]
