"""``api-clients``: programs of tender platforms and banks, from the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from creditreport.cli import acting_user, command, language, print_json

if TYPE_CHECKING:
    from datetime import date, datetime

    from creditreport.accounts.apiclients import RegisteredClient

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
EXPIRES = click.option(
    "--expires", default=None, metavar="YYYY-MM-DD", help="最后有效日（默认一年后）/ the last day (a year from now)"
)


@click.group("api-clients")
def api_clients() -> None:
    """程序（API 客户端）/ programs with a secret of their own."""


def _day(text: str | None, now: datetime) -> date:
    from creditreport.accounts.apiclients import USUAL
    from creditreport.reports.request import read_day

    return read_day(text) or now.date() + USUAL


def _say_key(key: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"key_id": key.split("_")[1], "secret": key})
        return
    click.echo("密钥（只显示这一次）：" if language() == "zh" else "the secret, shown once:")
    click.echo(f"  {key}")


@api_clients.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="verify, verify:batch")
@click.option("--per-minute", type=int, default=None, help="每分钟请求数 / requests a minute (600)")
@EXPIRES
@JSON
@command
def add(name: str, scopes: tuple[str, ...], per_minute: int | None, expires: str | None, as_json: bool) -> None:
    """登记程序 / register a program."""
    from creditreport.accounts.apiclients import PER_MINUTE, add_client
    from creditreport.service import Service

    with Service() as service:
        now = service.clock.now()
        rate = PER_MINUTE if per_minute is None else per_minute
        key = add_client(service.sessions, name, scopes, rate, _day(expires, now), acting_user(), now)
        _say_key(key, as_json=as_json)


@api_clients.command("rotate")
@click.argument("key_id")
@EXPIRES
@click.option(
    "--grace-hours",
    type=int,
    default=24,
    show_default=True,
    help="旧密钥再用几小时 / the former one counts for so long",
)
@JSON
@command
def rotate(key_id: str, expires: str | None, grace_hours: int, as_json: bool) -> None:
    """更换密钥 / replace the secret."""
    from creditreport.accounts.apiclients import rotate_client
    from creditreport.service import Service

    with Service() as service:
        now = service.clock.now()
        grace = timedelta(hours=grace_hours)
        _say_key(
            rotate_client(service.sessions, key_id, _day(expires, now), grace, acting_user(), now), as_json=as_json
        )


def _disabling(name: str, disabled: bool, text: str) -> None:
    @api_clients.command(name, help=text)
    @click.argument("key_id")
    @command
    def run(key_id: str) -> None:
        from creditreport.accounts.apiclients import set_client_disabled
        from creditreport.service import Service

        with Service() as service:
            set_client_disabled(service.sessions, key_id, disabled, acting_user(), service.clock.now())


_disabling("disable", True, "停用 / refuse it from now on.")
_disabling("enable", False, "恢复 / let it in again.")


@api_clients.command("list")
@JSON
@command
def listing(as_json: bool) -> None:
    """所有程序 / all programs."""
    from creditreport.accounts.apiclients import registered_clients
    from creditreport.service import Service

    with Service() as service, service.reading() as session:
        found = registered_clients(session, service.clock.now())
    if as_json:
        print_json({"clients": [_row(one) for one in found]})
        return
    for one in found:
        click.echo(f"  {one.key_id}  {one.state:8}  {one.expires_on}  {' '.join(one.scopes)}  {one.name}")


def _row(one: RegisteredClient) -> dict[str, object]:
    return {
        "key_id": one.key_id,
        "name": one.name,
        "scopes": list(one.scopes),
        "per_minute": one.per_minute,
        "expires_on": one.expires_on.isoformat(),
        "last_used_on": one.last_used_on.isoformat() if one.last_used_on else None,
        "former_until": one.former_until.isoformat() if one.former_until else None,
        "state": one.state,
    }
