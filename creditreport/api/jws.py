"""Signed verdicts: a JWS (RFC 7515) by the key that signs reports, which a platform can file and show years later.

The compact form is put together here and not by a JOSE library, because those want the private key itself, and a key
in an HSM never leaves it; the tests check it by two JOSE libraries and by openssl. The same key signs PDFs: neither
signature can be taken for the other, a CMS one is over DER that begins with a byte that base64 has not.
"""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, RSAKey

from creditreport.signing.keyfiles import unavailable
from creditreport.signing.models import KeyState
from creditreport.signing.register import all_keys, check_usable, find_key

if TYPE_CHECKING:
    from creditreport.service import Service

TYPE = "verification+jwt"
P256_BYTES = 32


def sign_json(service: Service, said: dict[str, Any], now: datetime) -> str:
    """``said`` with who says it and when, signed. Raises ``SIGNING_UNAVAILABLE``; no transaction may be open."""
    key = service.signer.key
    certificate = key.certificate
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise unavailable(f"签名证书在 {now:%Y-%m-%d} 无效 / the certificate is not valid on {now:%Y-%m-%d}")
    with service.reading() as session:
        row = find_key(session, service.signer.fingerprint)
    if row is not None:
        check_usable(row, now, timedelta(0))
    chain = [certificate, *key.chain]
    header = {"alg": _algorithm(certificate), "kid": _kid(certificate), "typ": TYPE}
    # The chain is signed with the rest and not in the header, which JOSE libraries want short (512 bytes in one).
    who = {"iss": service.settings.public_url.rstrip("/"), "iat": int(now.timestamp()), "x5c": _x5c(chain)}
    payload = {**who, **said}
    signed = b".".join(_part(json.dumps(one, separators=(",", ":")).encode()) for one in (header, payload))
    return (signed + b"." + _part(_value(certificate, key.sign_raw(signed)))).decode("ascii")


def key_set(service: Service) -> dict[str, Any]:
    """The JWK set of the keys whose signatures count: the present one and retired ones, none that was withdrawn."""
    chains = {service.signer.fingerprint: [service.signer.certificate, *service.signer.key.chain]}
    with service.reading() as session:
        for row in all_keys(session):
            if row.state != KeyState.REVOKED:
                chains[row.fingerprint] = x509.load_pem_x509_certificates(row.certificates.encode())
            else:
                chains.pop(row.fingerprint, None)
    return {"keys": [_jwk(chain) for chain in chains.values()]}


def _jwk(chain: Sequence[x509.Certificate]) -> dict[str, Any]:
    certificate = chain[0]
    kind = RSAKey if isinstance(certificate.public_key(), RSAPublicKey) else ECKey
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    told = kind.import_key(pem).as_dict(private=False)
    said = {"kid": _kid(certificate), "alg": _algorithm(certificate), "use": "sig", "x5c": _x5c(chain)}
    return {**{str(name): value for name, value in told.items()}, **said}


def _kid(certificate: x509.Certificate) -> str:
    """The certificate's SHA-256, by which ``keys show`` and every report name the key too."""
    return certificate.fingerprint(SHA256()).hex()


def _algorithm(certificate: x509.Certificate) -> str:
    return "RS256" if isinstance(certificate.public_key(), RSAPublicKey) else "ES256"


def _x5c(chain: Sequence[x509.Certificate]) -> list[str]:
    return [b64encode(one.public_bytes(Encoding.DER)).decode("ascii") for one in chain]


def _value(certificate: x509.Certificate, signature: bytes) -> bytes:
    """The signature as JWS has it: of ECDSA the two bare numbers."""
    if isinstance(certificate.public_key(), RSAPublicKey):
        return signature
    return b"".join(number.to_bytes(P256_BYTES, "big") for number in decode_dss_signature(signature))


def _part(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
