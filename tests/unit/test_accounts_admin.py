"""Staff pages: an administrator makes colleagues and programs, an auditor sees them, the last administrator stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from creditreport.accounts.models import Account, Role, RoleGrant
from creditreport.accounts.staff import add_staff, set_disabled, set_roles
from creditreport.audit.models import AuditEntry
from creditreport.config import Settings
from creditreport.console.menu import places
from creditreport.errors import Problem
from creditreport.reports.fonts import FontSet
from tests.conftest import NOON
from tests.portal import Portal, get, make_portal, post
from tests.roles import Knocking

ADMIN = {(Role.ADMIN, "")}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Portal]:
    made = make_portal(tmp_path_factory.mktemp("house"), signing_settings, fonts)
    yield made
    made.service.engine.dispose()


@pytest.fixture(scope="module")
def knocking(house: Portal) -> Knocking:
    return Knocking(house)


def roles_of(house: Portal, username: str) -> set[tuple[str, str]]:
    query = select(RoleGrant.role, RoleGrant.domain).join(Account).where(Account.subject == username)
    with house.service.reading() as store:
        return {(role, domain) for role, domain in store.execute(query)}


def test_an_administrator_makes_a_colleague_who_sets_up_and_is_changed_and_disabled(
    house: Portal, knocking: Knocking
) -> None:
    admin = knocking("admin")
    form = {"username": "lin.mei", "name": "林同事", "roles": ["credit_officer", "department_officer:field_07"]}
    page = post(admin, "/staff/people", form).text
    link = re.search(r"/staff/set-up/[\w-]+", page)
    assert link is not None
    assert get(house.visitor(), link.group()).status_code == 200
    assert "/staff/set-up/" not in get(admin, "/staff/people").text  # shown once
    assert roles_of(house, "lin.mei") == {("credit_officer", ""), ("department_officer", "field_07")}
    again = post(admin, "/staff/people", form)
    assert (again.status_code, "已存在" in again.text) == (409, True)
    assert 'value="department_officer:field_07" checked' in again.text  # what was chosen stays chosen
    (place,) = set(re.findall(r'href="(/staff/people/\d+)"><strong lang="zh-Hans-CN">林同事', page))
    assert post(admin, f"{place}/roles", {"roles": ["auditor"]}).status_code == 303
    assert roles_of(house, "lin.mei") == {("auditor", "")}
    assert post(admin, f"{place}/roles", {}).status_code == 422
    fresh = re.search(r"/staff/set-up/[\w-]+", post(admin, f"{place}/reset", {}).text)
    assert fresh is not None
    assert get(house.visitor(), link.group()).status_code == 410
    assert post(admin, f"{place}/disable", {}).status_code == 303
    assert "已停用" in get(admin, place).text
    assert get(house.visitor(), fresh.group()).status_code == 410
    assert post(admin, f"{place}/enable", {}).status_code == 303
    actor = f"account:{knocking.accounts['admin']}"
    with house.service.reading() as store:
        told = store.scalars(
            select(AuditEntry.action).where(AuditEntry.actor == actor, AuditEntry.action.like("staff.%"))
        ).all()
    assert [one for one in told if one != "staff.looked"] == [
        "staff.made", "staff.roles", "staff.roles", "staff.reset", "staff.disabled", "staff.enabled"
    ]  # fmt: skip


def test_nobody_changes_their_own_account(house: Portal, knocking: Knocking) -> None:
    admin, place = knocking("admin"), f"/staff/people/{knocking.accounts['admin']}"
    page = get(admin, place).text
    assert "由另一名管理员办理" in page
    assert "<form" not in page.split("<main")[1]
    for deed in ("roles", "reset", "disable"):
        answer = post(admin, f"{place}/{deed}", {"roles": ["admin", "credit_officer"]})
        assert (answer.status_code, "请由另一名管理员办理" in answer.text) == (409, True)
    assert roles_of(house, "knocking-admin") == {("admin", "")}


def test_a_page_of_people_touches_no_account_of_a_business(house: Portal, knocking: Knocking) -> None:
    theirs = knocking.accounts["own_business"]
    assert get(knocking("admin"), f"/staff/people/{theirs}").status_code == 404
    assert post(knocking("admin"), f"/staff/people/{theirs}/disable", {}).status_code == 404
    assert house.signed_in("mine")


@pytest.mark.parametrize("deed", ["roles", "disable"])
def test_the_last_administrator_who_can_sign_in_stays(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet, deed: str
) -> None:
    portal = make_portal(tmp_path, signing_settings, fonts)
    stored = portal.service.sessions
    for name in ("first", "second"):
        add_staff(stored, name, "管理员", ADMIN, "test", NOON)
    with stored.begin() as store:  # only the first has been set up
        store.scalars(select(Account).where(Account.subject == "first")).one().password_hash = "x"

    def take(name: str) -> None:
        if deed == "roles":
            set_roles(stored, name, {(Role.AUDITOR, "")}, "test", NOON)
        else:
            set_disabled(stored, name, True, "test", NOON)

    with pytest.raises(Problem) as refused:
        take("first")
    assert (refused.value.code, roles_of(portal, "first")) == ("LAST_ADMIN", {("admin", "")})
    take("second")
    portal.service.engine.dispose()


@pytest.mark.parametrize(
    "wrong", [{"username": "a b"}, {"username": "x"}, {"name": " "}, {"name": "字" * 41}, {"username": "林"}]
)
def test_an_account_that_cannot_be_is_said_on_the_form(knocking: Knocking, wrong: dict[str, str]) -> None:
    answer = post(knocking("admin"), "/staff/people", {"username": "wang", "name": "王", "roles": "auditor", **wrong})
    assert (answer.status_code, "账号没有开通" in answer.text) == (422, True)


def test_an_auditor_sees_and_is_offered_nothing_to_change(knocking: Knocking) -> None:
    auditor = knocking("auditor")
    key_id = knocking.secret.split("_")[1]
    for path in ("/staff/people", f"/staff/people/{knocking.accounts['admin']}", "/staff/programs",
                 f"/staff/programs/{key_id}", "/staff/limits"):  # fmt: skip
        answer = get(auditor, path)
        assert (answer.status_code, "<form" in answer.text.split("<main")[1]) == (200, False), path
    home = get(auditor, "/staff").text
    assert home.count('class="pick ') == len(places({Role.AUDITOR}))
    assert 'href="/staff/people"' in home
    assert 'href="/staff/people"' not in get(knocking("credit_officer"), "/staff").text


def test_an_administrator_registers_rotates_and_stops_a_program(house: Portal, knocking: Knocking) -> None:
    admin = knocking("admin")
    form = {"name": "示例交易中心", "scopes": ["verify"], "per_minute": "30", "expires_on": "2027-01-31"}
    page = post(admin, "/staff/programs", form).text
    key = re.search(r"crk_[0-9a-f]{12}_[0-9a-f]{64}", page)
    assert key is not None
    assert key.group() not in get(admin, "/staff/programs").text
    place = f"/staff/programs/{key.group().split('_')[1]}"

    def works(secret: str) -> int:
        return get(house.visitor(), "/api/v1/client", headers={"Authorization": f"Bearer {secret}"}).status_code

    assert works(key.group()) == 200
    rotated = post(admin, f"{place}/rotate", {"expires_on": "2027-02-28", "grace_hours": "0"}).text
    fresh = re.search(r"crk_[0-9a-f]{12}_[0-9a-f]{64}", rotated)
    assert fresh is not None
    assert (works(key.group()), works(fresh.group())) == (401, 200)
    assert post(admin, f"{place}/disable", {}).status_code == 303
    assert works(fresh.group()) == 401
    for wrong in ({"per_minute": "-1"}, {"per_minute": "many"}, {"expires_on": "soon"}, {"scopes": []}):
        assert post(admin, "/staff/programs", {**form, **wrong}).status_code == 422, wrong
    assert post(admin, f"{place}/rotate", {"expires_on": "2027-02-28", "grace_hours": "721"}).status_code == 422
