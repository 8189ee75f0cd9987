"""``staff``: an administrator's accounts for colleagues, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from creditreport.cli import acting_user, command, language, print_json

if TYPE_CHECKING:
    from creditreport.accounts.colleagues import Colleague
    from creditreport.config import Settings


@click.group("staff")
def staff() -> None:
    """工作人员账号 / staff accounts."""


def _link(settings: Settings, token: str) -> str:
    return f"{settings.public_url}/staff/set-up/{token}"


def _say_link(link: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"set_up": link})
        return
    told = (
        "三天内用此链接设置密码和验证器（只显示这一次）："
        if language() == "zh"
        else "set-up link, for three days, shown once:"
    )
    click.echo(f"{told}\n  {link}")


@staff.command("add")
@click.argument("username")
@click.option("--name", required=True, help="显示的姓名 / the name to show")
@click.option(
    "--role", "roles", multiple=True, required=True, help="credit_officer, auditor, admin, department_officer:SLUG"
)
@click.option(
    "--oidc",
    is_flag=True,
    help="由 STAFF_OIDC_… 的身份认证登录 / signs in by the identity service; USERNAME is its sub",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def add(username: str, name: str, roles: tuple[str, ...], oidc: bool, as_json: bool) -> None:
    """开通账号 / make an account."""
    from creditreport.accounts.models import LOCAL
    from creditreport.accounts.staff import add_staff, read_roles
    from creditreport.errors import Problem
    from creditreport.service import Service

    with Service() as service:
        provider = service.settings.identity.staff
        if oidc and provider is None:
            raise Problem("INVALID_SETTING", name="CREDITREPORT_STAFF_OIDC_ISSUER", detail="缺少 / missing")
        issuer = provider.issuer if oidc and provider else LOCAL
        granted = read_roles(roles, {one.manifest.slug for one in service.catalog.domains})
        token = add_staff(service.sessions, username, name, granted, acting_user(), service.clock.now(), issuer=issuer)
        if token is not None:
            _say_link(_link(service.settings, token), as_json=as_json)
        elif as_json:
            print_json({"set_up": None})


@staff.command("roles")
@click.argument("username")
@click.argument("roles", nargs=-1, required=True)
@command
def change_roles(username: str, roles: tuple[str, ...]) -> None:
    """改为恰好这些角色 / exactly these roles from now on."""
    from creditreport.accounts.staff import read_roles, set_roles
    from creditreport.service import Service

    with Service() as service:
        granted = read_roles(roles, {one.manifest.slug for one in service.catalog.domains})
        set_roles(service.sessions, username, granted, acting_user(), service.clock.now())


@staff.command("reset")
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def reset_account(username: str, as_json: bool) -> None:
    """忘记密码或丢失验证器 / password forgotten or authenticator lost: a new set-up link, all sessions end."""
    from creditreport.accounts.staff import reset
    from creditreport.service import Service

    with Service() as service:
        _say_link(
            _link(service.settings, reset(service.sessions, username, acting_user(), service.clock.now())),
            as_json=as_json,
        )


def _disabling(name: str, disabled: bool, text: str) -> click.Command:
    @staff.command(name, help=text)
    @click.argument("username")
    @command
    def run(username: str) -> None:
        from creditreport.accounts.staff import set_disabled
        from creditreport.service import Service

        with Service() as service:
            set_disabled(service.sessions, username, disabled, acting_user(), service.clock.now())

    return run


_disabling("disable", True, "停用并退出所有会话 / disable, and end all sessions.")
_disabling("enable", False, "恢复 / let it sign in again.")


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def listing(as_json: bool) -> None:
    """所有工作人员账号 / all staff accounts."""
    from creditreport.accounts.colleagues import colleagues
    from creditreport.service import Service

    with Service() as service, service.reading() as session:
        found = colleagues(session)
    if as_json:
        print_json({"staff": [_row(one) for one in found]})
        return
    for one in found:
        state = "disabled" if one.disabled else "" if one.set_up else "not set up"
        click.echo(f"  {one.username:20} {one.name}  {', '.join(one.texts)}  {state}")


def _row(one: Colleague) -> dict[str, object]:
    return {
        "username": one.username,
        "name": one.name,
        "roles": one.texts,
        "set_up": one.set_up,
        "disabled": one.disabled,
        "last_sign_in_at": one.last_sign_in_at.isoformat() if one.last_sign_in_at else None,
    }
