"""Faults in a running town. After each: every asking has one report, nothing is half there, it goes on by itself."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
import redis as client

from tests.drills.conftest import Tell
from tests.drills.postgres import SlowLine
from tests.drills.sound import numbers_by_state, open_jobs, reports, unsound
from tests.drills.town import Town
from tests.drills.visitors import Crowd
from tests.forked import COMMAND, run_forked
from tests.workers import eventually


def goes_on(town: Town, before: int, crowd: Crowd, reissued: int = 0) -> None:
    """Everybody was answered once, the jobs get done by themselves, and all is sound."""
    assert len(set(crowd.end())) == crowd.asked
    eventually("the jobs are done", lambda: not open_jobs(town.service))
    assert reports(town.service) == before + crowd.asked + reissued
    assert unsound(town.service) == []


def wait_for(crowd: Crowd, answered: int) -> None:
    """Until so many were answered."""
    while crowd.busy and crowd.answered < answered:
        time.sleep(0.02)


def test_web_and_worker_killed_at_random_moments(town: Town, issues: int, dice: random.Random, tell: Tell) -> None:
    first = town.crowd(max(4, issues // 5)).end()
    before, killed = reports(town.service), {"web process": 0, "job process": 0, "web": 0, "worker": 0, "beat": 0}
    crowd = town.crowd(issues)
    town.reissue_later(first)
    while crowd.busy:
        # A machine of whatever speed gets somewhere between two killings, and is hit at any moment of an issue.
        wait_for(crowd, crowd.answered + dice.randint(1, 8))
        time.sleep(dice.uniform(0, 0.2))
        victim = dice.choices(list(killed), [6, 3, 1, 1, 1])[0]
        if victim in ("web process", "job process"):
            children = town.children("web" if victim == "web process" else "worker")
            if children:
                with suppress(ProcessLookupError):
                    os.kill(dice.choice(children).pid, signal.SIGKILL)
        else:
            town.kill_all(victim)
        killed[victim] += 1
    goes_on(town, before, crowd, len(first))
    killings = ", ".join(f"{what} {times}" for what, times in killed.items())
    tell(f"{crowd.asked} askings in {crowd.tries} tries, {len(first)} re-issues; kill -9: {killings}")
    tell(f"numbers: {numbers_by_state(town.service)}")


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_postgresql_gone_and_back(town: Town, issues: int, tell: Tell, how: str) -> None:
    before, crowd = reports(town.service), town.crowd(issues // 2)
    wait_for(crowd, crowd.asked // 4)
    getattr(town.postgres, how)()
    time.sleep(1)
    town.postgres.start()
    goes_on(town, before, crowd)
    tell(f"{crowd.asked} askings in {crowd.tries} tries; numbers: {numbers_by_state(town.service)}")


def test_redis_flushed_and_stopped(town: Town, issues: int, tell: Tell) -> None:
    first = town.crowd(8).end()
    before, crowd = reports(town.service), town.crowd(issues // 2)
    town.reissue_later(first[:4])
    wait_for(crowd, crowd.asked // 4)
    client.Redis(port=town.redis.port).flushall()
    wait_for(crowd, crowd.asked // 2)
    town.redis.stop()
    town.reissue_later(first[4:])
    time.sleep(1)
    town.redis.start()
    goes_on(town, before, crowd, len(first))
    tell(f"{crowd.asked} askings in {crowd.tries} tries, {len(first)} re-issues done all the same")


def test_a_slow_database(town: Town, tmp_path: Path, tell: Tell) -> None:
    before, line = reports(town.service), SlowLine(town.postgres, 0.03)
    listed = tmp_path / "list.csv"
    listed.write_text(
        "uscc,years,purpose\n" + "".join(f"{code},3,finance\n" for code in town.codes[:2]), encoding="utf-8"
    )
    words = ["issue-batch", str(listed), "--out", str(tmp_path / "out")]
    done = run_forked(COMMAND, words, {**town.environment, "CREDITREPORT_DATABASE_URL": line.url})
    line.end()
    assert done.returncode == 0, done.stdout + done.stderr
    assert reports(town.service) == before + 2
    assert unsound(town.service) == []
    tell("2 reports over a line that answers 30 ms late")
