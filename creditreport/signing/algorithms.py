"""Which keys may sign reports, and how: SHA-256 with ECDSA on P-256, or with RSA of 3072 bits or more.

RSA signs by PKCS#1 v1.5 and not by PSS: a report must be seen as valid by whatever PDF reader a counter has, and
older readers and HSMs know v1.5 only. Both are allowed by ETSI TS 119 312; nobody has found a way into v1.5
signatures of this length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

_RSA_LEAST, _RSA_MOST = 3072, 4096


class SigningKey(Protocol):
    """A private key that can be used, wherever it lies, with its certificate and the certificates above it."""

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's certificate."""

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """The certificates above it."""

    @property
    def place(self) -> str:
        """Where the key lies, for people: a file's name, or a token and label."""

    def sign_raw(self, data: bytes) -> bytes:
        """The signature value over ``data`` as CMS wants it. Raises ``SIGNING_UNAVAILABLE``."""


def algorithm_of(key: Any) -> str | None:
    """How a public key signs, for people; ``None`` for a key that may not sign reports."""
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return "ECDSA P-256, SHA-256"
    if isinstance(key, RSAPublicKey) and _RSA_LEAST <= key.key_size <= _RSA_MOST:
        return f"RSA {key.key_size}, PKCS#1 v1.5, SHA-256"
    return None


def signature_size(certificate: x509.Certificate) -> int:
    """The most bytes that a signature value by this certificate's key takes."""
    key = certificate.public_key()
    # ECDSA: two numbers of 32 bytes, each perhaps with a zero before it, in DER.
    return key.key_size // 8 if isinstance(key, RSAPublicKey) else 72


def fits(certificate: x509.Certificate, data: bytes, signature: bytes) -> bool:
    """Whether ``signature`` over ``data`` was made by the certificate's own key."""
    key = certificate.public_key()
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, data, PKCS1v15(), SHA256())
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, data, ECDSA(SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
