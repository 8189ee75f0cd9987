"""The web application for tests that need no browser: a small city, two businesses that are signed up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from creditreport import create_app
from creditreport.accounts.demo import DEMO_PASSWORD, DemoAccount, make_demo_accounts
from creditreport.clock import FixedClock
from creditreport.config import Settings, load_settings
from creditreport.entities.register import sync_register
from creditreport.reports.fonts import FontSet
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.violations.collect import read_register
from tests.conftest import NOON
from tests.integration.city import City
from tests.stores import make_store
from tests.translated import translate

BASE = "https://credit.example.gov.cn"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def environment(folder: Path, city: City, signing: Settings, **changes: str) -> dict[str, str]:
    """The variables of a portal over ``city``; ``changes`` without the prefix."""
    variables = {
        "ENV": "test",
        "DATABASE_URL": f"sqlite:///{folder / 'store.sqlite3'}",
        "PUBLIC_URL": signing.public_url,
        "SECRET_KEY": signing.secret_key,
        "SIGNING_PASSPHRASE": signing.signing_passphrase,
        "KEYS_DIR": str(signing.keys_dir),
        "DOMAINS_DIR": str(city.domains_dir),
        "VAR_DIR": str(folder / "var"),
        # Thousands of tests share one address; the limits have tests of their own.
        "MISSES_PER_MINUTE": "100000",
        **changes,
    }
    return {f"CREDITREPORT_{name}": value for name, value in variables.items()} | {"CITY_URL": city.url}


@dataclass(frozen=True, slots=True)
class Portal:
    """The application and its parts; ``mine`` and ``other`` are the codes of two businesses."""

    app: Flask
    service: Service
    city: City
    mine: str
    other: str

    def visitor(self) -> FlaskClient:
        """Somebody with a cookie jar of their own."""
        return self.app.test_client()

    def signed_in(self, username: str) -> FlaskClient:
        """The account ``username`` after signing in through the page."""
        client = self.visitor()
        answer = post(client, "/sign-in", {"username": username, "password": DEMO_PASSWORD})
        assert answer.status_code == 303
        return client

    def issue(self, code: str) -> IssuedReport:
        """A report, by the use case itself."""
        return issue_report(self.service, IssueRequest(code, "3", "finance", "test"), NOON)


def make_portal(folder: Path, signing: Settings, fonts: FontSet, **changes: str) -> Portal:
    """A portal over an empty store with two businesses, ``mine`` and ``other``, and one account without a business."""
    translate()
    city = City(folder / "city")
    mine, other = city.business(1, "盐城甲示例有限公司"), city.business(2, "盐城乙示例有限公司")
    settings = load_settings(environment(folder, city, signing, **changes))
    make_store(settings.database_url)
    service = Service(settings, FixedClock(NOON))
    service.fonts = fonts
    sync_register(service.sessions, read_register(service.catalog.register, service.collecting, NOON), NOON)
    if settings.env != "production":
        wanted = [DemoAccount("mine", mine, "盐城甲示例有限公司"), DemoAccount("other", other, "盐城乙示例有限公司")]
        make_demo_accounts(settings, service.sessions, [*wanted, DemoAccount("nobody", "", "无主体账号")], NOON)
    return Portal(create_app(service), service, city, mine, other)


def get(client: FlaskClient, path: str, **settings: object) -> TestResponse:
    """Fetch a page as a browser does, to its end."""
    with client.get(path, base_url="https://credit.example.gov.cn", **settings) as answer:
        answer.get_data()
        return answer


def token(client: FlaskClient, path: str = "/verify") -> str:
    """The form token that the page at ``path`` carries."""
    found = TOKEN.search(get(client, path).get_data(as_text=True))
    assert found is not None
    return found.group(1)


def post(client: FlaskClient, path: str, data: dict[str, object], **settings: object) -> TestResponse:
    """Send a form as a browser does: with its token and where it came from."""
    base = "https://credit.example.gov.cn"
    fields = {"csrf_token": token(client), **data}
    headers = {"Referer": f"{base}/", **settings.pop("headers", {})}  # type: ignore[dict-item]
    return client.post(path, data=fields, base_url=base, headers=headers, **settings)
