"""Passwords: argon2id with the library's present parameters, hashed anew when those have moved on."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(type=Type.ID)


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` is the one hashed; an unknown account (``None``) takes as long and is never right."""
    try:
        return _HASHER.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Whether the hash should be made anew at the next sign-in."""
    return _HASHER.check_needs_rehash(password_hash)


@cache
def _nobody() -> str:
    # Verified for unknown names, so that the time of the answer does not tell which names exist.
    return _HASHER.hash("nobody")
