"""Every route × every role: each address is in the table, and nobody reads another business's reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.portal import Portal, get, post

BASE = "https://credit.example.gov.cn"
ROLES = ("signed out", "its own business", "another business", "account without a business")

# address -> answer for each role; {number} and {code} are those of a report of "its own business".
GET = {
    "/": (200, 200, 200, 302),
    "/healthz": (200, 200, 200, 200),
    "/readyz": (200, 200, 200, 200),
    "/sign-in": (200, 302, 302, 302),
    "/handlers": (302, 200, 200, 403),
    "/invitations/nothing": (302, 410, 410, 410),
    "/staff": (302, 403, 403, 403),
    "/staff/sign-in": (200, 200, 200, 200),
    "/staff/sign-in/code": (303, 303, 303, 303),
    "/staff/set-up/nothing": (410, 410, 410, 410),
    "/identity/business/start": (404, 404, 404, 404),
    "/identity/business/return": (404, 404, 404, 404),
    "/businesses": (302, 200, 200, 200),
    "/account/sessions": (302, 200, 200, 200),
    "/precheck": (302, 200, 200, 403),
    "/reports/{number}": (302, 200, 404, 403),
    "/reports/{number}/pdf": (302, 200, 404, 403),
    "/verify": (200, 200, 200, 200),
    "/v/{code}": (200, 200, 200, 200),
    "/api/v1/verifications/{code}": (200, 200, 200, 200),
    "/static/site.css": (200, 200, 200, 200),
    "/bootstrap/static/css/bootstrap.min.css": (200, 200, 200, 200),
}
POST = {
    "/sign-in": (422, 422, 422, 422),
    "/sign-out": (303, 303, 303, 303),
    "/handlers": (401, 422, 422, 403),
    "/handlers/0/revoke": (401, 404, 404, 404),
    "/invitations/nothing": (401, 410, 410, 410),
    "/staff/sign-in": (422, 422, 422, 422),
    "/staff/sign-in/code": (303, 303, 303, 303),
    "/staff/set-up/nothing": (410, 410, 410, 410),
    "/businesses": (401, 403, 403, 403),
    "/account/sessions/0123456789abcdef/end": (401, 404, 404, 404),
    "/account/sessions/end": (401, 303, 303, 303),
    "/reports": (401, 422, 422, 403),
    "/reports/320900202611210000017/editions": (401, 404, 404, 403),
    "/precheck": (401, 422, 422, 403),
    "/verify": (422, 422, 422, 422),
}


@pytest.fixture(scope="module")
def places(portal: Portal) -> dict[str, str]:
    content = portal.issue(portal.mine).content
    return {"number": content.number, "code": content.verification_code}


def person(portal: Portal, role: str) -> FlaskClient:
    accounts = dict(zip(ROLES[1:], ("mine", "other", "nobody"), strict=True))
    return portal.signed_in(accounts[role]) if role in accounts else portal.visitor()


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_read(portal: Portal, places: dict[str, str], role: str) -> None:
    client = person(portal, role)
    place = ROLES.index(role)
    answers = {path: get(client, path.format(**places)).status_code for path in GET}
    assert answers == {path: expected[place] for path, expected in GET.items()}


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_send(portal: Portal, role: str) -> None:
    place = ROLES.index(role)
    answers = {path: post(person(portal, role), path, {}).status_code for path in POST}
    assert answers == {path: expected[place] for path, expected in POST.items()}


def test_every_address_is_in_the_table(portal: Portal, places: dict[str, str]) -> None:
    adapter = portal.app.create_url_adapter(None) or portal.app.url_map.bind("localhost")
    known = {("GET", adapter.match(path.format(**places), "GET")[0]) for path in GET}
    known |= {("POST", adapter.match(path, "POST")[0]) for path in POST}
    there = {
        (method, rule.endpoint)
        for rule in portal.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == known


def test_another_business_learns_nothing_from_the_refusal(portal: Portal, places: dict[str, str]) -> None:
    client = person(portal, "another business")
    theirs = get(client, f"/reports/{places['number']}").get_data(as_text=True)
    nobodys = get(client, f"/reports/{places['number'][:-1]}0").get_data(as_text=True)
    strip = [page.replace(places["number"], "").replace(places["number"][:-1] + "0", "") for page in (theirs, nobodys)]
    assert strip[0] == strip[1]
    assert places["number"] not in get(client, "/").get_data(as_text=True)


@pytest.mark.parametrize("path", POST)
def test_nothing_is_done_without_the_form_token(portal: Portal, path: str) -> None:
    client = person(portal, "its own business")
    answer = client.post(
        path, data={"years": "1", "purpose": "finance"}, base_url=BASE, headers={"Referer": f"{BASE}/"}
    )
    assert answer.status_code == 400
    assert "没有执行任何操作" in answer.get_data(as_text=True)
    assert get(client, "/").get_data(as_text=True).count("盐城甲示例有限公司") > 0


def test_the_download_is_the_issued_file(portal: Portal, places: dict[str, str], tmp_path: Path) -> None:
    answer = get(person(portal, "its own business"), f"/reports/{places['number']}/pdf")
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF-")
