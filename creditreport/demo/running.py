"""Where the demo's interfaces answer right now: the server that ``make demo`` started, or one of this process's own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from types import MappingProxyType

import click

from creditreport.config import Environment, Settings
from creditreport.demo.environment import DEFAULT_REST_PORT, INTERFACES, PREFIX, REST_PORT, interface_urls
from creditreport.demo.restserver import SourceServer, who_listens
from creditreport.errors import Problem


def rest_port(environ: Mapping[str, str]) -> int:
    """The port on which the demo's interfaces are looked for and offered."""
    text = environ.get(REST_PORT, "")
    return int(text) if text.isdecimal() else DEFAULT_REST_PORT


class DemoSources:
    """The environment with the addresses that answer, for as long as it is held.

    Only in ``demo``, and only addresses that set-up wrote: one that somebody has changed stays as it is. Where
    nothing of this demo listens, a server on a free port answers for this process alone, so that commands side by side
    never depend on each other's end, and a foreign server on the usual port is never asked.
    """

    def __init__(self, settings: Settings) -> None:
        self._server: SourceServer | None = None
        environ = settings.environ
        self.environ: Mapping[str, str] = environ
        ours = _ours(environ) if settings.env is Environment.DEMO else {}
        if not ours or any(not environ.get(PREFIX + name) for name in INTERFACES.values()):
            return
        folder, port = settings.var_dir / "demo", rest_port(environ)
        if not who_listens(port, folder, environ):
            self._server = SourceServer(folder, environ).start()
            port = self._server.port
        urls = {name: url for name, url in interface_urls(port).items() if name in ours}
        self.environ = MappingProxyType({**environ, **urls})

    def close(self) -> None:
        """Stop the server, if it is this process's own."""
        if self._server is not None:
            self._server.close()
            self._server = None


def _ours(environ: Mapping[str, str]) -> set[str]:
    written = [interface_urls(port) for port in (rest_port(environ), DEFAULT_REST_PORT)]
    return {name for urls in written for name, url in urls.items() if environ.get(name) == url}


def serve_sources(settings: Settings, port: int | None, *, while_stdin: bool) -> None:
    """Serve the interfaces until Ctrl-C, or until standard input ends. Raises ``INVALID_SETTING`` for a taken port."""
    port = rest_port(settings.environ) if port is None else port
    try:
        server = SourceServer(settings.var_dir / "demo", settings.environ, port)
    except (OSError, OverflowError) as error:
        raise _taken(port, str(error)) from error
    except KeyError as error:
        raise Problem("INVALID_SETTING", name=str(error.args[0]), detail="缺少 / missing") from error
    click.echo(f"演示部门接口 / the demo departments' interfaces: http://127.0.0.1:{server.port}")
    sys.stdout.flush()
    if while_stdin:
        threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    try:
        server.serve()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


def _end_with_input(server: SourceServer) -> None:
    sys.stdin.buffer.read()
    server.end()


def start_beside(settings: Settings) -> None:
    """Start the interfaces' server as a process of its own that ends with this one, whatever this one becomes.

    Nothing to do while this demo's server is running already. Raises ``INVALID_SETTING`` when something else has the
    port.
    """
    port = rest_port(settings.environ)
    listening = who_listens(port, settings.var_dir / "demo", settings.environ)
    if listening:
        return
    if listening is False:
        raise _taken(port, "有别的程序 / another program listens there")
    child = _beside("demo", "sources", "--port", str(port), output=subprocess.PIPE)
    if child.stdout is None or not child.stdout.readline():
        raise _taken(port, "没有启动 / did not start")


def start_worker(address: str) -> None:
    """Do the jobs (waiting requests, notices, mails) every minute in a process that ends with this one.

    ``address`` is where the demo is served: the links in its mails lead there.
    """
    _beside("work", "--every", "60", output=subprocess.DEVNULL, CREDITREPORT_PUBLIC_URL=address)


def _beside(*arguments: str, output: int, **environ: str) -> subprocess.Popen[bytes]:
    ours, held = os.pipe()
    # The other end stays open in this process, also after it has become the web server, and closes with its end.
    os.set_inheritable(held, True)
    program = [sys.executable, "-c", "from creditreport.cli import main; main()", *arguments, "--while-stdin"]
    child = subprocess.Popen(program, stdin=ours, stdout=output, env={**os.environ, **environ})  # noqa: S603
    os.close(ours)
    return child


def _taken(port: int, detail: str) -> Problem:
    return Problem("INVALID_SETTING", name=REST_PORT, detail=f"{port}: {detail}")
