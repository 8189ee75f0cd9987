"""The beat: every few seconds it tells the workers to look for what is due.

Celery's own scheduler reckons by the wall clock, and is silent for a day when that is set back by a day. This one only
sleeps; when something is due is decided in the store, so that two beats, or a beat after a night, do no harm.
"""

from __future__ import annotations

from typing import Any

from celery.beat import Scheduler

from creditreport.jobs.broker import TICK_SECONDS


class Ticking(Scheduler):  # type: ignore[misc]
    """Sends every entry at every tick, and keeps no file."""

    def tick(self, *_: Any, **__: Any) -> float:
        """Send; returns for how many seconds to sleep. A broker that is away is logged and tried at the next tick."""
        for entry in list(self.schedule.values()):
            self.apply_entry(entry, producer=self.producer)
        return TICK_SECONDS
