"""Which heads count: those of the store and of a folder whose signatures hold, and what is wrong with the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.audit.findings import Finding, Kind
from creditreport.audit.heads import Head, head_files, read_head, stored_head
from creditreport.audit.models import AuditHead
from creditreport.signing.detached import DetachedSigner, detached_signer
from creditreport.signing.models import KeyState, SigningKeyRow
from creditreport.signing.trust import TrustStore

STORE = "audit_head"


class TrustedHeads:
    """The digests that signed heads vouch for, by place."""

    def __init__(self) -> None:
        self._digests: dict[int, set[str]] = defaultdict(set)
        self.problems: list[Finding] = []

    def add(self, head: Head) -> None:
        """Count ``head``, whose signature was found to hold."""
        digests = self._digests[head.position]
        digests.add(head.place.digest)
        if len(digests) > 1 and not any(
            one.kind is Kind.HEADS_DIFFER and one.first == head.position for one in self.problems
        ):
            self.problems.append(Finding(Kind.HEADS_DIFFER, head.position, head.position))

    def at(self, position: int) -> set[str]:
        """What the heads of a place say; empty if there is none."""
        return self._digests.get(position, set())

    @property
    def count(self) -> int:
        """For how many places there is a head."""
        return len(self._digests)

    @property
    def last(self) -> int:
        """The last place that a head vouches for; 0 if there is none."""
        return max(self._digests, default=0)


def gather_heads(session: Session, trust: TrustStore, folder: Path | None, start: int = 0) -> TrustedHeads:
    """The heads of ``start`` and the places after it, of the store and of ``folder``, each with its signature checked.

    A head of the store that was exported must be in the folder, and one of the folder must be in the store. Without a
    folder only the store's are looked at.
    """
    heads, may_sign = TrustedHeads(), _Signers(session, trust)
    rows = list(session.scalars(select(AuditHead).where(AuditHead.position >= start)))
    stored = {row.position for row in rows}
    for row in rows:
        _take(heads, may_sign, partial(stored_head, row), f"{STORE} {row.position}", row.position)
    if folder is None:
        return heads
    outside = set(_outside(heads, may_sign, folder, start))
    exported = {row.position for row in rows if row.exported_at is not None}
    missing = [(one, str(folder)) for one in exported - outside] + [(one, STORE) for one in outside - stored]
    heads.problems += [Finding(Kind.HEAD_MISSING, one, one, where=where) for one, where in missing]
    return heads


def _outside(heads: TrustedHeads, may_sign: _Signers, folder: Path, start: int) -> Iterable[int]:
    for path in head_files(folder):
        position = int(path.stem.removeprefix("head-"))
        if position >= start:
            yield position
            _take(heads, may_sign, partial(read_head, path), str(path), position)


def _take(heads: TrustedHeads, may_sign: _Signers, read: Callable[[], Head], where: str, position: int) -> None:
    try:
        head = read()
    except (ValueError, KeyError, TypeError, OSError):
        head = None
    signer = detached_signer(head.content.encode("utf-8"), head.signature) if head else None
    if head is None or signer is None or head.position != position:
        heads.problems.append(Finding(Kind.HEAD_INVALID, position, position, where=where))
    elif not may_sign.at(signer, head):
        heads.problems.append(Finding(Kind.HEAD_UNTRUSTED, position, position, where=where))
    else:
        heads.add(head)


class _Signers:
    """Which certificates could sign on which day; a year of heads has few of them."""

    def __init__(self, session: Session, trust: TrustStore) -> None:
        self._trust = trust
        self._accepted: dict[tuple[bytes, date], bool] = {}
        revoked = select(SigningKeyRow).where(SigningKeyRow.state == KeyState.REVOKED)
        self._stolen = {row.fingerprint: row.compromised_since for row in session.scalars(revoked)}

    def at(self, signer: DetachedSigner, head: Head) -> bool:
        """Whether ``signer`` could be believed when it signed ``head``."""
        key = (signer.certificate, head.signed_at.date())
        if key not in self._accepted:
            self._accepted[key] = self._trust.accepts(signer.certificate, signer.others, head.signed_at)
        if signer.fingerprint in self._stolen:
            since = self._stolen[signer.fingerprint]
            if since is None or head.signed_at >= since:
                return False
        return self._accepted[key]
