"""What Celery loads: ``celery -A creditreport.jobs.celery_app worker`` and, once, ``… beat``.

A task is told a job's id, or nothing: what is to be done is in the store. Each process of a worker has its own parts
(:class:`creditreport.service.Service`), made after the fork.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import signals

from creditreport.config import Settings, load_settings
from creditreport.errors import Problem
from creditreport.jobs.broker import JOB_TASK, TICK_TASK, make_celery
from creditreport.jobs.periodic import run_periodic
from creditreport.jobs.registry import HANDLERS, PERIODIC
from creditreport.jobs.run import AT_ONCE, function_of, run_due, run_id
from creditreport.logs import log_to_stderr
from creditreport.operations.exposing import JobsMetrics, count_in_own_folder
from creditreport.service import Service


def _broker_url(settings: Settings) -> str:
    if settings.broker_url is None:
        detail = (
            "缺少，队列需要 Redis；没有时用 creditreport work / missing: workers need a Redis; else creditreport work"
        )
        raise Problem("INVALID_SETTING", name="CREDITREPORT_BROKER_URL", detail=detail)
    return settings.broker_url


app = make_celery(_broker_url(load_settings()))


@cache
def _service() -> Service:
    return Service()


class _Measuring:
    """What the main process of a worker holds for the numbers of all its processes."""

    folder: str | None = None
    port: JobsMetrics | None = None


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def _before_forking(**_: Any) -> None:
    log_to_stderr()
    if load_settings().jobs_metrics is not None:
        _Measuring.folder = count_in_own_folder()
    # The first tick needs nearly all of them: imported once here, shared by all processes of the worker.
    for name in (*HANDLERS.values(), *(name for _, name, _ in PERIODIC)):
        function_of(name)


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
def _ready(**_: Any) -> None:
    if _Measuring.folder is not None:
        _Measuring.port = JobsMetrics(load_settings(), _Measuring.folder)


@signals.worker_shutdown.connect  # type: ignore[untyped-decorator]
def _ended(**_: Any) -> None:
    if _Measuring.port is not None:
        _Measuring.port.close()


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def _begin(**_: Any) -> None:
    log_to_stderr()
    if _Measuring.folder is not None:
        from creditreport.operations.metrics import start_counting

        start_counting()


@signals.worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _end(**_: Any) -> None:
    if _service.cache_info().currsize:
        _service().close()


@app.task(name=JOB_TASK)  # type: ignore[untyped-decorator]
def job(job_id: int) -> None:
    """Do this job, if it is due and nobody else is at it."""
    run_id(_service(), job_id, _service().clock.now())


@app.task(name=TICK_TASK)  # type: ignore[untyped-decorator]
def tick() -> None:
    """Do what is due: first what comes periodically, then a handful of jobs; whoever finds more hands on."""
    service = _service()
    run_periodic(service, service.clock.now())
    if len(run_due(service, service.clock.now())) == AT_ONCE:
        app.send_task(TICK_TASK, retry=False)
