"""A source that does everything wrong is stored the same, byte for byte, whichever process worked its rows."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from creditreport.mirror import bring, checking
from creditreport.mirror.models import MirrorHandle, MirrorRow, MirrorRun
from creditreport.mirror.sync import sync_sources
from creditreport.quarantine.models import QuarantineRow
from creditreport.service import Service
from tests.integration.asking import Sync
from tests.integration.city import City, make_code
from tests.integration.mirrors import mirror


def nasty(n: int) -> dict[str, Any]:
    """A row of a department that does everything wrong in turn."""
    code = (make_code(n % 40), make_code(n % 40)[:8] + "*" * 10, make_code(n % 40)[:17], None, make_code(7).lower())
    odd = ("x", "\\", "\\N\n\\.", "tab\tcr\r\n", "nul\x00", "\u2028\x85\ufeff", "𠮷é e\u0301", '"', "\x7f\x01")
    return {
        "id": f"{odd[n % 9]}{n - n % 13}" if n % 5 else f"A{n}",
        "code": code[0 if n % 3 else n % 5],
        "name": (f"盐城{n % 40}有限公司、{odd[n % 9]}店", None)[n % 17 == 0],
        "number": f"盐罚{n}号{odd[n // 9 % 9]}",
        "decided": ("2025-06-01", "2025/6/1", "2025年6月1日", "2025-06", "20250601", 20250601, None)[n % 7],
        "types": ("罚款", "罚款、没收违法所得", "天罚", "", None)[n % 5 if n % 4 == 0 else 0],
        "amount": ("2000", 2000, 2000.25, "0.2万元", "-1", b"\x00x", None, 1e17)[n % 8 if n % 3 == 0 else n % 3],
    }


def stored(service: Service, slug: str) -> list[list[tuple[Any, ...]]]:
    """Every column of what is stored for a source but its name and the number of its run."""
    with service.reading() as session:
        return [
            sorted(map(tuple, session.execute(select(*columns).where(table.c.slug == slug))), key=repr)
            for table, left in LEFT_OUT.items()
            if (columns := [one for one in table.columns if one.name not in left])
        ]


# What two sources cannot have in common: names, numbers of runs, what follows from the manifest, how long it took.
LEFT_OUT = {
    MirrorRow.__table__: {"slug", "from_run", "until_run"},
    MirrorHandle.__table__: {"slug", "from_run"},
    MirrorRun.__table__: {"slug", "id", "kept_by", "mapped_by", "ended_at"},
    QuarantineRow.__table__: {"slug", "run", "id"},
}


def test_what_is_stored_does_not_depend_on_who_worked_it(
    city: City, service: Service, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    for field in (7, 8):
        mirror(city, field)
    for n in range(20):
        city.business(n, f"盐城{n}有限公司")
    sync()
    rows = [nasty(n) for n in range(1200)] + [nasty(n) for n in range(0, 1200, 6)]
    monkeypatch.setattr(bring, "LOT", 50)
    monkeypatch.setattr(bring, "BATCH", 120)
    outcomes, told = [], []
    for part in (rows, rows[100:900] + [{**row, "number": "又一号"} for row in rows[900:1000]]):
        for field in (7, 8):
            put(city, field, part)
            monkeypatch.setattr(checking, "LARGE", 100 if field == 8 else 10**9)
            monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
            (outcome,) = sync_sources(service, service.clock.now(), f"field_{field:02d}")
            outcomes.append(replace(outcome, slug=""))
            told.append(stored(service, f"field_{field:02d}"))
    assert outcomes[0] == outcomes[1]
    assert outcomes[2] == outcomes[3]
    for alone, beside in (told[:2], told[2:]):
        for one, other in zip(alone, beside, strict=True):
            assert one == other
    assert outcomes[0].quarantined > 300
    assert outcomes[2].vanished + outcomes[2].changed > 100


def put(city: City, field: int, rows: list[dict[str, Any]]) -> None:
    """Nothing but ``rows`` in a field's table, its cells as they are."""
    names = list(rows[0])
    connection = sqlite3.connect(city.database)
    with connection:
        connection.execute(f"DELETE FROM field_{field:02d}")
        connection.executemany(
            f"INSERT INTO field_{field:02d} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})",
            [tuple(row.values()) for row in rows],
        )
    connection.close()
