"""A verdict page that was drawn before is given again only while everything that it tells is as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.db import make_engine, make_sessions
from creditreport.entities.models import EntityRow
from creditreport.objections.models import ObjectionCase
from creditreport.reports.fonts import FontSet
from creditreport.reports.issue import IssuedReport
from creditreport.reports.models import CreditReport, ReportDecision
from creditreport.signing.signer import load_signer
from creditreport.verification.by_code import Currency
from creditreport.verification.currency import KEPT, CurrencyCheck
from creditreport.verification.kept import KeptPages, StateReader
from creditreport.verification.models import Look
from tests.conftest import NOON
from tests.issued import store
from tests.portal import BASE, Portal, get, make_portal
from tests.stores import make_store

CONTENT = re.compile(r"credit_report\.content\b")
LAST_SECOND = datetime(2026, 12, 21, 23, 59, 59, tzinfo=SHANGHAI)


class MovingClock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Portal]:
    portal = make_portal(tmp_path_factory.mktemp("kept"), signing_settings, fonts)
    yield portal
    portal.service.close()


@pytest.fixture
def desk(made: Portal) -> Portal:
    """A portal whose clock moves, that has kept nothing yet."""
    made.service.clock = MovingClock()
    made.service.__dict__.pop("currency", None)
    made.service.kept_pages = KeptPages()
    made.city.run("DELETE FROM field_10")
    return made


def drawn(desk: Portal, look: Callable[[], TestResponse]) -> tuple[bytes, bool]:
    """The page, and whether it had to be drawn: then the whole content is read from the store."""
    statements: list[str] = []
    engine = desk.service.engine
    seen = lambda _c, _cur, statement, *_: statements.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", seen)
    try:
        answer = look()
    finally:
        event.remove(engine, "before_cursor_execute", seen)
    return answer.data, any(CONTENT.search(one) for one in statements)


def change(desk: Portal, issued: IssuedReport, **values: Any) -> None:
    with desk.service.sessions.begin() as session:
        row = session.get_one(CreditReport, issued.number)
        for name, value in values.items():
            setattr(row, name, value)


def object_to(desk: Portal, issued: IssuedReport) -> None:
    """An objection about a record that the report lists."""
    with desk.service.sessions.begin() as session:
        listed = session.scalars(
            select(ReportDecision).where(ReportDecision.number == issued.number, ReportDecision.listed)
        ).one()
        business = session.scalars(select(EntityRow).where(EntityRow.uscc == desk.mine)).one()
        number = f"2026112100{session.scalar(select(func.count(ObjectionCase.id))) or 0:04d}"
        session.add(
            ObjectionCase(
                number=number, register_id=business.register_id, uscc=desk.mine, kind="other", domain=listed.domain,
                record_id=listed.record_id, statement="a test", wish="a test", state="ACCEPTED", version=2,
                made_at=NOON, made_by="test", changed_at=NOON, filed_at=NOON, accepted_at=NOON,
            )
        )  # fmt: skip


def clean(desk: Portal) -> IssuedReport:
    return desk.issue(desk.mine)


def listing(desk: Portal) -> IssuedReport:
    desk.city.penalty(10, f"kept-{desk.service.clock.now():%f}", desk.mine)
    return desk.issue(desk.mine)


CHANGES: dict[str, tuple[Callable[[Portal], IssuedReport], Callable[[Portal, IssuedReport], None]]] = {
    "revoked": (clean, lambda desk, issued: change(desk, issued, status="REVOKED", revoked_at=NOON)),
    "superseded": (clean, lambda desk, issued: change(desk, issued, status="SUPERSEDED", superseded_at=NOON)),
    "shown less": (listing, lambda desk, issued: change(desk, issued, showing="summary")),
    "objected to": (listing, object_to),
    "its month is over": (
        clean, lambda desk, issued: setattr(desk.service.clock, "at", LAST_SECOND + timedelta(seconds=1))
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_is_on_the_next_page(desk: Portal, what: str) -> None:
    begin, then = CHANGES[what]
    issued = begin(desk)
    look = lambda: get(desk.visitor(), f"/v/{issued.content.verification_code}")  # noqa: E731
    first, again = drawn(desk, look), drawn(desk, look)
    assert (first[1], again[1]) == (True, False)
    assert again[0] == first[0]
    then(desk, issued)
    after = drawn(desk, look)
    assert after[1]
    assert after[0] != first[0]
    assert drawn(desk, look) == (after[0], False)


def test_the_last_second_and_the_next(desk: Portal) -> None:
    issued = clean(desk)
    clock: Any = desk.service.clock
    clock.at = LAST_SECOND
    pages = [get(desk.visitor(), f"/v/{issued.content.verification_code}").text for _ in range(2)]
    clock.at = LAST_SECOND + timedelta(seconds=1)
    pages += [get(desk.visitor(), f"/v/{issued.content.verification_code}").text for _ in range(2)]
    assert ["verdict-valid" in page for page in pages] == [True, True, False, False]
    assert ["verdict-expired" in page for page in pages] == [False, False, True, True]


def test_a_repair_is_seen_after_a_minute_at_the_latest(desk: Portal) -> None:
    issued = listing(desk)
    look = lambda: get(desk.visitor(), f"/v/{issued.content.verification_code}")  # noqa: E731
    first = look().text
    clock: Any = desk.service.clock
    desk.city.run("DELETE FROM field_10")
    clock.at = NOON + KEPT - timedelta(seconds=1)
    assert look().text == first
    clock.at = NOON + KEPT
    assert "FACTS" not in first
    assert look().text != first


@pytest.mark.parametrize("how", [{"query_string": "page=2"}, {"headers": {"Accept": "application/json"}}])
def test_only_the_page_of_a_scan_is_kept(desk: Portal, how: dict[str, Any]) -> None:
    issued = clean(desk)
    path = f"/v/{issued.content.verification_code}"
    get(desk.visitor(), path)
    assert drawn(desk, lambda: get(desk.visitor(), path, **how))[1]


def test_who_is_signed_in_gets_a_page_of_their_own_and_leaves_none(desk: Portal) -> None:
    issued = clean(desk)
    path = f"/v/{issued.content.verification_code}"
    client = desk.signed_in("mine")
    own = drawn(desk, lambda: get(client, path))
    assert own[1]
    page, was_drawn = drawn(desk, lambda: get(desk.visitor(), path))
    assert was_drawn
    assert "csrf_token" not in page.decode()
    assert drawn(desk, lambda: get(client, path))[0] == own[0]


def test_each_language_and_each_way_of_typing_has_its_own(desk: Portal) -> None:
    code = clean(desk).content.verification_code
    pages = {}
    for path in (f"/v/{code}", f"/v/{code.lower()}", f"/v/{code}?lang=en"):
        first, again = (get(desk.visitor(), path) for _ in range(2))
        assert (first.data, first.headers["Vary"]) == (again.data, again.headers["Vary"])
        assert first.headers["Content-Language"] == again.headers["Content-Language"]
        pages[path] = first.text
    assert len(set(pages.values())) == 3
    assert f"/v/{code.lower()}?lang=en" in pages[f"/v/{code.lower()}"]


def test_a_kept_page_comes_with_the_same_headers_and_a_name_of_its_own(desk: Portal) -> None:
    path = f"/v/{clean(desk).content.verification_code}"
    first, again, third = (get(desk.visitor(), path) for _ in range(3))
    names = [answer.headers.pop("X-Request-ID") for answer in (first, again, third)]
    assert len(set(names)) == 3
    assert sorted(first.headers) == sorted(again.headers) == sorted(third.headers)
    assert again.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in again.headers["Content-Security-Policy"]


def test_a_kept_page_is_for_whom_the_application_would_give_it(desk: Portal) -> None:
    code = clean(desk).content.verification_code
    for _ in range(2):
        get(desk.visitor(), f"/v/{code}")
    elsewhere = desk.visitor().get(f"/v/{code}", base_url="https://evil.example")
    assert elsewhere.status_code == 421
    english = desk.visitor()
    get(english, "/verify?lang=en")
    pages = [get(english, f"/v/{code}") for _ in range(2)]
    assert [page.headers["Content-Language"] for page in pages] == ["en", "en"]
    assert pages[0].data == pages[1].data
    page = get(desk.visitor(), f"/v/{code}").data
    for headers in ({"Accept-Language": "en"}, {"Accept": "application/json"}, {"Authorization": "Bearer x"}):
        # A secret that nobody has counts as a miss of the address.
        elsewhere_from = {"REMOTE_ADDR": "192.0.2.77"}
        assert get(desk.visitor(), f"/v/{code}", headers=headers, environ_base=elsewhere_from).data != page
    assert desk.visitor().head(f"/v/{code}", base_url=BASE).data == b""
    with desk.visitor().post(f"/v/{code}", base_url=BASE) as sent:
        assert sent.status_code in (400, 405)


def test_a_store_that_is_away_is_told_also_of_a_kept_page(desk: Portal) -> None:
    code = clean(desk).content.verification_code
    for _ in range(2):
        get(desk.visitor(), f"/v/{code}")
    with desk.service.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE credit_report RENAME TO elsewhere")
        connection.commit()
    try:
        assert get(desk.visitor(), f"/v/{code}").status_code == 503
    finally:
        with desk.service.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO credit_report")
            connection.commit()
    assert get(desk.visitor(), f"/v/{code}").status_code == 200


def test_a_look_at_a_kept_page_counts(desk: Portal) -> None:
    issued = clean(desk)
    for _ in range(3):
        get(desk.visitor(), f"/v/{issued.content.verification_code}")
    desk.service.looks.flush()
    with desk.service.reading() as session:
        assert session.scalar(select(func.count(Look.id)).where(Look.number == issued.number)) == 3


def test_only_so_many_are_kept(desk: Portal) -> None:
    pages = KeptPages(most=2)
    for key in ("a", "b"):
        pages.keep(key, key)  # type: ignore[arg-type]
    pages.get("a")
    pages.keep("c", "c")  # type: ignore[arg-type]
    assert [pages.get(key) for key in ("a", "b", "c")] == ["a", None, "c"]


def test_the_state_is_read_alike_from_both_stores(
    database_url: str, signing_settings: Settings, tmp_path: Path
) -> None:
    make_store(database_url)
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    issued = store(sessions, load_signer(signing_settings), NOON, listed=1)
    read = StateReader(engine)
    state = read(issued.code)
    assert state is not None
    assert state[:4] == (NOON.date().replace(month=12), "ISSUED", 1, issued.number)
    assert not state[-1]
    assert read("0" * 20) is None
    with sessions.begin() as session:
        session.get_one(CreditReport, issued.number).status = "REVOKED"
    assert read(issued.code) != state
    engine.dispose()


def test_what_is_not_known_of_a_list_is_not_kept(desk: Portal) -> None:
    issued = listing(desk)

    class Silent(CurrencyCheck):
        """Its sources do not answer."""

        def _ask(self, *_: Any) -> Currency:
            return Currency.UNKNOWN

    desk.service.currency = Silent(desk.service)
    path = f"/v/{issued.content.verification_code}"
    unknown = drawn(desk, lambda: get(desk.visitor(), path))
    assert drawn(desk, lambda: get(desk.visitor(), path)) == (unknown[0], False)
    del desk.service.currency
    known = drawn(desk, lambda: get(desk.visitor(), path))
    assert known[1]
    assert known[0] != unknown[0]
