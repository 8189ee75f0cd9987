"""The morning of a bid opening: everything at once against gunicorn and PostgreSQL as a city runs them."""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from creditreport.accounts.demo import DemoAccount, make_demo_accounts
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.request import IssueRequest
from tests.bench.figures import Figure, Times, milliseconds, per_second
from tests.bench.live import business
from tests.bench.scale import Grown, grow
from tests.bench.served import Server, served
from tests.bench.stage import Stage
from tests.bench.visitors import MIX, Diary, Visitor, crowd

BUSINESSES, REPORTS, VISITORS = 1_000, 400, 8
# Two hundred bids are on the table: these are scanned again and again.
ON_THE_TABLE = 200
COLD_SHARE = 0.25
# As a city serves, but that lines of the access log go nowhere.
ARGUMENTS = ("--config", "deploy/gunicorn.conf.py", "--workers", "2", "--log-level", "error")
# More than what the allocator gives and takes from minute to minute.
GROWTH_MEGABYTES, GROWTH = 20, 1.1


def run(stage: Stage, minutes: float) -> Iterator[Figure]:
    """The figures of the load, cold (each report scanned for the first time, by fresh workers) and then warm."""
    city = grow(stage, BUSINESSES, "load", clock=None)
    with city.service as service:
        issued = [_issue(city, number) for number in range(REPORTS)]
        accounts = [DemoAccount(f"visitor-{n}", business(n).uscc, business(n).name) for n in range(VISITORS)]
        make_demo_accounts(service.settings, service.sessions, accounts, service.clock.now())
    files = [one.pdf for one in issued[:ON_THE_TABLE]]
    codes = [one.content.verification_code for one in issued]
    variables = {**city.variables, "CREDITREPORT_MISSES_PER_MINUTE": "100000"}
    with served("wsgi:app", variables, ARGUMENTS) as server:
        memory = Memory(server)
        cold = _phase(server, _each_once(codes), files, minutes * 60 * COLD_SHARE)
        warm = _phase(server, _any_of(codes[:ON_THE_TABLE]), files, minutes * 60 * (1 - COLD_SHARE))
        early, late, highest = memory.stop()
    for name, diary, seconds in (("cold", cold, COLD_SHARE), ("warm", warm, 1 - COLD_SHARE)):
        yield from _told(name, diary, minutes * 60 * seconds)
    yield Figure(
        f"memory of the server, main process and two workers, {minutes:g} minutes",
        f"{late:.0f} MB",
        "flat",
        late <= max(early * GROWTH, early + GROWTH_MEGABYTES),
        f"{early:.0f} MB at the beginning of the warm part, never above {highest:.0f} MB",
    )


def _issue(city: Grown, number: int) -> IssuedReport:
    request = IssueRequest(business(number).uscc, "3", "commerce", "benchmark")
    return issue_report(city.service, request, city.service.clock.now())


def _each_once(codes: list[str]) -> Callable[[], str]:
    """One after another; when all were asked for, from the beginning."""
    turn, lock = itertools.cycle(codes), threading.Lock()

    def draw() -> str:
        with lock:
            return next(turn)

    return draw


def _any_of(codes: list[str]) -> Callable[[], str]:
    chance = random.Random(3)
    return lambda: chance.choice(codes)


def _phase(server: Server, codes: Callable[[], str], files: list[bytes], seconds: float) -> Diary:
    visitors = [Visitor(server, n, codes, files, f"visitor-{n}") for n in range(VISITORS)]
    for visitor in visitors:
        visitor.sign_in()
    try:
        return crowd(visitors, seconds)
    finally:
        for visitor in visitors:
            visitor.close()


def _told(name: str, diary: Diary, seconds: float) -> Iterator[Figure]:
    failed = ", ".join(f"{count} × {why}" for why, count in Counter(diary.wrong).most_common(3))
    yield Figure(
        f"load, {name}: {VISITORS} visitors at once, 90/5/4/1",
        per_second(diary.answers, seconds),
        "no error",
        not diary.wrong and diary.answers > 0,
        f"{len(diary.wrong)} errors in {diary.answers:,} answers{': ' + failed if failed else ''}",
    )
    for deed in MIX:
        taken = diary.seconds.get(deed)
        if taken and len(taken) > 1:
            each = Times(taken)
            yield Figure(f"  {name}, {deed}", each.shown(), peers=f"{len(taken):,}, longest {milliseconds(max(taken))}")


class Memory:
    """What a server's processes take together (what they share counts once), looked at each second."""

    def __init__(self, server: Server) -> None:
        self._main = server.pid
        self._seen: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> tuple[float, float, float]:
        """Megabytes as the second quarter of the time began, in the last tenth, and at most."""
        self._over.set()
        self._thread.join()
        count = len(self._seen)
        part = max(1, count // 10)
        begin = count // 4
        return median(self._seen[begin : begin + part]), median(self._seen[-part:]), max(self._seen)

    def _look(self) -> None:
        while not self._over.wait(1.0):
            if found := sum(_megabytes(pid) for pid in _family(self._main)):
                self._seen.append(found)


def _family(main: int) -> list[int]:
    found = [main]
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
