"""Asking a timestamp authority and revocation services: one bounded request each, and nothing believed unchecked.

Every failure, of whatever kind, is an :class:`AuthorityFailed`: the report is then issued at the level that was
possible without that service. No pyHanko fetcher is used, because theirs follow any address that a certificate
names; ours ask only hosts that the operator allowed, within one deadline.
"""

from __future__ import annotations

import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.network import Transport, until
from creditreport.signing.breaker import Breaker
from creditreport.signing.trust import TrustStore
from creditreport.signing.waiting import Deadline

_MOST_BYTES = 4 * 1024 * 1024
_CONNECTIONS = 8
_GRANTED = ("granted", "granted_with_mods")


class AuthorityFailed(SigningError):
    """A service did not give what it was asked for; the message says which and why, for logs and staff."""


class Line:
    """The way to one service: pooled connections, a deadline for each request, a breaker over all of them.

    ``tick`` is the breaker's clock, in seconds.
    """

    def __init__(
        self,
        name: str,
        seconds: float,
        *,
        ca_file: Path | None = None,
        authorization: str | None = None,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._seconds, self._ca_file, self._tick = seconds, ca_file, tick
        self._headers = {"User-Agent": "creditreport"} | ({"Authorization": authorization} if authorization else {})
        self._breaker = Breaker()
        self._client: httpx.Client | None = None
        self._process = 0
        self._lock = threading.Lock()

    def ask(self, url: str, takes: str, body: bytes | None = None, sends: str = "") -> bytes:
        """The body of a good answer. Raises :class:`AuthorityFailed`.

        ``takes`` is the only content type that an answer may have. With a ``body``, of type ``sends``, it is a POST.
        """
        headers = {"Accept": takes} | ({"Content-Type": sends} if body is not None else {})
        method = "GET" if body is None else "POST"
        deadline = Deadline(self._seconds)
        try:
            request = self._open().build_request(method, url, content=body, headers=headers, timeout=self._seconds)
            with until(deadline):
                return self._send(request, takes, deadline)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise AuthorityFailed(f"{self.name}: {type(error).__name__}") from error

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Around asking and reading an answer; not entered while the breaker is open.

        Raises :class:`AuthorityFailed` for whatever goes wrong: what came over the network may be anything.
        """
        if not self._breaker.allows(self._tick()):
            raise AuthorityFailed(f"{self.name}: not asked, it failed a moment ago")
        try:
            yield
        except Exception as error:
            self._breaker.failed(self._tick())
            if isinstance(error, AuthorityFailed):
                raise
            raise AuthorityFailed(f"{self.name}: no usable answer ({type(error).__name__}: {error})") from error
        self._breaker.succeeded()

    def _open(self) -> httpx.Client:
        with self._lock:
            # A child must not talk over its parent's connections.
            if self._client is None or self._process != os.getpid():
                self._process = os.getpid()
                trusted = ssl.create_default_context(cafile=str(self._ca_file) if self._ca_file else None)
                self._client = httpx.Client(
                    transport=Transport(trusted, _CONNECTIONS), headers=self._headers, trust_env=False
                )
            return self._client

    def _send(self, request: httpx.Request, takes: str, deadline: Deadline) -> bytes:
        response = self._open().send(request, stream=True)
        try:
            if response.status_code != 200:
                raise AuthorityFailed(f"{self.name}: HTTP {response.status_code}")
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != takes:
                raise AuthorityFailed(f"{self.name}: answered {kind or 'nothing'}, not {takes}")
            content = bytearray()
            for block in response.iter_bytes():
                content += block
                if len(content) > _MOST_BYTES or deadline.remaining <= 0:
                    raise AuthorityFailed(f"{self.name}: the answer is too long")
            return bytes(content)
        finally:
            response.close()


class TimestampAuthority(TimeStamper):
    """An RFC 3161 authority whose every token is checked before it goes into a report.

    Checked: granted, our nonce, our digest, its signature, its chain to a root in ``keys/tsa`` at the very moment
    that it states (an expired authority's certificate is found by that).
    """

    def __init__(self, url: str, line: Line, trust: TrustStore) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url, self._line, self._trust = url, line, trust

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A checked token over ``message_digest``. Raises :class:`AuthorityFailed`."""
        nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]
        with self._line.watched():
            token = self._read(self._post(request), nonce, message_digest, md_algorithm)
            await self._check(token, message_digest)
        return token

    def forget_size(self) -> None:
        """Measure the authority's tokens anew at the next signature: they have grown."""
        self._dummy_response_cache.clear()

    def _post(self, request: tsp.TimeStampReq) -> bytes:
        query, reply = "application/timestamp-query", "application/timestamp-reply"
        return self._line.ask(self._url, reply, request.dump(), query)

    def _read(self, answer: bytes, nonce: int, digest: bytes, algorithm: str) -> cms.ContentInfo:
        response = tsp.TimeStampResp.load(answer, strict=True)
        status = response["status"]["status"].native
        if status not in _GRANTED:
            raise AuthorityFailed(f"{self._line.name}: refused ({status})")
        token = response["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        if info["nonce"].native != nonce:
            raise AuthorityFailed(f"{self._line.name}: the nonce is not ours")
        imprint = info["message_imprint"]
        if (imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native) != (algorithm, digest):
            raise AuthorityFailed(f"{self._line.name}: the token is about something else")
        return token

    async def _check(self, token: cms.ContentInfo, digest: bytes) -> None:
        moment = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
        context = ValidationContext(
            trust_roots=[asn1.Certificate.load(root) for root in self._trust.roots],
            moment=moment,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )
        found = await validate_tst_signed_data(token["content"], context, lambda _: digest)
        if not (found["intact"] and found["valid"]):
            raise AuthorityFailed(f"{self._line.name}: the token's signature is wrong")
        if found["trust_problem_indic"] is not None or found["validation_path"] is None:
            raise AuthorityFailed(f"{self._line.name}: its certificate is not trusted at {moment:%Y-%m-%d %H:%M}Z")
