"""Failures are counted: alone, together through a real Redis, and alone again while it does not answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from limits import RateLimitItemPerMinute
from structlog.testing import capture_logs

from creditreport.errors import Problem
from creditreport.verification.misses import FEW, MissLimits
from creditreport.web import limits
from creditreport.web.limits import Counter, of_address
from tests.conftest import NOON
from tests.redis_server import RedisServer

TWO = RateLimitItemPerMinute(2)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture(params=["memory", "redis"])
def counter(request: pytest.FixtureRequest) -> Counter:
    return Counter(None if request.param == "memory" else request.getfixturevalue("redis").url)


def wait(misses: MissLimits, who: str) -> int:
    try:
        misses.check(who, NOON)
    except Problem as problem:
        return int(problem.shown["retry_after"])
    return 0


def test_the_wait_grows_from_seconds_to_minutes_to_hours(counter: Counter) -> None:
    misses = MissLimits(counter, 2)
    waits = []
    for _ in range(20):
        waits.append(wait(misses, "address:192.0.2.1"))
        misses.missed("address:192.0.2.1", NOON)
    waits.append(wait(misses, "address:192.0.2.1"))
    assert waits[:2] == [0, 0]
    assert all(50 <= one <= 60 for one in waits[2:6])
    assert all(890 <= one <= 900 for one in waits[6:20])
    assert 86_390 <= waits[20] <= 86_400
    assert wait(misses, "address:192.0.2.2") == 0
    present, *before = misses.hours(NOON)
    assert (present.misses, present.refused) == (20, 19)
    assert {(hour.misses, hour.refused) for hour in before} == {(0, 0)}


def test_when_everybody_misses_only_those_who_missed_have_to_wait(counter: Counter) -> None:
    misses = MissLimits(counter, 5)
    with capture_logs() as logs:
        for number in range(misses.everybody.amount + 3):
            assert wait(misses, f"address:10.0.{number // 250}.{number % 250}") == 0
            misses.missed(f"address:10.0.{number // 250}.{number % 250}", NOON)
        for _ in range(FEW.amount):
            misses.missed("address:192.0.2.1", NOON)
    assert misses.attacked()
    assert wait(misses, "address:192.0.2.1") > 0  # though five a minute are usually allowed
    assert wait(misses, "address:192.0.2.2") == 0
    assert [entry["event"] for entry in logs] == ["misses_everywhere"]


def test_two_workers_count_together(redis: RedisServer) -> None:
    one, other = Counter(redis.url), Counter(redis.url)
    one.hit(TWO, "x")
    other.hit(TWO, "x")
    assert one.wait(TWO, "x") > 0
    assert (one.used(TWO, "x"), one.used(TWO, "y"), one.shared()) == (2, 0, True)
    other.clear(TWO, "x")
    assert one.wait(TWO, "x") == 0


@pytest.mark.parametrize("how", ["stop", "freeze"])
def test_a_redis_that_is_gone_stops_nobody_and_is_used_again(
    redis: RedisServer, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(redis.url)
    counter.hit(TWO, "x")
    getattr(redis, how)()
    with capture_logs() as logs:
        counter.hit(TWO, "x")
        counter.hit(TWO, "x")
    assert [entry["event"] for entry in logs] == ["limits_counted_alone"]  # asked once, then left alone for a while
    assert (counter.wait(TWO, "x") > 0, counter.shared()) == (True, False)
    redis.stop()
    redis.start()
    monkeypatch.setattr(counter, "_again", 0.0)
    assert (counter.used(TWO, "x"), counter.shared()) == (0, True)


def test_a_network_of_one_household_counts_as_one() -> None:
    assert of_address("2001:db8:1:2:3::4") == of_address("2001:db8:1:2:ffff::1") != of_address("2001:db8:1:3::4")
    assert of_address("::ffff:192.0.2.1") == of_address("192.0.2.1") != of_address("192.0.2.2")
    assert of_address(None) == of_address("not an address") == "?"


def test_a_broker_that_is_no_redis_is_not_counted_in() -> None:
    assert not Counter("amqp://127.0.0.1").shared()
    assert set(limits.SCHEMES) == {"redis://", "rediss://", "unix://"}
