"""The page that a scan opens, under gunicorn, beside the least that such a page could be; and as reports grow many."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import text

from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.verification.codes import new_code
from tests.bench.figures import Figure, Times, per_second, timed
from tests.bench.live import business
from tests.bench.scale import Grown, grow
from tests.bench.served import fetch, served
from tests.bench.stage import Stage

TARGET, WITHIN = 0.7, 1.15
FEW = 10_000
# How often each is asked before the next has its turn: whatever else the machine does then falls on all of them.
AT_A_TIME = 10

# Rows that nobody asks for: with a small content, because a million real ones are 20 GB.
NUMBERS = """
INSERT INTO report_number (number, verification_code, area, day, sequence, status, reserved_at)
SELECT '9' || lpad(g::text, 20, '0'), upper(substr(md5('code' || g), 1, 20)), '999999',
       date '2000-01-01' + g / 100000, g % 100000, n.status, n.reserved_at
FROM generate_series(1, :count) AS g, report_number AS n WHERE n.number = :number
"""
ROWS = """
INSERT INTO credit_report SELECT (jsonb_populate_record(r, jsonb_build_object(
    'number', '9' || lpad(g::text, 20, '0'), 'verification_code', upper(substr(md5('code' || g), 1, 20)),
    'pdf_sha256', md5('a' || g) || md5('b' || g), 'content', '{}'))).*
FROM generate_series(1, :count) AS g, credit_report AS r WHERE r.number = :number
"""
ONE_NUMBER = """
INSERT INTO report_number (number, verification_code, area, day, sequence, status, reserved_at)
SELECT :new, :code, '888888', n.day, :place, n.status, n.reserved_at FROM report_number AS n WHERE n.number = :number
"""
ONE_ROW = """
INSERT INTO credit_report SELECT (jsonb_populate_record(r, jsonb_build_object(
    'number', :new ::text, 'verification_code', :code ::text, 'pdf_sha256', md5(:new) || md5(:code)))).*
FROM credit_report AS r WHERE r.number = :number
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A city with many issued reports; ``codes`` of some that are whole."""

    city: Grown
    reports: int
    codes: list[str]
    filled: float


def run(stage: Stage, rounds: int, reports: int) -> Iterator[Figure]:
    """The figures of the verdict page."""
    # By the machine's clock: where it stands still, nothing is kept from one scan to the next.
    city = grow(stage, 200, "verify", clock=None)
    with city.service:
        clean, listing = (_issued(city, number) for number in (0, 1))
    yield from _beside_bare(city, clean, listing, rounds * 5)
    yield from _as_they_grow(stage, rounds, reports)


def _issued(city: Grown, number: int) -> str:
    request = IssueRequest(business(number).uscc, "3", "commerce", "benchmark")
    return issue_report(city.service, request, city.service.clock.now()).content.verification_code


def _beside_bare(city: Grown, clean: str, listing: str, count: int) -> Iterator[Figure]:
    variables = city.variables | {"BENCH_CODE": clean}
    with served("wsgi:app", variables) as ours, served("tests.bench.bare_page:app", variables) as least:
        page, bare = ours.connection(), least.connection()
        taken = _in_turn(
            {
                "bare": lambda: fetch(bare, f"/{clean}"),
                "clean": lambda: fetch(page, f"/v/{clean}"),
                "listing": lambda: fetch(page, f"/v/{listing}"),
            },
            count,
        )
    for what, name in (("clean", "a clean report"), ("listing", "five records")):
        share = taken["bare"].p50 / taken[what].p50
        yield Figure(
            f"the verdict page, {name}, one gunicorn worker",
            taken[what].shown(),
            f"≥ {TARGET} of bare Flask",
            share >= TARGET,
            f"{share:.2f}; bare Flask with one select by primary key {taken['bare'].shown()}",
        )


def _in_turn(works: dict[str, Callable[[], object]], count: int) -> dict[str, Times]:
    """Each of ``works`` done ``count`` times, a few times at once."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(-2, count // AT_A_TIME):
        for name, work in works.items():
            for _ in range(AT_A_TIME):
                took = timed(work)
                if turn >= 0:
                    seconds[name].append(took)
    return {name: Times(each) for name, each in seconds.items()}


def _as_they_grow(stage: Stage, rounds: int, reports: int) -> Iterator[Figure]:
    """Reports that nobody looked at before, so that each page is drawn, with few and with many beside them."""
    asked = rounds * 3 // AT_A_TIME * AT_A_TIME + 2 * AT_A_TIME
    small, large = (_shelf(stage, count, asked) for count in (FEW, reports))
    with served("wsgi:app", small.city.variables) as one, served("wsgi:app", large.city.variables) as other:
        few, many = one.connection(), other.connection()
        here, there = itertools.cycle(small.codes), itertools.cycle(large.codes)
        works = {"few": lambda: fetch(few, f"/v/{next(here)}"), "many": lambda: fetch(many, f"/v/{next(there)}")}
        taken = _in_turn(works, asked - 2 * AT_A_TIME)
    ratio = taken["many"].p50 / taken["few"].p50
    yield Figure(
        f"a verdict page that is drawn, {reports:,} reports issued",
        taken["many"].shown(),
        "≤ 1.15 × ten thousand",
        ratio <= WITHIN,
        f"{ratio:.2f} × {taken['few'].shown()} with {FEW:,} (rows made at {per_second(reports, large.filled)})",
    )


def _shelf(stage: Stage, reports: int, asked: int) -> Shelf:
    city = grow(stage, 20, f"shelf_{reports}", clock=None)
    codes = [new_code() for _ in range(asked)]
    with city.service as service:
        code = _issued(city, 0)
        with service.engine.begin() as connection:
            find = text("SELECT number FROM credit_report WHERE verification_code = :code")
            like = {"number": connection.execute(find, {"code": code}).scalar_one()}
            filled = timed(
                lambda: [connection.execute(text(one), {**like, "count": reports}) for one in (NUMBERS, ROWS)]
            )
            for place, each in enumerate(codes):
                new = {**like, "new": f"8{place:020d}", "code": each, "place": place}
                for one in (ONE_NUMBER, ONE_ROW):
                    connection.execute(text(one), new)
        with service.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return Shelf(city, reports, codes, filled)
