"""Who looked: notes are written together a moment later, counted by day, and gone after their time; on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from creditreport.clock import SHANGHAI, FixedClock
from creditreport.config import Settings
from creditreport.privacy.kinds import KINDS
from creditreport.privacy.retention import apply_retention
from creditreport.service import Service
from creditreport.signing.signer import load_signer
from creditreport.verification.by_code import verify_code
from creditreport.verification.looks import looks_at, note_look
from creditreport.verification.models import Channel, Look
from tests.conftest import NOON
from tests.issued import Issued, store


@pytest.fixture
def service(signing_settings: Settings, sessions: sessionmaker[Session]) -> Iterator[Service]:
    made = Service(signing_settings, FixedClock(NOON))
    made.sessions = made.reading = sessions
    yield made
    made.close()


@pytest.fixture
def issued(signing_settings: Settings, sessions: sessionmaker[Session]) -> Issued:
    return store(sessions, load_signer(signing_settings), NOON)


def look(service: Service, code: str, at: datetime, channel: Channel = Channel.PAGE, client: str = "Chrome") -> None:
    with service.reading() as session:
        verdict = verify_code(session, code, at)
    note_look(service, verdict, channel, client, at)


def test_looks_are_written_and_counted_by_day(service: Service, issued: Issued) -> None:
    look(service, issued.code, NOON)
    # Half an hour before midnight in Shanghai: the same day there, not in UTC.
    look(service, issued.code, datetime(2026, 11, 21, 23, 59, 59, tzinfo=SHANGHAI), Channel.API, "示例招标平台")
    look(service, issued.code, datetime(2026, 12, 22, 0, 0, tzinfo=SHANGHAI), Channel.FILE)
    look(service, "0123456789ABCDEFGHJY", NOON)
    look(service, "nothing", NOON)
    assert service.looks.flush() == 3
    assert service.looks.flush() == 0
    with service.reading() as session:
        seen = looks_at(session, issued.number, last=2)
    assert seen.total == 3
    assert [(f"{one.day:%m-%d}", one.looks) for one in seen.days] == [("12-22", 1), ("11-21", 2)]
    assert [(one.channel, one.client, one.verdict) for one in seen.last] == [
        ("file", "Chrome", "EXPIRED"),
        ("api", "示例招标平台", "VALID"),
    ]


def test_a_note_waits_for_no_store_and_is_kept_until_there_is_one(service: Service, issued: Issued) -> None:
    with service.sessions.begin() as session:
        session.execute(text("ALTER TABLE report_look RENAME TO elsewhere"))
    look(service, issued.code, NOON)
    look(service, issued.code, NOON + timedelta(seconds=1), client="x" * 200)
    if service.sessions.kw["bind"].dialect.name == "sqlite":  # PostgreSQL calls it a wrong statement, and drops it
        assert service.looks.flush() == 0
        with service.sessions.begin() as session:
            session.execute(text("ALTER TABLE elsewhere RENAME TO report_look"))
        assert service.looks.flush() == 2
        with service.reading() as session:
            assert [len(one.client) for one in looks_at(session, issued.number).last] == [80, 6]


def test_looks_are_kept_for_24_months(service: Service, issued: Issued) -> None:
    look(service, issued.code, NOON)
    look(service, issued.code, NOON + timedelta(seconds=1))
    service.looks.flush()
    removed = {}
    for _ in range(2):
        done = apply_retention(service.sessions, KINDS, "test", NOON + timedelta(days=730, seconds=1))
        removed = {one.kind: one.removed for one in done}
        with service.reading() as session:
            assert session.scalar(select(func.count()).select_from(Look)) == 1
    assert removed["looks"] == 0
