"""Whether a worker's memory stays flat over ten thousand reports, each about another business with other characters."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator

from creditreport.reports.content import DomainResult, ReportContent
from tests.bench.figures import Figure
from tests.bench.peers import drawing_and_signing, real_fields
from tests.bench.stage import Stage
from tests.papers import URL, report

LIMIT_MEGABYTES = 250
# Common characters enough for names that are all different.
FIRST, CHARACTERS = 0x4E00, 6_000
WARM = 1_000


def run(stage: Stage, reports: int) -> Iterator[Figure]:
    """Memory after a thousand reports and at the end."""
    draw, sign = drawing_and_signing(stage)
    fields = real_fields()
    for n in range(WARM):
        sign(draw(_report(n, fields)))
    early = _megabytes()
    for n in range(WARM, reports):
        sign(draw(_report(n, fields)))
    late, highest = _megabytes(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure(
        f"memory after {reports:,} reports in one process",
        f"{late:.0f} MB",
        f"≤ {LIMIT_MEGABYTES} MB, flat",
        late <= LIMIT_MEGABYTES and late <= early * 1.05,
        f"{early:.0f} MB after {WARM:,}, never above {highest:.0f} MB",
    )


def _report(n: int, fields: tuple[DomainResult, ...]) -> ReportContent:
    name = "".join(chr(FIRST + (n * 7 + place * 997) % CHARACTERS) for place in range(6))
    return report(
        name=f"盐城{name}有限公司",
        number=f"3209002026112{n:08d}",
        verification_url=URL[:-5] + f"{n:05d}",
        domains=fields,
    )


def _megabytes() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024
