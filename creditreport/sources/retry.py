"""Asking again within the deadline, for every driver: what may work a moment later is tried a moment later."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from creditreport.network import Remaining
from creditreport.sources.outcome import SourceUnavailable

T = TypeVar("T")
_FIRST_PAUSE = 0.05


class TryAgain(SourceUnavailable):
    """Unavailable at this moment; ``after`` is how many seconds the source itself wants to be left alone."""

    def __init__(self, problem: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(problem)


def with_retries(call: Callable[[], T], deadline: Remaining, retries: int) -> T:
    """The result of ``call``, made again at most ``retries`` times while it raises :class:`TryAgain`.

    The pauses are the source's own wish, else 0.05 s and double each time. A pause that would not end within the
    deadline is not begun. Raises :class:`SourceUnavailable` with the last problem.
    """
    for attempt in count():
        try:
            return call()
        except TryAgain as error:
            pause = _FIRST_PAUSE * 2**attempt if error.after is None else error.after
            if attempt >= retries or pause >= deadline.remaining:
                raise SourceUnavailable(str(error)) from error
            time.sleep(pause)
    raise AssertionError("unreachable")
