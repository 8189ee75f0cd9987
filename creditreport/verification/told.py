"""How often which verdict was told, for whoever counts (a server's metrics); else nobody asks. Never of what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creditreport.verification.models import Channel

# Told the verdict's word and by which way it was asked for.
Heard = Callable[[str, str], None]
_heard: list[Heard] = []


def hear_verdicts(heard: Heard) -> None:
    """Tell ``heard`` of every verdict from now on, once each."""
    if heard not in _heard:
        _heard.append(heard)


def verdict_told(status: str, channel: Channel) -> None:
    """A verdict with this word was told."""
    for heard in _heard:
        heard(status, channel.value)
