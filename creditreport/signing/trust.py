"""The roots that a genuine report's chain must end in.

No root means that nothing is trusted: an empty folder fails closed and never falls back to the operating system's
list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator, ValidationContext

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.config import Environment
from creditreport.signing.keyfiles import key_places, unavailable
from creditreport.signing.waiting import run


@dataclass(frozen=True, slots=True)
class TrustStore:
    """The trusted roots, as DER."""

    roots: tuple[bytes, ...]

    def accepts(self, certificate: bytes, others: Iterable[bytes], at: datetime) -> bool:
        """Whether a chain from ``certificate`` (DER) over ``others`` to one of our roots was valid at ``at``.

        The certificate must be allowed to sign with non-repudiation. Whatever cannot be read or built is a no.
        Revocation lists are not asked: what a stolen key signed is found by the digest (step 4), which no thief
        can put into our store.
        """
        if not self.roots:
            return False
        try:
            return run(_validate(self.roots, certificate, tuple(others), at))
        # A hostile certificate can make the parser fail in any way; each of them is a no.
        except Exception:
            return False


async def _validate(roots: tuple[bytes, ...], certificate: bytes, others: tuple[bytes, ...], at: datetime) -> bool:
    context = ValidationContext(
        trust_roots=[asn1.Certificate.load(root) for root in roots],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    validator = CertificateValidator(
        asn1.Certificate.load(certificate),
        intermediate_certs=[asn1.Certificate.load(other) for other in others],
        validation_context=context,
    )
    await validator.async_validate_usage(key_usage={"non_repudiation"})  # type: ignore[no-untyped-call]
    return True


def load_trust(keys_dir: Path, env: Environment = Environment.PRODUCTION) -> TrustStore:
    """The roots in ``keys_dir``; the demo's root only outside production.

    Raises ``SIGNING_UNAVAILABLE`` naming a file that is not a certificate.
    """
    return TrustStore(_roots(key_places(keys_dir, env).trust))


def load_timestamp_trust(keys_dir: Path) -> TrustStore:
    """The roots that a timestamp must end in, in ``<keys_dir>/tsa``.

    They stand apart: who may say what time it is may not therefore sign reports.
    """
    return TrustStore(_roots((keys_dir / "tsa",)))


def _roots(folders: Iterable[Path]) -> tuple[bytes, ...]:
    roots: dict[bytes, None] = {}
    for folder in folders:
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.suffix in {".pem", ".crt", ".cer"}:
                    roots.update(dict.fromkeys(read_certificates(path)))
    return tuple(roots)


def read_certificates(path: Path) -> list[bytes]:
    """The certificates of a PEM or DER file, as DER. Raises ``SIGNING_UNAVAILABLE`` naming the file."""
    try:
        content = path.read_bytes()
        if pem.detect(content):
            found = x509.load_pem_x509_certificates(content)
        else:
            found = [x509.load_der_x509_certificate(content)]
    except (OSError, ValueError) as error:
        raise unavailable(f"{path} 不是可读的证书 / {path} is not a readable certificate") from error
    return [certificate.public_bytes(Encoding.DER) for certificate in found]
