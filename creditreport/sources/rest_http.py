"""One request to a department's interface: pooled connections, retries within the deadline, a clear outcome.

Unavailable: not reached, too slow, 5xx, 429, refused credentials. Incomplete: reached, and answered with something
that is not the answer (another status, another type, half a document, another place).
"""

from __future__ import annotations

import atexit
import os
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import httpx

from creditreport.network import Remaining, Transport, until
from creditreport.sources.outcome import SourceIncomplete, SourceUnavailable
from creditreport.sources.rest_auth import Credentials
from creditreport.sources.rest_json import parse_json
from creditreport.sources.retry import TryAgain, with_retries

_CONNECTIONS = 32
_REDIRECTS = 3
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_CLIENTS: dict[tuple[Any, ...], httpx.Client] = {}
_LOCK = threading.Lock()


def pooled_client(origin: str, ca_file: Path | None, identity: str) -> httpx.Client:
    """The process's one client for an origin, its trust and who we are there. Raises :class:`SourceUnavailable`."""
    # After a fork a child must not share sockets with its parent; a renewed CA file is another trust.
    changed = ca_file.stat().st_mtime_ns if ca_file is not None and ca_file.is_file() else 0
    key = (os.getpid(), origin, ca_file, changed, identity)
    with _LOCK:
        if key not in _CLIENTS:
            _CLIENTS[key] = httpx.Client(
                transport=Transport(_trusted(ca_file, changed), _CONNECTIONS),
                headers={"Accept": "application/json", "User-Agent": "creditreport"},
                trust_env=False,
            )
        return _CLIENTS[key]


def close_clients() -> None:
    """Give all connections back."""
    with _LOCK:
        for client in _CLIENTS.values():
            client.close()
        _CLIENTS.clear()


atexit.register(close_clients)


@lru_cache(maxsize=64)
def _trusted(ca_file: Path | None, _changed: int) -> ssl.SSLContext:
    # Reading the system's roots takes 50 ms: for 45 departments one after another, most of the first deadline.
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise SourceUnavailable(f"不能读取根证书 {ca_file} / cannot read the CA file") from error


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port, the usual ports written out."""
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer."""

    url: httpx.URL
    document: Any
    content: bytes
    next_link: str | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Everything that stays the same over the requests of one asking."""

    client: httpx.Client
    credentials: Credentials
    method: str
    limit: int
    deadline: Remaining
    retries: int
    overrun: Callable[[], str]

    def call(self, url: httpx.URL, parameters: Mapping[str, str]) -> Reply:
        """The answer. Raises :class:`SourceUnavailable` or :class:`SourceIncomplete`."""
        return with_retries(partial(self._follow, url, parameters), self.deadline, self.retries)

    def _follow(self, url: httpx.URL, parameters: Mapping[str, str]) -> Reply:
        # Parameters go into the address, for POST into the body; a redirect already has them in its address.
        if self.method == "GET":
            url, parameters = url.copy_merge_params(dict(parameters)), {}
        for _ in range(_REDIRECTS + 1):
            answer = self._send(url, parameters)
            if isinstance(answer, Reply):
                return answer
            if origin_of(answer) != origin_of(url) or self.method != "GET":
                raise SourceIncomplete(f"应答转向别处（{answer.host}） / redirected to another place")
            url = answer
        raise SourceIncomplete("应答转向次数过多 / too many redirects")

    def _send(self, url: httpx.URL, parameters: Mapping[str, str]) -> Reply | httpx.URL:
        body = dict(parameters) if self.method == "POST" else None
        request = self.client.build_request(self.method, url, json=body, timeout=max(self.deadline.remaining, 0.001))
        target = request.url.raw_path.decode("ascii")
        request.headers.update(self.credentials.headers(self.method, target, request.content))
        try:
            with until(self.deadline):
                response = self.client.send(request, stream=True)
                try:
                    return self._read(response)
                finally:
                    response.close()
        except httpx.InvalidURL as error:
            raise SourceIncomplete("应答转向的地址不正确 / the address of a redirect is not right") from error
        except httpx.DecodingError as error:
            raise SourceIncomplete("应答的压缩内容损坏 / the compressed answer is damaged") from error
        except httpx.TransportError as error:
            raise self._transport(error, url) from error

    def _read(self, response: httpx.Response) -> Reply | httpx.URL:
        if response.status_code in (301, 302, 303, 307, 308) and "location" in response.headers:
            return response.url.join(response.headers["location"])
        judge_status(response)
        content = bytearray()
        for block in response.iter_bytes():
            content += block
            if len(content) > self.limit:
                raise SourceIncomplete(f"应答超过 {self.limit} 字节 / the answer is larger than allowed")
        document = parse_json(bytes(content), response.headers.get("content-type", ""))
        link = response.links.get("next", {}).get("url")
        return Reply(response.url, document, bytes(content), link)

    def _transport(self, error: httpx.TransportError, url: httpx.URL) -> SourceUnavailable:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return SourceUnavailable(f"{url.host} 的证书不受信任 / the certificate is not trusted")
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, httpx.TimeoutException) or self.deadline.remaining <= 0:
            return SourceUnavailable(self.overrun())
        return TryAgain(f"与 {url.host} 的连接失败（{type(error).__name__}） / the connection failed")


def judge_status(response: httpx.Response) -> None:
    """Nothing for 200; else raises what the status means."""
    status = response.status_code
    if status == 200:
        return
    if status in (401, 403, 407):
        raise SourceUnavailable(f"来源不接受我方凭证（HTTP {status}） / the source refuses our credentials")
    if status in _TRANSIENT or status >= 500:
        after = _retry_after(response)
        wait = f"，要求等待 {after:g} 秒" if after is not None else ""
        raise TryAgain(f"来源应答 HTTP {status}{wait} / the source answered HTTP {status}", after)
    raise SourceIncomplete(f"来源应答 HTTP {status}，不是数据 / the source answered HTTP {status}")


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds; a moment is counted from the source's own clock, and means nothing without it."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    moment, now = _moment(text), _moment(response.headers.get("date", ""))
    return None if moment is None or now is None else max(0.0, (moment - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
