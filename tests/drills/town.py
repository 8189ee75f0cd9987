"""A whole town of real processes: gunicorn, Celery's worker and beats, PostgreSQL, Redis, over a small city."""

from __future__ import annotations

import re
import sys
import threading
from datetime import timedelta
from pathlib import Path

import psutil

from creditreport.accounts.demo import DemoAccount, make_demo_accounts
from creditreport.clock import SystemClock
from creditreport.config import Settings, load_settings
from creditreport.entities.register import sync_register
from creditreport.jobs.outbox import enqueue
from creditreport.migrations.store import upgrade
from creditreport.reports.batch_reissue import KIND
from creditreport.service import Service
from creditreport.violations.collect import read_register
from tests.drills.postgres import Postgres
from tests.drills.visitors import HOST, Crowd
from tests.integration.city import City
from tests.portal import environment
from tests.redis_server import RedisServer
from tests.translated import translate
from tests.workers import CELERY, Process, eventually

BUSINESSES = 4
ROLES = ("web", "worker", "beat", "second beat")
LISTENS = re.compile(r"Listening at: (http://127\.0\.0\.1:\d+)")


class Town:
    """Everything, running; ``service`` is the drill's own look at the store."""

    def __init__(self, folder: Path, signing: Settings, fonts_var_dir: Path) -> None:
        self.folder = folder
        (folder / "var").mkdir()
        (folder / "var" / "fonts").symlink_to(fonts_var_dir / "fonts")
        self.postgres, self.redis, self.city = Postgres(), RedisServer(), City(folder / "city")
        fresh(self.city)
        codes = [self.city.business(at, f"盐城第{at}演练有限公司") for at in range(1, BUSINESSES + 1)]
        self.city.penalty(7, "P", codes[0], decided=f"{SystemClock().now() - timedelta(days=90):%Y-%m-%d}")
        self.codes, self.names = codes, [f"drill{at}" for at in range(1, BUSINESSES + 1)]
        self.environment = environment(
            folder, self.city, signing, DATABASE_URL=self.postgres.url, BROKER_URL=self.redis.url,
            PUBLIC_URL=f"http://{HOST}",
        )  # fmt: skip
        upgrade(self.postgres.url)
        translate()
        self.service = Service(load_settings({k: v for k, v in self.environment.items() if "BROKER" not in k}))
        now = self.service.clock.now()
        reading = read_register(self.service.catalog.register, self.service.collecting, now)
        sync_register(self.service.sessions, reading, now)
        wanted = [DemoAccount(name, code, name) for name, code in zip(self.names, codes, strict=True)]
        make_demo_accounts(self.service.settings, self.service.sessions, wanted, now)
        self.processes: dict[str, Process] = {}
        self.url, self.starts, self._over = "http://127.0.0.1:0", 0, threading.Event()
        for role in ROLES:
            self._start(role)
        eventually("the web answers", lambda: LISTENS.search(self.processes["web"].said()))
        self.url = LISTENS.search(self.processes["web"].said()).group(1)  # type: ignore[union-attr]
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    def _start(self, role: str) -> None:
        self.starts += 1
        self.processes[role] = Process(self._words(role), self.environment, self.folder / f"{role}-{self.starts}.log")

    def _keep(self) -> None:
        """Start again what has ended, as a service manager does."""
        while not self._over.wait(0.2):
            for role in ROLES:
                if self.processes[role].process.poll() is not None:
                    self._start(role)

    def _words(self, role: str) -> list[str]:
        if role == "web":
            # The same port again, so that a visitor's next try reaches it.
            return [sys.executable, "-m", "gunicorn", "wsgi:app", "--workers", "2", "--threads", "2", "--bind",
                    self.url.removeprefix("http://"), "--timeout", "90"]  # fmt: skip
        if role == "worker":
            return [*CELERY, "worker", "--concurrency", "2", "--hostname", "drill@tests", "--loglevel", "INFO"]
        return [*CELERY, "beat", "--loglevel", "WARNING"]

    def children(self, role: str) -> list[psutil.Process]:
        """The processes that do the work of ``role``."""
        try:
            return list(psutil.Process(self.processes[role].process.pid).children())
        except psutil.NoSuchProcess:
            return []

    def kill_all(self, role: str) -> None:
        """kill -9 of a master and all its children, as if the machine had gone; it is then started again."""
        self.processes[role].kill()

    def crowd(self, many: int) -> Crowd:
        """People who ask for ``many`` reports."""
        return Crowd(self.url, self.names, many)

    def reissue_later(self, numbers: list[str]) -> None:
        """Jobs that issue these reports again. Nobody is told of them: the beat's tick must find them."""
        with self.service.sessions.begin() as session:
            for number in numbers:
                enqueue(session, KIND, number, {"number": number, "reason": "drill"}, now=self.service.clock.now())

    def end(self) -> None:
        """Stop everything."""
        self._over.set()
        self._keeper.join()
        for process in self.processes.values():
            process.kill()
        self.service.close()
        self.redis.stop()
        self.postgres.end()


def fresh(city: City) -> None:
    """The sources are of today: the processes of a drill have the machine's clock."""
    city.run("UPDATE watermark SET at = ?", f"{SystemClock().now() - timedelta(minutes=1):%Y-%m-%d %H:%M:%S}")
