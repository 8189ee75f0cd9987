"""The drills' own fixtures, and the table of what was tried and found (``make drills``)."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from creditreport.config import Settings
from tests.drills.town import Town

TABLE: list[tuple[str, str]] = []
Tell = Callable[[str], None]


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Iterator[Tell]:
    """Takes down, for the table, what was tried and found."""
    name, begun, said = request.node.name, time.monotonic(), list[str]()
    yield said.append
    TABLE.append((name, f"{'; '.join(said)} ({time.monotonic() - begun:.0f} s)"))


@pytest.fixture(scope="session")
def issues(request: pytest.FixtureRequest) -> int:
    """How many reports are asked for in a drill (``--issues``)."""
    many: int = request.config.getoption("--issues")
    return many


@pytest.fixture
def dice(request: pytest.FixtureRequest, tell: Tell) -> random.Random:
    """Chance; what it began with is told, and ``--seed`` begins there again."""
    seed = request.config.getoption("--seed") or time.time_ns() % 1_000_000
    print(f"--seed {seed}")
    tell(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts_var_dir: Path) -> Iterator[Town]:
    """A town that every drill finds running and leaves running."""
    # PostgreSQL's wheel looks for one and warns where a machine has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    made = Town(tmp_path_factory.mktemp("town"), signing_settings, fonts_var_dir)
    yield made
    made.end()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    if TABLE:
        terminalreporter.section("drills")
        for name, said in TABLE:
            terminalreporter.write_line(f"{name.removeprefix('test_').replace('_', ' ')}: {said}")
