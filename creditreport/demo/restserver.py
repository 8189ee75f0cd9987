"""The server of the invented departments' interfaces, on this machine only."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from creditreport.demo.environment import INTERFACES, PREFIX, interface_urls
from creditreport.demo.interfaces import INTERFACE_TYPES, Interface, Question

HOST = "127.0.0.1"
IDENTITY = "/identity"
_PATIENCE = 2.0
_LARGEST_BODY = 64 * 1024


def identity(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What the server of this demo, with these secrets, says of itself; it gives none of them away."""
    parts = [str(folder.absolute()), *(environ.get(PREFIX + name, "") for name in INTERFACES.values())]
    return {"service": "creditreport demo sources", "demo": hashlib.sha256("\n".join(parts).encode()).hexdigest()}


def who_listens(port: int, folder: Path, environ: Mapping[str, str]) -> bool | None:
    """True: this demo's server. False: something else, never to be taken for a source. ``None``: nothing."""
    connection = HTTPConnection(HOST, port, timeout=_PATIENCE)
    try:
        connection.request("GET", IDENTITY)
        answer = connection.getresponse()
        return answer.status == 200 and json.loads(answer.read(_LARGEST_BODY)) == identity(folder, environ)
    except ConnectionRefusedError:
        return None
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()


class SourceServer:
    """Answers for all interfaces from the databases in ``folder``. Raises ``OSError`` when the port is taken."""

    def __init__(self, folder: Path, environ: Mapping[str, str], port: int = 0) -> None:
        interfaces = {one.path: one(folder, environ[PREFIX + INTERFACES[one.system]]) for one in INTERFACE_TYPES}
        self._server = _Server((HOST, port), interfaces, identity(folder, environ))
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def urls(self) -> dict[str, str]:
        """The variables with the interfaces' addresses."""
        return interface_urls(self.port)

    def start(self) -> Self:
        """Answer in the background, at the latest until the process ends."""
        self._thread = threading.Thread(target=self.serve, name="demo-sources", daemon=True)
        self._thread.start()
        return self

    def serve(self) -> None:
        """Answer until :meth:`close`."""
        self._server.serve_forever(poll_interval=0.1)

    def end(self) -> None:
        """Let :meth:`serve` return; for another thread than the one that serves."""
        self._server.shutdown()

    def close(self) -> None:
        """Stop and free the port."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(
        self, address: tuple[str, int], interfaces: Mapping[str, Interface], identity: Mapping[str, str]
    ) -> None:
        self.interfaces, self.identity = interfaces, identity
        super().__init__(address, _Handler)

    def handle_error(self, *_: object) -> None:
        """Whoever asked has gone; there is nobody to tell."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self) -> None:
        """One request."""
        status, document, headers = self._answer()
        body = json.dumps(document, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name is the library's

    def _answer(self) -> tuple[int, Any, Mapping[str, str]]:
        length = int(self.headers.get("content-length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            return 413, {"message": "请求过大"}, {}
        question = self._question(self.rfile.read(length))
        if question.path == IDENTITY:
            return 200, self.server.identity, {}
        interface = self.server.interfaces.get(question.path)
        if interface is None:
            return 404, {"message": "没有这个接口"}, {}
        if not interface.admits(question, time.time()):
            return 401, {"message": "凭证不正确"}, {}
        try:
            told = interface.answer(question)
        except sqlite3.Error:
            return 503, {"message": "数据库不可用"}, {}
        return 200, told.document, told.headers

    def _question(self, body: bytes) -> Question:
        pairs: dict[str, str] = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if body:
            pairs |= {str(name): str(value) for name, value in json.loads(body).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Question(self.command, self.path, headers, body, pairs)

    def log_message(self, *_: object) -> None:
        """Addresses hold the codes that are asked about: they are not logged."""
