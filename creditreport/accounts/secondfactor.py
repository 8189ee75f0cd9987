"""The second factor of staff: time-based one-time codes (RFC 6238), six digits every thirty seconds."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor import InvalidToken as WrongCode
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
# A telephone's clock may be a step off, either way.
STEPS_OFF = (0, -1, 1)


def new_secret() -> str:
    """A fresh secret, in the base32 that authenticator apps take."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def address_of(secret: str, username: str, issuer: str) -> str:
    """The ``otpauth://`` address that an app scans."""
    return _totp(secret).get_provisioning_uri(username, issuer)


def step_of(secret: str, code: str, now: datetime, last_used: int | None) -> int | None:
    """The time step whose code this is, if it is right and later than the last one used; else None.

    A code counts once: who looks over a shoulder cannot use it again (RFC 6238, 5.2).
    """
    typed = code.replace(" ", "")
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdecimal():
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    for off in STEPS_OFF:
        step = present + off
        if last_used is not None and step <= last_used:
            continue
        try:
            _totp(secret).verify(typed.encode("ascii"), step * STEP_SECONDS)
        except WrongCode:
            continue
        return step
    return None


def code_at(secret: str, now: datetime) -> str:
    """The code that an app shows at ``now``; for drills and tests."""
    return _totp(secret).generate(int(now.timestamp())).decode("ascii")


def seal(secret: str, secret_key: str) -> str:
    """The secret as the store keeps it: a stolen store alone tells no codes."""
    return _box(secret_key).encrypt(secret.encode("ascii")).decode("ascii")


def unseal(sealed: str, secret_key: str) -> str | None:
    """The secret again; None when it was sealed under another ``SECRET_KEY``: the person must be set up anew."""
    try:
        return _box(secret_key).decrypt(sealed.encode("ascii")).decode("ascii")
    except InvalidToken:
        return None


def _totp(secret: str) -> TOTP:
    # SHA-1 is what authenticator apps implement; as an HMAC it is sound.
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303


def _box(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"creditreport second factor").derive(secret_key.encode("utf-8"))
    return Fernet(base64.urlsafe_b64encode(derived))
