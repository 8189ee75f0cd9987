"""The store under several writers."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from creditreport.reports.models import NumberCounter

READ_THEN_WRITE = """
import sys
from datetime import date
from creditreport.db import make_engine, make_sessions
from creditreport.reports.models import NumberCounter
sessions = make_sessions(make_engine(sys.argv[1]))
for _ in range(100):
    with sessions.begin() as session:
        row = session.get_one(NumberCounter, ("320900", date(2026, 11, 21)))
        row.last += 1
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_writers_queue_instead_of_failing(sessions: sessionmaker[Session], database_url: str) -> None:
    key = ("320900", date(2026, 11, 21))
    with sessions.begin() as session:
        session.add(NumberCounter(area=key[0], day=key[1], last=0))
    command = [sys.executable, "-c", READ_THEN_WRITE, database_url]
    running = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    with sessions() as session:
        assert session.get_one(NumberCounter, key).last == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_a_reader_does_not_wait_for_a_writer(sessions: sessionmaker[Session]) -> None:
    reading = sessionmaker(sessions.kw["bind"].execution_options(readonly=True))
    with sessions.begin() as writer:
        writer.add(NumberCounter(area="320900", day=date(2026, 11, 21), last=1))
        writer.flush()
        with reading() as reader:
            assert reader.get(NumberCounter, ("320900", date(2026, 11, 21))) is None
