"""What staff should know about jobs: that some stopped, or that nobody works them off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from creditreport.jobs.reading import counts
from creditreport.rules.notices import Notice

if TYPE_CHECKING:
    from creditreport.service import Service

# A worker looks every few seconds; one that does long work is back by then.
LATE = timedelta(minutes=30)


def job_notices(service: Service, now: datetime) -> Iterator[Notice]:
    """What staff should know at ``now``, for their first page."""
    with service.reading() as session:
        found = counts(session, now)
    if found.dead:
        yield Notice(
            "JOBS_STOPPED",
            f"{found.dead} 个后台任务多次失败，已停止；请管理员在“后台任务”中查看原因，排除后重试。",
            f"{found.dead} background jobs failed many times and have stopped; an administrator sees why under Jobs, "
            "and has them tried again once the cause is gone.",
        )
    if found.oldest is not None and found.oldest < now - LATE:
        yield Notice(
            "JOBS_NOT_WORKED_OFF",
            f"后台任务自 {found.oldest:%m-%d %H:%M} 起无人处理；请运维人员启动 creditreport work 或 Celery。",
            f"Background jobs have waited since {found.oldest:%m-%d %H:%M}; the operator must start creditreport work, "
            "or Celery.",
        )
