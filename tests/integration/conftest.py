"""Fixtures for tests that need a store with its tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from creditreport.db import make_engine, make_sessions
from creditreport.migrations.store import upgrade


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions on an empty store of the newest version, on both kinds."""
    upgrade(database_url)
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()
