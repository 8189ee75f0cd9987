"""Rows of a large source are checked by a second process: what is found is what is found here, whatever befalls it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from select import select as wait_for
from typing import Any
from uuid import UUID

import pytest

from creditreport.catalog.manifest import Manifest
from creditreport.clock import SHANGHAI
from creditreport.config import CHECKOUT
from creditreport.mirror import bring, checking
from creditreport.mirror.checking import Checking, Lot
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
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
    "skip": [{"reason": "not_ours", "when": [{"column": "how", "values": ["不收"]}]}],
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


COLUMNS = tuple(WELL)
OTHER = {"unit": "乙局"}
LEFT: list[dict[str, Any]] = [OTHER, {"how": "不收"}]
ODD: list[dict[str, Any]] = [
    {"unit": "丙局"}, {"code": None}, {"code": CODE[:8] + "*" * 10}, {"code": CODE[:17]},
    {"code": f" {CODE.lower()}\n"}, {"id": "a\tb\\c\n"}, {"id": "\x00\u2028\u202e"}, {"amount": 2000.25},
    {"amount": None},
]  # fmt: skip


def lot(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [WELL, {**WELL, "decided": date(2025, 6, 1), "amount": Decimal("2000.50")}]
    return rows + [{**WELL, **change} for change in changes]


LOTS = [lot(*ILL), lot(), lot(*LEFT, *ODD), lot(*ODD), lot(*ILL[:3], *LEFT), lot(ILL[4])]


def make(whole: bool = True) -> Checking:
    return Checking(MANIFEST, VOCABULARY, frozenset({"乙局"}), COLUMNS, whole)


@pytest.fixture(params=[True, False], ids=["whole", "part"])
def beside(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checking]:
    monkeypatch.setattr(checking, "LARGE", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    with make(request.param) as one:
        yield one


def told(one: Checking, lots: list[list[dict[str, Any]]]) -> list[tuple[Lot, list[Any]]]:
    return [(each, list(said)) for lot in lots for each, said in (*one.put(lot),)] + [
        (each, list(said)) for each, said in one.rest()
    ]


def here(one: Checking, lots: list[list[dict[str, Any]]]) -> list[tuple[Lot, list[Any]]]:
    return [(each, one.here.of(each)) for each in lots]


def blamed(said: list[tuple[Lot, list[Any]]]) -> int:
    return sum(one[-1] is not None for _lot, told in said for one in told if len(one) > 3)


def process_of(one: Checking) -> subprocess.Popen[bytes]:
    process = one._beside._process
    assert process is not None
    return process


@contextmanager
def worked_beside(one: Checking) -> Iterator[None]:
    """Nothing is worked here meanwhile."""
    of, one.here.of = one.here.of, forbidden  # type: ignore[method-assign, assignment]
    yield
    one.here.of = of  # type: ignore[method-assign]


def forbidden(_rows: object) -> None:
    raise AssertionError("worked here")


def test_the_second_process_tells_what_is_told_here(beside: Checking) -> None:
    expected = here(beside, LOTS)
    assert blamed(expected[:1]) == len(ILL)
    with worked_beside(beside):
        said = [one for each in LOTS for one in told(beside, [each])]
    assert repr(said) == repr(expected)
    assert process_of(beside).poll() is None


def test_lots_come_back_in_order_whoever_worked_them(beside: Checking) -> None:
    many = [lot({"id": f"{n}"}, ILL[n % len(ILL)]) for n in range(60)]
    assert repr(told(beside, many)) == repr(here(beside, many))
    assert process_of(beside).poll() is None


def test_a_cell_of_a_kind_that_nobody_foresaw(beside: Checking) -> None:
    cells = (
        memoryview(b"x"),
        bytearray(b"y"),
        UUID(int=7),
        {"a": 1},
        float("nan"),
        True,
        time(9, 30),
        array("b", b"z"),
    )
    days = lot({"amount": 2000}, {"amount": 2000.25}, {"decided": datetime(2025, 6, 1, 9, tzinfo=SHANGHAI)})
    lots = [lot(*({"how": kind} for kind in cells)), *(lot({"how": kind}) for kind in cells), days]
    expected = [said for _lot, said in here(beside, lots)]
    assert [said for each in lots for _lot, said in told(beside, [each])] == expected
    assert blamed(here(beside, lots)) == 2 * len(cells)
    assert process_of(beside).poll() is None
    with worked_beside(beside):
        assert [said for _lot, said in told(beside, [days])] == expected[-1:]


def test_nothing_is_lost_when_the_second_process_dies(beside: Checking) -> None:
    assert repr(told(beside, LOTS[:1])) == repr(here(beside, LOTS[:1]))
    process_of(beside).kill()
    assert repr(told(beside, LOTS * 3)) == repr(here(beside, LOTS * 3))


def test_nothing_is_lost_when_the_second_process_cannot_be_started(
    beside: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    assert repr(told(beside, LOTS)) == repr(here(beside, LOTS))
    assert beside._beside._process is None


def test_lots_larger_than_a_pipe(beside: Checking) -> None:
    long = [lot(*({"id": f"{n}" * 1_000_000} for n in range(1, 4))) for _ in range(4)]
    with worked_beside(beside):
        said = told(beside, long[:2])
    assert said == here(beside, long[:2])
    assert told(beside, long) == here(beside, long)


def test_it_is_not_started_for_a_small_source_nor_on_one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    with make() as small:
        assert repr(told(small, LOTS)) == repr(here(small, LOTS))
        assert small._beside._process is None
    monkeypatch.setattr(checking, "LARGE", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0})
    with make() as alone:
        assert repr(told(alone, LOTS)) == repr(here(alone, LOTS))
        assert alone._beside._process is None


def test_it_ends_with_the_run(beside: Checking) -> None:
    with make() as one:
        told(one, LOTS)
        process = process_of(one)
    assert process.returncode == -signal.SIGKILL


def test_it_ends_with_the_run_in_the_middle_of_its_work(beside: Checking) -> None:
    with make() as one:
        for each in LOTS * 5:
            list(one.put(each))
        process = process_of(one)
    assert process.returncode == -signal.SIGKILL


PROGRAM = """
import sys
from creditreport.mirror import checking
from tests.integration.test_mirror_beside import LOTS, make, process_of, told

checking.LARGE = 0
checking.os.sched_getaffinity = lambda _process: {0, 1}
with make() as one:
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
            assert wait_for([orphan], [], [], 0)[0] == []
            parent.kill()
            assert wait_for([orphan], [], [], 30)[0] == [orphan]
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
