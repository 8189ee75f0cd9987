"""Staff: set up by a link, a second factor at each sign-in, roles, disabling, limits on guessing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from creditreport.accounts import secondfactor
from creditreport.accounts.colleagues import colleagues
from creditreport.accounts.limits import FailureLimits
from creditreport.accounts.models import Account, Role
from creditreport.accounts.staff import SETUP, add_staff, read_roles, reset, set_disabled, set_roles
from creditreport.audit.models import AuditEntry
from creditreport.clock import FixedClock
from creditreport.errors import Problem
from creditreport.web.limits import Counter
from tests.conftest import NOON
from tests.portal import Portal, get, post

PASSWORD = "four horses and a wall"
CREDIT = {(Role.CREDIT_OFFICER, "")}
STEP = timedelta(seconds=secondfactor.STEP_SECONDS)
PEOPLE = iter(range(10_000))


@pytest.fixture(autouse=True)
def fresh(portal: Portal) -> Iterator[None]:
    portal.service.__dict__["sign_in_limits"] = FailureLimits(Counter(None))
    yield
    portal.service.clock = FixedClock(NOON)


def made(portal: Portal, roles: set[tuple[Role, str]] = CREDIT) -> tuple[str, str]:
    """A new colleague: account name and set-up token."""
    username = f"officer{next(PEOPLE)}"
    token = add_staff(portal.service.sessions, username, "信用办同事", roles, "test", NOON)
    assert token is not None
    return username, token


def set_up(
    portal: Portal, token: str, client: FlaskClient | None = None, **changes: str
) -> tuple[FlaskClient, str, int]:
    """Go through the set-up page; the browser, the secret of the authenticator, the answer's status."""
    client = client or portal.visitor()
    page = get(client, f"/staff/set-up/{token}").text
    found = re.search(r'class="host">([A-Z2-7<wbr>-]+)</span>', page)
    assert found is not None
    secret = found.group(1).replace("<wbr>", "").replace("-", "")
    code = secondfactor.code_at(secret, portal.service.clock.now())
    form = {"password": PASSWORD, "code": code, **changes}
    return client, secret, post(client, f"/staff/set-up/{token}", form).status_code


def sign_in(portal: Portal, username: str, password: str, code: str) -> FlaskClient:
    client = portal.visitor()
    post(client, "/staff/sign-in", {"username": username, "password": password})
    post(client, "/staff/sign-in/code", {"code": code})
    return client


def inside(client: FlaskClient) -> bool:
    return get(client, "/staff").status_code == 200


def test_a_colleague_is_set_up_and_signs_in_with_both_factors(portal: Portal) -> None:
    username, token = made(portal)
    client, secret, status = set_up(portal, token)
    assert (status, inside(client)) == (303, True)
    portal.service.clock = FixedClock(NOON + STEP)
    code = secondfactor.code_at(secret, NOON + STEP)
    assert inside(sign_in(portal, username, PASSWORD, code))
    assert not inside(sign_in(portal, username, PASSWORD, code))  # a code counts once
    assert "信用办经办" in get(client, "/staff").text


def test_the_password_alone_opens_nothing(portal: Portal) -> None:
    username, token = made(portal)
    set_up(portal, token)
    client = portal.visitor()
    assert (
        post(client, "/staff/sign-in", {"username": username, "password": PASSWORD}).location == "/staff/sign-in/code"
    )
    assert not inside(client)
    assert post(client, "/staff/sign-in/code", {"code": "000000"}).status_code == 401
    portal.service.clock = FixedClock(NOON + timedelta(minutes=5, seconds=1))
    assert get(client, "/staff/sign-in/code").location == "/staff/sign-in"
    assert get(portal.visitor(), "/staff/sign-in/code").location == "/staff/sign-in"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"password": "short"}, 422),
        ({"password": "xx OFFICER"}, 422),
        ({"code": "12345"}, 401),
        ({"code": "１２３４５６"}, 401),
    ],
)
def test_a_weak_password_or_a_wrong_code_sets_nothing_up(portal: Portal, wrong: dict[str, str], status: int) -> None:
    username, token = made(portal)
    if "OFFICER" in wrong.get("password", ""):
        wrong = {"password": f"my name {username.upper()}"}
    assert set_up(portal, token, **wrong)[2] == status
    assert set_up(portal, token)[2] == 303


def test_a_set_up_link_counts_once_and_for_three_days(portal: Portal) -> None:
    _, token = made(portal)
    set_up(portal, token)
    assert get(portal.visitor(), f"/staff/set-up/{token}").status_code == 410
    _, late = made(portal)
    portal.service.clock = FixedClock(NOON + SETUP + timedelta(seconds=1))
    assert get(portal.visitor(), f"/staff/set-up/{late}").status_code == 410


def test_reset_and_disabling_end_every_session(portal: Portal) -> None:
    username, token = made(portal)
    client, _, _ = set_up(portal, token)
    again = reset(portal.service.sessions, username, "admin", NOON)
    assert not inside(client)
    client, _, status = set_up(portal, again)
    assert (status, inside(client)) == (303, True)
    for _ in range(2):  # safe to repeat
        set_disabled(portal.service.sessions, username, True, "admin", NOON)
    assert not inside(client)
    with portal.service.reading() as store:
        account = store.scalars(select(Account.id).where(Account.subject == username)).one()
        actions = list(
            store.scalars(
                select(AuditEntry.action).where(AuditEntry.subject == f"account:{account}").order_by(AuditEntry.id)
            )
        )
    assert actions.count("staff.disabled") == 1
    assert {"staff.made", "staff.roles", "staff.set_up", "staff.reset", "account.signed_in"} <= set(actions)


def test_roles_change_at_once_for_an_open_session(portal: Portal) -> None:
    username, token = made(portal)
    client, _, _ = set_up(portal, token)
    set_roles(portal.service.sessions, username, {(Role.DEPARTMENT_OFFICER, "field_20")}, "admin", NOON)
    page = get(client, "/staff").text
    assert "责任单位经办" in page
    assert "信用办经办" not in page
    with portal.service.reading() as store:
        (found,) = (one for one in colleagues(store) if one.username == username)
    assert found.roles == (("department_officer", "field_20"),)


@pytest.mark.parametrize("text", ["boss", "department_officer", "department_officer:nowhere", "auditor:taxation", ""])
def test_a_role_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(Problem) as refused:
        read_roles([text], {"taxation"})
    assert refused.value.code == "INVALID_ROLE"
    assert text in refused.value.zh


def test_guessing_is_stopped_for_the_account_and_the_address(portal: Portal) -> None:
    username, token = made(portal)
    set_up(portal, token)
    for _ in range(5):
        assert post(portal.visitor(), "/staff/sign-in", {"username": username, "password": "x"}).status_code == 401
    answer = post(portal.visitor(), "/staff/sign-in", {"username": username, "password": PASSWORD})
    assert answer.status_code == 429
    other, token = made(portal)
    set_up(portal, token)
    assert post(portal.visitor(), "/staff/sign-in", {"username": other, "password": PASSWORD}).status_code == 303
    for number in range(46):
        post(portal.visitor(), "/sign-in", {"username": f"nobody{number}", "password": "x"})
    assert post(portal.visitor(), "/sign-in", {"username": "mine", "password": "demo-2024"}).status_code == 429


def test_business_and_staff_do_not_sign_in_at_each_others_door(portal: Portal) -> None:
    username, token = made(portal)
    set_up(portal, token)
    assert post(portal.visitor(), "/sign-in", {"username": username, "password": PASSWORD}).status_code == 401
    assert post(portal.visitor(), "/staff/sign-in", {"username": "mine", "password": "demo-2024"}).status_code == 401


def test_codes_are_those_of_the_standard_and_a_step_off_is_forgiven() -> None:
    # RFC 6238, appendix B: the SHA-1 secret "12345678901234567890", shortened to six digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = NOON.fromtimestamp(1111111109, NOON.tzinfo)
    assert secondfactor.code_at(secret, at) == "081804"
    for off, right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        assert (secondfactor.step_of(secret, "081804", at + off * STEP, None) is not None) is right, off
    assert secondfactor.unseal(secondfactor.seal(secret, "a key"), "a key") == secret
    assert secondfactor.unseal(secondfactor.seal(secret, "a key"), "another") is None


def test_staff_see_that_the_rules_trial_is_over_and_next_years_days_are_estimated(portal: Portal) -> None:
    client, _, _ = set_up(portal, made(portal)[1])
    page = get(client, "/staff").text
    assert "规则集 yancheng-2024 的试行期已于 2026-08-31 届满" in page
    assert "var/workdays/2027.toml" in page
    english = get(client, "/staff?lang=en").text
    assert "The trial of rule set yancheng-2024 ended on 2026-08-31" in english
