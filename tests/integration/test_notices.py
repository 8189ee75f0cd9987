"""Notices: once for each cause and person, on the page and by mail; a mail says nothing but where to look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from creditreport.accounts.acting import businesses_of
from creditreport.accounts.demo import DemoAccount, make_demo_accounts
from creditreport.accounts.models import Account, Authorisation
from creditreport.config import load_settings
from creditreport.errors import Problem
from creditreport.notices.choice import ask_address, confirm_address, stop_by_link, stop_mails
from creditreport.notices.models import Notice
from creditreport.notices.reading import mark_read, notices_of, unread
from creditreport.notices.run import run_notices
from creditreport.notices.sending import PAUSES
from creditreport.reports.fonts import FontSet
from creditreport.service import Service
from tests.conftest import NOON
from tests.integration.asking import Sync, ask
from tests.integration.city import City
from tests.mailbox import Mailbox, mail_server
from tests.stores import make_store

NAME, ADDRESS = "盐城甲示例有限公司", "boss@example.com"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with mail_server(tmp_path_factory.mktemp("mail")) as box:
        yield box


@pytest.fixture
def box(server: Mailbox) -> Mailbox:
    server.mails.clear()
    server.answer = "250 OK"
    return server


@pytest.fixture
def service(environment: dict[str, str], fonts: FontSet, clock: object, box: Mailbox) -> Iterator[Service]:
    """The program's parts, with a mail server."""
    make_store(environment["CREDITREPORT_DATABASE_URL"])
    service = Service(load_settings({**environment, **box.settings()}), clock)  # type: ignore[arg-type]
    service.fonts = fonts
    yield service
    service.engine.dispose()


@pytest.fixture
def mine(city: City, service: Service, sync: Sync) -> str:
    """A business with one record and a person who may act for it."""
    code = city.business(1, NAME)
    city.penalty(20, "A", code)
    sync()
    make_demo_accounts(service.settings, service.sessions, [DemoAccount("mine", code, NAME)], NOON)
    return code


def person(service: Service) -> int:
    with service.reading() as session:
        return session.scalars(select(Account.id)).one()


def confirmed(service: Service, box: Mailbox, language: str = "zh") -> int:
    me = person(service)
    ask_address(service, me, ADDRESS, language, NOON)
    link = re.search(r"/notices/confirm/([\w-]+)", box.mails.pop().get_content())
    assert link is not None
    confirm_address(service, link.group(1), NOON)
    return me


def kinds(service: Service) -> list[str]:
    with service.reading() as session:
        return list(session.scalars(select(Notice.kind).order_by(Notice.id)))


def test_a_report_about_to_expire_is_told_and_mailed_once(service: Service, box: Mailbox, mine: str) -> None:
    me, issued = confirmed(service, box), ask(service, mine)
    last_week = NOON + timedelta(days=(issued.content.valid_until - NOON.date()).days - 7)
    assert run_notices(service, last_week - timedelta(days=1)).expiring == 0
    first = run_notices(service, last_week)
    assert (first.expiring, first.mailed) == (1, 1)
    again = run_notices(service, last_week + timedelta(days=1))
    assert (again.expiring, again.mailed) == (0, 0)
    with service.reading() as session:
        (told,) = notices_of(session, me, businesses_of(session, me, last_week))
        assert unread(session, me, businesses_of(session, me, last_week)) == 1
    assert (told.kind, told.number, told.fresh) == ("expiring", issued.number, True)

    (mail,) = box.mails
    text = mail.get_content()
    assert "https://credit.example.gov.cn/notices" in text
    for secret in (NAME, mine, issued.number, "到期"):
        assert secret not in text + mail["Subject"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip("<>") in text

    mark_read(service, me, [told], last_week)
    with service.reading() as session:
        assert unread(session, me, businesses_of(session, me, last_week)) == 0


def test_a_report_that_was_renewed_is_not_told_of(service: Service, mine: str) -> None:
    issued = ask(service, mine)
    soon = NOON + timedelta(days=(issued.content.valid_until - NOON.date()).days - 3)
    from creditreport.reports.issue import issue_report
    from creditreport.reports.request import IssueRequest

    for field in range(1, 46):  # the departments' data go on with the days
        city_url = service.settings.environ["CITY_URL"].removeprefix("sqlite:///")
        _watermark(city_url, field, soon.date().isoformat())
    issue_report(service, IssueRequest(mine, "3", "commerce", "test"), soon)
    assert run_notices(service, soon).expiring == 0


def _watermark(path: str, field: int, day: str) -> None:
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE watermark SET at = ? WHERE field = ?", [f"{day} 00:00:00", field])
    connection.close()


def test_a_new_record_is_told_once_and_only_while_a_report_is_valid(service: Service, city: City, mine: str) -> None:
    assert run_notices(service, NOON).new_records == 0
    ask(service, mine)
    assert run_notices(service, NOON).new_records == 0, "what the report lists is not new"
    city.penalty(21, "B", mine)
    assert run_notices(service, NOON + HOUR).new_records == 0, "looked at once a day"
    due = NOON + timedelta(hours=11)
    with service.sessions.begin() as session:
        from creditreport.notices.models import RecordWatch

        session.execute(update(RecordWatch).values(next_look_at=due))
    city.run("ALTER TABLE field_12 RENAME TO gone")
    assert run_notices(service, due).new_records == 0, "what is not known is not told"
    city.run("ALTER TABLE gone RENAME TO field_12")
    late = due + timedelta(minutes=30)
    with service.sessions.begin() as session:
        session.execute(update(RecordWatch).values(next_look_at=late))
    assert run_notices(service, late).new_records == 1
    with service.sessions.begin() as session:
        session.execute(update(RecordWatch).values(next_look_at=late))
    assert run_notices(service, late).new_records == 0, "the same record is told once"
    assert kinds(service) == ["new_record"]


def test_a_mail_that_fails_is_tried_again_and_comes_once(service: Service, box: Mailbox, mine: str) -> None:
    confirmed(service, box)
    ask(service, mine)
    soon = NOON + timedelta(days=25)
    box.answer = "451 try again later"
    assert run_notices(service, soon).mailed == 0
    assert run_notices(service, soon + timedelta(minutes=1)).mailed == 0
    box.answer = "250 OK"
    assert run_notices(service, soon + PAUSES[0] - timedelta(seconds=1)).mailed == 0, "pauses between tries"
    assert run_notices(service, soon + PAUSES[0]).mailed == 1
    assert run_notices(service, soon + timedelta(days=1)).mailed == 0
    assert len(box.mails) == 1


def test_an_address_refused_for_good_is_not_tried_again(service: Service, box: Mailbox, mine: str) -> None:
    confirmed(service, box)
    ask(service, mine)
    box.answer = "550 no such mailbox"
    soon = NOON + timedelta(days=25)
    assert run_notices(service, soon).mailed == 0
    box.answer = "250 OK"
    assert run_notices(service, soon + timedelta(days=1)).mailed == 0
    assert kinds(service) == ["expiring"], "on the page it is still told"


def test_nothing_is_mailed_before_the_link_is_opened_nor_after_opting_out(
    service: Service, box: Mailbox, mine: str
) -> None:
    me, soon = person(service), NOON + timedelta(days=25)
    ask(service, mine)
    ask_address(service, me, ADDRESS, "en", NOON)
    link = re.search(r"/notices/confirm/([\w-]+)", box.mails.pop().get_content())
    assert link is not None
    assert run_notices(service, soon).mailed == 0
    with pytest.raises(Problem) as refused:
        confirm_address(service, link.group(1), NOON + timedelta(days=3, seconds=1))
    assert refused.value.code == "MAIL_LINK_OVER"
    confirm_address(service, link.group(1), NOON + timedelta(days=3))
    with pytest.raises(Problem):
        confirm_address(service, link.group(1), NOON)

    ask(service, mine, purpose="finance")
    assert run_notices(service, soon).mailed == 1
    assert "new notice" in box.mails[0]["Subject"]
    token = box.mails[0]["List-Unsubscribe"].strip("<>").rsplit("/", 1)[1]
    with pytest.raises(Problem):
        stop_by_link(service, token[:-2] + "xx", soon)
    ask(service, mine, purpose="administration")
    stop_by_link(service, token, soon)
    stop_by_link(service, token, soon)
    assert run_notices(service, soon).mailed == 0
    with service.reading() as session:
        assert session.get_one(Account, me).email is None, "the address is forgotten"


def test_whoever_may_no_longer_act_is_mailed_and_shown_nothing(service: Service, box: Mailbox, mine: str) -> None:
    me, soon = confirmed(service, box), NOON + timedelta(days=25)
    ask(service, mine)
    box.answer = "451 later"
    run_notices(service, soon)
    with service.sessions.begin() as session:
        session.execute(update(Authorisation).values(revoked_at=soon))
    box.answer = "250 OK"
    assert run_notices(service, soon + HOUR).mailed == 0
    with service.reading() as session:
        assert notices_of(session, me, businesses_of(session, me, soon + HOUR)) == []


@pytest.mark.parametrize("address", ["", "nobody", "a b@example.com", "a@example.com\nBcc: x@example.com", "a@b"])
def test_what_is_no_address_is_refused(service: Service, box: Mailbox, mine: str, address: str) -> None:
    with pytest.raises(Problem) as refused:
        ask_address(service, person(service), address, "zh", NOON)
    assert refused.value.code == "INVALID_EMAIL"
    assert box.mails == []


def test_a_confirmation_is_not_sent_twice_in_a_moment_but_again_after_a_failure(
    service: Service, box: Mailbox, mine: str
) -> None:
    me = person(service)
    box.answer = "451 later"
    with pytest.raises(Problem) as refused:
        ask_address(service, me, ADDRESS, "zh", NOON)
    assert refused.value.code == "MAIL_UNAVAILABLE"
    box.answer = "250 OK"
    ask_address(service, me, ADDRESS, "zh", NOON)
    with pytest.raises(Problem) as refused:
        ask_address(service, me, "stranger@example.com", "zh", NOON)
    assert refused.value.code == "CONFIRMATION_TOO_SOON"
    stop_mails(service, me, NOON)
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"SMTP_HOST": "mail.example.gov.cn", "SMTP_TLS": "none"}, "SMTP_TLS"),
        ({"SMTP_TLS": "ssl"}, "SMTP_TLS"),
        ({"SMTP_FROM": ""}, "SMTP_FROM"),
        ({"SMTP_PASSWORD": ""}, "SMTP_PASSWORD"),
        ({"SMTP_PORT": "x"}, "SMTP_PORT"),
    ],
)
def test_a_wrong_setting_stops_the_start(box: Mailbox, tmp_path: Path, changes: dict[str, str], name: str) -> None:
    base = {"ENV": "test", "DATABASE_URL": "sqlite://", "PUBLIC_URL": "https://a.example", "SECRET_KEY": "x"} | {
        "SIGNING_PASSPHRASE": "x"
    }
    given = {f"CREDITREPORT_{key}": value for key, value in {**base, "VAR_DIR": str(tmp_path)}.items()}
    changed = {f"CREDITREPORT_{key}": value for key, value in changes.items()}
    with pytest.raises(Problem) as refused:
        load_settings({**given, **box.settings(), **changed})
    assert f"CREDITREPORT_{name}" in refused.value.en
