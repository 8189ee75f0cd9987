"""Time is passed in: only the clock itself reads the machine's, and a rule is not even given one.

Read from the syntax, so that a comment does not count and an alias of the module does.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "creditreport"

# Who may read the present moment from the machine, and why.
READERS = {
    "clock": "the one clock",
    "sources.rest_auth": "a request to a department's interface is stamped with the moment it is really sent at",
    "web.limits": "how long to wait is told from the real moment, whatever day a drill is set to",
    "demo.restserver": "the demo's departments check that stamp",
}
# Which attribute of what: ``clock.now()`` is a clock that was handed on, ``datetime.time()`` a time of day.
OF_DAYS = {"now", "today", "utcnow"}
OF_TIME = {"time", "time_ns", "localtime", "gmtime", "monotonic", "perf_counter"}
PRESENT = OF_DAYS | OF_TIME
# What decides or tells without the store, the sources and the clock: the same input gives the same answer in ten years.
PURE = (
    "worktime", "violations.window", "violations.ruleset", "violations.ruleset_form", "violations.ruleset_read",
    "violations.record", "violations.reason", "violations.screen", "violations.steps", "violations.chains",
    "violations.mapping", "violations.cells", "violations.concern", "violations.overlays", "violations.masking",
    "violations.exemption", "violations.build", "violations.answer", "violations.rows", "entities.entity",
    "rules.choosing", "rules.diff", "rules.words", "reports.content", "reports.compose",
)  # fmt: skip


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


TREES = {_module(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def present_moments(tree: ast.AST, names: set[str]) -> list[int]:
    """The lines on which the machine's present moment is read by one of ``names``."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in names:
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner.lstrip("_") in (("datetime", "date") if node.attr in OF_DAYS else ("time",)):
                lines.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            lines += [node.lineno for alias in node.names if alias.name in names]
    return lines


def test_only_the_clock_reads_the_present_moment() -> None:
    measuring = {"monotonic", "perf_counter"}
    found = {name: lines for name, tree in TREES.items() if (lines := present_moments(tree, PRESENT - measuring))}
    assert {name: lines for name, lines in found.items() if name not in READERS} == {}
    assert set(found) == set(READERS), "a reader that reads no more is no reader"


@pytest.mark.parametrize("name", PURE)
def test_no_rule_reads_or_is_given_a_clock(name: str) -> None:
    tree = TREES[name]
    assert present_moments(tree, PRESENT) == []
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import) for alias in node.names
    }
    assert (used | imported) & {"Clock", "SystemClock", "machine_day", "environ", "getenv"} == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import datetime as dt\nx = dt.datetime.now()", True),
        ("from datetime import date\nx = date.today()", True),
        ("from datetime import datetime\nread = datetime.now", True),
        ("from time import time", True),
        ("import time\nx = time.time()", True),
        ("import datetime\nx = datetime.time(23, 59)", False),
        ("x = clock.now()", False),
        ("# datetime.now()\nx = service.clock.now()", False),
    ],
)
def test_the_guard_bites(text: str, found: bool) -> None:
    assert bool(present_moments(ast.parse(text), PRESENT)) is found
