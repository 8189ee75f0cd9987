"""What a server counts and measures, in the form of Prometheus. What each means stands in ``deploy/README.md``.

Most of it is heard from the log lines themselves (:data:`EVENTS`), so that a number and a line cannot disagree. Under
gunicorn the processes count together in the folder of ``PROMETHEUS_MULTIPROC_DIR`` (``deploy/gunicorn.conf.py``); what
processes of jobs count is read at a port of their own (``exposing.py``).
"""

from __future__ import annotations

import os
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from creditreport.logs import Event, hear_events
from creditreport.operations.exposing import FOLDER
from creditreport.steps import hear_steps
from creditreport.verification.told import hear_verdicts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
PATIENT = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
OWN = CollectorRegistry()

REQUESTS = Histogram(
    "creditreport_request_seconds", "Answering a request", ["endpoint", "method", "status"], buckets=QUICK, registry=OWN
)
STEPS = Histogram("creditreport_step_seconds", "A step of a use case", ["step"], buckets=QUICK, registry=OWN)
SOURCES = Histogram(
    "creditreport_source_seconds", "Asking a source", ["source", "status"], buckets=PATIENT, registry=OWN
)
ISSUED = Counter("creditreport_reports_issued_total", "Reports issued, by signature level", ["level"], registry=OWN)
REFUSED = Counter("creditreport_reports_refused_total", "Reports refused, by error code", ["code"], registry=OWN)
LIMITED = Counter("creditreport_limited_total", "Requests turned away because of a limit", ["endpoint"], registry=OWN)
REDUCED = Counter(
    "creditreport_signatures_reduced_total", "Signatures below the wanted level", ["wanted", "reached"], registry=OWN
)
VERDICTS = Counter("creditreport_verdicts_total", "Verdicts told", ["status", "channel"], registry=OWN)
TROUBLES = Counter("creditreport_troubles_total", "Lines that somebody should look into", ["event"], registry=OWN)

# Lines of the log that are counted or measured; tests/unit/test_metrics.py finds each of them in the program.
EVENTS: dict[str, Callable[[Event], None]] = {
    "source_asked": lambda event: SOURCES.labels(event["source"], event["status"]).observe(event["seconds"]),
    "report issued": lambda event: ISSUED.labels(event["signature"]).inc(),
    "report refused": lambda event: REFUSED.labels(event["code"]).inc(),
    "signature level reduced": lambda event: REDUCED.labels(event["wanted"], event["reached"]).inc(),
}
# Lines that tell of something that should not be.
TROUBLE = (
    "store_unavailable", "request_failed", "number left reserved", "limits_counted_alone", "misses_everywhere",
    "replica_left_alone", "round failed", "job failed", "mail not sent", "looks_not_written", "source_failed",
)  # fmt: skip


def start_counting() -> None:
    """Hear what the program says from now on; safe to repeat."""
    hear_events(count_event)
    hear_steps(measure_step)
    hear_verdicts(count_verdict)


def count_event(event: Event) -> None:
    """Count a line of the log."""
    name = str(event.get("event"))
    if name in EVENTS:
        EVENTS[name](event)
    elif name in TROUBLE:
        TROUBLES.labels(name.replace(" ", "_")).inc()


def count_verdict(status: str, channel: str) -> None:
    """Count a verdict by its word and the way it was asked for; of which report, or which code, nobody is told."""
    VERDICTS.labels(status, channel).inc()


def measure_step(name: str, seconds: float) -> None:
    """Note how long a step took."""
    STEPS.labels(name).observe(seconds)


def answer_given(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Note an answered request; ``endpoint`` is the program's own name for the address, never the address."""
    REQUESTS.labels(endpoint, method, str(status)).observe(seconds)
    if status == 429:
        LIMITED.labels(endpoint).inc()


def exposition(*gauges: Collector) -> bytes:
    """Everything counted by all processes of this server, and what ``gauges`` read now."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(OWN)
    for gauge in gauges:
        registry.register(gauge)
    return generate_latest(registry)
