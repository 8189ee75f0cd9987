"""Which function does which job. Functions are named, not imported: a worker loads what it uses.

A handler is ``function(service, payload, now)``: safe to repeat and to be done twice at once, and it commits its own
work. If it raises, it is tried again with growing pauses, and is dead after ``run.MOST_TRIES``; if trying again would
change nothing it raises ``outbox.RefusedError``.
"""

from __future__ import annotations

from datetime import timedelta

HANDLERS: dict[str, str] = {
    "report.reissue": "creditreport.reports.batch_reissue:run_reissue",
    "bidpack.check": "creditreport.bidpacks.check:check_job",
    "source.sync": "creditreport.jobs.nightly:sync_source",
}

# Name, ``function(service, now)`` (safe to repeat, and to be done twice at once), how often. Slots are counted from two
# o'clock in the morning: what comes once a day comes then.
PERIODIC: tuple[tuple[str, str, timedelta], ...] = (
    ("requests", "creditreport.requests.run:run_waiting", timedelta(minutes=1)),
    ("notices", "creditreport.notices.run:run_notices", timedelta(minutes=5)),
    ("deadlines", "creditreport.objections.jobs:watch_deadlines", timedelta(minutes=15)),
    ("corrections", "creditreport.objections.jobs:watch_corrections", timedelta(hours=1)),
    ("bidpacks", "creditreport.bidpacks.sweep:sweep_packs", timedelta(hours=1)),
    ("register", "creditreport.jobs.nightly:sync_entities", timedelta(days=1)),
    ("sources", "creditreport.jobs.nightly:ask_for_syncs", timedelta(days=1)),
    ("retention", "creditreport.jobs.nightly:forget", timedelta(days=1)),
    ("audit", "creditreport.audit.sealing:seal", timedelta(minutes=10)),
    ("audit-new", "creditreport.audit.check:check_new", timedelta(days=1)),
    ("audit-all", "creditreport.audit.check:check_all", timedelta(days=7)),
)
