"""Whether a worker's memory stays flat over ten thousand reports, each about another business with other characters.

The reports are issued whole, from the mirrored store and into it, by a process that does nothing else: this module, run
by itself.
"""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
from collections.abc import Iterator

from sqlalchemy import update

from creditreport.config import CHECKOUT, load_settings
from creditreport.entities.models import EntityRow
from creditreport.logs import log_to_stderr
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from tests.bench.figures import Figure
from tests.bench.live import business
from tests.bench.scale import grow
from tests.bench.stage import NOON, Stage

LIMIT_MEGABYTES = 250
BUSINESSES = 500
# Common characters enough for names that are all different.
FIRST, CHARACTERS = 0x4E00, 6_000
WARM = 300


def run(stage: Stage, reports: int) -> Iterator[Figure]:
    """Memory after the first reports and at the end."""
    city = grow(stage, BUSINESSES, "memory")
    with city.service as service, service.sessions.begin() as session:
        for number in range(BUSINESSES):
            named = update(EntityRow).where(EntityRow.uscc == business(number).uscc)
            session.execute(named.values(name=_name(number)))
    words = [sys.executable, "-m", "tests.bench.memory", str(reports)]
    worker = subprocess.run(
        words, cwd=CHECKOUT, env={**os.environ, **city.variables}, stdout=subprocess.PIPE, check=True
    )
    early, late, highest = json.loads(worker.stdout)
    yield Figure(
        f"memory of a process that issued {reports:,} reports",
        f"{late:.0f} MB",
        f"≤ {LIMIT_MEGABYTES} MB, flat",
        late <= LIMIT_MEGABYTES and late <= early * 1.05,
        f"{early:.0f} MB after {WARM:,}, never above {highest:.0f} MB",
    )


def _name(number: int) -> str:
    middle = "".join(chr(FIRST + (number * 7 + place * 997) % CHARACTERS) for place in range(6))
    return f"盐城{middle}有限公司"


def _worker(reports: int) -> tuple[float, float, float]:
    """Megabytes after ``WARM`` reports, after all, and at most."""
    log_to_stderr(logging.ERROR)
    chance = random.Random(4)
    with Service(load_settings(os.environ)) as service:
        for turn in range(reports):
            request = IssueRequest(business(chance.randrange(BUSINESSES)).uscc, "3", "commerce", "benchmark")
            issue_report(service, request, NOON)
            if turn + 1 == WARM:
                early = _megabytes("VmRSS")
    return early, _megabytes("VmRSS"), _megabytes("VmHWM")


def _megabytes(what: str) -> float:
    """Of this program alone: what the system adds up for its parent's fork is left out."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(f"{what}:")) / 1024


if __name__ == "__main__":
    print(json.dumps(_worker(int(sys.argv[1]))))
