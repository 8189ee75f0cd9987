"""Changing the key that signs. Reports signed before stay as they are: each is judged by the chain of its own time.

The new key's file takes the old one's place in one step, then the register says so in one transaction. A kill between
the two leaves a service that signs with the new key; ``keys rotate`` again finishes the register and makes no third
key. The old private key is kept in ``retired/`` (mode 600) until the operator destroys it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.audit.trail import add_entry
from creditreport.config import Environment, Settings
from creditreport.errors import Problem
from creditreport.signing.algorithms import SigningKey
from creditreport.signing.demo_ca import make_demo_signer
from creditreport.signing.keyfiles import key_places, load_bundle, write_new
from creditreport.signing.models import KeyState, SigningKeyRow
from creditreport.signing.register import enter_key, find_key, fingerprint_of, look_up_key
from creditreport.signing.signer import check_trusted, load_key

TWICE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rotation:
    """Which key signs now, which ones were retired by this, and whether anything was done at all."""

    fingerprint: str
    retired: tuple[str, ...]
    changed: bool


def rotate_key(
    settings: Settings, sessions: sessionmaker[Session], now: datetime, *, by: str, new: Path | None = None
) -> Rotation:
    """Take another key into use, and retire the one before.

    ``new`` is the next PKCS#12 file (same passphrase, mode 600). Without it the demo makes one under its own root; with
    an HSM the key that the settings now name is taken. Raises ``NEW_KEY_NEEDED`` in production without a new key,
    ``SIGNING_UNAVAILABLE`` for a key that cannot sign or was withdrawn; nothing is changed then.
    """
    before = _fingerprint_now(settings)
    with _alone(settings):
        key = load_key(settings) if before is not None else None
        if settings.signing.pkcs11_module is not None or (new is None and _is_unfinished(key, sessions)):
            key = key or load_key(settings)
        elif before != _fingerprint_now(settings) or (new is None and _is_fresh(key, sessions, now)):
            # Somebody else rotated while we waited, or a moment ago: that is what was asked for.
            key = load_key(settings)
        else:
            key = _put_in_place(settings, sessions, new, now)
        check_trusted(key, settings)
        _refuse_withdrawn(sessions, fingerprint_of(key))
        return _registered(sessions, key, now, by)


def _fingerprint_now(settings: Settings) -> str | None:
    try:
        return fingerprint_of(load_key(settings))
    # The key of today may be the very thing that is broken; a new one can still be taken into use.
    except Problem:
        return None


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One rotation at a time on this machine."""
    try:
        settings.keys_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(settings.keys_dir / ".rotate.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        # The services may only read this folder: whoever rotates needs more than they have.
        raise Problem(
            "OUTPUT_NOT_WRITABLE", path=str(settings.keys_dir), detail=error.strerror or str(error)
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_unfinished(key: SigningKey | None, sessions: sessionmaker[Session]) -> bool:
    """The file was put in place, but other keys are still active in the register."""
    if key is None:
        return False
    own = fingerprint_of(key)
    with sessions() as session:
        others = select(SigningKeyRow.fingerprint).where(
            SigningKeyRow.state == KeyState.ACTIVE, SigningKeyRow.fingerprint != own
        )
        row = find_key(session, own)
        return session.scalar(others.limit(1)) is not None and (row is None or row.state == KeyState.ACTIVE)


def _is_fresh(key: SigningKey | None, sessions: sessionmaker[Session], now: datetime) -> bool:
    """The key took another's place less than a minute ago: the same command, given twice."""
    if key is None:
        return False
    with sessions() as session:
        row = find_key(session, fingerprint_of(key))
        retired = select(SigningKeyRow.fingerprint).where(
            SigningKeyRow.retired_at > now - TWICE, SigningKeyRow.retired_at <= now
        )
        return row is not None and row.state == KeyState.ACTIVE and session.scalar(retired.limit(1)) is not None


def _put_in_place(settings: Settings, sessions: sessionmaker[Session], new: Path | None, now: datetime) -> SigningKey:
    places = key_places(settings.keys_dir, settings.env)
    if new is None:
        if settings.env is Environment.PRODUCTION:
            raise Problem("NEW_KEY_NEEDED", path=str(places.signer))
        content = make_demo_signer(settings, now)
    else:
        load_bundle(new, settings)
        content = new.read_bytes()
    fresh = places.signer.with_name("signer.next.p12")
    fresh.unlink(missing_ok=True)
    write_new(fresh, content, 0o600)
    try:
        key = load_bundle(fresh, settings)
        check_trusted(key, settings)
        _refuse_withdrawn(sessions, fingerprint_of(key))
        _keep_old(settings, places.signer, fingerprint_of(key))
        _give_to_owner_of(places.signer, fresh)
        os.replace(fresh, places.signer)
    finally:
        fresh.unlink(missing_ok=True)
    return load_bundle(places.signer, settings)


def _keep_old(settings: Settings, signer: Path, taken: str) -> None:
    before = _fingerprint_now(settings)
    if before is not None and before != taken:
        write_new(signer.parent / "retired" / f"{before[:16]}.p12", signer.read_bytes(), 0o600)


def _give_to_owner_of(old: Path, fresh: Path) -> None:
    """Rotated by root, the key must still be readable by the service that could read the one before."""
    if os.geteuid() == 0 and old.exists():
        found = old.stat()
        os.chown(fresh, found.st_uid, found.st_gid)


def _refuse_withdrawn(sessions: sessionmaker[Session], fingerprint: str) -> None:
    with sessions() as session:
        row = find_key(session, fingerprint)
    if row is not None and row.state == KeyState.REVOKED:
        raise Problem("KEY_WITHDRAWN", fingerprint=fingerprint[:16])


def _registered(sessions: sessionmaker[Session], key: SigningKey, now: datetime, by: str) -> Rotation:
    own = fingerprint_of(key)
    with sessions.begin() as session:
        known = find_key(session, own) is not None
        row = look_up_key(session, own, lock=True) if known else enter_key(session, key, now)
        retired = session.scalars(
            select(SigningKeyRow)
            .where(SigningKeyRow.state == KeyState.ACTIVE, SigningKeyRow.fingerprint != own)
            .with_for_update()
        ).all()
        changed = not known or row.state != KeyState.ACTIVE or bool(retired)
        row.state, row.retired_at, row.reason = KeyState.ACTIVE, None, None
        for other in retired:
            other.state, other.retired_at, other.changed_by = KeyState.RETIRED, now, by
        names = tuple(sorted(other.fingerprint for other in retired))
        if changed:
            add_entry(
                session, at=now, actor=by, action="key.rotated", subject=f"key:{own[:16]}",
                detail={"fingerprint": own, "retired": list(names)},
            )  # fmt: skip
    return Rotation(own, names, changed)
