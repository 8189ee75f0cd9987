"""Telling two JSON values apart, key path by key path (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# What names an item of a list better than its place does.
_NAMES = ("slug", "record_id")
MISSING = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs; ``None`` for what is not there."""

    path: str
    stored: Any
    replayed: Any

    def as_json(self) -> dict[str, Any]:
        """As in ``replay --json``."""
        return {"path": self.path, "stored": self.stored, "replayed": self.replayed}


def differences(stored: Any, replayed: Any, path: str = "") -> Iterator[Difference]:
    """Every place in which the two differ, deepest first to be told: the keys themselves, not their parents."""
    if isinstance(stored, dict) and isinstance(replayed, dict):
        for key in sorted(stored.keys() | replayed.keys()):
            here = f"{path}.{key}" if path else str(key)
            if key not in stored or key not in replayed:
                yield Difference(here, stored.get(key, MISSING), replayed.get(key, MISSING))
            else:
                yield from differences(stored[key], replayed[key], here)
    elif isinstance(stored, list) and isinstance(replayed, list):
        yield from _of_lists(stored, replayed, path)
    elif type(stored) is not type(replayed) or stored != replayed:
        yield Difference(path, stored, replayed)


def _of_lists(stored: Sequence[Any], replayed: Sequence[Any], path: str) -> Iterator[Difference]:
    before, after = _named(stored), _named(replayed)
    if before is None or after is None:
        before, after = dict(enumerate(stored)), dict(enumerate(replayed))
    elif list(before) != list(after) and before.keys() == after.keys():
        yield Difference(f"{path} (order)", list(before), list(after))
    for key in [*before, *(key for key in after if key not in before)]:
        here = f"{path}[{key}]"
        if key not in before or key not in after:
            yield Difference(here, before.get(key, MISSING), after.get(key, MISSING))
        else:
            yield from differences(before[key], after[key], here)


def _named(items: Sequence[Any]) -> dict[Any, Any] | None:
    """The items by their name, if each has one of its own."""
    for name in _NAMES:
        if all(isinstance(item, dict) and name in item for item in items):
            named = {item[name]: item for item in items}
            if len(named) == len(items):
                return named
    return None
