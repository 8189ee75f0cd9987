"""Where log lines go: standard error, so that a command's standard output holds its answer and nothing else."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send every log line of ``level`` or above to standard error as it is at the moment of the line."""
    structlog.configure(
        logger_factory=_stderr_logger,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def _stderr_logger(*_: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
