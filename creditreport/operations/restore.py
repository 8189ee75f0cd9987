"""``creditreport restore``: a backup brought back into an empty store, checked file by file and row by row.

Reports that were issued after the backup are lost with the store, but their numbers stand on paper. So the day's
numbers go on far beyond any that can have been given out: no number is ever on two reports. The hole is told in the
audit trail, and staff see it among the numbers of that day.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text
from sqlalchemy.engine import make_url

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.migrations.store import make_config, upgrade
from creditreport.operations.backup import DUMPS, LIST, Backup, counted, digest_of
from creditreport.operations.postgres_tools import call, tool
from creditreport.reports.models import NumberCounter

if TYPE_CHECKING:
    from creditreport.service import Service

# More than a city issues in a day; three restores in a day use the day's numbers up, and then none is issued.
SKIPPED = 300_000


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and after which number the day goes on."""

    backup: Backup
    numbers_after: int
    keys: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As ``restore --json`` prints it."""
        rows = sum(self.backup.rows.values())
        return {
            "made_at": self.backup.made_at,
            "rows": rows,
            "numbers_after": self.numbers_after,
            "keys": list(self.keys),
        }


def restore_backup(service: Service, folder: Path, by: str, now: datetime) -> Restored:
    """Bring the backup in ``folder`` back into the store of the settings, which must be empty.

    Raises ``BACKUP_DAMAGED``, ``STORE_NOT_EMPTY``, ``RESTORE_FAILED``, ``SERVER_TOOLS_MISSING``.
    """
    backup = read_backup(folder)
    kind = service.engine.dialect.name
    if kind != backup.store:
        raise Problem("BACKUP_DAMAGED", path=str(folder), detail=f"{backup.store} → {kind}")
    if kind == "postgresql":
        _refuse_filled(service)
        with service.engine.connect() as connection:
            major = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
        program = tool("pg_restore", major)
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        database = make_url(service.settings.database_url).database or ""
        call([program, *options, f"--dbname={database}", str(folder / DUMPS[kind])], service.settings.database_url,
             "RESTORE_FAILED")  # fmt: skip
    else:
        _put_file(service, folder / DUMPS[kind])
    _compare(service, backup)
    # A backup of an earlier version of the program is brought to this one's.
    upgrade(service.settings.database_url)
    return Restored(backup, _go_on(service, backup, by, now), _put_keys(service, folder))


def read_backup(folder: Path) -> Backup:
    """The backup in ``folder``, every file as it was written. Raises ``BACKUP_DAMAGED``."""
    try:
        backup = Backup(**json.loads((folder / LIST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise Problem("BACKUP_DAMAGED", path=str(folder), detail=f"{LIST}: {type(error).__name__}") from error
    for name, digest in backup.files.items():
        path = folder / name
        if not path.is_file() or digest_of(path) != digest:
            raise Problem("BACKUP_DAMAGED", path=str(folder), detail=f"{name} 缺失或已改变 / missing or changed")
    known = {script.revision for script in ScriptDirectory.from_config(make_config()).walk_revisions()}
    if backup.schema not in known:
        raise Problem("BACKUP_DAMAGED", path=str(folder), detail=f"{backup.program} ({backup.schema}) 较新 / is newer")
    if DUMPS.get(backup.store) not in backup.files:
        raise Problem("BACKUP_DAMAGED", path=str(folder), detail=backup.store)
    return backup


def _refuse_filled(service: Service) -> None:
    with service.engine.connect() as connection:
        tables = len(inspect(connection).get_table_names())
    if tables:
        raise Problem("STORE_NOT_EMPTY", tables=tables)


def _put_file(service: Service, copy: Path) -> None:
    place = Path(make_url(service.settings.database_url).database or "")
    if place.is_file() and place.stat().st_size:
        _refuse_filled(service)
    service.engine.dispose()
    for name in (place, place.with_name(place.name + "-wal"), place.with_name(place.name + "-shm")):
        name.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(place.name + ".restoring")
    try:
        shutil.copyfile(copy, fresh)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(place)
    except OSError as error:
        raise Problem("RESTORE_FAILED", detail=str(error)) from error


def _compare(service: Service, backup: Backup) -> None:
    with service.engine.connect() as connection:
        schema, rows = counted(connection)
        connection.rollback()
    wrong = [name for name, count in backup.rows.items() if rows.get(name) != count]
    if wrong or schema != backup.schema:
        raise Problem("RESTORE_FAILED", detail=", ".join(wrong) or schema)


def _go_on(service: Service, backup: Backup, by: str, now: datetime) -> int:
    """Let the day's numbers go on where none can have been given out, and say so in the trail."""
    key = {"area": service.settings.area_code, "day": now.date()}
    with service.sessions.begin() as session:
        row = session.get(NumberCounter, (key["area"], key["day"])) or NumberCounter(**key, last=0)
        before, row.last = row.last, row.last + SKIPPED
        session.add(row)
        newest = session.scalar(select(func.max(NumberCounter.day)))
        detail = {"made_at": backup.made_at, "numbers_from": before + 1, "numbers_to": row.last, "newest": str(newest)}
        add_entry(session, at=now, actor=by, action="store.restored", subject=f"backup:{backup.made_at}", detail=detail)
        return row.last


def _put_keys(service: Service, folder: Path) -> tuple[str, ...]:
    """The public half of the keys, where it is missing; what is there is left alone."""
    put = []
    for path in sorted((folder / "keys").rglob("*")):
        name = path.relative_to(folder / "keys")
        target = service.settings.keys_dir / name
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            put.append(name.as_posix())
    return tuple(put)
