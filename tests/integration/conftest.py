"""Fixtures for tests that need a store with its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from creditreport.clock import FixedClock
from creditreport.config import Settings, load_settings
from creditreport.db import make_engine, make_sessions
from creditreport.entities.register import sync_register
from creditreport.reports.fonts import FontSet
from creditreport.service import Service
from creditreport.violations.collect import read_register
from tests.genuine import Genuine, genuine_reports
from tests.integration.city import City
from tests.objecting import Desk, Mine, make_desk
from tests.printed import CLEAN, FIVE_HUNDRED, LONG, WITH_RECORDS, Printed
from tests.stores import make_store


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions on an empty store of the newest version, on both kinds."""
    make_store(database_url)
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def city(tmp_path: Path) -> City:
    """A small city with empty tables."""
    return City(tmp_path / "city")


@pytest.fixture
def environment(
    city: City, signing_settings: Settings, database_url: str, fonts_var_dir: Path, tmp_path: Path
) -> dict[str, str]:
    """The variables under which the program works for the city."""
    var_dir = tmp_path / "var"
    var_dir.mkdir()
    (var_dir / "fonts").symlink_to(fonts_var_dir / "fonts")
    return {
        "CREDITREPORT_ENV": "test",
        "CREDITREPORT_DATABASE_URL": database_url,
        "CREDITREPORT_PUBLIC_URL": signing_settings.public_url,
        "CREDITREPORT_SECRET_KEY": signing_settings.secret_key,
        "CREDITREPORT_SIGNING_PASSPHRASE": signing_settings.signing_passphrase,
        "CREDITREPORT_KEYS_DIR": str(signing_settings.keys_dir),
        "CREDITREPORT_DOMAINS_DIR": str(city.domains_dir),
        "CREDITREPORT_VAR_DIR": str(var_dir),
        "CREDITREPORT_CLOCK": "2026-11-21T12:00:00+08:00",
        "CITY_URL": city.url,
    }


@pytest.fixture
def service(environment: dict[str, str], fonts: FontSet, clock: FixedClock) -> Iterator[Service]:
    """The program's parts on a store of the newest version; the register is not read yet (``sync``)."""
    make_store(environment["CREDITREPORT_DATABASE_URL"])
    service = Service(load_settings(environment), clock)
    service.fonts = fonts
    yield service
    service.engine.dispose()


@pytest.fixture
def sync(service: Service) -> Callable[[], None]:
    """Reads the city's register into the store."""

    def run() -> None:
        now = service.clock.now()
        sync_register(service.sessions, read_register(service.catalog.register, service.collecting, now), now)

    return run


@pytest.fixture(scope="session")
def closed_account(postgres_server: str) -> str:
    """The address of a real server for somebody whom it lets in no longer."""
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE ROLE closed_account NOLOGIN"))
    admin.dispose()
    return make_url(postgres_server).set(username="closed_account").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def clean(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """A report without a record, printed."""
    return Printed(CLEAN, fonts, tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="session")
def found(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """A report with a few records, printed."""
    return Printed(WITH_RECORDS, fonts, tmp_path_factory.mktemp("found"))


@pytest.fixture(scope="session")
def long(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """Long names, long facts, printed."""
    return Printed(LONG, fonts, tmp_path_factory.mktemp("long"))


@pytest.fixture(scope="session")
def many(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """Five hundred records, printed."""
    return Printed(FIVE_HUNDRED, fonts, tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="session")
def genuine(signing_settings: Settings, fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Genuine]:
    """Reports that were rendered, signed and stored as in earnest, in two levels of signature."""
    with genuine_reports(tmp_path_factory.mktemp("genuine"), signing_settings, fonts) as made:
        yield made


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Desk]:
    """A city with officers and businesses; each test of objections takes businesses of its own."""
    made = make_desk(tmp_path_factory.mktemp("desk"), signing_settings, fonts)
    yield made
    made.service.engine.dispose()


@pytest.fixture
def mine(desk: Desk) -> Mine:
    """A business of the desk, with one record."""
    return desk.mine()
