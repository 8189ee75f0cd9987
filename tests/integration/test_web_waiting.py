"""From a refusal to the report: the button, the list, the job, the notice and the mail, as a person meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from creditreport.clock import FixedClock
from creditreport.config import Settings
from creditreport.notices.run import run_notices
from creditreport.reports.fonts import FontSet
from creditreport.requests.run import run_due
from tests.conftest import NOON
from tests.mailbox import Mailbox, mail_server
from tests.portal import BASE, Portal, get, make_portal, post, token

CHOICE = {"years": "2", "purpose": "commerce", "language": "en", "showing": "summary"}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with mail_server(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet, box: Mailbox
) -> Iterator[Portal]:
    """A portal of its own, because its source goes away and its clock moves."""
    mail = {name.removeprefix("CREDITREPORT_"): value for name, value in box.settings().items()}
    made = make_portal(tmp_path_factory.mktemp("waiting"), signing_settings, fonts, **mail)
    yield made
    made.service.close()


def offered(page: str) -> dict[str, str]:
    """The fields of the button's form."""
    form = page[page.index('action="/requests"') :]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))


def test_a_refused_request_waits_is_issued_and_told(desk: Portal, box: Mailbox) -> None:
    client = desk.signed_in("mine")
    assert post(client, "/notices/email", {"email": "boss@example.com"}).status_code == 303
    link = re.search(r"https://credit.example.gov.cn(/notices/confirm/\S+)", box.mails.pop().get_content())
    assert link is not None
    assert "boss@example.com" in get(desk.visitor(), link.group(1)).text
    assert "邮箱已确认" in post(desk.visitor(), link.group(1), {}).text

    desk.city.run("ALTER TABLE field_12 RENAME TO gone")
    for watch in ({}, {"watch": "1"}):
        refusal = post(client, "/reports", {**CHOICE, **watch}).text
        fields = offered(refusal)
        assert {name: fields[name] for name in CHOICE} == CHOICE
    sent = client.post("/requests", data=fields, base_url=BASE, headers={"Referer": f"{BASE}/"})
    assert (sent.status_code, sent.location) == (303, "/#waiting")
    home = get(client, "/").text
    assert "等候中的申请" in home
    assert "近两年 · 商务 · 英文" in home
    assert [one.code for one in run_due(desk.service, NOON)] == ["SOURCE_UNAVAILABLE"]
    assert "有数据来源没有应答" in get(client, "/").text
    assert "等候中的申请" not in get(desk.signed_in("other"), "/").text

    desk.city.run("ALTER TABLE gone RENAME TO field_12")
    later = NOON + timedelta(minutes=10)
    desk.service.clock = FixedClock(later)
    (tried,) = run_due(desk.service, later)
    assert run_notices(desk.service, later).mailed == 1
    home = get(client, "/").text
    assert "等候中的申请" not in home
    assert 'class="unread"' in home
    told = get(client, "/notices").text
    assert "等候的申请已出具报告" in told
    assert f'href="/reports/{tried.number}"' in told
    assert 'class="unread"' not in get(client, "/notices").text, "seen once it is not new"
    assert "等候的申请" not in get(desk.signed_in("other"), "/notices").text
    assert "等候的申请" not in box.mails[-1].get_content()

    # One click in a mail program: no cookie, no form token.
    stop = box.mails[-1]["List-Unsubscribe"].strip("<>").removeprefix(BASE)
    assert "退订邮件" in get(desk.visitor(), stop).text
    assert "boss@example.com" in get(client, "/notices").text, "opening the link ends nothing yet"
    answer = desk.visitor().post(stop, data={"List-Unsubscribe": "One-Click"}, base_url=BASE)
    assert answer.status_code == 200
    assert "boss@example.com" not in get(client, "/notices").text


def test_waiting_is_ended_by_its_business_alone(desk: Portal) -> None:
    client, other = desk.signed_in("mine"), desk.signed_in("other")
    post(client, "/requests", CHOICE)
    found = re.search(r"/requests/\d+/cancel", get(client, "/").text)
    assert found is not None
    assert post(other, found.group(), {}).status_code == 404
    assert "等候中的申请" in get(client, "/").text
    assert post(client, found.group(), {}).status_code == 303
    assert "等候中的申请" not in get(client, "/").text


def test_the_pages_speak_english(desk: Portal) -> None:
    client = desk.signed_in("mine")
    assert "Notices by e-mail" in get(client, "/notices?lang=en").text
    wrong = client.post(
        "/notices/email",
        data={"email": "nobody", "csrf_token": token(client)},
        base_url=BASE,
        headers={"Referer": f"{BASE}/"},
    )
    assert wrong.status_code == 422
    assert "not an e-mail address" in wrong.text
    assert 'value="nobody"' in wrong.text


def test_both_sides_are_told_of_an_authorisation(desk: Portal) -> None:
    boss, handler = desk.signed_in("mine"), desk.signed_in("nobody")
    offer = {"label": "财务小王", "purposes": ["finance"], "until": "2026-12-21"}
    link = re.search(r"/invitations/[\w-]+", post(boss, "/handlers", offer).text)
    assert link is not None
    post(handler, link.group(), {})
    for client in (boss, handler):
        assert "经办人已接受授权" in get(client, "/notices").text
    end = re.search(r"/handlers/\d+/revoke", get(boss, "/handlers").text)
    assert end is not None
    for _again in range(2):
        post(boss, end.group(), {})
    for client in (boss, handler):
        assert get(client, "/notices").text.count("经办授权已撤销") == 1
