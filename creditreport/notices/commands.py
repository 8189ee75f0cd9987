"""``notices``: the job that finds what people are to be told, and sends the mails."""

from __future__ import annotations

import click

from creditreport.cli import command, print_json


@click.group("notices")
def notices() -> None:
    """通知 / notices to businesses."""


@notices.command("run")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def run(as_json: bool) -> None:
    """查找到期和新记录，发出邮件 / find expiring reports and new records, send the mails; safe to repeat."""
    from creditreport.notices.run import run_notices
    from creditreport.service import Service

    with Service() as service:
        done = run_notices(service, service.clock.now())
    if as_json:
        print_json(done.as_json())
        return
    click.echo(f"到期提醒 expiring {done.expiring}, 新记录 new records {done.new_records}, 邮件 mails {done.mailed}")
