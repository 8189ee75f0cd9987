"""Chains of decisions: who follows whom, what stands, whose repair counts, when a chain began.

B *follows* A if both have the same domain and the same business and B's ``supersedes`` is A's ``document_number``.
All records given are chained, also those that are excluded later: a sealed or unpublicised decision still links its
neighbours. The request's code and its ``previous_codes`` are one business.

Pure; every walk is a loop in the order "followed before follower", so that a long chain needs no deep stack.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from enum import Enum, auto

from creditreport.errors import Problem
from creditreport.violations.record import (
    Disposition,
    Effect,
    Repair,
    ViolationRecord,
    comparable_code,
    comparable_number,
)


class _ChainFault(Enum):
    ITSELF = auto()
    RING = auto()
    FORK = auto()


_FAULTS = {
    _ChainFault.ITSELF: ("一份决定声明变更它自己", "a decision says that it supersedes itself"),
    _ChainFault.RING: ("这些决定互相变更，首尾相接", "the decisions supersede one another in a ring"),
    _ChainFault.FORK: (
        "两份均有效的决定变更同一份决定",
        "two decisions that both stand supersede the same one",
    ),
}


def stands(record: ViolationRecord) -> bool:
    """Whether a decision counts as made, so that it supersedes what it follows.

    An exemption stands whether it was publicised or not; a decision that is revoked, pending or unpublicised does not.
    """
    if record.effect not in (None, Effect.EFFECTIVE, Effect.AMENDED):
        return False
    if record.disposition is Disposition.EXEMPTED:
        return True
    return record.disposition is not Disposition.PENDING and record.publicised is not False


class Chains:
    """The links among ``records``; positions are indexes of that sequence.

    ``own_codes`` are the comparable codes of the business under report. Raises ``UNSCREENABLE_CHAIN`` for a chain that
    bites its own tail and for two standing records that follow the same one, whosever they are.
    """

    def __init__(self, records: Sequence[ViolationRecord], own_codes: Collection[str]) -> None:
        self.records = records
        self.followed = _links(records, own_codes)
        self._order = self._followed_first()
        self._refuse_forks()
        self._superseded_by = self._find_superseding()
        self._repairs = self._take_over_repairs()
        self._first_days = self._find_first_days()

    def superseded_by(self, position: int) -> int | None:
        """The last record that follows this one, directly or through others, and stands; ``None`` if none does."""
        return self._superseded_by[position]

    def repair_of(self, position: int) -> tuple[Repair | None, date | None]:
        """The record's repair and since when, its own or taken over from what it follows."""
        return self._repairs[position]

    def first_days(self, position: int) -> frozenset[date]:
        """The days of the first decision of the record's chain, one for each way back (none for a continuing state)."""
        return self._first_days[position]

    def _followed_first(self) -> list[int]:
        """All positions, each after those it follows; a remainder that cannot be ordered holds a ring."""
        followers = self._followers()
        open_links = [len(followed) for followed in self.followed]
        order = [position for position, count in enumerate(open_links) if count == 0]
        for position in order:
            for follower in followers[position]:
                open_links[follower] -= 1
                if open_links[follower] == 0:
                    order.append(follower)
        if len(order) < len(self.records):
            ring = self._ring(set(range(len(self.records))) - set(order))
            raise self._unscreenable(ring, _ChainFault.RING if len(ring) > 1 else _ChainFault.ITSELF)
        return order

    def _ring(self, unordered: set[int]) -> list[int]:
        """The members of one ring: every unordered record follows another unordered one, so walking back ends in it."""
        seen: dict[int, int] = {}
        position = min(unordered)
        while position not in seen:
            seen[position] = len(seen)
            position = min(unordered.intersection(self.followed[position]))
        return [member for member, at in seen.items() if at >= seen[position]]

    def _refuse_forks(self) -> None:
        for followers in self._followers():
            standing = [follower for follower in followers if stands(self.records[follower])]
            if len(standing) > 1:
                raise self._unscreenable(standing, _ChainFault.FORK)

    def _followers(self) -> list[list[int]]:
        followers: list[list[int]] = [[] for _ in self.records]
        for position, followed in enumerate(self.followed):
            for earlier in followed:
                followers[earlier].append(position)
        return followers

    def _find_superseding(self) -> list[int | None]:
        superseding: list[int | None] = [None] * len(self.records)
        for position in reversed(self._order):
            last = superseding[position]
            if last is None and stands(self.records[position]):
                last = position
            if last is not None:
                for earlier in self.followed[position]:
                    superseding[earlier] = last
        return superseding

    def _take_over_repairs(self) -> list[tuple[Repair | None, date | None]]:
        repairs: list[tuple[Repair | None, date | None]] = [(None, None)] * len(self.records)
        for position in self._order:
            record = self.records[position]
            if record.repair is not None:
                repairs[position] = (record.repair, record.repaired_on)
            else:
                repairs[position] = _common_repair([repairs[earlier] for earlier in self.followed[position]])
        return repairs

    def _find_first_days(self) -> list[frozenset[date]]:
        first_days: list[frozenset[date]] = [frozenset()] * len(self.records)
        for position in self._order:
            record = self.records[position]
            if record.kind.continuing or record.decided_on is None:
                continue
            own = frozenset({record.decided_on})
            # Each way back ends where it meets a revoked decision or a state; then the day of this record counts.
            ends = [
                own if self.records[earlier].effect is Effect.REVOKED else first_days[earlier] or own
                for earlier in self.followed[position]
            ]
            first_days[position] = frozenset().union(*ends) if ends else own
        return first_days

    def _unscreenable(self, members: Sequence[int], fault: _ChainFault) -> Problem:
        first = min(members)
        record = self.records[first]
        detail_zh, detail_en = _FAULTS[fault]
        return Problem(
            "UNSCREENABLE_CHAIN",
            shown={"index": first, "key": "supersedes"},
            document_number=record.document_number or record.supersedes,
            detail_zh=detail_zh,
            detail_en=detail_en,
            domain=record.domain,
        )


def _links(records: Sequence[ViolationRecord], own_codes: Collection[str]) -> list[tuple[int, ...]]:
    """For each record the positions of those it follows; a number that several records carry links to all of them."""
    carriers: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    keys = [(record.domain, _business(record, own_codes)) for record in records]
    for position, record in enumerate(records):
        carriers[(*keys[position], comparable_number(record.document_number or ""))].append(position)
    followed = []
    for position, record in enumerate(records):
        number = comparable_number(record.supersedes or "")
        followed.append(tuple(carriers.get((*keys[position], number), ())) if number else ())
    return followed


def _business(record: ViolationRecord, own_codes: Collection[str]) -> str:
    code = comparable_code(record.uscc)
    # No code is an empty text, so it can stand for "the business under report" under all its codes.
    return "" if code in own_codes else code


def _common_repair(repairs: Sequence[tuple[Repair | None, date | None]]) -> tuple[Repair | None, date | None]:
    """The repair taken over from all that a record follows: repaired only if each of them is, since the latest day."""
    if not repairs or any(repair is not Repair.REPAIRED for repair, _ in repairs):
        return (None, None)
    return (Repair.REPAIRED, max((day for _, day in repairs if day is not None), default=None))
