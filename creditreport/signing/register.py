"""The register of signer certificates, and what may be signed with a key, in the caller's transaction.

A key is entered when it is taken into use: by ``keys init`` and ``keys rotate``, else with its first report. A retired
key signs nothing new, but may finish what it began; a revoked key signs nothing at all. Whoever stores a signed
document calls :func:`use_key` in that same transaction: it holds the key's row until the commit, so that a revocation
either waits for the document and finds it, or is seen and the document is not stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.signing.algorithms import SigningKey, algorithm_of
from creditreport.signing.keyfiles import unavailable
from creditreport.signing.models import KeyState, SigningKeyRow

# As long as a reserved number lives: what was begun with a key before it was retired is done by then.
FINISHING = timedelta(minutes=10)
LEAST_PREFIX = 8
# Held against a withdrawal until the transaction ends; reports do not wait for each other.
_STATE = (
    select(SigningKeyRow.fingerprint, SigningKeyRow.state, SigningKeyRow.retired_at, SigningKeyRow.revoked_at)
    .where(SigningKeyRow.fingerprint == bindparam("fingerprint"))
    .with_for_update(read=True, key_share=True)
)


def fingerprint_of(key: SigningKey) -> str:
    """SHA-256 of the key's certificate: its name everywhere."""
    return key.certificate.fingerprint(SHA256()).hex()


def use_key(session: Session, key: SigningKey, at: datetime) -> None:
    """Enter ``key`` at its first use; ``at`` is the moment of the signature that is being stored.

    Raises ``SIGNING_UNAVAILABLE`` for a key that was withdrawn, and for a retired one after it could finish.
    """
    row = session.execute(_STATE, {"fingerprint": fingerprint_of(key)}).one_or_none()
    check_usable(row or enter_key(session, key, at), at)


def take_into_use(sessions: sessionmaker[Session], key: SigningKey, at: datetime, *, by: str) -> bool:
    """Enter ``key`` with an audit entry unless it is there; whether it was entered."""
    fingerprint = fingerprint_of(key)
    with sessions.begin() as session:
        if find_key(session, fingerprint) is not None:
            return False
        enter_key(session, key, at)
        add_entry(
            session, at=at, actor=by, action="key.entered", subject=f"key:{fingerprint[:16]}",
            detail={"fingerprint": fingerprint},
        )  # fmt: skip
    return True


def check_usable(row: SigningKeyRow | Row[*tuple[Any, ...]], at: datetime, finishing: timedelta = FINISHING) -> None:
    """Raises ``SIGNING_UNAVAILABLE`` unless the key of ``row`` may sign at ``at``."""
    name = row.fingerprint[:16]
    if row.state == KeyState.REVOKED:
        raise unavailable(
            f"签名密钥 {name} 已于 {row.revoked_at:%Y-%m-%d} 吊销，不能再签名；请运行 creditreport keys rotate 更换"
            f" / the signing key {name} was withdrawn on {row.revoked_at:%Y-%m-%d} and signs nothing any more; "
            "change it: creditreport keys rotate"
        )
    if row.state == KeyState.RETIRED and row.retired_at is not None and at > row.retired_at + finishing:
        raise unavailable(
            f"签名密钥 {name} 已于 {row.retired_at:%Y-%m-%d} 停用；请检查密钥设置，或运行 creditreport keys rotate"
            f" / the signing key {name} was retired on {row.retired_at:%Y-%m-%d}; check which key the settings name, "
            "or run creditreport keys rotate"
        )


def enter_key(session: Session, key: SigningKey, at: datetime) -> SigningKeyRow:
    """Enter ``key`` as active unless it is there; another process may be first."""
    certificate, fingerprint = key.certificate, fingerprint_of(key)
    pem = b"".join(one.public_bytes(Encoding.PEM) for one in (certificate, *key.chain))
    row = SigningKeyRow(
        fingerprint=fingerprint,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        algorithm=algorithm_of(certificate.public_key()) or "",
        place=key.place,
        certificates=pem.decode("ascii"),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        state=KeyState.ACTIVE,
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        found = session.get(
            SigningKeyRow, fingerprint, with_for_update={"read": True, "key_share": True}, populate_existing=True
        )
        if found is None:
            raise
        return found
    return row


def look_up_key(session: Session, text: str, *, lock: bool = False) -> SigningKeyRow:
    """The key whose fingerprint is or begins with ``text``. Raises ``UNKNOWN_KEY``: none, or more than one.

    With ``lock`` no document is stored with it until the transaction ends.
    """
    name = text.strip().lower().replace(":", "")
    query = select(SigningKeyRow).where(SigningKeyRow.fingerprint.startswith(name, autoescape=True))
    query = (query.with_for_update() if lock else query).limit(2)
    found = session.scalars(query).all() if len(name) >= LEAST_PREFIX else []
    if len(found) != 1:
        raise Problem("UNKNOWN_KEY", value=text)
    return found[0]


def find_key(session: Session, fingerprint: str) -> SigningKeyRow | None:
    """The register's entry for a certificate."""
    return session.get(SigningKeyRow, fingerprint)


def all_keys(session: Session) -> list[SigningKeyRow]:
    """Every key that was ever in use, the newest first."""
    return list(session.scalars(select(SigningKeyRow).order_by(SigningKeyRow.created_at.desc())))


def key_json(row: SigningKeyRow) -> dict[str, Any]:
    """What ``keys show --json`` tells of a key."""

    def told(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "fingerprint": row.fingerprint,
        "state": row.state,
        "subject": row.subject,
        "serial": row.serial,
        "algorithm": row.algorithm,
        "place": row.place,
        "valid_from": told(row.valid_from),
        "valid_until": told(row.valid_until),
        "created_at": told(row.created_at),
        "retired_at": told(row.retired_at),
        "revoked_at": told(row.revoked_at),
        "compromised_since": told(row.compromised_since),
        "reason": row.reason,
    }
