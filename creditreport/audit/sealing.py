"""The one sealer: gives places and digests, signs the chain's end, and exports it.

1. **Seal**: under a lock that only sealers take, the entries without a place are taken, lowest id first, and chained
   after the last place; a batch is a transaction. Two sealers at once wait for each other, so that the chain never
   forks; entries are written meanwhile as ever.
2. **Sign**: the last place is signed with no transaction open, and stored. A head that somebody else stored for the
   same place meanwhile counts as well as ours.
3. **Export**: each head that is not outside the store yet is written there.

Each step is found undone by the next run if this one ends before it. A chain whose tail was cut off is never grown
together again: the sealer goes on after the last signed head, so that the cut stays a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.audit.chain import START, Place, digest_after
from creditreport.audit.heads import head_content, write_head
from creditreport.audit.models import AuditEntry, AuditHead
from creditreport.db import one_writer

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)
# A second's work: writers of the store wait no longer for the embedded one, other sealers for either.
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a run came to: entries sealed, the chain's end, whether it was signed now, and heads exported now."""

    entries: int
    place: Place
    signed: bool
    exported: int

    def as_json(self) -> dict[str, object]:
        """As ``audit seal --json`` tells it."""
        end = {"position": self.place.position, "digest": self.place.digest}
        return {"sealed": self.entries, **end, "signed": self.signed, "exported": self.exported}


def seal(service: Service, now: datetime) -> Sealed:
    """Seal what is not sealed, sign the chain's end if it moved, export what is not outside; safe to repeat.

    Raises ``SIGNING_UNAVAILABLE``, ``AUDIT_EXPORT_FAILED`` or ``AUDIT_EXPORT_CONFLICT`` after everything before that
    step was done and kept.
    """
    sealed = 0
    while count := seal_batch(service.sessions):
        sealed += count
    signed = sign_head(service, now)
    exported = export_heads(service.sessions, service.settings.audit_export_dir, now)
    with service.reading() as session:
        place = last_place(session)
    if sealed or signed or exported:
        log.info("audit trail sealed", entries=sealed, position=place.position, signed=signed, exported=exported)
    return Sealed(sealed, place, signed, exported)


def seal_batch(sessions: sessionmaker[Session], most: int = AT_ONCE) -> int:
    """Chain up to ``most`` entries that have no place, in one transaction; returns how many."""
    with sessions.begin() as session:
        one_writer(session, AuditHead)
        place, places = last_place(session), []
        # Held, so that what is sealed is what was read.
        for entry in session.execute(_unsealed().limit(most)):
            digest = digest_after(
                place, entry_id=entry.id, at=entry.at, actor=entry.actor, action=entry.action,
                subject=entry.subject, detail=entry.detail,
            )  # fmt: skip
            place = Place(place.position + 1, digest)
            places.append({"entry": entry.id, "place": place.position, "sealed": digest})
        if places:
            chained = update(AuditEntry).where(AuditEntry.id == bindparam("entry"))
            session.connection().execute(
                chained.values(position=bindparam("place"), digest=bindparam("sealed")), places
            )
    return len(places)


def _unsealed() -> Select[Any]:
    columns = (
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor,
        AuditEntry.action,
        AuditEntry.subject,
        AuditEntry.detail,
    )
    return select(*columns).where(AuditEntry.position.is_(None)).order_by(AuditEntry.id).with_for_update()


def last_place(session: Session) -> Place:
    """The place after which the next entry is chained: of the last entry or the last head, whichever is later."""
    entry = session.execute(
        select(AuditEntry.position, AuditEntry.digest)
        .where(AuditEntry.position.is_not(None))
        .order_by(AuditEntry.position.desc())
        .limit(1)
    ).one_or_none()
    head = last_head(session)
    places = [START]
    if entry is not None:
        places.append(Place(entry.position or 0, entry.digest or ""))
    if head is not None:
        places.append(Place(head.position, head.digest))
    return max(reversed(places), key=lambda place: place.position)


def last_head(session: Session) -> AuditHead | None:
    """The newest signed head."""
    return session.scalar(select(AuditHead).order_by(AuditHead.position.desc()).limit(1))


def sign_head(service: Service, now: datetime) -> bool:
    """Sign the chain's end unless it is signed; whether a head was stored. Raises ``SIGNING_UNAVAILABLE``."""
    from creditreport.signing.detached import sign_detached
    from creditreport.signing.register import use_key

    with service.reading() as session:
        place, before = last_place(session), last_head(session)
    if place == START or (before is not None and before.position >= place.position):
        return False
    signer = service.signer
    previous = Place(before.position, before.digest) if before else None
    content = head_content(place, previous, service.settings.official_domain, now)
    signature = sign_detached(signer.key, content.encode("utf-8"), now)
    with service.sessions.begin() as session:
        one_writer(session, AuditHead)
        newest = last_head(session)
        if newest is not None and newest.position >= place.position:
            return False
        use_key(session, signer.key, now)
        session.add(
            AuditHead(
                position=place.position, digest=place.digest, signed_at=now, content=content, signature=signature,
                signer_fingerprint=signer.fingerprint,
            )
        )  # fmt: skip
    return True


def export_heads(sessions: sessionmaker[Session], folder: Path, now: datetime) -> int:
    """Write the heads that are not outside the store yet to ``folder``; returns how many.

    Raises ``AUDIT_EXPORT_FAILED`` and ``AUDIT_EXPORT_CONFLICT``.
    """
    count = 0
    with sessions() as session:
        waiting = session.scalars(select(AuditHead).where(AuditHead.exported_at.is_(None)).order_by(AuditHead.position))
        rows = list(waiting)
    for row in rows:
        write_head(folder, row)
        with sessions.begin() as session:
            session.execute(
                update(AuditHead)
                .where(AuditHead.position == row.position, AuditHead.exported_at.is_(None))
                .values(exported_at=now)
            )
        count += 1
    return count


def copy_heads(sessions: sessionmaker[Session], folder: Path) -> int:
    """Write every head of the store to ``folder`` as well, for auditors to take away; returns how many there are.

    Raises ``AUDIT_EXPORT_FAILED`` and ``AUDIT_EXPORT_CONFLICT``.
    """
    with sessions() as session:
        rows = list(session.scalars(select(AuditHead).order_by(AuditHead.position)))
    for row in rows:
        write_head(folder, row)
    return len(rows)
