"""What every department's writer offers: a place, key columns, what it can state, and a row for a case."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from creditreport.demo.case import Case
from creditreport.demo.codes import unified_code
from creditreport.demo.quirks import Quirks
from creditreport.demo.sources import Cell, Drop, Row, Sources, Table

Place = Table | Drop


class Shape(ABC):
    """One department's way of writing. ``states`` are the optional canonical keys that its columns can state."""

    key: ClassVar[tuple[str, ...]]
    states: ClassVar[frozenset[str]] = frozenset()
    kinds: ClassVar[frozenset[str]] = frozenset({"penalty"})
    states_amounts: ClassVar[bool] = True
    states_types: ClassVar[bool] = True
    states_number: ClassVar[bool] = True

    def __init__(self, place: Place) -> None:
        self.place = place
        self.quirks = Quirks()
        self.count = 0

    @abstractmethod
    def row(self, case: Case) -> dict[str, Cell]:
        """The case in the columns of this department."""

    def can_state(self, case: Case) -> bool:
        """Whether nothing of the case would be lost in this department's columns."""
        return case.kind in self.kinds and set(case.states) <= self.states

    def write(self, case: Case, sources: Sources) -> str:
        """Add the case's row and give its record id, as the manifest's key columns make it."""
        if not self.can_state(case):
            raise ValueError(f"{case.slug} cannot state {case.kind} with {sorted(case.states)}")
        self.count += 1
        row = {**self.row(case), **case.cells}
        self.add(row, sources)
        return "/".join(str(row[column]) for column in self.key)

    def add(self, row: Row, sources: Sources) -> None:
        """Put the row where it lies; a writer with several tables does more."""
        sources.add(self.place, row)

    def identifier(self, prefix: str) -> str:
        """A key of the department's own for the present row."""
        return f"{prefix}{self.count:06d}"


def organ_code(authority: str) -> str:
    """An invented unified code of an organ, the same for the same organ."""
    return unified_code("11", "320900", 90000 + sum(ord(letter) for letter in authority) % 9999)


def word_of(words: dict[str, str], value: object, default: str = "") -> str:
    """A department's word for a canonical value; ``default`` when it is not stated."""
    return default if value is None else words[str(value).lower()]
