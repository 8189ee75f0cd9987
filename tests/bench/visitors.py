"""Those who come on the morning of a bid opening: most scan a code, some check a file, a few issue or pre-check."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from creditreport.accounts.demo import DEMO_PASSWORD
from tests.bench.served import HOST, Server

# What they do, in a hundred.
MIX = {"verification": 90, "file check": 5, "issue": 4, "pre-check": 1}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Diary:
    """What came of it: seconds by deed, and whatever went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, deed: str, seconds: float) -> None:
        """One more answer."""
        with self.lock:
            self.seconds[deed].append(seconds)

    def complain(self, deed: str, why: str) -> None:
        """One more failure."""
        with self.lock:
            self.wrong.append(f"{deed}: {why}")

    @property
    def answers(self) -> int:
        """How many there were."""
        return sum(len(each) for each in self.seconds.values())


class Visitor:
    """One connection at a time to the server, with a cookie jar; ``business`` signs in for what needs it."""

    def __init__(
        self, server: Server, seed: int, codes: Callable[[], str], files: Sequence[bytes], business: str
    ) -> None:
        self._server, self._chance = server, random.Random(seed)
        self._codes, self._files, self._business = codes, files, business
        self._connection = server.connection()
        self._cookies: dict[str, str] = {}
        self._token = ""

    def sign_in(self) -> None:
        """As the business; the form's token serves for all that follows."""
        self._token = self._token_of("/sign-in")
        self._form("/sign-in", {"username": self._business, "password": DEMO_PASSWORD}, 303)
        self._token = self._token_of("/precheck")

    def deed(self) -> str:
        """What is done next."""
        return self._chance.choices(list(MIX), list(MIX.values()))[0]

    def do(self, deed: str) -> None:
        """Do it, and look whether the answer is what it should be."""
        if deed == "verification":
            page = self._ask("GET", f"/v/{self._codes()}", anonymous=True)
            assert b"verdict-valid" in page, "not valid"
        elif deed == "file check":
            told = self._file(self._chance.choice(self._files))
            assert b'"status": "VALID"' in told, "not valid"
        elif deed == "issue":
            years = str(self._chance.randint(1, 3))
            choice = {"years": years, "purpose": "commerce", "language": "zh", "showing": "records"}
            self._form("/reports", {**choice, "once": uuid.uuid4().hex}, 303)
        else:
            page = self._form("/precheck", {"years": "3"}, 200)
            assert b"</html>" in page, "cut off"

    def close(self) -> None:
        """Go."""
        self._connection.close()

    def _token_of(self, path: str) -> str:
        found = TOKEN.search(self._ask("GET", path).decode())
        assert found is not None, f"no form at {path}"
        return found.group(1)

    def _form(self, path: str, fields: dict[str, str], expected: int) -> bytes:
        body = urlencode({"csrf_token": self._token, **fields}).encode()
        return self._ask("POST", path, body, FORM, expected=expected)

    def _file(self, pdf: bytes) -> bytes:
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'.encode()
        body = head + pdf + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self._ask("POST", "/api/v1/verifications", body, kind, anonymous=True)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = "", *, anonymous: bool = False,
        expected: int = 200,
    ) -> bytes:  # fmt: skip
        headers = {"Host": HOST, "Referer": f"https://{HOST}/"} | ({"Content-Type": kind} if kind else {})
        if self._cookies and not anonymous:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        assert answer.status == expected, f"{answer.status}"
        return told


def crowd(visitors: Sequence[Visitor], seconds: float) -> Diary:
    """All of them at once, each doing one thing after another, for ``seconds``."""
    diary, end = Diary(), time.monotonic() + seconds

    def stroll(visitor: Visitor) -> None:
        while time.monotonic() < end:
            deed, begin = visitor.deed(), time.perf_counter()
            try:
                visitor.do(deed)
            except (AssertionError, OSError, http.client.HTTPException) as error:
                diary.complain(deed, f"{type(error).__name__} {error}")
            else:
                diary.note(deed, time.perf_counter() - begin)

    threads = [threading.Thread(target=stroll, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return diary
