"""A real mail server for tests: aiosmtpd with STARTTLS and a sign-in, which keeps what it takes and can refuse."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "notices", "a password of the tests"


@dataclass
class Mailbox:
    """What the server took; ``answer`` is what it says to the next recipients (``250 OK``: it takes the mail)."""

    port: int = 0
    ca_file: Path = Path()
    answer: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert session.ssl is not None, "the mail came over TLS"
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert envelope.rcpt_tos == [mail["To"]]
        self.mails.append(mail)
        return "250 OK"

    def settings(self) -> dict[str, str]:
        """The variables that lead here."""
        return {
            "CREDITREPORT_SMTP_HOST": "127.0.0.1",
            "CREDITREPORT_SMTP_PORT": str(self.port),
            "CREDITREPORT_SMTP_USER": USER,
            "CREDITREPORT_SMTP_PASSWORD": PASSWORD,
            "CREDITREPORT_SMTP_FROM": "credit@example.gov.cn",
            "CREDITREPORT_SMTP_CA_FILE": str(self.ca_file),
        }


@contextmanager
def mail_server(folder: Path) -> Iterator[Mailbox]:
    """A mail server on a free port of this machine, for as long as it is held."""
    key, certificate = folder / "mail.key", folder / "mail.crt"
    _certify(key, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox(port, certificate)

    def signed_in(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object) -> AuthResult:
        right = (getattr(given, "login", b""), getattr(given, "password", b"")) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right)

    controller = Controller(
        box, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=signed_in,
    )  # fmt: skip
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def _certify(key_file: Path, certificate_file: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
