"""``requests``: the job that tries waiting requests again; ``work``: all jobs, once or every so often."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from creditreport.cli import command, print_json
from creditreport.errors import Problem

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)


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


@click.command("work")
@click.option("--every", type=click.IntRange(min=1), help="Seconds between rounds; without it one round is made.")
@click.option("--while-stdin", is_flag=True, hidden=True, help="stop when standard input ends")
@command
def work(every: int | None, while_stdin: bool) -> None:
    """做一轮后台工作（等候的申请、通知、邮件）/ one round of all jobs: waiting requests, notices, mails."""
    from creditreport.service import Service

    ended = threading.Event()
    if while_stdin:
        threading.Thread(target=_end_with_input, args=(ended,), daemon=True).start()
    with Service() as service:
        if every is None:
            _round(service)
            return
        while True:
            try:
                _round(service)
            except (Problem, SQLAlchemyError) as error:
                # A store that is away for a minute must not end the worker; the next round begins anew.
                log.warning("round failed", code=getattr(error, "code", None), error=type(error).__name__)
            if ended.wait(every):
                return


def _round(service: Service) -> None:
    from creditreport.notices.run import run_notices
    from creditreport.requests.run import run_all

    run_all(service)
    run_notices(service, service.clock.now())


def _end_with_input(ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()


COMMANDS = [requests, work]
