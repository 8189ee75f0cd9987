"""Asking for what is new only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Since:
    """Only rows whose ``column`` is at least ``at`` are wanted, and those where it states nothing.

    A driver that cannot ask for them hands over everything.
    """

    column: str
    at: Any
