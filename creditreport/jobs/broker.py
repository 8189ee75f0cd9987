"""The broker: how a worker hears of a job a moment after its cause was committed.

Nothing is kept there. A message carries a job's id and no more; a lost, late or doubled one changes nothing, because
the job is in the store and is taken from there. So nobody ever waits for the broker: when it does not answer it is left
alone for a while, and the beat's next tick finds the job.
"""

from __future__ import annotations

import time
from functools import cached_property

import structlog
from celery import Celery
from kombu.exceptions import KombuError, OperationalError
from kombu.transport.redis import Channel, QoS

log = structlog.get_logger(__name__)

QUEUE = "creditreport"
JOB_TASK = "creditreport.job"
TICK_TASK = "creditreport.tick"
TICK_SECONDS = 5.0
# Who sends from a page waits this long at most, and then leaves the broker alone for so long.
PATIENCE_SECONDS = 0.5
LEFT_ALONE_SECONDS = 15.0
# After so long a message whose worker is gone is given to another. The store lets a job go much sooner.
LOST_AFTER_SECONDS = 600


class _QuietQoS(QoS):
    """Says nothing of a message over a connection that is closed.

    Celery 5.7 puts a task's acknowledgement off until its loop turns again. When the connection broke meanwhile, kombu
    looks for the closed connection's address, and the worker ends for good.
    """

    def ack(self, delivery_tag: str) -> None:
        if self.channel.connection is not None:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if self.channel.connection is not None:
            super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]


def make_celery(url: str, **transport: float) -> Celery:
    """Celery over the broker at ``url``; no results are kept, and a message is done with when its task is."""
    # What a message told of stands in the store, where a tick finds it. A worker that hands messages back, or
    # acknowledges one, over a connection that has just broken ends for good: they are left where they are.
    Channel.do_restore = False
    Channel.QoS = _QuietQoS
    # Limits and workers share one setting; Celery has its own word for a Redis behind a socket of this machine.
    app = Celery("creditreport", broker=url.replace("unix://", "redis+socket://", 1), set_as_current=False)
    app.conf.update(
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": LOST_AFTER_SECONDS, "socket_connect_timeout": 5, **transport
        },
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        # Our lines are JSON as they are: Celery would put its own words before them.
        worker_redirect_stdouts=False,
        # A task whose connection broke goes on; a second one finds its job held or done.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        # One entry: what comes when stands in the store (``periodic.py``).
        beat_schedule={"tick": {"task": TICK_TASK, "schedule": TICK_SECONDS}},
        beat_scheduler="creditreport.jobs.ticking:Ticking",
        timezone="Asia/Shanghai",
    )  # fmt: skip
    return app


class Broker:
    """For whoever makes a job: tells the workers of it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._again = 0.0

    @cached_property
    def _celery(self) -> Celery:
        return make_celery(
            self._url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS, max_retries=0
        )

    def show(self, job_id: int) -> None:
        """Tell the workers that the job is there. Never raises, never waits long."""
        if time.monotonic() < self._again:
            return
        try:
            self._celery.send_task(JOB_TASK, [job_id], queue=QUEUE, retry=False)
        except (KombuError, OperationalError, OSError) as error:
            self._again = time.monotonic() + LEFT_ALONE_SECONDS
            log.warning("broker_left_alone", error=type(error).__name__)
