"""Rows of a large source are checked by a second process: what is found is what is found here, whatever befalls it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from creditreport.catalog.manifest import Manifest
from creditreport.clock import SHANGHAI
from creditreport.config import CHECKOUT
from creditreport.mirror import bring, checking
from creditreport.mirror.checking import Checker, Checking, Found, Known
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
from creditreport.violations.fingerprint import row_bytes
from creditreport.violations.mapping import Mapper
from tests.integration.asking import Sync
from tests.integration.city import City, make_code
from tests.integration.mirrors import answer, mirror

MANIFEST = Manifest.model_validate({
    "slug": "one", "title": "某领域", "title_en": "One", "responsible_unit": "某局", "number": 1, "batch": 1,
    "effective_from": "2024-09-01", "key": ["id"],
    "source": {
        "driver": "sql", "url": "sqlite:///x", "table": "x", "as_of": {"live": True},
        "take": {"column": "unit", "values": ["甲局"]},
    },
    "fields": {
        "uscc": "code", "kind": {"value": "penalty"}, "decided_on": "decided", "fine_yuan": "amount",
        "procedure": {"column": "how", "lookup": "procedure"},
    },
})  # fmt: skip
VOCABULARY = {"procedure": {"简易": "summary", "一般": "ordinary"}}
CODE = make_code(1)
WELL: dict[str, Any] = {
    "id": "1", "code": CODE, "decided": "2025-06-01", "amount": "2000", "how": "简易", "unit": "甲局"
}  # fmt: skip
ILL: list[dict[str, Any]] = [
    {"decided": "2025-06"}, {"decided": None}, {"amount": "-1"}, {"amount": 1e17}, {"how": "别样"}, {"how": b"x"},
    {"decided": date(1931, 1, 1)}, {"amount": Decimal("NaN")}, {"id": None}, {"how": "别\ud800样"},
]  # fmt: skip


def lot(*changes: dict[str, Any], belongs: bool | None = True, code: str | None = CODE) -> list[Known]:
    rows = [WELL, {**WELL, "decided": date(2025, 6, 1), "amount": Decimal("2000.50")}]
    rows += [{**WELL, **change} for change in changes]
    return [
        Known(row, row_bytes(row, sorted(row)), row["id"], code, belongs, b"%d" % place)
        for place, row in enumerate(rows)
    ]


LOTS = [lot(*ILL), lot(), lot(belongs=None), lot(code=None), lot(*ILL[:3]), lot(ILL[4])]


@pytest.fixture
def mapper() -> Mapper:
    return Mapper(MANIFEST, VOCABULARY)


@pytest.fixture
def beside(mapper: Mapper, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checking]:
    monkeypatch.setattr(checking, "LARGE", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    with Checking(MANIFEST, VOCABULARY, mapper) as one:
        yield one


def told(one: Checking, lots: list[list[Known]]) -> Found:
    return [found for each in lots for found in one.put(each)] + one.rest()


def here(mapper: Mapper, lots: list[list[Known]]) -> Found:
    checker = Checker(MANIFEST, mapper)
    return [(each[place], *why) for each in lots for place, *why in checker.of(each)]  # type: ignore[misc]


def process_of(one: Checking) -> subprocess.Popen[bytes]:
    process = one._beside._process
    assert process is not None
    return process


def test_the_second_process_finds_what_is_found_here(beside: Checking, mapper: Mapper) -> None:
    expected = here(mapper, LOTS)
    assert len(expected) == len(ILL) + 2 + 2 + 3 + 1
    assert told(beside, LOTS[:1]) == expected[: len(ILL)]
    assert process_of(beside).poll() is None
    assert told(beside, LOTS[1:]) == expected[len(ILL) :]


def test_a_cell_of_a_kind_that_nobody_foresaw(beside: Checking, mapper: Mapper) -> None:
    strange = [{"how": kind} for kind in (memoryview(b"x"), UUID(int=7), {"a": 1}, float("nan"), True, time(9, 30))]
    lots = [
        lot(*strange),
        lot({"amount": 2000}, {"amount": 2000.25}, {"decided": datetime(2025, 6, 1, 9, tzinfo=SHANGHAI)}),
    ]
    assert told(beside, lots) == here(mapper, lots)
    assert len(here(mapper, lots)) == len(strange)
    assert process_of(beside).poll() is None


def test_nothing_is_lost_when_the_second_process_dies(beside: Checking, mapper: Mapper) -> None:
    assert told(beside, LOTS[:1]) == here(mapper, LOTS[:1])
    process_of(beside).kill()
    assert told(beside, LOTS) == here(mapper, LOTS)


def test_it_is_not_started_for_a_small_source_nor_on_one_processor(
    mapper: Mapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = here(mapper, LOTS)
    with Checking(MANIFEST, VOCABULARY, mapper) as small:
        assert told(small, LOTS) == expected
        assert small._beside._process is None
    monkeypatch.setattr(checking, "LARGE", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0})
    with Checking(MANIFEST, VOCABULARY, mapper) as alone:
        assert told(alone, LOTS) == expected
        assert alone._beside._process is None


def test_it_ends_with_the_run(beside: Checking, mapper: Mapper) -> None:
    with Checking(MANIFEST, VOCABULARY, mapper) as one:
        told(one, LOTS)
        process = process_of(one)
    assert process.returncode == -signal.SIGKILL


PROGRAM = """
import sys
from creditreport.mirror import checking
from creditreport.violations.fingerprint import row_bytes
from creditreport.violations.mapping import Mapper
from tests.integration.test_mirror_beside import LOTS, MANIFEST, VOCABULARY, process_of, told

checking.LARGE = 0
checking.os.sched_getaffinity = lambda _process: {0, 1}
with checking.Checking(MANIFEST, VOCABULARY, Mapper(MANIFEST, VOCABULARY)) as one:
    told(one, LOTS)
    print(process_of(one).pid, flush=True)
    sys.stdin.read()
"""


def test_it_ends_when_the_sync_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        orphan = os.pidfd_open(int(parent.stdout.readline()))
        try:
            assert select.select([orphan], [], [], 0)[0] == []
            parent.kill()
            assert select.select([orphan], [], [], 30)[0] == [orphan]
        finally:
            os.close(orphan)


def test_a_sync_with_a_second_process_ends_like_one_without(
    city: City, service: Service, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    for field in (7, 8):
        mirror(city, field)
    code = city.business(1, "盐城甲有限公司")
    sync()
    for field in (7, 8):
        for n in range(40):
            decided, amount = ("2025-06" if n % 7 == 0 else "2025-06-01"), ("多" if n % 11 == 0 else "2000")
            city.penalty(field, f"A{n}", code, number=f"盐罚{n}号", decided=decided, amount=amount, authority="某局")
    monkeypatch.setattr(bring, "BATCH", 6)
    (alone,) = sync_sources(service, service.clock.now(), "field_07")
    monkeypatch.setattr(checking, "LARGE", 10)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    (beside,) = sync_sources(service, service.clock.now(), "field_08")
    assert replace(beside, slug="field_07") == alone
    assert (alone.added, alone.quarantined) == (40, 9)
    mine, other = (answer(service, code, slug) for slug in ("field_07", "field_08"))
    assert mine.quarantined == other.quarantined
    assert [row.row["id"] for row in mine.quarantined] == [f"A{n}" for n in range(40) if n % 7 == 0 or n % 11 == 0]
