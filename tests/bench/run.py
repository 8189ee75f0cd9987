"""``make bench``: every figure that the design sets a target for, in one table beside its peers."""

from __future__ import annotations

import argparse
import importlib.metadata
import logging
import os
import platform
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine

from creditreport.logs import log_to_stderr
from tests.bench import bidpack, live, load, memory, pages, peers, scale, syncing, verifying
from tests.bench.figures import Figure, table, timed
from tests.bench.stage import Stage, stage

# Whose versions the figures depend on most.
NAMED = (
    "creditreport",
    "flask",
    "gunicorn",
    "psycopg",
    "sqlalchemy",
    "reportlab",
    "pyhanko",
    "cryptography",
    "uharfbuzz",
)
Part = Callable[[Stage], Iterator[Figure]]


def parts(options: argparse.Namespace) -> dict[str, Part]:
    """What can be measured, by name, in the order of the table."""
    return {
        "live": partial(live.run, rounds=options.rounds),
        "sync": partial(syncing.run, rows=options.rows),
        "issuing": partial(scale.issuing, rounds=options.rounds),
        "parts": partial(pages.run, rounds=options.rounds),
        "peers": partial(peers.run, rounds=options.rounds),
        "memory": partial(memory.run, reports=options.reports),
        "verifying": partial(verifying.run, rounds=options.rounds, reports=options.issued),
        "bidpack": bidpack.run,
        "load": partial(load.run, minutes=options.minutes),
        "scale": partial(scale.run, businesses=options.businesses, rounds=options.rounds),
    }


def main() -> None:
    """Measure, say on standard error what is at work, print the table at the end."""
    options = _options()
    log_to_stderr(logging.ERROR)
    figures: list[Figure] = []
    failed: list[str] = []
    with stage() as place:
        for name, part in parts(options).items():
            if options.only and name not in options.only:
                continue
            print(f"== {name}", file=sys.stderr, flush=True)
            try:
                took = timed(lambda part=part: figures.extend(part(place)))
            except Exception:
                # Half an hour's figures are not lost for one part; the run fails all the same.
                failed.append(name)
                traceback.print_exc()
            else:
                print(f"   {took:.0f} s", file=sys.stderr, flush=True)
        machine = described(place)
    print(f"{machine}\n\n{table(figures)}")
    if failed:
        sys.exit(f"could not be measured: {', '.join(failed)}")


def described(place: Stage) -> str:
    """The machine and what was measured on it, so that two tables can be laid side by side."""
    processor = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    engine = create_engine(place.server)
    with engine.connect() as connection:
        server = connection.exec_driver_sql("SHOW server_version").scalar_one()
    engine.dispose()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in NAMED)
    return (
        f"{processor}, {os.cpu_count()} CPUs, {memory:.0f} GB, load of the last minute {os.getloadavg()[0]:.1f}\n"
        f"Python {platform.python_version()}, PostgreSQL {server}, {versions}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", metavar="PART", help="one part only; may be repeated")
    parser.add_argument("--rounds", type=int, default=60, help="how often the quick things are done")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the mirrored table")
    parser.add_argument("--businesses", type=int, default=50_000, help="size of the large city")
    parser.add_argument("--reports", type=int, default=800, help="reports whose memory is watched")
    parser.add_argument("--issued", type=int, default=30_000, help="issued reports beside the one that is verified")
    parser.add_argument("--minutes", type=float, default=0.75, help="how long everything comes at once")
    parser.add_argument("--full", action="store_true", help="a city of a million businesses, five million records")
    options = parser.parse_args()
    if options.full:
        options.rows = 200_000
        options.businesses, options.reports, options.issued, options.minutes = 1_000_000, 10_000, 1_000_000, 10.0
    return options


if __name__ == "__main__":
    main()
