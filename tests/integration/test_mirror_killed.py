"""A sync that is killed, at whatever moment, in a process of its own: the next one ends where a clean one would."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from creditreport.mirror.models import MirrorRun, RunState
from creditreport.service import Service
from tests.forked import run_forked
from tests.integration.asking import Sync
from tests.integration.city import City, make_code
from tests.integration.mirrors import answer, contents, counts, mirror, run_sync

ROWS = 2000
# The process kills itself at the given place: after so many statements of the store, whatever they are.
PROGRAM = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from creditreport.mirror import bring, bulk
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service

bring.BATCH = 300
left = int(sys.argv[1])

def die(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

real = bulk.write_rows
def write(*given):
    real(*given)
    die()
bring.write_rows = write
event.listen(Engine, "commit", die)
event.listen(Engine, "before_cursor_execute", die)
service = Service()
sync_sources(service, service.clock.now())
print("done")
"""


def killed_at(environment: dict[str, str], place: int) -> bool:
    """Whether the process was killed before it was done."""
    process = run_forked(PROGRAM, [str(place)], environment)
    assert process.returncode in (0, -signal.SIGKILL), process.stderr
    return process.returncode != 0


def fill(city: City, code: str, amount: str) -> None:
    values = [
        (f"A{n}", code if n % 50 == 0 else make_code(100 + n), f"盐罚{n}号", "2025-06-01", "罚款", amount)
        for n in range(ROWS)
    ]
    connection = sqlite3.connect(city.database)
    with connection:
        connection.execute("DELETE FROM field_07")
        connection.executemany(
            "INSERT INTO field_07 (id, code, number, decided, types, amount) VALUES (?, ?, ?, ?, ?, ?)", values
        )
    connection.close()


@pytest.mark.parametrize("before", [False, True], ids=["the first sync", "a later sync"])
def test_a_killed_sync_leaves_what_was_there_and_the_next_ends_like_a_clean_one(
    city: City, service: Service, sync: Sync, environment: dict[str, str], tmp_path: Path, before: bool
) -> None:
    mirror(city)
    code = city.business(1, "盐城甲有限公司")
    sync()
    fill(city, code, "2000")
    if before:
        run_sync(service)
        fill(city, code, "3000")
    held, told = contents(service), answer(service, code)
    place, deaths = 3, 0
    while killed_at(environment, place):
        deaths += 1
        place = place * 2 + 1
        # Whoever asks meanwhile is told what the last complete sync brought.
        assert contents_that_count(service) == held
        now = answer(service, code)
        assert (now.status, now.records) == (told.status, told.records)
    assert deaths >= 4
    assert counts(run_sync(service)) == (0, 0, 0, ROWS)
    after = contents(service)
    assert len(after) == ROWS
    amounts = {record.canonical()["fine_yuan"] for record in answer(service, code).records}
    assert amounts == {"3000" if before else "2000"}
    assert [key for _slug, _mark, key, _code, _text in sorted(after, key=lambda row: int(row[2][1:]))] == [
        f"A{n}" for n in range(ROWS)
    ]


def contents_that_count(service: Service) -> list[tuple[object, ...]]:
    """What is held, without what a killed run left behind."""
    with service.reading() as session:
        left = set(session.scalars(select(MirrorRun.id).where(MirrorRun.state == RunState.RUNNING)))
    return contents(service, without=left)
