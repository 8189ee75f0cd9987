"""Running pyHanko's coroutines from ordinary code, whatever thread it is called in; and counting a deadline down."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result.

    In a thread whose event loop is running already (an asynchronous server, a notebook) a second loop cannot be
    started; there the work is done in a thread of its own while the caller waits.
    """
    if not _loop_is_running():
        return asyncio.run(coroutine)
    done: Future[T] = Future()
    thread = threading.Thread(target=_run_into, args=(done, coroutine), name="signing")
    thread.start()
    thread.join()
    return done.result()


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run_into(done: Future[T], coroutine: Coroutine[Any, Any, T]) -> None:
    try:
        done.set_result(asyncio.run(coroutine))
    # Handed to the caller, who raises it.
    except BaseException as error:
        done.set_exception(error)


class Deadline:
    """So many seconds from now on, by a clock that only moves forward."""

    def __init__(self, seconds: float, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._end = tick() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._tick())
