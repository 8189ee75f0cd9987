"""The staff's page of jobs: what stopped is seen by its code and tried again by an administrator only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.jobs.models import Job, JobState
from creditreport.jobs.outbox import enqueue
from creditreport.jobs.periodic import run_periodic
from creditreport.jobs.state import LATE, job_notices
from tests.conftest import NOON
from tests.portal import Portal, get, post
from tests.roles import Knocking


@pytest.fixture
def stopped(portal: Portal) -> int:
    with portal.service.sessions.begin() as session:
        job = enqueue(session, "source.sync", "field_09:2026-11-21", {"slug": "field_09"}, now=NOON)
        row = session.get_one(Job, job)
        row.state, row.last_code, row.tries, row.settled_at = JobState.DEAD.value, "SOURCE_STALE", 14, NOON
    run_periodic(portal.service, NOON, ["notices"])
    return job


def test_what_stopped_is_seen_and_tried_again(portal: Portal, stopped: int) -> None:
    knocking = Knocking(portal)
    admin, auditor = knocking("admin"), knocking("auditor")
    assert "个后台任务多次失败" in get(auditor, "/staff").get_data(as_text=True)
    seen = get(auditor, "/staff/jobs").get_data(as_text=True)
    assert "field_09:2026-11-21" in seen
    assert "SOURCE_STALE" in seen
    assert "通知和邮件" in seen
    assert f"/staff/jobs/{stopped}/retry" not in seen
    assert f"/staff/jobs/{stopped}/retry" in get(admin, "/staff/jobs").get_data(as_text=True)
    assert post(admin, f"/staff/jobs/{stopped}/retry", {}).status_code == 303
    assert "field_09" not in get(admin, "/staff/jobs").get_data(as_text=True)
    assert "个后台任务多次失败" not in get(auditor, "/staff").get_data(as_text=True)
    assert [one.code for one in job_notices(portal.service, NOON + LATE)] == []
    late = [one.code for one in job_notices(portal.service, NOON + LATE + timedelta(seconds=1))]
    assert late == ["JOBS_NOT_WORKED_OFF"]
    with portal.service.reading() as session:
        assert session.get_one(Job, stopped).state == JobState.WAITING
        entry = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"job:{stopped}")).one()
    assert (entry.action, entry.actor.partition(":")[0]) == ("job.retried", "account")
