"""A circuit breaker: a service that hangs costs its time-out a few times, not once for every report.

Pure state: the moment is handed in, as seconds of any clock that only moves forward.
"""

from __future__ import annotations

import threading


class Breaker:
    """Closed at first. After ``failures`` in a row it is open for ``pause`` seconds: the service is not asked.

    Then one caller may try; the others wait out another pause, unless that one succeeds.
    """

    def __init__(self, failures: int = 2, pause: float = 30.0) -> None:
        self._most, self._pause = failures, pause
        self._failed = 0
        self._shut_until = 0.0
        self._lock = threading.Lock()

    def allows(self, now: float) -> bool:
        """Whether the service may be asked at ``now``; a yes after a pause is given to one caller only."""
        with self._lock:
            if self._failed < self._most:
                return True
            if now < self._shut_until:
                return False
            self._shut_until = now + self._pause
            return True

    def succeeded(self) -> None:
        """The service answered as it should."""
        with self._lock:
            self._failed = 0

    def failed(self, now: float) -> None:
        """The service did not answer, or not as it should."""
        with self._lock:
            self._failed += 1
            self._shut_until = now + self._pause
