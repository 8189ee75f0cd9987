"""What processes of jobs count is told beside what the pages count: by real processes, nothing lost, nothing twice."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from creditreport.bidpacks.items import Upload
from creditreport.config import CHECKOUT, Settings, load_settings
from creditreport.errors import Problem
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.outbox import enqueue
from creditreport.operations.exposing import JobsMetrics, may_read
from creditreport.reports.batch_reissue import KIND
from creditreport.reports.fonts import FontSet
from creditreport.reports.models import CreditReport
from creditreport.service import Service
from creditreport.verification import told
from tests.bidding import make_bidding
from tests.conftest import NOON
from tests.portal import Portal, environment, make_portal
from tests.redis_server import RedisServer
from tests.workers import CELERY, Process, eventually, running

Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]
ISSUED = ("creditreport_reports_issued_total", (("level", "B-B"),))
OFFICE = "http://127.0.0.1"
HOST = "credit.example.gov.cn"


def ask(port: int, path: str = "/metrics", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": HOST, "Connection": "close", **headers})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def numbers(port: int) -> Numbers:
    status, body = ask(port)
    assert status == 200
    samples = [sample for family in text_string_to_metric_families(body) for sample in family.samples]
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for one in samples}


@dataclass
class Town:
    """A city with a web server; jobs are asked for here, with a Redis that tells workers of them."""

    portal: Portal
    telling: Service
    variables: dict[str, str]
    folder: Path

    def reissue(self) -> str:
        """A job that issues a report; returns the number that it is about."""
        number = self.portal.issue(self.portal.mine).number
        with self.telling.sessions.begin() as session:
            enqueue(session, KIND, number, {"number": number, "reason": "更正", "by": "test"}, now=NOON)
        return number

    def reissued(self, number: str) -> str | None:
        with self.portal.service.reading() as session:
            return session.get_one(CreditReport, number).superseded_by

    def nothing_waits(self) -> bool:
        with self.portal.service.reading() as session:
            return not session.query(Job.id).where(Job.state == JobState.WAITING.value).first()

    @contextmanager
    def jobs(self, *words: str, name: str) -> Iterator[tuple[Process, int]]:
        """A process that does jobs, and the port at which it tells its numbers."""
        log = self.folder / f"{name}.log"
        with running(list(words), self.variables, log) as process:
            eventually("the numbers are told", lambda: served(process))
            yield process, served(process)[0]


def served(process: Process) -> list[int]:
    """The port that its log names; Celery writes something before each line."""
    return [int(port) for port in re.findall(r'\{"port": (\d+), "event": "metrics_served"', process.said())]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory,
    signing_settings: Settings,
    fonts: FontSet,
    fonts_var_dir: Path,
    redis: RedisServer,
) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    portal = make_portal(folder, signing_settings, fonts)
    (folder / "var").mkdir(exist_ok=True)
    (folder / "var" / "fonts").symlink_to(fonts_var_dir / "fonts")
    (folder / "shared").mkdir()
    variables = environment(
        folder, portal.city, signing_settings, CLOCK=NOON.isoformat(), BROKER_URL=redis.url, LOG_FORMAT="json",
        JOBS_METRICS="127.0.0.1:0",
    )  # fmt: skip
    # As where one file of settings serves all units: the pages' folder is none of the jobs' business.
    variables |= {
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "shared"),
        "TMPDIR": str(folder),
        "PYTHONPATH": str(CHECKOUT),
    }
    telling = Service(load_settings({**variables, "CREDITREPORT_JOBS_METRICS": ""}), portal.service.clock)
    yield Town(portal, telling, variables, folder)
    telling.close()
    portal.service.close()


@pytest.fixture(scope="module")
def pages(town: Town) -> Iterator[int]:
    """The port of a real gunicorn."""
    given = {**os.environ, **town.variables, "BIND": "127.0.0.1:0", "WEB_CONCURRENCY": "2"}
    log = town.folder / "gunicorn.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app"],
            cwd=CHECKOUT, env=given, stdout=file, stderr=file,
        )  # fmt: skip
    eventually("gunicorn listens", lambda: "Listening at" in log.read_text(encoding="utf-8"))
    line = next(one for one in log.read_text(encoding="utf-8").splitlines() if "Listening at" in one)
    yield urlsplit(line[line.index(OFFICE) :].split()[0].rstrip('",')).port or 0
    process.terminate()
    process.wait(100)


WORKER = [*CELERY, "worker", "--loglevel", "INFO", "--concurrency", "2", "--hostname", "measured@tests"]
WORK = [sys.executable, "-m", "creditreport", "work", "--every", "1"]


def children(process: Process) -> list[int]:
    pid = process.process.pid
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def folders(town: Town) -> list[Path]:
    return list(town.folder.glob("creditreport-jobs-metrics-*"))


def test_a_workers_numbers_are_told_beside_the_pages(town: Town, pages: int) -> None:
    with town.jobs(*WORKER, name="worker") as (process, port):
        first = town.reissue()
        eventually("the report is issued again", lambda: town.reissued(first))
        eventually("and counted", lambda: numbers(port).get(ISSUED) == 1)
        counted = numbers(port)
        steps = {dict(labels)["step"] for name, labels in counted if name == "creditreport_step_seconds_count"}
        assert {"issue.collect", "issue.render", "issue.sign", "issue.store"} <= steps
        asked = ("creditreport_source_seconds_count", (("source", "field_12"), ("status", "complete")))
        assert counted[asked] >= 1
        # What the store tells is told once, by the pages; and what jobs did is not told by them.
        assert not [name for name, _ in counted if name in ("creditreport_up", "creditreport_jobs")]
        assert numbers(pages)["creditreport_up", ()] == 1
        assert ISSUED not in numbers(pages)

        # A process that is killed has counted what it counted.
        for child in children(process):
            os.kill(child, signal.SIGKILL)
        second = town.reissue()
        eventually("another process issues", lambda: town.reissued(second))
        eventually("both are counted", lambda: numbers(port)[ISSUED] == 2)
        assert len(folders(town)) == 1
        process.process.terminate()
        process.process.wait(60)
    assert folders(town) == [], "nothing is left behind"
    with town.jobs(*WORKER, name="worker again") as (_, port):
        third = town.reissue()
        eventually("the report is issued again", lambda: town.reissued(third))
        eventually("a new worker begins at nothing", lambda: numbers(port).get(ISSUED) == 1)
    assert ISSUED not in numbers(pages)


def test_jobs_done_in_place_are_told_too(town: Town, pages: int) -> None:
    with town.jobs(*WORK, name="work") as (_, port):
        number = town.reissue()
        eventually("the report is issued again", lambda: town.reissued(number))
        eventually("and counted", lambda: numbers(port).get(ISSUED) == 1)
        assert ask(port, "/")[0] == 404
        assert ask(port, **{"X-Forwarded-For": "10.0.0.9"})[0] == 404
    assert ISSUED not in numbers(pages)


def verdicts(port: int) -> dict[tuple[str, str], float]:
    found = {}
    for (name, labels), value in numbers(port).items():
        if name == "creditreport_verdicts_total":
            found[dict(labels)["status"], dict(labels)["channel"]] = value
    return found


def test_verdicts_are_counted_by_their_word(town: Town, pages: int) -> None:
    code = town.portal.issue(town.portal.mine).content.verification_code
    before = verdicts(pages)
    # Drawn once, then given again: each is a verdict.
    for _ in range(5):
        assert ask(pages, f"/v/{code}")[0] == 200
    assert ask(pages, "/v/nonsense")[0] == 404
    assert ask(pages, f"/api/v1/verifications/{code}")[0] == 200

    def grown() -> dict[tuple[str, str], float]:
        return {key: value - before.get(key, 0) for key, value in verdicts(pages).items()}

    assert grown() == {("VALID", "page"): 5, ("VALID", "api"): 1, ("MISTYPED", "page"): 1}
    assert code not in ask(pages)[1]


def test_a_port_that_is_taken_stops_no_jobs(town: Town) -> None:
    first = JobsMetrics(replace(town.portal.service.settings, jobs_metrics=("127.0.0.1", 0)))
    assert first._server is not None
    taken = first._server.server_address[1]
    with capture_logs() as said:
        second = JobsMetrics(replace(town.portal.service.settings, jobs_metrics=("127.0.0.1", int(taken))))
    assert said == [{"event": "metrics_not_served", "port": taken, "error": "OSError", "log_level": "warning"}]
    for one in (first, second, second):
        one.close()


def test_a_token_opens_the_port(town: Town) -> None:
    settings = replace(town.portal.service.settings, metrics_token="a token")
    assert may_read(settings, {"Authorization": "Bearer a token"}.get, "10.0.0.9")
    assert not may_read(settings, {"Authorization": "Bearer another"}.get, "127.0.0.1")


@pytest.mark.parametrize("value", ["9101", ":9101", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"])
def test_an_address_that_is_none_stops_the_start(town: Town, value: str) -> None:
    with pytest.raises(Problem, match="JOBS_METRICS"):
        load_settings({**town.variables, "CREDITREPORT_JOBS_METRICS": value})


def test_verdicts_of_a_pack_are_counted(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(told, "_heard", [lambda *one: heard.append(one)])
    bidding = make_bidding(tmp_path, signing_settings, fonts)
    genuine = bidding.issue(1).pdf
    bidding.check(Upload("甲.pdf", genuine), Upload("乙.pdf", b"%PDF-1.7\nnothing"))
    bidding.service.close()
    assert sorted(heard) == [("NOT_ISSUED_HERE", "bid_pack"), ("VALID", "bid_pack")]
