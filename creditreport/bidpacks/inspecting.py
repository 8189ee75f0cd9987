"""Several sandboxes side by side, so that a pack of strangers' files uses every core."""

from __future__ import annotations

from queue import SimpleQueue
from types import TracebackType
from typing import Self

from creditreport.verification.inspection import Inspection
from creditreport.verification.sandbox import Sandbox


class Sandboxes:
    """``count`` worker processes, each started when it is first needed; ended with the ``with``."""

    def __init__(self, count: int) -> None:
        self._all = [Sandbox() for _ in range(count)]
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        for sandbox in self._all:
            self._free.put(sandbox)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for sandbox in self._all:
            sandbox.close()

    def inspect(self, pdf: bytes) -> Inspection:
        """The inspection of ``pdf`` by the next sandbox that is free."""
        sandbox = self._free.get()
        try:
            return sandbox.inspect(pdf)
        finally:
            self._free.put(sandbox)
