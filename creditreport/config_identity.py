"""The settings of sign-in by an identity service (OpenID Connect): one for businesses, one for staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from creditreport.errors import Problem

PREFIX = "CREDITREPORT_"


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """One identity service: where it is, who we are to it, and in which claims it tells what."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    claim_name: str
    claim_uscc: str
    claim_role: str
    representative: frozenset[str]
    handler: frozenset[str]


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """The variables ``CREDITREPORT_OIDC_…`` (businesses) and ``CREDITREPORT_STAFF_OIDC_…`` (staff)."""

    business: IdentityProvider | None = None
    staff: IdentityProvider | None = None


NAMES = (
    "ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "CLAIM_NAME", "CLAIM_USCC", "CLAIM_ROLE", "REPRESENTATIVE",
    "HANDLER",
)  # fmt: skip
# What a member of staff is allowed to do is granted here, by an administrator: no claim decides it.
STAFF_NAMES = NAMES[:5]


class Reading(Protocol):
    """What reading these settings needs of the reader of all settings."""

    given: Mapping[str, str]

    def text(self, name: str, default: str | None = None) -> str:
        """A text."""

    def secret(self, name: str) -> str:
        """A secret."""


def read_identity(reader: Reading) -> IdentitySettings:
    """The identity services. Raises ``INVALID_SETTING`` naming the variable that is wrong or missing."""
    return IdentitySettings(_provider(reader, "OIDC_"), _provider(reader, "STAFF_OIDC_"))


def identity_names() -> list[str]:
    """Every variable that is read here, without the prefix."""
    return [f"OIDC_{name}" for name in NAMES] + [f"STAFF_OIDC_{name}" for name in STAFF_NAMES]


def _provider(reader: Reading, prefix: str) -> IdentityProvider | None:
    if not reader.given.get(f"{PREFIX}{prefix}ISSUER"):
        return None
    issuer = reader.text(prefix + "ISSUER").rstrip("/")
    # A token fetched over plain http could be anybody's; a loopback address is for tests and drills.
    if not issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise Problem("INVALID_SETTING", name=f"{PREFIX}{prefix}ISSUER", detail=f"“{issuer}” (https…)")

    def words(name: str, default: str) -> frozenset[str]:
        return frozenset(reader.text(prefix + name, default).split())

    return IdentityProvider(
        issuer=issuer,
        client_id=reader.text(prefix + "CLIENT_ID"),
        client_secret=reader.secret(prefix + "CLIENT_SECRET"),
        scope=reader.text(prefix + "SCOPE", "openid profile"),
        claim_name=reader.text(prefix + "CLAIM_NAME", "name"),
        claim_uscc=reader.text(prefix + "CLAIM_USCC", "uscc"),
        claim_role=reader.text(prefix + "CLAIM_ROLE", "role"),
        representative=words("REPRESENTATIVE", "legal_representative 法定代表人"),
        handler=words("HANDLER", "handler 经办人"),
    )
