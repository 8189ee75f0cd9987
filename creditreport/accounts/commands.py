"""``accounts``: sign-ins for the demo."""

from __future__ import annotations

import click

from creditreport.cli import command, language, print_json


@click.group("accounts")
def accounts() -> None:
    """登录账号 / sign-ins."""


@accounts.command("demo")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def demo(codes: tuple[str, ...], as_json: bool) -> None:
    """给演示主体（或所给代码）建立登录账号 / sign-ins for the demo's showcase businesses, or for the given codes."""
    from creditreport.accounts.demo import (
        DEMO_PASSWORD,
        entity_accounts,
        make_demo_accounts,
        refuse_in_production,
        showcase_accounts,
    )
    from creditreport.service import Service

    service = Service()
    refuse_in_production(service.settings)
    if codes:
        with service.reading() as session:
            wanted = entity_accounts(session, codes)
    else:
        wanted = showcase_accounts(service.settings.var_dir / "demo" / "expected.json")
    make_demo_accounts(service.settings, service.sessions, wanted, service.clock.now())
    if as_json:
        rows = [{"username": one.username, "uscc": one.uscc, "name": one.display_name} for one in wanted]
        print_json({"password": DEMO_PASSWORD, "accounts": rows})
        return
    said = "密码都是" if language() == "zh" else "the password of all is"
    click.echo(f"{said} {DEMO_PASSWORD}")
    for one in wanted:
        click.echo(f"  {one.username:32} {one.uscc}  {one.display_name}")
