"""``keys init`` and ``keys show``."""

from __future__ import annotations

from typing import Any

import click

from creditreport.cli import command, print_json


@click.group("keys")
def keys() -> None:
    """签名密钥 / the keys that sign reports."""


@keys.command("init")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def init(as_json: bool) -> None:
    """生成演示密钥（正式环境除外） / make the demo's keys, where they are missing."""
    from creditreport.config import load_settings
    from creditreport.signing.demo_ca import init_demo_keys

    settings = load_settings()
    made = init_demo_keys(settings, settings.make_clock().now())
    if as_json:
        print_json({"files": [str(path) for path in made.files], "new": [str(path) for path in made.new]})
        return
    for path in made.files:
        click.echo(f"{'+' if path in made.new else '='} {path}")
    click.echo("演示密钥已生成 / demo keys made" if made.new else "演示密钥已在 / demo keys are there already")


@keys.command("show")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def show(as_json: bool) -> None:
    """显示签名证书 / show the certificate that signs."""
    from creditreport.config import load_settings
    from creditreport.signing.signer import load_signer

    facts: dict[str, Any] = load_signer(load_settings()).describe()
    if as_json:
        print_json(facts)
        return
    for key, value in facts.items():
        click.echo(f"{key}: {value}")


COMMANDS: list[click.Command] = [keys]
