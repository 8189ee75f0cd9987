"""Staff end reports: revoking by two persons, issuing again in the place of one; the next scan says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from creditreport.accounts.models import Kind, Role, RoleGrant
from creditreport.reports.content import grouped
from creditreport.reports.models import CreditReport
from tests.conftest import NOON
from tests.portal import Portal, get, post
from tests.roles import Knocking, _account

Officer = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def officer(portal: Portal) -> Officer:
    """Two credit officers, and whoever else knocks."""
    knocking = Knocking(portal)
    with portal.service.sessions.begin() as store:
        second = _account(store, "second-credit-officer", Kind.STAFF)
        store.merge(
            RoleGrant(account_id=second.id, role=Role.CREDIT_OFFICER, domain="", granted_by="test", granted_at=NOON)
        )
        knocking.accounts["second"] = second.id
    return knocking


def scanned(portal: Portal, code: str) -> dict[str, object]:
    answer = get(portal.visitor(), f"/v/{code}", headers={"Accept": "application/json"})
    assert answer.json is not None
    return answer.json


def send(client: FlaskClient, path: str, **form: str) -> int:
    return post(client, f"/staff/reports/{path}", dict(form)).status_code


@pytest.mark.parametrize("ground", ["authority", "business"])
def test_a_report_is_revoked_by_two_persons(portal: Portal, officer: Officer, ground: str) -> None:
    content = portal.issue(portal.mine).content
    number, code = content.number, content.verification_code
    first, second = officer("credit_officer"), officer("second")
    assert send(first, f"{number}/revocation", ground=ground, reason="x") == 422
    assert send(first, f"{number}/revocation", ground="whim", reason="来源更正") == 422
    assert send(officer("auditor"), f"{number}/revocation", ground=ground, reason="来源更正") == 403
    assert send(first, f"{number}/revocation", ground=ground, reason="来源更正，原内容有误") == 303
    assert send(second, f"{number}/revocation", ground=ground, reason="再提一次") == 409
    assert send(first, f"{number}/revocation/confirm") == 409, "who proposed confirms nothing"
    assert scanned(portal, code)["status"] == "VALID"
    assert number in get(second, "/staff/reports").get_data(as_text=True)

    assert send(second, f"{number}/revocation/confirm") == 303
    told = scanned(portal, code)
    assert (told["status"], told["revoked_by"]) == ("REVOKED", ground)
    assert told["status_since"] == "2026-11-21T12:00:00+08:00"
    assert [told[key] for key in ("listed", "domains", "records")] == [None] * 3
    page = get(portal.visitor(), f"/v/{code}").get_data(as_text=True)
    assert ("由出证机关撤销" if ground == "authority" else "由经营主体自行撤回") in page
    assert "来源更正" not in page
    assert "角色" not in page, "no person is named"
    history = get(officer("auditor"), f"/staff/reports/{number}").get_data(as_text=True)
    assert history.index("提出撤销") < history.index("来源更正，原内容有误", history.index("经过"))
    assert "角色 second-credit-officer" in history
    assert send(second, f"{number}/revocation/confirm") == 409, "said twice, done once"
    assert send(first, f"{number}/revocation", ground=ground, reason="再来一次") == 409


def test_a_refused_revocation_changes_nothing(portal: Portal, officer: Officer) -> None:
    content = portal.issue(portal.mine).content
    first, second = officer("credit_officer"), officer("second")
    assert send(first, f"{content.number}/revocation", ground="authority", reason="看错了") == 303
    assert send(second, f"{content.number}/revocation/refuse") == 422, "another person says why not"
    assert send(second, f"{content.number}/revocation/refuse", note="内容无误") == 303
    assert send(first, f"{content.number}/revocation", ground="authority", reason="再看一次") == 303
    assert send(first, f"{content.number}/revocation/refuse") == 303, "who proposed may take it back"
    assert send(second, f"{content.number}/revocation/confirm") == 409
    assert scanned(portal, content.verification_code)["status"] == "VALID"
    history = get(first, f"/staff/reports/{content.number}").get_data(as_text=True)
    assert "内容无误" in history
    assert "已收回" in history


def test_a_report_is_issued_again_and_the_verifier_never_sees_the_new_code(portal: Portal, officer: Officer) -> None:
    content = portal.issue(portal.mine).content
    first = officer("credit_officer")
    assert send(first, f"{content.number}/replacement") == 422
    assert send(first, f"{content.number}/replacement", reason="主体名称更正") == 303
    told = scanned(portal, content.verification_code)
    assert told["status"] == "SUPERSEDED"
    page = get(first, f"/staff/reports/{content.number}").get_data(as_text=True)
    with portal.service.reading() as store:
        successor = store.get_one(CreditReport, content.number).superseded_by
        assert successor is not None
        code = store.get_one(CreditReport, successor).verification_code
    assert successor in page
    for seen in (str(told), get(portal.visitor(), f"/v/{content.verification_code}").get_data(as_text=True)):
        assert code not in seen.replace("-", "").replace("<wbr>", "")
        assert successor not in seen
    assert scanned(portal, code)["status"] == "VALID"
    assert send(first, f"{content.number}/replacement", reason="再来一次") == 409


def test_staff_find_a_report(portal: Portal, officer: Officer) -> None:
    content, first = portal.issue(portal.other).content, officer("credit_officer")
    for typed in (content.number, grouped(content.verification_code).lower(), f"核验码：{content.verification_code}"):
        found = get(first, "/staff/reports", query_string={"q": typed})
        assert found.headers["Location"] == f"/staff/reports/{content.number}", typed
    by_business = get(first, "/staff/reports", query_string={"q": portal.other})
    assert content.number in by_business.get_data(as_text=True)
    assert get(first, "/staff/reports", query_string={"q": "9132"}).status_code == 422
    assert get(first, "/staff/reports/320900202611210000000").status_code == 404
