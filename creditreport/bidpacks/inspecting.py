"""Several sandboxes side by side, so that a pack of strangers' files uses every core."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Self

from creditreport.verification.inspection import Inspection
from creditreport.verification.sandbox import Sandbox


class Sandboxes:
    """``count`` worker processes, each started when it is first needed; all ended with the ``with``."""

    def __init__(self, count: int) -> None:
        self._all = [Sandbox() for _ in range(count)]
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        for sandbox in self._all:
            self._free.put(sandbox)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sandbox in self._all:
            sandbox.close()

    def inspect(self, pdf: bytes) -> Inspection:
        """The inspection of ``pdf`` by the next sandbox that is free."""
        with self._one() as sandbox:
            return sandbox.inspect(pdf)

    def see(self, data: bytes) -> tuple[str, ...]:
        """The codes that only eyes see on its pages, by the next sandbox that is free."""
        with self._one() as sandbox:
            return sandbox.see(data)

    @contextmanager
    def _one(self) -> Iterator[Sandbox]:
        sandbox = self._free.get()
        try:
            yield sandbox
        finally:
            self._free.put(sandbox)
