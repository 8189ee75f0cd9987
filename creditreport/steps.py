"""How long the steps of a use case take, told to whoever wants to know (a server's metrics); else nobody asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Told the step's name and its seconds, whether it went well or not.
Heard = Callable[[str, float], None]
_heard: list[Heard] = []


def hear_steps(heard: Heard) -> None:
    """Tell ``heard`` of every step from now on, once each."""
    if heard not in _heard:
        _heard.append(heard)


@contextmanager
def step(name: str) -> Iterator[None]:
    """The body is the step ``name``, e.g. ``issue.sign``."""
    began = time.perf_counter()
    try:
        yield
    finally:
        for heard in _heard:
            heard(name, time.perf_counter() - began)
