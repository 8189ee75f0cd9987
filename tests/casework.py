"""The desk of objections before a real browser: a small city, its server, and everybody who works there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select, update
from werkzeug.serving import make_server

from creditreport import create_app
from creditreport.accounts import sessions
from creditreport.accounts.acting import businesses_of
from creditreport.accounts.models import Account, Authorisation
from creditreport.clock import FixedClock
from creditreport.config import Settings, load_settings
from creditreport.reports.fonts import FontSet
from creditreport.service import Service
from tests.conftest import NOON
from tests.integration.city import City
from tests.journeys.conftest import Site, Visitor
from tests.objecting import Desk
from tests.portal import environment
from tests.stores import make_store
from tests.translated import translate


class Office:
    """The running product over a small city, its desk, and its clock."""

    def __init__(self, desk: Desk, url: str) -> None:
        self.desk, self.service, self.url = desk, desk.service, url
        self.site = Site(url, desk.service)
        # The clock is also set to days before the others' noon.
        with self.service.sessions.begin() as store:
            store.execute(update(Authorisation).values(valid_from=NOON - timedelta(days=365)))

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        self.service.clock = FixedClock(moment)

    def sign_in(self, one: Visitor, account_id: int, path: str) -> None:
        """Give the browser the cookie of somebody who has just signed in, and open a page."""
        now = self.service.clock.now()
        with self.service.sessions.begin() as store:
            account = store.get_one(Account, account_id)
            acting = businesses_of(store, account_id, now)
            token = sessions.begin(store, account, "test", now, acting_for=acting[0].register_id if acting else None)
        signer = SecureCookieSessionInterface().get_signing_serializer(_keyed(self.service))
        assert signer is not None
        cookie = str(signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True}))
        one.page.context.add_cookies([{"name": "creditreport", "value": cookie, "url": self.url}])
        one.open(path)

    def account_of(self, code: str) -> int:
        """The account of a business's legal representative."""
        name = f"b{self.desk.codes.index(code)}"
        with self.service.reading() as store:
            return store.scalars(select(Account.id).where(Account.subject == name)).one()


def _keyed(service: Service) -> Flask:
    app = Flask("cookie")
    app.secret_key = service.settings.secret_key
    return app


@contextmanager
def open_office(folder: Path, signing: Settings, fonts: FontSet, businesses: int = 8) -> Iterator[Office]:
    """Open the office over an empty store; its server ends with it."""
    translate()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        city = City(folder / "city")
        settings = load_settings(environment(folder, city, signing, PUBLIC_URL=url))
        make_store(settings.database_url)
        service = Service(settings, FixedClock(NOON))
        service.fonts = fonts
        office = Office(Desk(service, city, businesses), url)
        server = make_server("127.0.0.1", port, create_app(service), threaded=True, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield office
        server.shutdown()
        thread.join()
        server.server_close()
        service.engine.dispose()
