"""The business's pages: what the form offers to whom, the page that grows, the code held out, what a visitor gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from creditreport.accounts.models import LOCAL, Account, Authorisation, Capacity
from creditreport.audit.models import AuditEntry
from creditreport.config import Settings
from creditreport.entities.register import find_entity, sync_register
from creditreport.reports.fonts import FontSet
from creditreport.violations.collect import read_register
from tests.conftest import NOON
from tests.portal import Portal, get, make_portal, post

CHOICE = {"years": "3", "purpose": "commerce"}


def page(client: FlaskClient, path: str) -> str:
    return get(client, path).get_data(as_text=True)


def issued(client: FlaskClient, **changes: str) -> str:
    answer = post(client, "/reports", {**CHOICE, **changes})
    assert answer.status_code == 303
    return str(answer.location)


@pytest.fixture
def handler(portal: Portal) -> Iterator[FlaskClient]:
    """A handler of ``other`` for tenders only: the account without a business, for the time of the test."""
    with portal.service.sessions.begin() as session:
        account = session.scalars(select(Account).where(Account.issuer == LOCAL, Account.subject == "nobody")).one()
        row = Authorisation(
            register_id=find_entity(session, portal.other).register_id, capacity=Capacity.HANDLER, label="经办",
            account_id=account.id, purposes="commerce", valid_from=NOON, valid_until=NOON + timedelta(days=3),
            granted_by="test", granted_at=NOON, accepted_at=NOON,
        )  # fmt: skip
        session.add(row)
    yield portal.signed_in("nobody")
    with portal.service.sessions.begin() as session:
        session.delete(session.get_one(Authorisation, row.id))


def test_a_handler_is_offered_and_shown_what_the_authorisation_covers(portal: Portal, handler: FlaskClient) -> None:
    finance, tender = portal.issue(portal.other).number, issued(handler, purpose="commerce")
    desk = page(handler, "/")
    radios = dict(re.findall(r'name="purpose" value="(\w+)" required( \w+)?', desk))
    assert radios == {"finance": " disabled", "commerce": " checked", "administration": " disabled"}
    assert "不在您的经办授权内" in desk
    assert f'href="{tender}"' in desk
    assert finance in desk
    assert f'href="/reports/{finance}' not in desk

    theirs = f"/reports/{finance}"
    for path in (theirs, f"{theirs}/pdf", f"{theirs}/code"):
        assert get(handler, path).status_code == 403
    for path, sent in {"renew": {}, "showing": {"showing": "summary"}, "withdraw": {"sure": "yes"}}.items():
        answer = post(handler, f"{theirs}/{path}", sent)
        assert (answer.status_code, "PURPOSE_NOT_AUTHORISED" in answer.get_data(as_text=True)) == (403, True)
    assert post(handler, "/reports", {**CHOICE, "purpose": "finance"}).status_code == 403
    assert post(handler, f"{tender}/renew", {}).status_code == 303


def test_the_page_grows_and_leads_to_the_report(portal: Portal) -> None:
    client = portal.signed_in("mine")
    answer = post(client, "/reports", {**CHOICE, "watch": "1", "once": "watched"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert text.count("已答复</small>") == 46, "45 fields and the overlay of this city"
    (address,) = re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', text)
    assert text.index("领域45") < text.index(address) < text.index("</html>")
    assert get(client, address).status_code == 200
    again = post(client, "/reports", {**CHOICE, "watch": "1", "once": "watched"}).get_data(as_text=True)
    assert address in again, "loaded again, the page leads to the same report"
    assert "已答复</small>" not in again


def test_a_refusal_ends_the_page_that_grows(portal: Portal) -> None:
    client = portal.signed_in("mine")
    portal.city.run("ALTER TABLE field_12 RENAME TO gone")
    try:
        text = post(client, "/reports", {**CHOICE, "watch": "1"}).get_data(as_text=True)
    finally:
        portal.city.run("ALTER TABLE gone RENAME TO field_12")
    assert "没有应答</small>" in text
    assert text.index('class="panel refusal"') > text.index("领域45")
    assert "SOURCE_UNAVAILABLE" in text
    assert "http-equiv" not in text
    assert text.rstrip().endswith("</html>")


def test_what_nobody_foresaw_ends_it_with_an_incident(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("of somebody")

    monkeypatch.setattr("creditreport.reports.views.issue_report", broken)
    text = post(portal.signed_in("mine"), "/reports", {**CHOICE, "watch": "1"}).get_data(as_text=True)
    assert "INTERNAL_ERROR" in text
    assert "of somebody" not in text
    assert text.rstrip().endswith("</html>")


def test_the_code_is_held_out_only_while_the_report_is_valid(portal: Portal) -> None:
    client = portal.signed_in("mine")
    address = issued(client)
    shown = page(client, f"{address}/code")
    assert "盐城甲示例有限公司" in shown
    assert "2026年12月21日" in shown
    assert '<svg class="qr"' in shown
    assert post(client, f"{address}/withdraw", {}).status_code == 422
    assert '<svg class="qr"' in page(client, f"{address}/code")
    assert post(client, f"{address}/withdraw", {"sure": "yes"}).location == address
    assert get(client, f"{address}/code").location == address
    ended = page(client, address)
    assert "已自行撤回" in ended
    assert '<svg class="qr"' not in ended
    assert f'action="{address}/renew"' in ended


def test_the_original_is_there_for_a_verifier_only_if_allowed(portal: Portal) -> None:
    client, receiver = portal.signed_in("mine"), portal.visitor()
    address = issued(client, showing="original")
    (code,) = re.findall(r'href="/v/(\w{20})"', page(client, address))
    seen = page(receiver, f"/v/{code}")
    assert f'href="/v/{code}/pdf"' in seen
    assert get(receiver, f"/v/{code}/pdf").data == get(client, f"{address}/pdf").data
    for showing in ("records", "summary"):
        assert post(client, f"{address}/showing", {"showing": showing}).status_code == 303
        assert get(receiver, f"/v/{code}/pdf").status_code == 404
        assert f"/v/{code}/pdf" not in page(receiver, f"/v/{code}")
    assert post(client, f"{address}/showing", {"showing": "original"}).status_code == 303
    post(client, f"{address}/withdraw", {"sure": "yes"})
    assert get(receiver, f"/v/{code}/pdf").status_code == 404
    assert "由经营主体自行撤回" in page(receiver, f"/v/{code}")


def test_the_pre_check_carries_the_choices_on(portal: Portal) -> None:
    client = portal.signed_in("mine")
    chosen = {"years": "2", "purpose": "finance", "language": "en", "showing": "summary"}
    found = post(client, "/precheck", chosen).get_data(as_text=True)
    form = found[found.index('class="go-on"') :]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]+)"', form[: form.index("</form>")]))
    assert {name: sent[name] for name in chosen} == chosen
    without = post(client, "/precheck", {"years": "2"}).get_data(as_text=True)
    (link,) = re.findall(r'href="(/\?[^"]*years=2[^"]*)"', without)
    assert re.findall(r'name="years" value="(\d)" required checked', page(client, link)) == ["2"]


def test_who_of_a_bundle_has_no_report_is_named(tmp_path: Path, signing_settings: Settings, fonts: FontSet) -> None:
    portal = make_portal(tmp_path, signing_settings, fonts)
    portal.city.business(3, "盐城甲示例有限公司东台分公司", type="分公司", parent="R1")
    portal.city.business(4, "盐城甲示例有限公司大丰分公司", type="分公司", parent="R1", status="注销")
    told = read_register(portal.service.catalog.register, portal.service.collecting, NOON)
    sync_register(portal.service.sessions, told, NOON)
    client = portal.signed_in("mine")
    choice = {**CHOICE, "once": "together"}
    grown = post(client, "/branches", {**choice, "watch": "1"}).get_data(as_text=True)
    shown = grown[grown.index('class="bundle"') :]
    assert grown.count('<li class="ok">') == 3
    assert "2 份报告可以下载了" in shown
    assert "大丰分公司" in shown[: shown.index("<form")]
    assert "大丰分公司" not in shown[shown.index("</form") :]
    packed = post(client, "/branches", choice)
    with ZipFile(BytesIO(packed.data)) as archive:
        assert len(archive.namelist()) == 3, "the list and two reports"
        assert all(number in " ".join(archive.namelist()) for number in re.findall(r'class="num">(\d{21})<', shown))
    assert "连同 2 个分支机构一起开具" in page(client, "/")
    assert "/branches" not in page(portal.signed_in("other"), "/")
    nothing = post(portal.signed_in("other"), "/branches", {**choice, "watch": "1"}).get_data(as_text=True)
    assert "NO_BRANCHES" in nothing
    portal.service.engine.dispose()


def test_a_long_history_is_shown_in_part_and_in_full(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    client = portal.signed_in("other")
    numbers = [issued(client).rsplit("/", 1)[1] for _ in range(2)]
    monkeypatch.setattr("creditreport.reports.views.NEWEST", 1)
    desk = page(client, "/")
    assert numbers[1] in desk
    assert numbers[0] not in desk
    (link,) = re.findall(r'href="(/\?all=1)#history"', desk)
    everything = page(client, link)
    assert all(number in everything for number in numbers)
    assert "显示全部" in desk
    assert "显示全部" not in everything


def test_each_download_is_told_of(portal: Portal) -> None:
    client = portal.signed_in("mine")
    address = issued(client)
    subject = f"report:{address.rsplit('/', 1)[1]}"
    assert get(client, f"{address}/pdf").status_code == 200
    assert get(portal.signed_in("other"), f"{address}/pdf").status_code == 404
    with portal.service.reading() as session:
        query = select(AuditEntry.action).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
        assert session.scalars(query).all() == ["report.issued", "report.downloaded"]
