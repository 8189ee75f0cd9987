"""``creditreport backup``: the store as it was at one moment, and what is needed to read it, with checksums.

It is made while the service works. PostgreSQL writes it by ``pg_dump`` from one snapshot, SQLite by its own online
backup. Beside it go the public half of the keys, the manifests, the rule sets and the working days; never a secret.
The list of files is written last: a folder without it is no backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, inspect, select, text
from sqlalchemy import table as table_clause
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import Session

from creditreport.audit.models import AuditEntry
from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.operations.postgres_tools import call, tool
from creditreport.version import program_version

if TYPE_CHECKING:
    from creditreport.service import Service

LIST = "backup.json"
MADE = "store.backed_up"
DUMPS = {"postgresql": "store.dump", "sqlite": "store.sqlite3"}
# Only these of the keys' folder, and only if no private key is in them.
PUBLIC = {".pem", ".crt", ".cer", ".der"}
PRIVATE = (b"PRIVATE KEY", b"ENCRYPTED")
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Backup:
    """What ``backup.json`` holds: of which program and store, how many rows each table had, each file's SHA-256."""

    made_at: str
    program: str
    store: str
    schema: str
    rows: dict[str, int]
    files: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """As it is written."""
        return asdict(self)


def make_backup(service: Service, folder: Path, by: str, now: datetime) -> Backup:
    """Write a backup to ``folder``, which must not exist yet, and note in the trail that ``by`` has it.

    Raises ``BACKUP_PLACE``, ``BACKUP_FAILED``, ``SERVER_TOOLS_MISSING``, ``STORE_UNAVAILABLE``.
    """
    partial = folder.with_name(folder.name + ".partial")
    try:
        if folder.exists():
            raise FileExistsError(f"{folder.name} 已存在 / exists already")
        shutil.rmtree(partial, ignore_errors=True)
        # What was printed for businesses is in it: nobody else on the machine may read it.
        partial.mkdir(mode=0o700)
    except OSError as error:
        raise Problem("BACKUP_PLACE", path=str(folder), detail=str(error)) from error
    try:
        made = _write(service, partial, now)
        _flush(partial)
        partial.rename(folder)
    except OSError as error:
        raise Problem("BACKUP_FAILED", detail=str(error)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    _note(service, folder, made, by, now)
    return made


def last_backup(session: Session) -> datetime | None:
    """When the last backup was begun, as far as this store knows: one that was restored from it does not count."""
    return session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.action == MADE))


def _note(service: Service, folder: Path, made: Backup, by: str, now: datetime) -> None:
    # Somebody has all that is stored of every business; and the doctor and an alert must see when nobody has.
    detail = {"rows": sum(made.rows.values()), "list_sha256": digest_of(folder / LIST)}
    with service.sessions.begin() as session:
        add_entry(session, at=now, actor=by, action=MADE, subject=f"backup:{made.made_at}", detail=detail)


def _write(service: Service, folder: Path, now: datetime) -> Backup:
    kind = service.engine.dialect.name
    if kind == "postgresql":
        schema, rows = _dump_server(service, folder / DUMPS[kind])
    else:
        schema, rows = _copy_sqlite(service, folder / DUMPS[kind])
    _copy_public(service.settings.keys_dir, folder / "keys")
    for name, place in _configuration(service):
        shutil.copytree(place, folder / name)
    files = {
        path.relative_to(folder).as_posix(): digest_of(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }
    made = Backup(now.isoformat(), program_version(), kind, schema, rows, files)
    (folder / LIST).write_text(json.dumps(made.as_json(), ensure_ascii=False, indent=2), encoding="utf-8")
    return made


def _configuration(service: Service) -> Iterator[tuple[str, Path]]:
    settings = service.settings
    places = {
        "domains": settings.domains_dir, "rulesets": settings.rulesets_dir, "workdays": settings.var_dir / "workdays",
    }  # fmt: skip
    for name, place in places.items():
        if place is not None and place.is_dir():
            yield name, place


def _dump_server(service: Service, file: Path) -> tuple[str, dict[str, int]]:
    """The rows are counted in the very snapshot that is written."""
    url = service.settings.database_url
    with (
        service.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        connection.begin(),
    ):
        # The snapshot must live as long as the writing takes.
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        server = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        schema, rows = counted(connection)
        program = tool("pg_dump", server)
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}"]
        call([program, *options], url, "BACKUP_FAILED")
    return schema, rows


def _copy_sqlite(service: Service, file: Path) -> tuple[str, dict[str, int]]:
    source = make_url(service.settings.database_url).database or ""
    if not Path(source).is_file():
        raise Problem("BACKUP_FAILED", detail=f"{source or ':memory:'} 不是文件 / is no file")
    with closing(sqlite3.connect(source)) as store, closing(sqlite3.connect(file)) as copy:
        store.backup(copy)
        # One file, which needs no journal beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    from creditreport.db import make_engine

    engine = make_engine(f"sqlite:///{file}")
    with engine.connect().execution_options(readonly=True) as connection:
        found = counted(connection)
        connection.rollback()
    engine.dispose()
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
    return found


def counted(connection: Connection) -> tuple[str, dict[str, int]]:
    """The store's version, and how many rows each of its tables has. Raises ``BACKUP_FAILED`` for an empty store."""
    from alembic.runtime.migration import MigrationContext

    schema = MigrationContext.configure(connection).get_current_revision()
    if schema is None:
        raise Problem("BACKUP_FAILED", detail="数据库是空的 / the store is empty; creditreport db upgrade")
    names = sorted(inspect(connection).get_table_names())
    counts = {name: select(func.count()).select_from(table_clause(name)) for name in names}
    return schema, {name: connection.execute(count).scalar_one() for name, count in counts.items()}


def _copy_public(keys_dir: Path, to: Path) -> None:
    to.mkdir()
    for path in sorted(keys_dir.rglob("*")):
        if path.suffix in PUBLIC and path.is_file() and not any(word in path.read_bytes() for word in PRIVATE):
            target = to / path.relative_to(keys_dir)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def digest_of(path: Path) -> str:
    """SHA-256 of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _flush(folder: Path) -> None:
    """To the disk itself, before it is called a backup."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
