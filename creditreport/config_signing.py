"""The settings of the signature: where the key is, which level is wanted, whom to ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from creditreport.errors import Problem

PREFIX = "CREDITREPORT_"


class Level(StrEnum):
    """A PAdES baseline level (ETSI EN 319 142-1); each holds what the one before it holds, and more."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    @property
    def rank(self) -> int:
        """Its place, the lowest first."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class SigningSettings:
    """Each field is the variable ``CREDITREPORT_<NAME>``; ``README.md`` explains them."""

    signing_passphrase: str | None = field(default=None, repr=False)
    signature_level: Level = Level.B_B
    tsa_url: str | None = None
    tsa_authorization: str | None = field(default=None, repr=False)
    tsa_ca_file: Path | None = None
    revocation_hosts: tuple[str, ...] = ()
    authority_timeout_seconds: int = 3
    pkcs11_module: Path | None = None
    pkcs11_token: str | None = None
    pkcs11_key: str | None = None
    pkcs11_pin: str | None = field(default=None, repr=False)


class Reading(Protocol):
    """What reading these settings needs of the reader of all settings."""

    given: Mapping[str, str]

    def number(self, name: str, default: int) -> int:
        """A whole number."""

    def private(self, name: str) -> str | None:
        """A secret, or ``None``."""


def read_signing(reader: Reading) -> SigningSettings:
    """The settings of the signature. Raises ``INVALID_SETTING`` naming the variable that is wrong or missing."""
    given = {name.removeprefix(PREFIX): value for name, value in reader.given.items() if value}
    settings = SigningSettings(
        signing_passphrase=reader.private("SIGNING_PASSPHRASE"),
        signature_level=_level(given.get("SIGNATURE_LEVEL", Level.B_B.value)),
        tsa_url=given.get("TSA_URL"),
        tsa_authorization=reader.private("TSA_AUTHORIZATION"),
        tsa_ca_file=_path(given.get("TSA_CA_FILE")),
        revocation_hosts=tuple(host.strip() for host in given.get("REVOCATION_HOSTS", "").split(",") if host.strip()),
        authority_timeout_seconds=reader.number("AUTHORITY_TIMEOUT_SECONDS", 3),
        pkcs11_module=_path(given.get("PKCS11_MODULE")),
        pkcs11_token=given.get("PKCS11_TOKEN"),
        pkcs11_key=given.get("PKCS11_KEY"),
        pkcs11_pin=reader.private("PKCS11_PIN"),
    )
    for name, detail in _missing(settings):
        raise Problem("INVALID_SETTING", name=PREFIX + name, detail=detail)
    return settings


def _missing(settings: SigningSettings) -> list[tuple[str, str]]:
    """What the other settings need and nobody gave, with why."""
    needed: list[tuple[str, str]] = []
    absent = "缺少 / missing"
    if settings.pkcs11_module is None:
        needed += [("SIGNING_PASSPHRASE", absent)] if settings.signing_passphrase is None else []
    else:
        given = {
            "PKCS11_TOKEN": settings.pkcs11_token,
            "PKCS11_KEY": settings.pkcs11_key,
            "PKCS11_PIN": settings.pkcs11_pin,
        }
        needed += [(name, absent) for name, value in given.items() if not value]
    if not 1 <= settings.authority_timeout_seconds <= 60:
        needed.append(("AUTHORITY_TIMEOUT_SECONDS", f"“{settings.authority_timeout_seconds}” (1–60)"))
    level, url = settings.signature_level, settings.tsa_url
    why = f"签名级别 {level} 需要 / level {level} needs it"
    if level.rank >= Level.B_T.rank and not url:
        needed.append(("TSA_URL", why))
    if url and not url.startswith(("http://", "https://")):
        needed.append(("TSA_URL", f"“{url}” (http…)"))
    if level.rank >= Level.B_LT.rank and not settings.revocation_hosts:
        needed.append(("REVOCATION_HOSTS", why))
    return needed


def _level(text: str) -> Level:
    if text not in set(Level):
        raise Problem("INVALID_SETTING", name=PREFIX + "SIGNATURE_LEVEL", detail=f"“{text}” ({', '.join(Level)})")
    return Level(text)


def _path(text: str | None) -> Path | None:
    return Path(text).absolute() if text else None
