"""Where log lines go: standard error, so that a command's standard output holds its answer and nothing else.

A server writes one JSON object in a line, for a log store; a person at a terminal is shown columns. Nothing of a
person is logged anywhere; should a number of a person ever come along inside a message, it is masked here.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

from creditreport.violations.masking import mask_personal

FORMAT = "CREDITREPORT_LOG_FORMAT"
Event = MutableMapping[str, Any]
Heard = Callable[[Event], None]
_heard: list[Heard] = []


def hear_events(heard: Heard) -> None:
    """Tell ``heard`` of every line from now on, before it is written: a server counts some of them."""
    if heard not in _heard:
        _heard.append(heard)


def log_to_stderr(level: int = logging.INFO, *, as_json: bool | None = None) -> None:
    """Send every log line of ``level`` or above to standard error as it is at the moment of the line.

    ``as_json``: unless said, as ``CREDITREPORT_LOG_FORMAT`` (``json``, ``text``) has it, else columns.
    """
    lines = os.environ.get(FORMAT) == "json" if as_json is None else as_json
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=lines),
            _tell,
            _without_persons,
            structlog.processors.JSONRenderer(ensure_ascii=False) if lines else structlog.dev.ConsoleRenderer(),
        ],
        logger_factory=_stderr_logger,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def _tell(_logger: Any, _method: str, event: Event) -> Event:
    for heard in _heard:
        heard(event)
    return event


def _without_persons(_logger: Any, _method: str, event: Event) -> Event:
    return {name: mask_personal(value) if isinstance(value, str) else value for name, value in event.items()}


class JsonLines(logging.Formatter):
    """The same form for what the server software says by Python's own logging (gunicorn, Celery)."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object; of an exception only its kind and where it was, never what was being handled."""
        event: dict[str, Any] = {"event": mask_personal(record.getMessage()), "logger": record.name}
        if record.exc_info and record.exc_info[0] is not None:
            event |= {"error": record.exc_info[0].__name__, "where": _where(record.exc_info[2])}
        event["level"] = record.levelname.lower()
        structlog.processors.TimeStamper(fmt="iso", utc=True)(None, "", event)
        return str(structlog.processors.JSONRenderer(ensure_ascii=False)(None, "", event))


def _where(trace: Any) -> list[str]:
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places


def _stderr_logger(*_: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
