"""Every route × everybody who may knock: who gets what answer; nobody reads another business's reports.

A new route needs a row in ``GET`` or ``POST``: ``may(signed out, its own business, another business, account without a
business, …)``; what a handler, each role of staff and a program get is said where it differs (tests/roles.py).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from creditreport.accounts.apiaccess import for_programs
from creditreport.audit.models import AuditEntry
from tests.portal import BASE, Portal, get, post, token
from tests.roles import ROLES, STAFF, Answers, Knocking, case_with_the_unit, may, row_to_settle

EVERYBODY = may(200, 200, 200, 200)

# address -> answers; {number} and {code} are those of a report of "its own business".
GET: dict[str, Answers] = {
    "/": may(200, 200, 200, 302, staff=200),
    "/guide": EVERYBODY,
    "/healthz": EVERYBODY,
    "/readyz": EVERYBODY,
    "/metrics": EVERYBODY,
    "/sign-in": may(200, 302, 302, 302),
    "/handlers": may(302, 200, 200, 403, handler=403),
    "/invitations/nothing": may(302, 410, 410, 410),
    "/staff": may(302, 403, 403, 403, staff=200),
    "/staff/sign-in": may(200, 200, 200, 200, staff=302),
    "/staff/sign-in/code": may(303, 303, 303, 303),
    "/staff/set-up/nothing": may(410, 410, 410, 410),
    "/staff/cases": may(302, 403, 403, 403, department=200, credit=200, auditor=200),
    "/staff/cases/{case}": may(302, 403, 403, 403, department=200, credit=200, auditor=200),
    "/staff/cases/{case}/letters/0": may(302, 403, 403, 403, department=404, credit=404, auditor=404),
    "/staff/cases/{case}/evidence/0": may(302, 403, 403, 403, department=404, credit=404, auditor=404),
    "/staff/corrections": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/data": may(302, 403, 403, 403, department=200, credit=200, auditor=200),
    "/staff/data/sources/field_20": may(302, 403, 403, 403, department=200, credit=200, auditor=200),
    "/staff/data/rows": may(302, 403, 403, 403, department=200, credit=200, auditor=200),
    "/staff/data/rows/{row}": may(302, 403, 403, 403, department=200, credit=200, auditor=200),
    "/staff/data/codes": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/data/numbers": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/data/uploads": may(302, 403, 403, 403, department=200, credit=200, auditor=200),
    "/staff/data/uploads/0/rejections": may(302, 403, 403, 403, department=404, credit=404, auditor=404),
    "/staff/audit": may(302, 403, 403, 403, auditor=200),
    "/staff/audit/entries.csv": may(302, 403, 403, 403, auditor=200),
    "/staff/numbers": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/numbers/all.xlsx": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/numbers/table.csv": may(302, 403, 403, 403, credit=404, auditor=404),
    "/staff/numbers/monthly.pdf": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/reports": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/reports/{number}": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/suspicions": may(302, 403, 403, 403, credit=200, auditor=200),
    "/staff/people": may(302, 403, 403, 403, auditor=200, admin=200),
    "/staff/people/{colleague}": may(302, 403, 403, 403, auditor=200, admin=200),
    "/staff/programs": may(302, 403, 403, 403, auditor=200, admin=200),
    "/staff/programs/{program}": may(302, 403, 403, 403, auditor=200, admin=200),
    "/staff/limits": may(302, 403, 403, 403, credit=200, auditor=200, admin=200),
    "/staff/jobs": may(302, 403, 403, 403, auditor=200, admin=200),
    "/identity/business/start": may(404, 404, 404, 404),
    "/identity/business/return": may(404, 404, 404, 404),
    "/businesses": may(302, 200, 200, 200),
    "/account/sessions": may(302, 200, 200, 200),
    "/precheck": may(302, 200, 200, 403),
    "/objections": may(302, 200, 200, 403),
    "/objections/new": may(302, 200, 200, 403),
    "/objections/0": may(302, 404, 404, 403),
    "/objections/evidence/0": may(302, 404, 404, 403),
    "/notices": may(302, 200, 200, 200, staff=403),
    "/notices/confirm/nothing": may(410, 410, 410, 410),
    "/notices/opt-out/nothing": may(410, 410, 410, 410),
    "/branches": may(302, 200, 200, 403),
    "/reports/{number}": may(302, 200, 404, 403),
    "/reports/{number}/pdf": may(302, 200, 404, 403),
    "/reports/{number}/code": may(302, 200, 404, 403),
    "/verify": EVERYBODY,
    "/verify/suspicion": EVERYBODY,
    "/v/{code}": EVERYBODY,
    "/packs": EVERYBODY,
    "/packs/nothing": may(404, 404, 404, 404),
    "/packs/nothing/sheet.pdf": may(404, 404, 404, 404),
    "/packs/nothing/table.xlsx": may(404, 404, 404, 404),
    "/v/{code}/pdf": may(404, 404, 404, 404),
    "/api/v1/verifications/{code}": EVERYBODY,
    "/api/v1/keys": EVERYBODY,
    "/api/docs": EVERYBODY,
    "/api/openapi.json": EVERYBODY,
    "/api/v1/client": may(401, 401, 401, 401, client=200),
    "/static/site.css": EVERYBODY,
    "/bootstrap/static/css/bootstrap.min.css": EVERYBODY,
}
POST: dict[str, Answers] = {
    "/sign-in": may(422, 422, 422, 422),
    "/sign-out": may(303, 303, 303, 303),
    "/handlers": may(401, 422, 422, 403, handler=403),
    "/handlers/0/revoke": may(401, 404, 404, 404),
    "/invitations/nothing": may(401, 410, 410, 410),
    "/staff/sign-in": may(422, 422, 422, 422),
    "/staff/sign-in/code": may(303, 303, 303, 303),
    "/staff/set-up/nothing": may(410, 410, 410, 410),
    "/staff/cases/accept": may(401, 403, 403, 403, credit=303),
    "/staff/cases/0/accept": may(401, 403, 403, 403, credit=404),
    "/staff/cases/0/return": may(401, 403, 403, 403, credit=404),
    "/staff/cases/0/refer": may(401, 403, 403, 403, credit=404),
    "/staff/cases/0/reassign": may(401, 403, 403, 403, credit=404),
    "/staff/cases/0/send-back": may(401, 403, 403, 403, department=404),
    "/staff/cases/0/answer": may(401, 403, 403, 403, department=404, credit=404),
    "/staff/cases/0/preview": may(401, 403, 403, 403, credit=404),
    "/staff/cases/0/decide": may(401, 403, 403, 403, credit=404),
    "/staff/cases/0/evidence": may(401, 403, 403, 403, department=303, credit=303),
    "/staff/corrections/0/keep": may(401, 403, 403, 403, credit=422),
    "/staff/data/sources/field_20/ask": may(401, 403, 403, 403, department=200, credit=200),
    "/staff/data/rows/0/correct": may(401, 403, 403, 403, department=404, credit=404),
    "/staff/data/rows/0/map": may(401, 403, 403, 403, department=404, credit=404),
    "/staff/data/rows/0/dismiss": may(401, 403, 403, 403, department=404, credit=404),
    "/staff/data/uploads": may(401, 403, 403, 403, department=403, credit=422),
    "/staff/reports/320900202611210000017/revocation": may(401, 403, 403, 403, credit=404),
    "/staff/reports/320900202611210000017/revocation/confirm": may(401, 403, 403, 403, credit=404),
    "/staff/reports/320900202611210000017/replacement": may(401, 403, 403, 403, credit=404),
    "/staff/suspicions/0": may(401, 403, 403, 403, credit=422),
    "/staff/people": may(401, 403, 403, 403, admin=422),
    "/staff/people/0/roles": may(401, 403, 403, 403, admin=404),
    "/staff/people/0/reset": may(401, 403, 403, 403, admin=404),
    "/staff/people/0/disable": may(401, 403, 403, 403, admin=404),
    "/staff/jobs/0/retry": may(401, 403, 403, 403, admin=404),
    "/staff/programs": may(401, 403, 403, 403, admin=422),
    "/staff/programs/0/rotate": may(401, 403, 403, 403, admin=404),
    "/staff/programs/0/enable": may(401, 403, 403, 403, admin=404),
    "/businesses": may(401, 403, 403, 403),
    "/account/sessions/0123456789abcdef/end": may(401, 404, 404, 404),
    "/account/sessions/end": may(401, 303, 303, 303),
    "/reports": may(401, 422, 422, 403),
    "/branches": may(401, 422, 422, 403),
    "/reports/320900202611210000017/editions": may(401, 404, 404, 403),
    "/reports/320900202611210000017/renew": may(401, 404, 404, 403),
    "/reports/320900202611210000017/showing": may(401, 404, 404, 403),
    "/reports/320900202611210000017/withdraw": may(401, 404, 404, 403),
    "/precheck": may(401, 422, 422, 403),
    "/requests": may(401, 422, 422, 403),
    "/requests/0/cancel": may(401, 404, 404, 403),
    "/objections": may(401, 422, 422, 403),
    "/objections/0": may(401, 404, 404, 403),
    "/objections/0/discard": may(401, 303, 303, 403),
    "/objections/0/evidence": may(401, 303, 303, 403),
    "/objections/0/evidence/0/remove": may(401, 303, 303, 403),
    "/objections/0/complete": may(401, 404, 404, 403),
    "/objections/0/withdraw": may(401, 404, 404, 403),
    "/notices/email": may(401, 422, 422, 422, staff=403),
    "/notices/email/stop": may(401, 303, 303, 303, staff=403),
    "/notices/confirm/nothing": may(410, 410, 410, 410),
    "/notices/opt-out/nothing": may(410, 410, 410, 410),
    "/verify": may(422, 422, 422, 422),
    "/verify/suspicion": may(422, 422, 422, 422),
    "/packs": may(422, 422, 422, 422),
    "/api/v1/verifications": may(415, 415, 415, 415),
}


@pytest.fixture(scope="module")
def knocking(portal: Portal) -> Knocking:
    return Knocking(portal)


@pytest.fixture(scope="module")
def places(portal: Portal, knocking: Knocking) -> dict[str, str]:
    content = portal.issue(portal.mine).content
    return {
        "number": content.number,
        "code": content.verification_code,
        "row": str(row_to_settle(portal)),
        "case": str(case_with_the_unit(portal)),
        "colleague": str(knocking.accounts["auditor"]),
        "program": knocking.secret.split("_")[1],
    }


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_read(knocking: Knocking, places: dict[str, str], role: str) -> None:
    client = knocking(role)
    answers = {path: get(client, path.format(**places), headers=knocking.headers(role)).status_code for path in GET}
    assert answers == {path: getattr(expected, role) for path, expected in GET.items()}


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_may_send(knocking: Knocking, role: str) -> None:
    answers = {path: post(knocking(role), path, {}, headers=knocking.headers(role)).status_code for path in POST}
    assert answers == {path: getattr(expected, role) for path, expected in POST.items()}


def test_every_address_is_in_the_table(portal: Portal, places: dict[str, str]) -> None:
    adapter = portal.app.url_map.bind("credit.example.gov.cn")
    known = {("GET", adapter.match(path.format(**places), "GET")[0]) for path in GET}
    known |= {("POST", adapter.match(path, "POST")[0]) for path in POST}
    there = {
        (method, rule.endpoint)
        for rule in portal.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert sorted(there - known) == [], "routes without a row"
    assert sorted(known - there) == [], "rows without a route"


def test_another_business_learns_nothing_from_the_refusal(knocking: Knocking, places: dict[str, str]) -> None:
    client = knocking("another_business")
    theirs = get(client, f"/reports/{places['number']}").get_data(as_text=True)
    nobodys = get(client, f"/reports/{places['number'][:-1]}0").get_data(as_text=True)
    # A form's token tells the second in which it was made.
    theirs, nobodys = (re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in (theirs, nobodys))
    strip = [page.replace(places["number"], "").replace(places["number"][:-1] + "0", "") for page in (theirs, nobodys)]
    assert strip[0] == strip[1]
    assert places["number"] not in get(client, "/").get_data(as_text=True)


# Addresses that are themselves a secret, signed by us, and look at no cookie: no page can make a browser ask in a
# person's name, and the mail program that asks (RFC 8058) has no form token.
# Nor is one needed where nothing is changed and no cookie is looked at: anybody may verify.
BY_ADDRESS = {"/notices/opt-out/nothing", "/api/v1/verifications"}


@pytest.mark.parametrize("path", sorted(POST.keys() - BY_ADDRESS))
def test_nothing_is_done_without_the_form_token(portal: Portal, knocking: Knocking, path: str) -> None:
    form, came_from = {"years": "1", "purpose": "finance"}, {"Referer": f"{BASE}/"}
    for role in ("own_business", "admin"):
        client = knocking(role)
        answer = client.post(path, data=form, base_url=BASE, headers=came_from)
        assert answer.status_code == 400
        assert "没有执行任何操作" in answer.get_data(as_text=True)
        assert get(client, "/account/sessions").status_code == 200  # signed in as before
    # A program's secret is no form token, and a token that came from elsewhere is none.
    assert (
        portal.visitor().post(path, data=form, base_url=BASE, headers=knocking.headers("api_client")).status_code == 400
    )
    client = knocking("admin")
    form["csrf_token"] = token(client)
    abroad = client.post(path, data=form, base_url=BASE, headers={"Referer": "https://evil.example/"})
    assert abroad.status_code == 400


def test_only_these_addresses_are_asked_for_no_form_token(portal: Portal) -> None:
    adapter = portal.app.url_map.bind("credit.example.gov.cn")
    exempt = {path for path in POST if for_programs(portal.app.view_functions[adapter.match(path, "POST")[0]])}
    # An address for programs refuses everybody who shows no secret, whatever cookie they bring.
    for_secrets = {path for path in exempt if {getattr(POST[path], role) for role in ROLES[:-1]} == {401}}
    assert exempt - for_secrets == BY_ADDRESS


# Staff pages that show one thing, and why nobody needs to know who looked.
NO_RECORD = {"programs.show": "a platform's registration, neither of a person nor of a business"}


def test_every_look_of_staff_at_a_record_is_noted(portal: Portal, knocking: Knocking, places: dict[str, str]) -> None:
    adapter = portal.app.url_map.bind("credit.example.gov.cn")
    one_thing = [path for path in GET if path.startswith("/staff") and "{" in path]
    unnoted = []
    for path in one_thing:
        for role in STAFF:
            if getattr(GET[path], role) != 200 or adapter.match(path.format(**places), "GET")[0] in NO_RECORD:
                continue
            before = looks(portal)
            get(knocking(role), path.format(**places))
            if [entry.actor for entry in looks(portal)[len(before) :]] != [f"account:{knocking.accounts[role]}"]:
                unnoted.append(f"{path} by {role}")
    assert unnoted == []
    assert looks(portal)[-1].subject == f"account:{knocking.accounts['auditor']}"


def looks(portal: Portal) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.action == "staff.looked").order_by(AuditEntry.id)
    with portal.service.reading() as store:
        return list(store.scalars(query))


@pytest.mark.parametrize("role", STAFF)
def test_no_role_of_staff_sees_a_page_of_businesses(knocking: Knocking, places: dict[str, str], role: str) -> None:
    for path in ("/reports/{number}", "/reports/{number}/pdf", "/handlers", "/precheck"):
        assert get(knocking(role), path.format(**places)).status_code == 403


def test_the_download_is_the_issued_file(knocking: Knocking, places: dict[str, str], tmp_path: Path) -> None:
    answer = get(knocking("own_business"), f"/reports/{places['number']}/pdf")
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF-")
