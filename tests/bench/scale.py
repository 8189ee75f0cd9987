"""Collecting and issuing from the mirrored store as the city grows: ten thousand businesses, and many more."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from creditreport.entities.models import EntityRow
from creditreport.mirror.sync import sync_sources
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.collect import collect
from creditreport.violations.window import window_for
from tests.bench.figures import Figure, Times, milliseconds, one_processor, per_second, timed
from tests.bench.live import business
from tests.bench.stage import NOON, Stage
from tests.integration.city import City

SMALL = 10_000
RECORDS = 5
WITHIN = 1.2
ISSUE_TARGETS = (40, 120)
# While one waits for the disk another is at work, as in the service.
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Grown:
    """A city whose records are in the store."""

    service: Service
    businesses: int
    variables: dict[str, str]
    filled: float

    def draw(self, chance: random.Random) -> int:
        """Any business."""
        return chance.randrange(self.businesses)


def run(stage: Stage, businesses: int, rounds: int) -> Iterator[Figure]:
    """The figures of a growing store."""
    small, large = grow(stage, SMALL), grow(stage, businesses)
    with small.service, large.service:
        yield _compared("collecting for one business", _collect, small, large, rounds * 3)
        yield _compared("issuing, end to end", _issue, small, large, rounds)


def grow(stage: Stage, businesses: int, what: str = "city", clock: datetime | None = NOON) -> Grown:
    """A city of that size, its 45 tables and its overlay synchronised, its businesses in the register.

    ``clock``: as of the stage.
    """
    name = f"{what}_{businesses}"
    folder = stage.folder / name
    city = City(folder)
    for path in (*city.domains_dir.glob("[0-9]*.toml"), *city.domains_dir.glob("overlays/*.toml")):
        text_ = path.read_text(encoding="utf-8")
        mirrored = text_.replace("[source]", '[sync]\ncompare = "full"\n[source]', 1)
        path.write_text('mode = "mirrored"\n' + mirrored, encoding="utf-8")
    _fill(city.database, businesses)
    variables = stage.variables(name, city.domains_dir, {"CITY_URL": city.url}, clock)
    service = Service(stage.settings(variables))
    city.run("UPDATE watermark SET at = ?", f"{service.clock.now():%Y-%m-%d} 00:00:00")
    filled = timed(lambda: _bring(service, businesses))
    return Grown(service, businesses, variables, filled)


def _fill(database: Path, businesses: int) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous=OFF")
    for field in range(1, 46):
        connection.executemany(
            f"INSERT INTO field_{field:02d} (id, code, name, number, type, facts, decided, authority, types, amount) "
            "VALUES (?, ?, ?, ?, '未按规定备案', ?, ?, '某局', '罚款', '2000')",
            _records(field, businesses),
        )
        connection.commit()
    connection.close()


def _records(field: int, businesses: int) -> Iterator[tuple[str, ...]]:
    """Five records for each business, each in another field; one in ten is older than three years."""
    for number in range(businesses):
        for k in range(RECORDS):
            if (number * RECORDS + k) % 45 + 1 == field:
                one, year = business(number), 2019 if number % 10 == 0 else 2025
                document = f"盐罚〔{year}〕{number}-{k}号"
                yield f"{number}-{k}", one.uscc, one.name, document, f"经查，{document}。", f"{year}-06-01"


def _bring(service: Service, businesses: int) -> None:
    for outcome in sync_sources(service, service.clock.now()):
        assert outcome.status is AnswerStatus.COMPLETE, outcome.problem
    with service.sessions.begin() as session:
        for start in range(0, businesses, 10_000):
            rows = [_entity_row(number) for number in range(start, min(start + 10_000, businesses))]
            session.execute(insert(EntityRow), rows)
    with service.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))  # what the server does by itself within a minute


def _entity_row(number: int) -> dict[str, Any]:
    one = business(number)
    return {
        "register_id": one.register_id,
        "uscc": one.uscc,
        "name": one.name,
        "entity_type": one.entity_type.value,
        "registration_status": one.registration_status.value,
        "synced_at": NOON,
    }


def _compared(what: str, work: Any, small: Grown, large: Grown, rounds: int) -> Figure:
    """The two sizes in turn, so that whatever else the machine does falls on both."""
    chance = random.Random(1)  # the same businesses every time
    taken: dict[int, list[float]] = {small.businesses: [], large.businesses: []}
    for turn in range(-3, rounds):
        for city in (small, large):
            number = city.draw(chance)
            seconds = timed(lambda city=city, number=number: work(city, number))
            if turn >= 0:
                taken[city.businesses].append(seconds)
    few, many = Times(taken[small.businesses]), Times(taken[large.businesses])
    ratio = many.p50 / few.p50
    records = large.businesses * RECORDS
    return Figure(
        f"{what}, {large.businesses:,} businesses, {records:,} records",
        many.shown(),
        "≤ 1.2 × ten thousand",
        ratio <= WITHIN,
        f"{ratio:.2f} × {few.shown()} with {small.businesses:,} (filled at {per_second(records, large.filled)})",
    )


def _collect(city: Grown, number: int) -> None:
    service = city.service
    window = window_for(NOON.date(), 3, service.calendar)
    answers = collect(service.catalog, business(number), NOON.date(), window.end, NOON, service.collecting)
    assert sum(len(answer.records) for answer in answers.answers) == RECORDS, [a.problem for a in answers.answers]


def _issue(city: Grown, number: int) -> None:
    request = IssueRequest(business(number).uscc, "3", "commerce", "benchmark")
    issued = issue_report(city.service, request, NOON)
    assert issued.content.listed == (0 if number % 10 == 0 else RECORDS)


def issuing(stage: Stage, rounds: int) -> Iterator[Figure]:
    """Issuing, end to end, in one process on one core, from mirrored sources: one after another, and as it serves."""
    city = grow(stage, 1000)
    with city.service, one_processor():
        for what, number in (("clean report", 0), ("five records listed", 1)):
            drawn = range(number, city.businesses, 10)
            alone = Times([timed(lambda n=n: _issue(city, n)) for n in drawn[: rounds + 3]][3:])
            before = time.process_time()
            with ThreadPoolExecutor(AT_ONCE) as visitors:
                taken = timed(lambda drawn=drawn: list(visitors.map(partial(_issue, city), [*drawn] * 2)))
            count = 2 * len(drawn)
            work = (time.process_time() - before) / count
            beside = (f"{milliseconds(work)} of work each; alone {alone.shown()}", "the second target")
            names = (f"issuing, {what}, one core, {AT_ONCE} at a time", "  the same")
            for name, target, told in zip(names, ISSUE_TARGETS, beside, strict=True):
                rate = count / taken
                yield Figure(name, per_second(count, taken), f"≥ {target}/s", rate >= target, told)
        yield Figure("  of it collecting, one business", milliseconds(_collecting(city, rounds)))


def _collecting(city: Grown, rounds: int) -> float:
    return Times([timed(lambda n=n: _collect(city, n)) for n in range(rounds)]).p50
