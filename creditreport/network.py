"""The network under the HTTP clients: every single wait ends with the deadline of the asking that waits.

A client's own time-outs count from one byte to the next; a source that drips a header for minutes would never meet
them, and its connection and thread would stay.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import httpcore
import httpx


class Remaining(Protocol):
    """Anything that knows how many seconds are left."""

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""


_asking = threading.local()


@contextmanager
def until(deadline: Remaining) -> Iterator[None]:
    """Within this block, this thread's network waits end with ``deadline``."""
    _asking.deadline = deadline
    try:
        yield
    finally:
        _asking.deadline = None


def _left(timeout: float | None, over: type[Exception]) -> float | None:
    deadline: Remaining | None = getattr(_asking, "deadline", None)
    if deadline is None:
        return timeout
    remaining = deadline.remaining
    if remaining <= 0:
        raise over("deadline")
    return remaining if timeout is None else min(timeout, remaining)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options))


class Transport(httpx.HTTPTransport):
    """httpx's own transport over a pool whose every wait knows the deadline."""

    def __init__(self, trusted: ssl.SSLContext, connections: int) -> None:
        super().__init__(verify=trusted, trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30,
            network_backend=_Backend(),
        )
