"""Programs that verify with a secret: registered, rotated, disabled; each a use case, one commit, an audit entry.

A secret reads ``crk_<key id>_<secret>`` and is shown once. Its digest is SHA-256: 256 random bits need no slow hash.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts.models import ApiClient, Scope
from creditreport.accounts.sessions import digest_of
from creditreport.audit.trail import add_entry
from creditreport.errors import Problem

FORM = re.compile(r"crk_([0-9a-f]{12})_[0-9a-f]{64}")
# As long as certificates of programs usually last; whoever forgets to rotate is stopped, not forgotten.
LONGEST = timedelta(days=731)
USUAL = timedelta(days=365)
# Time to carry a new secret to every machine.
GRACE = timedelta(hours=24)
LONGEST_GRACE = timedelta(days=30)
PER_MINUTE = 600
# The digest of no secret.
NOBODY = "0" * 64
MOST_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Program:
    """A program that showed its secret, as views see it."""

    id: int
    key_id: str
    name: str
    scopes: frozenset[str]
    per_minute: int
    expires_on: date

    @property
    def actor(self) -> str:
        """How the audit trail calls it."""
        return f"client:{self.key_id}"


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """A program as administrators see it; ``state`` is ACTIVE, EXPIRED or DISABLED."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    per_minute: int
    expires_on: date
    last_used_on: date | None
    created_at: datetime
    rotated_at: datetime | None
    former_until: datetime | None
    state: str


def add_client(
    stored: sessionmaker[Session], name: str, scopes: Iterable[str], per_minute: int, expires_on: date, by: str,
    now: datetime,
) -> str:  # fmt: skip
    """Register a program; returns its secret, shown once. Raises ``INVALID_API_CLIENT`` saying what is wrong."""
    called, wanted = name.strip(), sorted(set(scopes))
    _check(called, wanted, per_minute)
    _check_day(expires_on, now)
    key_id, key = _new_key()
    with stored.begin() as session:
        session.add(
            ApiClient(
                key_id=key_id, name=called, scopes=" ".join(wanted), per_minute=per_minute, expires_on=expires_on,
                secret_digest=digest_of(key), created_at=now, created_by=by,
            )
        )  # fmt: skip
        detail = {"scopes": wanted, "per_minute": per_minute, "expires_on": expires_on.isoformat()}
        _note(session, key_id, "client.registered", by, now, detail)
    return key


def rotate_client(
    stored: sessionmaker[Session], key_id: str, expires_on: date, grace: timedelta, by: str, now: datetime
) -> str:
    """Replace the secret and renew its time; the former one counts for ``grace`` more. Returns the new one, shown once.

    Rotating twice leaves two secrets at most: the one before the former counts no more. A secret that has expired is
    not revived. Raises ``UNKNOWN_API_CLIENT``, ``INVALID_API_CLIENT``.
    """
    _check_day(expires_on, now)
    if not timedelta(0) <= grace <= LONGEST_GRACE:
        raise _invalid("过渡时间须为 0 至 720 小时", "the time of grace must be 0 to 720 hours")
    _, key = _new_key(key_id)
    with stored.begin() as session:
        row = _get(session, key_id)
        kept = bool(grace) and now.date() <= row.expires_on
        row.former_digest, row.former_until = (row.secret_digest, now + grace) if kept else (None, None)
        row.secret_digest, row.rotated_at, row.expires_on = digest_of(key), now, expires_on
        detail = {"expires_on": expires_on.isoformat(), "grace_seconds": int(grace.total_seconds())}
        _note(session, key_id, "client.rotated", by, now, detail)
    return key


def set_client_disabled(stored: sessionmaker[Session], key_id: str, disabled: bool, by: str, now: datetime) -> None:
    """Refuse the program from now on, or let it in again; safe to repeat. Raises ``UNKNOWN_API_CLIENT``."""
    with stored.begin() as session:
        row = _get(session, key_id)
        if (row.disabled_at is not None) == disabled:
            return
        row.disabled_at = now if disabled else None
        _note(session, key_id, "client.disabled" if disabled else "client.enabled", by, now, {})


def authenticate_client(session: Session, key: str, now: datetime) -> tuple[Program, date | None]:
    """The program whose secret this is, and the day on which it was last used before.

    Raises ``API_KEY_INVALID``, the same for a secret that nobody has and for a wrong one; ``API_KEY_OVER`` only to
    who holds the right one.
    """
    found = FORM.fullmatch(key)
    row = session.scalar(select(ApiClient).where(ApiClient.key_id == found.group(1))) if found else None
    shown = digest_of(key)
    present = hmac.compare_digest(row.secret_digest if row else NOBODY, shown)
    former = hmac.compare_digest((row.former_digest if row else None) or NOBODY, shown)
    if row is None or not (present or former):
        raise Problem("API_KEY_INVALID")
    replaced = not present and (row.former_until is None or now > row.former_until)
    if replaced or row.disabled_at is not None or now.date() > row.expires_on:
        raise Problem("API_KEY_OVER")
    scopes = frozenset(row.scopes.split())
    return Program(row.id, row.key_id, row.name, scopes, row.per_minute, row.expires_on), row.last_used_on


def note_client_use(stored: sessionmaker[Session], program: Program, day: date) -> None:
    """Keep the day on which the program was last used: one write a day."""
    with stored.begin() as session:
        session.execute(update(ApiClient).where(ApiClient.id == program.id).values(last_used_on=day))


def registered_clients(session: Session, now: datetime) -> list[RegisteredClient]:
    """All programs, by name."""
    rows = session.scalars(select(ApiClient).order_by(ApiClient.name, ApiClient.id))
    return [_shown(row, now) for row in rows]


def registered_client(session: Session, key_id: str, now: datetime) -> RegisteredClient:
    """One program. Raises ``UNKNOWN_API_CLIENT``."""
    return _shown(_get(session, key_id), now)


def _shown(row: ApiClient, now: datetime) -> RegisteredClient:
    state = "DISABLED" if row.disabled_at is not None else "EXPIRED" if now.date() > row.expires_on else "ACTIVE"
    former = row.former_until if row.former_until is not None and row.former_until >= now else None
    return RegisteredClient(
        row.key_id, row.name, tuple(row.scopes.split()), row.per_minute, row.expires_on, row.last_used_on,
        row.created_at, row.rotated_at, former, state,
    )  # fmt: skip


def _new_key(key_id: str | None = None) -> tuple[str, str]:
    key_id = key_id or secrets.token_hex(6)
    return key_id, f"crk_{key_id}_{secrets.token_hex(32)}"


def _get(session: Session, key_id: str) -> ApiClient:
    row = session.scalar(select(ApiClient).where(ApiClient.key_id == key_id).with_for_update())
    if row is None:
        raise Problem("UNKNOWN_API_CLIENT", value=key_id)
    return row


def _check(name: str, scopes: list[str], per_minute: int) -> None:
    if not 2 <= len(name) <= 80 or not name.isprintable():
        raise _invalid("名称须为 2 至 80 个字", "the name needs 2 to 80 characters")
    if not scopes or not set(scopes) <= set(Scope):
        known = "、".join(Scope)
        raise _invalid(f"权限须选自 {known}", f"choose its scopes from {', '.join(Scope)}")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise _invalid(
            f"每分钟次数须为 1 至 {MOST_PER_MINUTE}", f"requests a minute must be between 1 and {MOST_PER_MINUTE}"
        )


def _check_day(expires_on: date, now: datetime) -> None:
    if not now.date() <= expires_on <= now.date() + LONGEST:
        raise _invalid("到期日须在今天至两年之内", "the last day must be between today and two years from now")


def _invalid(zh: str, en: str) -> Problem:
    return Problem("INVALID_API_CLIENT", detail_zh=zh, detail_en=en)


def _note(session: Session, key_id: str, action: str, by: str, now: datetime, detail: dict[str, object]) -> None:
    add_entry(session, at=now, actor=by, action=action, subject=f"client:{key_id}", detail=detail)
