"""A real Redis for one test: its own port, nothing kept, nothing of a server that may run already."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess

INSTALL = "sudo apt-get install -y redis-server"


class RedisServer:
    """Debian's redis-server; a missing one is a failure."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, on the same port as before; returns when it answers."""
        program = shutil.which("redis-server")
        assert program is not None, f"redis-server is missing; run: {INSTALL}"
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "Ready to accept connections" in line:
                return
        raise AssertionError("redis-server did not start")

    def freeze(self) -> None:
        """Let it answer nothing any more, while its port stays open."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def stop(self) -> None:
        """End it, frozen or not."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
