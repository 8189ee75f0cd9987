"""A business reads that staff ended or replaced its report: which, since when, by whom, why, and what it can do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from creditreport.accounts.models import Kind, Role, RoleGrant
from creditreport.notices.models import Notice
from creditreport.reports.models import CreditReport
from tests.conftest import NOON
from tests.portal import Portal, get, post
from tests.roles import Knocking, _account

WHY = "来源更正，<原>内容有误"
WRITTEN = "来源更正，&lt;原&gt;内容有误"
SINCE = {"zh": "2026年11月21日 12:00", "en": "21 November 2026 12:00 (UTC+8)"}
Staff = Callable[..., int]


@pytest.fixture(scope="module")
def staff(portal: Portal) -> Staff:
    """Sends a form about a report as the first or the second credit officer."""
    knocking = Knocking(portal)
    with portal.service.sessions.begin() as store:
        second = _account(store, "told-second-officer", Kind.STAFF)
        store.merge(
            RoleGrant(account_id=second.id, role=Role.CREDIT_OFFICER, domain="", granted_by="test", granted_at=NOON)
        )
        knocking.accounts["second"] = second.id

    def send(who: str, path: str, **form: str) -> int:
        return post(knocking(who), f"/staff/reports/{path}", dict(form)).status_code

    return send


@pytest.fixture
def mine(portal: Portal) -> FlaskClient:
    """The business, that has read nothing yet."""
    with portal.service.sessions.begin() as store:
        store.execute(delete(Notice))
    return portal.signed_in("mine")


def read(client: FlaskClient, path: str = "/notices", language: str = "zh") -> str:
    page = get(client, path, headers={"Accept-Language": language}).get_data(as_text=True)
    return re.sub(r"\s+", " ", re.sub(r"<wbr>", "", page))


def revoke(portal: Portal, staff: Staff, ground: str = "authority") -> str:
    number = portal.issue(portal.mine).number
    assert staff("credit_officer", f"{number}/revocation", ground=ground, reason=WHY) == 303
    assert staff("second", f"{number}/revocation/confirm") == 303
    return number


SAID = {
    ("authority", "zh"): ("已由出证机关撤销", "请不要再出示"),
    ("authority", "en"): ("was revoked by the issuing authority", "Do not show it any more"),
    ("business", "zh"): ("已应本主体的书面申请撤回", "没有申请过的，请尽快联系出证机关"),
    ("business", "en"): ("was withdrawn as this business had asked", "If nobody asked for this, contact"),
}


@pytest.mark.parametrize(("ground", "language"), list(SAID))
def test_a_revoked_report_is_told(portal: Portal, staff: Staff, mine: FlaskClient, ground: str, language: str) -> None:
    number = revoke(portal, staff, ground)
    page = read(mine, language=language)
    for part in (number, SINCE[language], WRITTEN, portal.service.settings.issuing_authority, *SAID[ground, language]):
        assert part in page, part
    assert f'href="/reports/{number}"' in page
    assert page.count(WRITTEN) == 1
    assert "&lt;time" not in page
    own = read(mine, f"/reports/{number}", language)
    assert WRITTEN in own
    assert SINCE[language] in own
    assert f"/reports/{number}/renew" in own


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("已由出证机关重新出具", "请改用新报告和它的核验码")),
        ("en", ("was issued again by the issuing authority", "Use the new report and its code from now on")),
    ],
)
def test_a_replaced_report_is_told(
    portal: Portal, staff: Staff, mine: FlaskClient, language: str, said: tuple[str, ...]
) -> None:
    number = portal.issue(portal.mine).number
    assert staff("credit_officer", f"{number}/replacement", reason=WHY) == 303
    with portal.service.reading() as store:
        successor = store.get_one(CreditReport, number).superseded_by
    page = read(mine, language=language)
    for part in (number, f'href="/reports/{successor}"', SINCE[language], WRITTEN, *said):
        assert part in page, part
    old = read(mine, f"/reports/{number}", language)
    assert WRITTEN in old
    assert f'href="/reports/{successor}"' in old


def test_one_that_was_revoked_and_then_replaced_is_told_both_times(
    portal: Portal, staff: Staff, mine: FlaskClient
) -> None:
    number = revoke(portal, staff)
    assert staff("credit_officer", f"{number}/replacement", reason="名称已更正") == 303
    page = read(mine)
    assert page.count(f"报告 {number} 已由出证机关") == 2
    assert WRITTEN in page
    assert "名称已更正" in page
    assert "名称已更正" not in read(mine, f"/reports/{number}"), "it had ended for the first reason"


def test_what_staff_only_think_about_is_told_to_nobody(portal: Portal, staff: Staff, mine: FlaskClient) -> None:
    number = portal.issue(portal.mine).number
    assert staff("credit_officer", f"{number}/revocation", ground="authority", reason=WHY) == 303
    assert staff("second", f"{number}/revocation/refuse", note="内容无误") == 303
    assert staff("credit_officer", f"{number}/revocation", ground="authority", reason=WHY) == 303
    assert number not in read(mine)
    assert WRITTEN not in read(mine, f"/reports/{number}")
    assert staff("credit_officer", f"{number}/revocation/refuse") == 303, "taken back"
    assert staff("credit_officer", f"{number}/replacement", reason="名称已更正") == 303
    for path in ("/notices", f"/reports/{number}"):
        assert "名称已更正" in read(mine, path)
        assert WRITTEN not in read(mine, path)


def test_another_business_reads_nothing_of_it(portal: Portal, staff: Staff, mine: FlaskClient) -> None:
    number = revoke(portal, staff)
    page = read(portal.signed_in("other"))
    assert number not in page
    assert WRITTEN not in page


def test_staff_are_told_that_the_business_reads_their_words(portal: Portal) -> None:
    number = portal.issue(portal.mine).number
    page = read(Knocking(portal)("credit_officer"), f"/staff/reports/{number}")
    assert page.count("经营主体会收到通知，并看到理由的原文") + page.count("它会收到通知，并看到理由的原文") == 2
