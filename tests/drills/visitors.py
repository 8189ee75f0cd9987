"""People who ask for reports through the web, and send the same form again until they are answered."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Sequence

import httpx

from creditreport.accounts.demo import DEMO_PASSWORD
from tests.workers import PATIENCE_SECONDS

HOST = "credit.drill.test"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# What may happen to somebody while the house is on fire; anything else is a finding.
FIRE = {429, 500, 502, 503, 504}


class Visitor:
    """One person with a browser, who has ``many`` askings to make, each with a form of its own."""

    def __init__(self, url: str, username: str, many: int) -> None:
        self.username, self.todo = username, [secrets.token_urlsafe(16) for _ in range(many)]
        self.numbers: dict[str, str] = {}
        self.tries = 0
        self.wrong: list[str] = []
        headers = {"Host": HOST, "Referer": f"http://{HOST}/", "Accept-Language": "zh"}
        self.client = httpx.Client(base_url=url, headers=headers, timeout=60)
        self._token = ""

    def sign_in(self) -> None:
        """Through the page, as a person."""
        form = {"csrf_token": self._read_token("/sign-in"), "username": self.username, "password": DEMO_PASSWORD}
        answer = self.client.post("/sign-in", data=form)
        assert answer.status_code == 303, (answer.status_code, answer.text[:2000])
        self._token = self._read_token("/")

    def _read_token(self, path: str) -> str:
        found = TOKEN.search(self.client.get(path).text)
        assert found is not None, path
        return found.group(1)

    def ask_all(self) -> None:
        """Every asking until it is answered; a person does not know whether the first time was heard."""
        until = time.monotonic() + PATIENCE_SECONDS + 10 * len(self.todo)
        for once in self.todo:
            while once not in self.numbers and not self.wrong and time.monotonic() < until:
                self._ask(once)
        self.client.close()

    def _ask(self, once: str) -> None:
        self.tries += 1
        form = {"csrf_token": self._token, "years": "3", "purpose": "finance", "language": "zh",
                "showing": "records", "once": once}  # fmt: skip
        try:
            answer = self.client.post("/reports", data=form)
        except httpx.TransportError:
            # The line broke: nobody knows what came of it.
            time.sleep(0.1)
            return
        if answer.status_code == 303 and answer.headers["Location"].startswith("/reports/"):
            self.numbers[once] = answer.headers["Location"].rpartition("/")[2]
        elif answer.status_code in FIRE:
            time.sleep(0.2)
        else:
            self.wrong.append(f"{answer.status_code}: {answer.text[:300]}")


class Crowd:
    """Several visitors at once, in threads."""

    def __init__(self, url: str, usernames: Sequence[str], many: int) -> None:
        share = -(-many // len(usernames))
        self.visitors = [Visitor(url, name, share) for name in usernames]
        for visitor in self.visitors:
            visitor.sign_in()
        self._threads = [threading.Thread(target=visitor.ask_all) for visitor in self.visitors]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        """Whether somebody still waits for an answer."""
        return any(thread.is_alive() for thread in self._threads)

    @property
    def answered(self) -> int:
        """How many askings were answered so far."""
        return sum(len(visitor.numbers) for visitor in self.visitors)

    @property
    def asked(self) -> int:
        """How many askings there are."""
        return sum(len(visitor.todo) for visitor in self.visitors)

    @property
    def tries(self) -> int:
        """How often a form was sent."""
        return sum(visitor.tries for visitor in self.visitors)

    def end(self) -> list[str]:
        """Wait for all; the numbers of their reports, one for each asking."""
        for thread in self._threads:
            thread.join()
        assert [visitor.wrong for visitor in self.visitors if visitor.wrong] == []
        assert self.answered == self.asked, f"{self.asked - self.answered} of {self.asked} were never answered"
        return [number for visitor in self.visitors for number in visitor.numbers.values()]
