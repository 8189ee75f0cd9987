"""Jobs by Celery with a real Redis, a real worker, two real beats: what the broker forgets is done all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis as client
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.config import load_settings
from creditreport.jobs.broker import JOB_TASK, QUEUE, make_celery
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.outbox import enqueue
from creditreport.jobs.registry import PERIODIC
from creditreport.service import Service
from tests.conftest import NOON
from tests.integration.asking import Sync
from tests.integration.city import City
from tests.redis_server import RedisServer
from tests.workers import beat, eventually, worker


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.stop()


class Asked:
    """Jobs that fail at once and for good, so that it is seen that somebody took them."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def ask(self, what: str) -> int:
        with self.service.sessions.begin() as session:
            return enqueue(session, "source.sync", what, {"slug": "nowhere"}, now=NOON)

    def taken(self, job_id: int) -> bool:
        with self.service.reading() as session:
            return session.get_one(Job, job_id).last_code == "UNKNOWN_DOMAIN"

    def periodic(self) -> bool:
        with self.service.reading() as session:
            rows = session.scalars(select(Job).where(Job.state == JobState.STANDING.value)).all()
        return {row.key for row in rows if row.settled_at} == {name for name, _, _ in PERIODIC}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_the_broker_forgets_is_done_all_the_same(
    city: City, service: Service, environment: dict[str, str], redis: RedisServer, tmp_path: Path
) -> None:
    city.business(1, "盐城甲示例有限公司")
    variables = {**environment, "CREDITREPORT_BROKER_URL": redis.url}
    with Service(load_settings(variables), service.clock) as telling, worker(variables, tmp_path):
        asked, silent = Asked(telling), Asked(service)
        # Without a beat: the worker was told as soon as the cause was committed.
        told = asked.ask("told")
        eventually("a job that was told of is taken", lambda: asked.taken(told))
        # The message is lost, or there never was one: a tick finds the job.
        lost = silent.ask("lost")
        with beat(variables, tmp_path, "beat"), beat(variables, tmp_path, "second beat"):
            eventually("a job that nobody was told of is taken", lambda: asked.taken(lost))
            eventually("what comes periodically has come", asked.periodic)
            client.Redis(port=redis.port).flushall()
            flushed = silent.ask("flushed")
            eventually("a job is taken after a flush", lambda: asked.taken(flushed))
            redis.stop()
            alone = asked.ask("alone")
            redis.start()
            eventually("a job is taken after the broker was away", lambda: asked.taken(alone))
    # The clock stands still: two beats told of many slots, and there was one.
    with service.reading() as session:
        synced = session.scalars(select(AuditEntry).where(AuditEntry.action == "register.synced")).all()
    assert len(synced) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_broker_that_does_not_answer_keeps_nobody_waiting(
    service: Service, sync: Sync, city: City, environment: dict[str, str], redis: RedisServer
) -> None:
    redis.freeze()
    with Service(load_settings({**environment, "CREDITREPORT_BROKER_URL": redis.url}), service.clock) as telling:
        asked = Asked(telling)
        ids = [asked.ask(f"{number}") for number in range(30)]
    with service.reading() as session:
        assert set(session.scalars(select(Job.id))) == set(ids)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_outlives_the_broker_with_a_message_in_its_hands(
    city: City, service: Service, environment: dict[str, str], redis: RedisServer, tmp_path: Path
) -> None:
    city.business(1, "盐城甲示例有限公司")
    variables = {**environment, "CREDITREPORT_BROKER_URL": redis.url}
    with Service(load_settings(variables), service.clock) as telling, worker(variables, tmp_path) as process:
        asked, hands = Asked(telling), psutil.Process(process.process.pid).children()
        for hand in hands:
            hand.suspend()
        held = asked.ask("held")
        eventually("the worker has the message", lambda: client.Redis(port=redis.port).hlen("unacked"))
        redis.stop()
        for hand in hands:
            hand.resume()
        redis.start()
        # Whether the hand had it already or it went with the broker, a tick finds it. And the worker listens again.
        with beat(variables, tmp_path):
            eventually("the job is taken", lambda: asked.taken(held))
            later = asked.ask("later")
            eventually("a later job is taken", lambda: asked.taken(later))
        assert process.process.poll() is None


@pytest.mark.parametrize("word", ["ack", "reject", "requeue"])
def test_a_message_of_a_closed_connection_needs_no_word(redis: RedisServer, word: str) -> None:
    app = make_celery(redis.url)
    app.send_task(JOB_TASK, [1], queue=QUEUE)
    with app.connection_for_read() as connection:
        message = connection.SimpleQueue(QUEUE).get(timeout=5)
    # What a worker does with a task that ended just as its broker went: only errors of connections are expected there.
    getattr(message, word)()
    # It stays where it was, and comes again when nobody was heard of for long.
    assert client.Redis(port=redis.port).hlen("unacked") == 1
