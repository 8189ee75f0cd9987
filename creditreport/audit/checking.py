"""Checking the chain: every entry again, every place, and the signed heads, in one pass over the store.

1. **Heads** of the store and of the folder outside it: a head counts if its signature is over it, by a key whose chain
   ended in our roots when it signed and that was not in other hands by then.
2. **Places** in order, from 1 (or from a head that was checked before): a place that is not there was taken out.
3. **Digests**: an entry whose digest does not follow from its content and the digest before was changed.
4. **Heads against places**: where a signed head and the chain differ, the chain between the last head that agrees and
   this one was written anew; a head beyond the chain's end says that the end was cut off.

The first three find who changes single rows; only the fourth finds who computes all digests anew, and only a folder
that this somebody cannot write finds who also holds the key. Entries that are not sealed yet are counted, not checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.audit.chain import START, Place, digest_after
from creditreport.audit.findings import Finding, Kind
from creditreport.audit.models import AuditEntry
from creditreport.audit.trusted import TrustedHeads

# Rows read at once: a million entries take as much memory as these.
AT_ONCE = 5000
# So many findings are told with their places; the others are counted.
TOLD = 1000


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check looked at and what it found."""

    first: int
    last: int
    heads: int
    unsealed: int
    oldest_unsealed: datetime | None
    findings: tuple[Finding, ...]
    more: int = 0

    @property
    def found(self) -> int:
        """How much is wrong, also what is not told one by one."""
        return len(self.findings) + self.more

    @property
    def ok(self) -> bool:
        """Whether everything is as it was sealed."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """As ``audit check --json`` tells it."""
        return {
            "ok": self.ok,
            "first": self.first,
            "last": self.last,
            "heads": self.heads,
            "unsealed": self.unsealed,
            "oldest_unsealed": self.oldest_unsealed.isoformat() if self.oldest_unsealed else None,
            "found": self.found,
            "findings": [one.as_json() for one in self.findings],
        }


@dataclass(slots=True)
class _Walk:
    """The pass over the places: where it is, what it found, and the last head that agreed."""

    heads: TrustedHeads
    at: Place
    agreed: int
    # What the digest of the last place should have been, if it was not what stands there.
    meant: str | None = None
    found: list[Finding] = field(default_factory=list)
    more: int = 0
    rewritten: bool = False

    def note(self, finding: Finding) -> None:
        """Keep a finding, or only count it when there are very many."""
        if len(self.found) < TOLD:
            self.found.append(finding)
        else:
            self.more += 1

    def step(self, entry: Any) -> None:
        """Look at the next entry in order of places."""
        if entry.position != self.at.position + 1:
            self.note(Finding(Kind.MISSING, self.at.position + 1, entry.position - 1))
            # Its digest rests on a place that is not there: only the next one can be computed again.
            self.meant = None
        else:
            self._compare(entry)
        self.at = Place(entry.position, entry.digest or "")
        self.meet_head()

    def _compare(self, entry: Any) -> None:
        before = self.at
        expected = _digest(before, entry)
        if expected == entry.digest:
            self.meant = None
            return
        # The digest of the place before may be what was changed: then this entry still follows from the right one.
        if self.meant is not None and _digest(Place(before.position, self.meant), entry) == entry.digest:
            self.meant = None
            return
        self.note(Finding(Kind.CHANGED, entry.position, entry.position, entry_id=entry.id, subject=entry.subject))
        self.meant = expected

    def meet_head(self) -> None:
        """Compare the place with what signed heads say of it."""
        digests = self.heads.at(self.at.position)
        if digests == {self.at.digest}:
            self.agreed = self.at.position
        elif digests and not self.rewritten:
            self.note(Finding(Kind.REWRITTEN, self.agreed + 1, self.at.position))
            self.rewritten = True


def _digest(before: Place, entry: Any) -> str:
    return digest_after(
        before, entry_id=entry.id, at=entry.at, actor=entry.actor, action=entry.action, subject=entry.subject,
        detail=entry.detail,
    )  # fmt: skip


def check_chain(session: Session, heads: TrustedHeads, start: int = 0) -> Checked:
    """Check the chain after the place ``start``, for which one of ``heads`` vouches, or all of it; changes nothing."""
    walk = _Walk(heads, _begin(session, start), start)
    if start:
        walk.meet_head()
    for entry in _entries(session, start):
        walk.step(entry)
    if heads.last > walk.at.position:
        walk.note(Finding(Kind.TRUNCATED, walk.at.position + 1, heads.last))
    unsealed, oldest = session.execute(
        select(func.count(), func.min(AuditEntry.at)).where(AuditEntry.position.is_(None))
    ).one()
    found = tuple(sorted([*heads.problems, *walk.found], key=lambda one: (one.first, one.last)))
    return Checked(start + 1, walk.at.position, heads.count, unsealed, oldest, found, walk.more)


def _begin(session: Session, start: int) -> Place:
    """What stands on the place where an earlier check ended; nothing can follow from a place that is gone."""
    if start == 0:
        return START
    there = session.scalar(select(AuditEntry.digest).where(AuditEntry.position == start))
    return Place(start, there or "")


def _entries(session: Session, after: int) -> Iterator[Any]:
    """The sealed entries after a place in order, some thousands at a time."""
    columns = (
        AuditEntry.position, AuditEntry.digest, AuditEntry.id, AuditEntry.at, AuditEntry.actor, AuditEntry.action,
        AuditEntry.subject, AuditEntry.detail,
    )  # fmt: skip
    while True:
        query = select(*columns).where(AuditEntry.position > after).order_by(AuditEntry.position).limit(AT_ONCE)
        rows = session.execute(query).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].position
