"""The whole product for a browser: demo data of a fixed day, a real server on a free port, Debian's Chromium."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from creditreport import create_app
from creditreport.accounts.demo import make_demo_accounts, showcase_accounts
from creditreport.clock import FixedClock
from creditreport.config import Settings, load_settings
from creditreport.demo.environment import demo_environment
from creditreport.demo.fill import fill
from creditreport.entities.register import sync_register
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
from creditreport.violations.collect import read_register
from tests.conftest import NOON
from tests.patience import patient
from tests.stores import make_store
from tests.translated import translate

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """The running product."""

    url: str
    service: Service

    @property
    def drops(self) -> Path:
        """Where the departments' files lie."""
        return Path(self.service.settings.environ["CREDITREPORT_SOURCE_DROPS"])


@pytest.fixture(scope="session")
def listening() -> Iterator[socket.socket]:
    """A socket on a free port: the address is needed before the application is made."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture(scope="session")
def demo_service(
    tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts_var_dir: Path, listening: socket.socket
) -> Iterator[Service]:
    """The parts over freshly filled demo departments, as ``make demo`` leaves them."""
    var_dir = tmp_path_factory.mktemp("demo")
    (var_dir / "fonts").symlink_to(fonts_var_dir / "fonts")
    settings = load_settings(
        {
            "CREDITREPORT_ENV": "demo",
            "CREDITREPORT_DATABASE_URL": f"sqlite:///{var_dir / 'store.sqlite3'}",
            "CREDITREPORT_PUBLIC_URL": f"http://127.0.0.1:{listening.getsockname()[1]}",
            "CREDITREPORT_SECRET_KEY": "a secret of the journeys",
            "CREDITREPORT_SIGNING_PASSPHRASE": signing_settings.signing_passphrase,
            "CREDITREPORT_KEYS_DIR": str(signing_settings.keys_dir),
            "CREDITREPORT_VAR_DIR": str(var_dir),
            "CREDITREPORT_MISSES_PER_MINUTE": "100000",
            **demo_environment(var_dir),
        }
    )
    make_store(settings.database_url)
    fill(var_dir / "demo", NOON.date())
    service = Service(settings, FixedClock(NOON))
    service.catalog = patient(service.catalog)
    sync_register(service.sessions, read_register(service.catalog.register, service.collecting, NOON), NOON)
    sync_sources(service, NOON)
    wanted = showcase_accounts(var_dir / "demo" / "expected.json")
    make_demo_accounts(settings, service.sessions, wanted, NOON)
    translate()
    yield service
    service.engine.dispose()


@pytest.fixture(scope="session")
def site(demo_service: Service, listening: socket.socket) -> Iterator[Site]:
    """The server, answering several requests at a time."""
    app = create_app(demo_service)
    server = make_server("127.0.0.1", listening.getsockname()[1], app, threaded=True, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(demo_service.settings.public_url, demo_service)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser of their own: no cookies from anybody else."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.site = site
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> None:
        """Go to an address of the site."""
        self.page.goto(self.site.url + path)

    def sign_in(self, key: str) -> None:
        """As the demo business ``key``, by one click in the list and one on the button."""
        self.open(f"/sign-in?demo={key}")
        self.page.locator("main form button").click()
        self.page.locator("#new").wait_for()

    def ask(self, years: int, purpose: str) -> None:
        """Choose and press the button, and wait for the report or the refusal."""
        self.page.check(f"input[name=years][value='{years}']")
        self.page.check(f"input[name=purpose][value={purpose}]")
        self.page.locator("form[action='/reports'] button.btn-primary").click()
        self.page.locator("svg.qr, .refusal").first.wait_for()

    def download(self, folder: Path) -> Path:
        """The PDF of the report that is shown."""
        with self.page.expect_download() as waiting:
            self.page.locator("a.btn-primary").click()
        target = folder / waiting.value.suggested_filename
        waiting.value.save_as(target)
        return target

    def text(self) -> str:
        """What the page says, once all of it is there: a click has been answered by its first line."""
        self.page.wait_for_load_state()
        return self.page.locator("main").inner_text()

    def width(self) -> int:
        """How wide the content is; more than the window means scrolling sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; keywords are Playwright's of a new context."""
    contexts: list[BrowserContext] = []

    def make(**settings: object) -> Visitor:
        context = browser.new_context(**{"locale": "zh-CN", **settings})
        contexts.append(context)
        return Visitor(context, site)

    yield make
    for context in contexts:
        context.close()
