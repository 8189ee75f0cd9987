"""What is fixed for one error that a person is told about."""

from __future__ import annotations

from dataclasses import dataclass

REFUSED = 1
WRONG_USE = 2


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """What is fixed for one error code."""

    http_status: int
    exit_status: int
    zh: str
    en: str
