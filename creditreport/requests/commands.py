"""``requests``: the job that tries waiting requests again."""

from __future__ import annotations

import click

from creditreport.cli import command, print_json


@click.group("requests")
def requests() -> None:
    """等候的申请 / requests that wait for their sources."""


@requests.command("run")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def run(as_json: bool) -> None:
    """再试到期的等候申请 / try every waiting request whose next try is due; safe to repeat."""
    from creditreport.requests.run import run_all
    from creditreport.service import Service

    with Service() as service:
        tried = run_all(service)
    if as_json:
        print_json({"tried": [one.as_json() for one in tried]})
        return
    for one in tried:
        click.echo(f"{one.id}  {one.state.value}  {one.number or one.code or ''}")
    click.echo(f"{len(tried)} 个已试 / tried")
