"""Live collection: 45 interfaces asked side by side, and what one that hangs costs."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from creditreport.catalog.load import Catalog
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus
from creditreport.service import Service
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.collect import Collection, collect
from creditreport.violations.window import window_for
from tests.bench.figures import Figure, milliseconds, timed, times
from tests.bench.stage import NOON, Stage
from tests.integration.city import City, make_code

DELAY_MS = 50
TARGET_MS = 150
HANG_SECONDS = 1.0
INTERFACE = """
slug = "field_{number:02d}"
title = "领域{number}"
title_en = "Field {number}"
responsible_unit = "单位{number}"
number = {number}
batch = 1
effective_from = 2024-09-01
key = ["id"]

[source]
driver = "rest"
url = "http://127.0.1.{number}:{port}/field_{number:02d}"
ask = {{ uscc = "code" }}
rows = "/list"
total = "/count"
success = {{ at = "/state", equals = "ok" }}
as_of = {{ pointer = "/asOf" }}

[fields]
uscc = "code"
kind = {{ value = "penalty" }}
document_number = "number"
violation_type = "type"
facts = "facts"
decided_on = "decided"
penalty_types = {{ column = "types", lookup = "types" }}
fine_yuan = "amount"
"""


def run(stage: Stage, rounds: int) -> Iterator[Figure]:
    """The figures of live collection."""
    with interfaces() as port:
        service = stage.service("live", _domains(stage.folder / "live", port), _environment(stage.folder / "live"))
        with service:
            cold = timed(lambda: _ask(service, service.catalog))
            warm = times(lambda: _ask(service, service.catalog), rounds)
            bare = _bare_threads(port, rounds)
            yield Figure(
                f"live collection, 45 REST sources of {DELAY_MS} ms",
                warm.shown(),
                f"p95 ≤ {TARGET_MS} ms",
                warm.p95 * 1000 <= TARGET_MS,
                f"first of a process {milliseconds(cold)}; 45 bare http.client threads p95 {milliseconds(bare)}; "
                f"one after another {45 * DELAY_MS:,} ms",
            )
            hanging = _hanging(service.catalog, port)
            slow = times(lambda: _ask(service, hanging, unavailable=1), 5, warm=0)
            yield Figure(
                f"one of the 45 hangs (its deadline: {HANG_SECONDS:g} s)",
                slow.shown(),
                f"≤ {HANG_SECONDS:g} s + {TARGET_MS} ms",
                slow.p95 <= HANG_SECONDS + TARGET_MS / 1000,
                "its own deadline, nothing more",
            )


@contextmanager
def interfaces() -> Iterator[int]:
    """The server of the 45 interfaces; its port."""
    command = [sys.executable, "-m", "tests.bench.slow_interfaces", str(DELAY_MS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _domains(folder: Path, port: int) -> Path:
    city = City(folder)
    for number in range(1, 46):
        path = city.domains_dir / f"{number:02d}_field_{number:02d}.toml"
        path.write_text(INTERFACE.format(number=number, port=port), encoding="utf-8")
    return city.domains_dir


def _environment(folder: Path) -> dict[str, str]:
    return {"CITY_URL": f"sqlite:///{folder / 'city.sqlite3'}"}


def business(number: int) -> BusinessEntity:
    """An invented business."""
    name = f"盐城示例{number:07d}有限公司"
    return BusinessEntity(f"R{number}", make_code(number), name, EntityType.COMPANY, RegistrationStatus.ACTIVE)


def _ask(service: Service, catalog: Catalog, unavailable: int = 0) -> Collection:
    window = window_for(NOON.date(), 3, service.calendar)
    answers = collect(catalog, business(1), NOON.date(), window.end, NOON, service.collecting)
    statuses = [answer.status for answer in answers.answers]
    assert statuses.count(AnswerStatus.UNAVAILABLE) == unavailable, [a.problem for a in answers.answers if a.problem]
    assert sum(len(answer.records) for answer in answers.answers) == 45 - unavailable
    return answers


def _hanging(catalog: Catalog, port: int) -> Catalog:
    located = catalog.domains[6]
    source: Any = located.manifest.source
    source = source.model_copy(update={"url": f"http://127.0.1.7:{port}/hang"})
    manifest = located.manifest.model_copy(update={"source": source, "deadline_seconds": HANG_SECONDS})
    domains = (*catalog.domains[:6], located.model_copy(update={"manifest": manifest}), *catalog.domains[7:])
    return replace(catalog, domains=domains)


def _bare_threads(port: int, rounds: int) -> float:
    """What remains when nothing is checked: one kept connection and one thread for each interface."""
    connections = [http.client.HTTPConnection(f"127.0.1.{number}", port) for number in range(1, 46)]

    def fetch(connection: http.client.HTTPConnection) -> Any:
        connection.request("GET", f"/x?code={make_code(1)}")
        return json.loads(connection.getresponse().read())

    with ThreadPoolExecutor(45) as pool:
        found = times(lambda: list(pool.map(fetch, connections)), rounds)
    for connection in connections:
        connection.close()
    return found.p95
