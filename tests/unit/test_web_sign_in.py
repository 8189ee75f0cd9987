"""Accounts: signing in and out, demo sign-ins, and that production has none."""

from __future__ import annotations

import json
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from sqlalchemy import select

from creditreport.accounts import passwords
from creditreport.accounts.demo import DEMO_PASSWORD, DemoAccount, make_demo_accounts
from creditreport.accounts.models import Account
from creditreport.accounts.sessions import begin
from creditreport.cli import main
from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from tests.conftest import NOON
from tests.portal import Portal, environment, get, make_portal, post


@pytest.fixture
def slow() -> ModuleType:
    """The module of passwords as the program has it: for all other tests its hashes are made quick ones."""
    spec = find_spec(passwords.__name__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_passwords_are_argon2id_and_unknown_accounts_cost_the_same(slow: ModuleType) -> None:
    stored = slow.hash_password("秘密 password")
    assert stored.startswith("$argon2id$")
    usual = PasswordHasher()
    assert not usual.check_needs_rehash(stored)
    assert not usual.check_needs_rehash(slow._nobody())
    assert (usual.memory_cost, usual.time_cost) >= (64 * 1024, 3)
    assert slow.matches(stored, "秘密 password")
    assert not slow.matches(stored, "秘密 Password")
    assert not slow.matches(None, "nobody")
    assert not slow.matches("not a hash", "x")
    assert slow.outdated(passwords.hash_password("秘密 password"))


@pytest.mark.parametrize("person", [("mine", "wrong"), ("no such account", DEMO_PASSWORD)])
def test_a_wrong_sign_in_says_the_same_whatever_was_wrong(portal: Portal, person: tuple[str, str]) -> None:
    client = portal.visitor()
    answer = post(client, "/sign-in", {"username": person[0], "password": person[1]})
    assert answer.status_code == 401
    assert "账号或密码不正确" in answer.text
    assert person[1] not in answer.text
    assert get(client, "/reports/1").status_code == 302


def test_what_was_planted_before_sign_in_does_not_survive_it(portal: Portal) -> None:
    client = portal.visitor()
    base = "https://credit.example.gov.cn"
    with client.session_transaction(base_url=base) as kept:
        kept["planted"] = "by somebody else"
    assert post(client, "/sign-in", {"username": "mine", "password": DEMO_PASSWORD}).status_code == 303
    with client.session_transaction(base_url=base) as kept:
        assert "planted" not in kept
        assert kept["_user_id"]


def test_signing_out_ends_it(portal: Portal) -> None:
    client = portal.signed_in("mine")
    assert "盐城甲示例有限公司" in get(client, "/").text
    assert post(client, "/sign-out", {}).status_code == 303
    assert "盐城甲示例有限公司" not in get(client, "/").text


def test_an_account_that_was_disabled_is_signed_out(portal: Portal) -> None:
    gone = DemoAccount("gone", portal.mine, "盐城甲示例有限公司")
    make_demo_accounts(portal.service.settings, portal.service.sessions, [gone], NOON)
    client = portal.signed_in("gone")
    with portal.service.sessions.begin() as session:
        session.scalars(select(Account).where(Account.subject == "gone")).one().disabled_at = NOON
    assert get(client, "/reports/1").status_code == 302


def test_production_has_no_local_sign_in(tmp_path: Path, signing_settings: Settings, fonts: FontSet) -> None:
    portal = make_portal(tmp_path, signing_settings, fonts, ENV="production")
    client = portal.visitor()
    for answer in (get(client, "/sign-in"), post(client, "/sign-in", {"username": "mine", "password": DEMO_PASSWORD})):
        assert answer.status_code == 403
        assert "正式环境不使用本地账号登录" in answer.text
    with portal.service.sessions.begin() as session:
        account = Account(issuer="local", subject="x", kind="business", display_name="x", created_at=NOON)
        session.add(account)
        session.flush()
        token = begin(session, account, "?", NOON, acting_for=None)
    with client.session_transaction(base_url="https://credit.example.gov.cn") as kept:
        kept["_user_id"] = token
    assert get(client, "/account/sessions").status_code == 302
    portal.service.engine.dispose()


def test_demo_sign_ins_are_offered_in_the_demo_only(
    portal: Portal, tmp_path: Path, signing_settings: Settings, fonts: FontSet
) -> None:
    assert "演示账号" not in get(portal.visitor(), "/sign-in").text
    demo = make_portal(tmp_path, signing_settings, fonts, ENV="demo")
    page = get(demo.visitor(), "/sign-in?demo=other").text
    assert "盐城乙示例有限公司" in page
    assert f'value="{DEMO_PASSWORD}"' in page
    assert f'value="{DEMO_PASSWORD}"' not in get(demo.visitor(), "/sign-in?demo=nobody-there").text
    demo.service.engine.dispose()


def test_the_command_makes_them_again_and_again(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = make_portal(tmp_path, signing_settings, fonts)
    expected = portal.service.settings.var_dir / "demo" / "expected.json"
    for name, value in environment(tmp_path, portal.city, signing_settings).items():
        monkeypatch.setenv(name, value)
    run = CliRunner().invoke
    assert json.loads(run(main, ["accounts", "demo", "--json"]).stdout)["error"]["code"] == "NO_DEMO_DATA"
    expected.parent.mkdir(parents=True)
    plan = {"showcase": {"clean": {"uscc": portal.mine, "name": "盐城甲示例有限公司"}}}
    expected.write_text(json.dumps(plan), encoding="utf-8")
    for _ in range(2):
        result = run(main, ["accounts", "demo", "--json"])
        assert result.exit_code == 0
        assert json.loads(result.stdout)["accounts"][0]["username"] == "clean"
    assert (
        json.loads(run(main, ["accounts", "demo", portal.other.lower(), "--json"]).stdout)["accounts"][0]["uscc"]
        == portal.other
    )
    with portal.service.reading() as session:
        names = list(session.scalars(select(Account.subject)))
    assert sorted(names) == sorted(["mine", "other", "nobody", "clean", portal.other])
    monkeypatch.setenv("CREDITREPORT_ENV", "production")
    refused = run(main, ["accounts", "demo", "--json"])
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, "DEMO_ONLY")
    portal.service.engine.dispose()
