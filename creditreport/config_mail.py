"""The settings of the mail server by which notices are sent; without ``SMTP_HOST`` none is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from creditreport.errors import Problem

PREFIX = "CREDITREPORT_"
NAMES = ("SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_USER", "SMTP_PASSWORD", "SMTP_FROM", "SMTP_CA_FILE")


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """One mail server (RFC 5321), and whom the mails come from."""

    host: str
    port: int
    security: MailSecurity
    user: str | None
    password: str | None = field(repr=False)
    sender: str
    ca_file: Path | None


class Reading(Protocol):
    """What reading these settings needs of the reader of all settings."""

    given: Mapping[str, str]

    def text(self, name: str, default: str | None = None) -> str:
        """A text."""

    def secret(self, name: str) -> str:
        """A secret."""

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        """A whole number."""


def read_mail(reader: Reading) -> MailSettings | None:
    """The mail server; ``None`` if none is named. Raises ``INVALID_SETTING`` naming the variable."""
    host = reader.given.get(f"{PREFIX}SMTP_HOST")
    if not host:
        return None
    wish = reader.text("SMTP_TLS", MailSecurity.STARTTLS.value)
    # A password, and who is told something, may not cross a network in clear.
    if wish not in set(MailSecurity) or (wish == MailSecurity.NONE and host not in LOOPBACK):
        detail = f"“{wish}” (starttls, tls; none: 仅限本机 / only for this machine)"
        raise Problem("INVALID_SETTING", name=f"{PREFIX}SMTP_TLS", detail=detail)
    sender = reader.text("SMTP_FROM")
    if "@" not in sender or any(letter in sender for letter in "\r\n"):
        raise Problem("INVALID_SETTING", name=f"{PREFIX}SMTP_FROM", detail=f"“{sender}”")
    user = reader.given.get(f"{PREFIX}SMTP_USER") or None
    ca_file = reader.given.get(f"{PREFIX}SMTP_CA_FILE")
    security = MailSecurity(wish)
    return MailSettings(
        host=host,
        port=reader.number("SMTP_PORT", PORTS[security], least=1),
        security=security,
        user=user,
        password=reader.secret("SMTP_PASSWORD") if user else None,
        sender=sender,
        ca_file=Path(ca_file) if ca_file else None,
    )
