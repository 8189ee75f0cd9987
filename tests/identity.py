"""Starting the tests' OpenID Connect provider, and going through its sign-in as a browser does."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from creditreport.config import CHECKOUT
from tests.portal import BASE, get

PASSWORD = "provider-password"
CLIENT, SECRET = "creditreport", "a client secret of the tests"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Provider:
    """The running provider; ``folder`` holds its keys and what it says of people."""

    port: int
    folder: Path
    return_to: str
    leave_to: str
    process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/o"

    def says(self, **people: dict[str, Any]) -> None:
        """What the provider tells of each person from now on; a new person needs a restart."""
        (self.folder / "people.json").write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")

    def clock_ahead(self, seconds: int) -> None:
        (self.folder / "skew").write_text(str(seconds))

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is gone, as after a leak."""
        write_key(self.folder / "key.pem")
        self.restart()

    def restart(self) -> None:
        self.stop()
        command = [sys.executable, "-m", "tests.provider.server", str(self.port), str(self.folder)]
        self.process = subprocess.Popen(
            [*command, self.return_to, self.leave_to], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.communicate()
            self.process = None

    def settings(self, prefix: str = "OIDC_") -> dict[str, str]:
        """The settings of a portal that uses it, without the common prefix."""
        return {f"{prefix}ISSUER": self.issuer, f"{prefix}CLIENT_ID": CLIENT, f"{prefix}CLIENT_SECRET": SECRET}


@contextmanager
def running_provider(folder: Path, return_to: str, leave_to: str, **people: dict[str, Any]) -> Iterator[Provider]:
    """A provider that knows ``people`` by their claims; the addresses are ours, several separated by commas."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    write_key(folder / "key.pem")
    provider = Provider(port, folder, return_to, leave_to)
    provider.says(**people)
    provider.restart()
    try:
        yield provider
    finally:
        provider.stop()


def write_key(path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def through_provider(client: FlaskClient, who: str, path: str = "/identity/business/start") -> TestResponse:
    """Sign in as ``who`` at the provider and come back; the answer to the return address."""
    return get(client, back_address(client, who, path))


def back_address(client: FlaskClient, who: str, path: str = "/identity/business/start") -> str:
    """The path and query with which the provider sends ``who`` back."""
    there = requests.Session()
    page = there.get(get(client, path).location, timeout=10)
    found = TOKEN.search(page.text)
    assert found is not None, page.text[:500]
    form = {"username": who, "password": PASSWORD, "csrfmiddlewaretoken": found.group(1)}
    answer = there.post(page.url, data=form, timeout=10, allow_redirects=False)
    while not answer.headers["Location"].startswith(BASE):
        answer = there.get(
            requests.compat.urljoin(answer.url, answer.headers["Location"]), timeout=10, allow_redirects=False
        )
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"
