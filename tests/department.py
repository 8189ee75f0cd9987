"""A department's interface for tests: a real HTTP server on a free port that answers, or misbehaves, as it is told."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    """One request as the department got it; ``parameters`` are those of the address or of the JSON body."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    parameters: dict[str, str]
    peer: tuple[str, int]

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


@dataclass
class Reply:
    """What is answered: ``body`` is sent as JSON unless it is bytes already; ``raw`` replaces the whole answer."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    raw: Callable[[socket.socket], None] | None = None


Answering = Callable[[Request], Reply]


class Department:
    """The running server; ``answer`` may be exchanged at any time, ``requests`` is what came in."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self.answer: Answering = lambda _request: Reply({})
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True  # Who asked has gone: that is often the test.

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                pairs = json.loads(body) if body else parse_qs(urlsplit(self.path).query, keep_blank_values=True)
                parameters = {name: one if isinstance(one, str) else one[0] for name, one in pairs.items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body, parameters, self.client_address)
                outer.requests.append(request)
                self._send(outer.answer(request))

            do_POST = do_GET  # noqa: N815 - the name is the library's

            def _send(self, reply: Reply) -> None:
                if reply.raw is not None:
                    reply.raw(self.connection)
                    self.close_connection = True
                    return
                body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                (self.send_response_only if "date" in reply.headers else self.send_response)(reply.status)
                for name, value in {"content-type": reply.content_type, **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing on the test's screen."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """A connection that the other side has dropped is often the test."""

        self.server = Server(("127.0.0.1", 0), Handler)
        if trust is not None:
            self.server.socket = trust.wrap_socket(self.server.socket, server_side=True)
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End the server and let go whoever waits in an answer."""
        self.stopping.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@contextmanager
def running(trust: ssl.SSLContext | None = None) -> Iterator[Department]:
    department = Department(trust)
    try:
        yield department
    finally:
        department.stop()


def serving(*answers: Reply | Any) -> Answering:
    """Answers one after another; the last for ever."""
    replies = [one if isinstance(one, Reply) else Reply(one) for one in answers]
    lock = threading.Lock()

    def answer(_request: Request) -> Reply:
        with lock:
            return replies.pop(0) if len(replies) > 1 else replies[0]

    return answer


def server_trust(certificate: Path, key: Path) -> ssl.SSLContext:
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate, key)
    return trust
