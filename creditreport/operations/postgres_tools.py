"""PostgreSQL's own ``pg_dump`` and ``pg_restore``, found by version and called without a secret in their arguments."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from creditreport.errors import Problem

# Where Debian keeps every installed version.
DEBIAN = Path("/usr/lib/postgresql")
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def tool(program: str, server: int) -> str:
    """Path of ``program`` whose major version is at least the ``server``'s. Raises ``SERVER_TOOLS_MISSING``."""
    for path in _candidates(program):
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (found)
        found = VERSION.search(told.stdout)
        if found and int(found.group(1)) >= server:
            return path
    raise Problem("SERVER_TOOLS_MISSING", program=program, version=server)


def _candidates(program: str) -> Iterator[str]:
    on_path = shutil.which(program)
    if on_path:
        yield on_path
    versions = (folder for folder in DEBIAN.glob("*") if folder.name.isdecimal())
    for folder in sorted(versions, key=lambda folder: -int(folder.name)):
        path = folder / "bin" / program
        if path.is_file():
            yield str(path)


def call(arguments: Sequence[str], database_url: str, failure: str) -> None:
    """Run a tool on the database; the address and its password go by the environment, where ``ps`` shows nothing.

    Raises the error ``failure`` with the tool's own last line.
    """
    done = subprocess.run(  # noqa: S603 (a program that we found, arguments of ours)
        list(arguments), env=os.environ | environment(database_url), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise Problem(failure, detail=lines[-1] if lines else f"{arguments[0]}: {done.returncode}")


def environment(database_url: str) -> dict[str, str]:
    """The address as libpq's own variables."""
    url = make_url(database_url)
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    given = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port) if url.port else query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("sslmode"),
        "PGSSLROOTCERT": query.get("sslrootcert"),
    }
    return {name: str(value) for name, value in given.items() if value}
