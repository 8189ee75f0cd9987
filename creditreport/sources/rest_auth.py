"""How a source knows us: the headers of one request, by the kind that its manifest declares."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping

from creditreport.catalog.rest_source import Auth

Resolve = Callable[[str], str]


def canonical_request(method: str, target: str, timestamp: str, body: bytes) -> str:
    """What is signed: four lines, ``METHOD``, ``/path?query`` as sent, the timestamp, the body's SHA-256 in hex."""
    return "\n".join([method, target, timestamp, hashlib.sha256(body).hexdigest()])


def signature(secret: str, method: str, target: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the canonical request, in hex."""
    text = canonical_request(method, target, timestamp, body)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class Credentials:
    """The resolved secrets of one source. Raises what ``resolve`` raises for a reference that leads nowhere."""

    def __init__(self, auth: Auth, resolve: Resolve) -> None:
        self._auth = auth
        names = ("token", "username", "password", "key", "secret")
        self._values = {name: resolve(text) for name in names if (text := getattr(auth, name)) is not None}

    def headers(self, method: str, target: str, body: bytes) -> Mapping[str, str]:
        """The headers for one request; ``target`` is path and query exactly as they are sent."""
        auth, values = self._auth, self._values
        if auth.kind == "bearer":
            return {"Authorization": f"Bearer {values['token']}"}
        if auth.kind == "basic":
            pair = base64.b64encode(f"{values['username']}:{values['password']}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        if auth.kind == "header":
            return {auth.header or "": values["secret"]}
        if auth.kind == "hmac":
            # The protocol's own moment, against replay; no rule of ours rests on it.
            stamp = str(int(time.time()))
            return {
                auth.key_header: values["key"],
                auth.timestamp_header: stamp,
                auth.signature_header: signature(values["secret"], method, target, stamp, body),
            }
        return {}
