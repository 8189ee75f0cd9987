"""A real MariaDB for one run of the tests: its own data, its own port, nothing of a server that may run already."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALL = "sudo apt-get install -y mariadb-server-core mariadb-client-core"
READY = "ready for connections"


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found is not None, f"{name} is missing; run: {INSTALL}"
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mariadb(folder: Path) -> Iterator[str]:
    """Its SQLAlchemy address, without a database's name; the user ``root`` has no password."""
    # As root the server wants to be told that this is meant.
    user = ["--user=root"] if os.geteuid() == 0 else []
    data = folder / "data"
    subprocess.run(
        [_program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db",
         "--auth-root-authentication-method=normal", "--skip-name-resolve", *user],
        check=True, capture_output=True,
    )  # fmt: skip
    port = _free_port()
    server = subprocess.Popen(
        [_program("mariadbd"), "--no-defaults", f"--datadir={data}", "--bind-address=127.0.0.1", f"--port={port}",
         f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}", "--skip-name-resolve", "--skip-log-bin",
         "--innodb-flush-log-at-trx-commit=0", "--character-set-server=utf8mb4", *user],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stderr is not None
    log = server.stderr
    try:
        said = []
        for line in log:
            said.append(line)
            if READY in line:
                break
        else:
            raise AssertionError("MariaDB did not start:\n" + "".join(said))
        # What it says later must go somewhere, or it would wait for a reader.
        reader = threading.Thread(target=log.read, daemon=True)
        reader.start()
        yield f"mysql+pymysql://root@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)
        if "reader" in locals():
            reader.join(60)
        log.close()
