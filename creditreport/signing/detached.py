"""Signatures over something that is no document: detached CMS, as any CMS tool checks it.

``openssl cms -verify -inform PEM -in FILE.p7s -content FILE -binary -CAfile ROOT -purpose any`` is one such tool.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import cms, pem
from pyhanko.sign.general import extract_certificate_info, extract_signer_info
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.signing.algorithms import SigningKey
from creditreport.signing.longterm import DIGEST
from creditreport.signing.signer import KeySigner
from creditreport.signing.waiting import run


@dataclass(frozen=True, slots=True)
class DetachedSigner:
    """Whose certificate (DER) made a signature, with the others that came along."""

    certificate: bytes
    others: tuple[bytes, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as the register of keys names it."""
        return sha256(self.certificate).hexdigest()


def sign_detached(key: SigningKey, data: bytes, at: datetime) -> str:
    """The signature over ``data``, PEM. No transaction may be open: an HSM takes its time.

    Raises ``SIGNING_UNAVAILABLE``.
    """
    attributes = PdfCMSSignedAttributes(signing_time=at)
    signed = run(KeySigner(key).async_sign_general_data(data, DIGEST, signed_attr_settings=attributes))
    armoured: bytes = pem.armor("CMS", signed.dump())
    return armoured.decode("ascii")


def detached_signer(data: bytes, signature: str) -> DetachedSigner | None:
    """Who signed ``data``; ``None`` if the signature is not over it, or cannot be read. Trust is another question."""
    try:
        _, _, der = pem.unarmor(signature.encode("ascii"))
        signed = cms.ContentInfo.load(der, strict=True)["content"]
        info, certificates = extract_signer_info(signed), extract_certificate_info(signed)
        if info["digest_algorithm"]["algorithm"].native != DIGEST:
            return None
        if not all(validate_sig_integrity(info, certificates.signer_cert, "data", sha256(data).digest())):
            return None
        others = tuple(one.dump() for one in certificates.other_certs)
        return DetachedSigner(certificates.signer_cert.dump(), others)
    # A broken or hostile signature can fail anywhere; each failure is a no.
    except Exception:
        return None
