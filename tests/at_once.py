"""Deeds of several people at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from creditreport.errors import Problem


def at_once(*deeds: Callable[[], object]) -> Counter[str]:
    """What came of deeds that are done side by side: how many were ``done``, how many refused with which code."""
    together = Barrier(len(deeds))

    def outcome(deed: Callable[[], object]) -> str:
        together.wait()
        try:
            deed()
        except Problem as problem:
            return problem.code
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(outcome, deeds))
