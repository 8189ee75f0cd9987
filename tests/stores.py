"""Stores with all tables, quickly: the migrations run once in a process, every further store is a copy of that one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

from creditreport.migrations.store import upgrade

# Addresses of databases that were copied from the model when they were made, and that nobody has used yet.
_COPIED: set[str] = set()


@contextmanager
def postgres_database(server: str, name: str, *, store: bool) -> Iterator[str]:
    """The address of a database of the server: empty, or what ``make_store`` would make of it."""
    url = make_url(server)
    model = f' TEMPLATE "{_model_database(url.set(database="postgres"))}"' if store else ""
    _execute(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"{model}')
    address = url.set(database=name).render_as_string(hide_password=False)
    if store:
        _COPIED.add(address)
    yield address
    _COPIED.discard(address)
    _execute(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def make_store(address: str) -> None:
    """Give the empty store at ``address`` the newest version's tables, as ``upgrade`` would."""
    url = make_url(address)
    if address in _COPIED:
        _COPIED.remove(address)
    elif url.get_backend_name() == "postgresql":
        _execute(
            url.set(database="postgres"),
            f'DROP DATABASE "{url.database}" WITH (FORCE)',
            f'CREATE DATABASE "{url.database}" TEMPLATE "{_model_database(url.set(database="postgres"))}"',
        )
    elif url.database in (None, "", ":memory:"):
        upgrade(address)
    else:
        store = Path(str(url.database))
        assert not store.exists(), f"{address} is not empty"
        store.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_model_file(), store)


@cache
def _model_database(server: URL) -> str:
    """The name of a database of ``server`` with all tables; nobody is connected to it, so that it can be copied."""
    name = "creditreport_model"
    _execute(server, f'CREATE DATABASE "{name}"')
    upgrade(server.set(database=name).render_as_string(hide_password=False))
    return name


@cache
def _model_file() -> Path:
    folder = tempfile.mkdtemp(prefix="creditreport-model-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Path(folder, "store.sqlite3")
    upgrade(f"sqlite:///{made}")
    return made


def _execute(server: URL, *statements: str) -> None:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    admin.dispose()
