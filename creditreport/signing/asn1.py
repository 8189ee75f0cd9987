"""asn1crypto made safe for threads; imported by whatever reads or writes ASN.1, before its first use.

Its classes build their tables when they are first used, in the open. Of two threads that begin at the same moment, one
finds half a table, and what it reads seems broken: a genuine report was told to be tampered with.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import Any

from asn1crypto import algos, core

_LOCK = RLock()
_BUILT: set[tuple[Callable[..., Any], type]] = set()
_BUILDERS = (
    core.ValueMap, core.Choice, core.BitString, core.Sequence, core.Set, algos.AnyAlgorithmId,
    algos.AnyAlgorithmIdentifier,
)  # fmt: skip


def _once(build: Callable[[Any], None]) -> Callable[[Any], None]:
    """``build`` for each class once, whoever else asks for it waiting until it is done."""

    @wraps(build)
    def built(self: Any) -> None:
        what = (build, type(self))
        with _LOCK:
            if what not in _BUILT:
                build(self)
                _BUILT.add(what)

    return built


for _owner in _BUILDERS:
    _owner._setup = _once(vars(_owner)["_setup"])
