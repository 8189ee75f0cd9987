"""Python's search for rubbish in circles, made seldom while many rows go by.

The rows of a large source are alive by the hundred thousand, none of them in a circle, and every search looks at them
again: a third of a sync's time. The setting is the whole process's, so several syncs at once share it.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made before the youngest are looked at; the older ones are left alone until the end.
_YOUNG, _NEVER = 500_000, 1_000_000
_lock = threading.Lock()
_inside = 0
_before: tuple[int, int, int] = gc.get_threshold()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """For the body: rubbish in circles is looked for seldom. As before afterwards, whatever happened."""
    global _inside, _before
    with _lock:
        if _inside == 0:
            _before = gc.get_threshold()
            gc.set_threshold(_YOUNG, _NEVER, _NEVER)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                gc.set_threshold(*_before)
