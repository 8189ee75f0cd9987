"""A replica answers verifications only while it is known to be fresh: no verdict is older than is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text, update
from sqlalchemy.engine import make_url

from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from creditreport.reports.models import CreditReport
from tests.portal import Portal, get, make_portal
from tests.replica import replica_of


class Copy:
    """The replica as the tests handle it."""

    def __init__(self, portal: Portal, url: str) -> None:
        self.portal = portal
        self.admin = create_engine(url, isolation_level="AUTOCOMMIT")
        found = portal.service.replica
        assert found is not None
        self.replica = found
        # However slow the machine is: what is known of the copy is forgotten by the tests, not by time.
        self.replica._delay = 3600
        self.asked: list[str] = []
        event.listen(found.engine, "before_cursor_execute", self._hear)

    def _hear(self, _c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "credit_report" in statement:
            self.asked.append(statement)

    def replay(self, word: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(f"SELECT pg_wal_replay_{word}()"))

    def status(self, code: str) -> str:
        self.asked.clear()
        answer = get(self.portal.visitor(), f"/v/{code}", headers={"Accept": "application/json"})
        return str(answer.get_json()["status"])

    def caught_up(self) -> bool:
        self.replica.forget()
        for _ in range(10_000):
            self.replica._again = 0
            if self.replica.fresh():
                return True
        return False


@pytest.fixture(scope="module")
def copy(
    tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet, postgres_server: str
) -> Iterator[Copy]:
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE replicated"))
    with replica_of(postgres_server) as standby:
        urls = [
            make_url(one).set(database="replicated").render_as_string(hide_password=False)
            for one in (postgres_server, standby)
        ]
        portal = make_portal(
            tmp_path_factory.mktemp("replica"), signing_settings, fonts, DATABASE_URL=urls[0], READ_DATABASE_URL=urls[1]
        )
        made = Copy(portal, urls[1])
        yield made
        made.admin.dispose()
        portal.service.close()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE replicated WITH (FORCE)"))
    admin.dispose()


def revoke(portal: Portal, number: str) -> None:
    with portal.service.sessions.begin() as session:
        session.execute(update(CreditReport).where(CreditReport.number == number).values(status="REVOKED"))


def test_a_fresh_replica_answers(copy: Copy) -> None:
    code = copy.portal.issue(copy.portal.mine).content.verification_code
    assert copy.caught_up()
    assert copy.status(code) == "VALID"
    assert copy.asked != []


def test_what_a_lagging_replica_does_not_know_is_told_all_the_same(copy: Copy) -> None:
    report = copy.portal.issue(copy.portal.mine)
    assert copy.caught_up()
    copy.replay("pause")
    try:
        revoke(copy.portal, report.number)
        copy.replica.forget()
        assert copy.status(report.content.verification_code) == "REVOKED"
        assert copy.asked == [], "a copy that is behind is not asked"
        newer = copy.portal.issue(copy.portal.other).content.verification_code
        assert copy.status(newer) == "VALID"
        # Within the time that is allowed it is asked; what it cannot know yet is asked of the primary.
        copy.replica._fresh_until = inf
        assert copy.status(newer) == "VALID"
        assert copy.asked != []
        assert copy.status(report.content.verification_code) == "VALID", "that is what the delay means"
    finally:
        copy.replay("resume")
    assert copy.caught_up()
    assert copy.status(report.content.verification_code) == "REVOKED"
    assert copy.asked != []


def test_a_replica_that_is_none_is_not_asked(copy: Copy) -> None:
    code = copy.portal.issue(copy.portal.mine).content.verification_code
    primary, copy.replica.engine = copy.replica.engine, copy.portal.service.engine
    try:
        copy.replica.forget()
        assert not copy.replica.fresh(), "a server that is no replica is none"
    finally:
        copy.replica.engine = primary
    assert copy.status(code) == "VALID"


def test_a_replica_that_is_away_is_left_alone(copy: Copy) -> None:
    code = copy.portal.issue(copy.portal.mine).content.verification_code
    away = create_engine("postgresql+psycopg://nobody@/nothing?host=/nowhere")
    own, copy.replica.engine = copy.replica.engine, away
    copy.replica.forget()
    try:
        assert copy.status(code) == "VALID"
        assert not copy.replica.fresh()
    finally:
        copy.replica.engine = own
        away.dispose()
