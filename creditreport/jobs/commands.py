"""``work``: all jobs in place, once or every so often; ``jobs``: what waits, what failed, what is dead."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from creditreport.cli import acting_user, command, print_json
from creditreport.errors import Problem
from creditreport.logs import log_to_stderr

if TYPE_CHECKING:
    from creditreport.jobs.models import Job
    from creditreport.jobs.run import Ran
    from creditreport.service import Service

log = structlog.get_logger(__name__)

JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
STATES = ("failing", "waiting", "dead", "done", "standing")


@click.command("work")
@click.option("--every", type=click.IntRange(min=1), help="Seconds between rounds; without it one round is made.")
@click.option("--now", "early", is_flag=True, help="In the one round, also what comes periodically and is not due yet.")
@click.option("--while-stdin", is_flag=True, hidden=True, help="stop when standard input ends")
@JSON
@command
def work(every: int | None, early: bool, while_stdin: bool, as_json: bool) -> None:
    """做一轮后台工作（任务、等候的申请、通知、邮件、夜间同步）/ one round of all jobs that are due."""
    from creditreport.service import Service

    ended = threading.Event()
    if while_stdin:
        threading.Thread(target=_end_with_input, args=(ended,), daemon=True).start()
    with Service() as service:
        if every is None:
            ran = _round(service, early=early)
            if as_json:
                print_json({"ran": [one.as_json() for one in ran]})
            return
        with _measured(service):
            while True:
                try:
                    _round(service)
                except (Problem, SQLAlchemyError) as error:
                    # A store that is away for a minute must not end the worker; the next round begins anew.
                    log.warning("round failed", code=getattr(error, "code", None), error=type(error).__name__)
                if ended.wait(every):
                    return


@contextmanager
def _measured(service: Service) -> Iterator[None]:
    """What the body does is counted and told at ``JOBS_METRICS``, if that is set."""
    from creditreport.operations.exposing import JobsMetrics, count_alone

    if service.settings.jobs_metrics is None:
        yield
        return
    count_alone()
    from creditreport.operations.metrics import start_counting

    # Reports that are issued are counted from their log lines, which a command else leaves out.
    log_to_stderr()
    start_counting()
    port = JobsMetrics(service.settings)
    try:
        yield
    finally:
        port.close()


def _round(service: Service, *, early: bool = False) -> list[Ran]:
    from creditreport.jobs.periodic import run_periodic
    from creditreport.jobs.run import run_all

    # The periodic ones first: some make jobs.
    return [*run_periodic(service, service.clock.now(), early=early), *run_all(service)]


def _end_with_input(ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()


@click.group("jobs")
def jobs() -> None:
    """后台任务 / jobs: what waits, what failed, what is dead."""


@jobs.command("list")
@click.option("--state", type=click.Choice(STATES), help="only these; without it all that are not done")
@click.option("--kind", help="only this kind, e.g. report.reissue")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="at most so many")
@JSON
@command
def list_command(state: str | None, kind: str | None, limit: int, as_json: bool) -> int:
    """列出任务 / jobs, the newest first; exit 1 when one is dead."""
    from creditreport.jobs.reading import as_json as told
    from creditreport.jobs.reading import counts, jobs_that
    from creditreport.service import Service

    with Service() as service, service.reading() as session:
        found, many = jobs_that(session, state, kind, limit), counts(session, service.clock.now())
    if as_json:
        oldest = many.oldest.isoformat() if many.oldest else None
        numbers = {"waiting": many.waiting, "failing": many.failing, "dead": many.dead}
        print_json({"counts": numbers | {"oldest_due": oldest}, "jobs": [told(job) for job in found]})
    else:
        for job in found:
            _line(job)
        click.echo(f"等候 waiting {many.waiting}，受阻 failing {many.failing}，失败 dead {many.dead}")
    return 1 if many.dead else 0


@jobs.command("show")
@click.argument("job_id", type=int)
@JSON
@command
def show(job_id: int, as_json: bool) -> None:
    """查看一个任务 / one job with what it was asked to do."""
    from creditreport.jobs.reading import as_json as told
    from creditreport.jobs.reading import job_with
    from creditreport.service import Service

    with Service() as service, service.reading() as session:
        job = job_with(session, job_id)
    values = {**told(job), "payload": job.payload}
    if as_json:
        print_json(values)
        return
    for name, value in values.items():
        click.echo(f"{name:>12}  {'' if value is None else value}")


@jobs.command("retry")
@click.argument("job_ids", type=int, nargs=-1)
@click.option("--dead", is_flag=True, help="all dead ones")
@click.option("--kind", help="with --dead: only this kind")
@JSON
@command
def retry_command(job_ids: tuple[int, ...], dead: bool, kind: str | None, as_json: bool) -> None:
    """重试失败的任务 / have dead or failing jobs tried again from the beginning; safe to repeat."""
    from creditreport.jobs.models import JobState
    from creditreport.jobs.reading import jobs_that, retry
    from creditreport.service import Service

    if bool(job_ids) == dead:
        raise click.UsageError("JOB_ID… 或 --dead / give job ids, or --dead")
    with Service() as service:
        chosen = list(job_ids)
        if dead:
            with service.reading() as session:
                chosen = [one.id for one in jobs_that(session, JobState.DEAD.value, kind, limit=1_000_000)]
        for job_id in chosen:
            retry(service, job_id, acting_user(), service.clock.now())
    if as_json:
        print_json({"retried": chosen})
    else:
        click.echo(f"{len(chosen)} 个任务将重试 / jobs will be tried again")


def _line(job: Job) -> None:
    click.echo(f"{job.id:>7}  {job.state:<8}  {job.kind:<18}  {job.key:<34}  {job.tries:>2}  {job.last_code or ''}")
