"""Signing a rendered report: PAdES B-B with a P-256 key, certified against any change.

The signature is pyHanko's. Three things differ from its stock signer: the key is parsed once per process (the
stock one parses and checks it at every signature), the room for the signature is fixed (the stock one signs twice
to guess it), and the document's own metadata stay as rendered (the stock writer puts the machine's time there).
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from io import BytesIO

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from creditreport.clock import as_shanghai
from creditreport.config import Settings
from creditreport.signing.keyfiles import KeyBundle, key_places, load_bundle, unavailable
from creditreport.signing.trust import load_trust

FIELD = "IssuingAuthoritySeal"
DIGEST = "sha256"
LEVEL = "B-B"
ALGORITHM = "ECDSA P-256, SHA-256"
REASON = "出具经营主体专用信用报告"
# The visible face is the seal that the page draws; the field over it is transparent.
_TRANSPARENT = StaticStampStyle(border_width=0)


class _PreloadedSigner(SimpleSigner):
    """pyHanko's signer with a key that is already parsed."""

    def __init__(self, bundle: KeyBundle) -> None:
        certificates = [asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in bundle.chain]
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(certificates)
        key_der = bundle.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        super().__init__(
            signing_cert=asn1.Certificate.load(bundle.certificate.public_bytes(Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(key_der),
            cert_registry=registry,
        )
        self._key: EllipticCurvePrivateKey = bundle.key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """The raw ECDSA signature over ``data``."""
        if digest_algorithm != DIGEST:
            raise ValueError(digest_algorithm)
        return self._key.sign(data, ECDSA(SHA256()))


class _Writer(IncrementalPdfFileWriter):
    """pyHanko's writer, leaving title, dates and producer as the page made them."""

    def _update_meta(self) -> None:
        return None


class DocumentSigner:
    """The issuing authority's key, ready to sign documents."""

    level = LEVEL

    def __init__(self, bundle: KeyBundle, *, name: str, location: str) -> None:
        self.certificate = bundle.certificate
        self.fingerprint = bundle.certificate.fingerprint(SHA256()).hex()
        self._name, self._location = name, location
        self._signer = _PreloadedSigner(bundle)
        # Hexadecimal, so two characters for a byte: all certificates, and 1 KiB for attributes and the signature.
        size = sum(len(one.public_bytes(Encoding.DER)) for one in (bundle.certificate, *bundle.chain))
        self._reserved = 2 * (size + 1024)

    def describe(self) -> dict[str, str]:
        """What ``keys show`` prints: whose certificate, from when to when, and how it signs."""
        certificate = self.certificate
        return {
            "subject": certificate.subject.rfc4514_string(),
            "issuer": certificate.issuer.rfc4514_string(),
            "serial": f"{certificate.serial_number:x}",
            "valid_from": as_shanghai(certificate.not_valid_before_utc).isoformat(),
            "valid_until": as_shanghai(certificate.not_valid_after_utc).isoformat(),
            "fingerprint": self.fingerprint,
            "algorithm": ALGORITHM,
            "level": self.level,
        }

    def sign(self, pdf: bytes, *, at: datetime, page: int, box: tuple[float, float, float, float]) -> bytes:
        """``pdf`` with the certification signature; ``at`` is the signing time, ``box`` (points) the seal's place.

        Raises ``SIGNING_UNAVAILABLE`` when the certificate is not valid at ``at``: such a signature would be
        refused by every verifier.
        """
        begin, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if not begin <= at <= end:
            raise unavailable(
                f"签名证书有效期为 {begin:%Y-%m-%d} 至 {end:%Y-%m-%d}，不含 {at:%Y-%m-%d}"
                f" / the signing certificate is valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d}, not on {at:%Y-%m-%d}"
            )
        return asyncio.run(self._sign(pdf, at, page, box))

    async def _sign(self, pdf: bytes, at: datetime, page: int, box: tuple[float, float, float, float]) -> bytes:
        # Whole points are what the field takes; the transparent field may be a fraction of a point off the seal.
        left, bottom, right, top = (round(edge) for edge in box)
        pdf_signer = PdfSigner(
            PdfSignatureMetadata(
                field_name=FIELD,
                md_algorithm=DIGEST,
                subfilter=SigSeedSubFilter.PADES,
                certify=True,
                docmdp_permissions=MDPPerm.NO_CHANGES,
                reason=REASON,
                name=self._name,
                location=self._location,
            ),
            signer=self._signer,
            stamp_style=_TRANSPARENT,
            new_field_spec=SigFieldSpec(FIELD, on_page=page, box=(left, bottom, right, top)),
        )
        session = pdf_signer.init_signing_session(_Writer(BytesIO(pdf)))
        session.system_time = at
        document = session.prepare_tbs_document(None, self._reserved)
        prepared, output = document.digest_tbs_document()
        await document.perform_signature(
            document_digest=prepared.document_digest,
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=at),
        )
        output.seek(0)
        signed: bytes = output.read()
        return signed


def load_signer(settings: Settings) -> DocumentSigner:
    """The signer of this environment, read and checked once.

    Raises ``SIGNING_UNAVAILABLE`` naming the file and what to do: missing, readable by others, wrong passphrase,
    another kind of key, or a chain that our own verifier would not trust.
    """
    path = key_places(settings.keys_dir, settings.env).signer
    bundle = load_bundle(path, settings)
    certificate = bundle.certificate.public_bytes(Encoding.DER)
    chain = [one.public_bytes(Encoding.DER) for one in bundle.chain]
    trust = load_trust(settings.keys_dir, settings.env)
    if not trust.accepts(certificate, chain, bundle.certificate.not_valid_before_utc):
        raise unavailable(
            f"{path} 的证书链不通向 {settings.keys_dir} 中的可信根证书，这样的签名无法通过核验"
            f" / the chain in {path} does not end in a trusted root of {settings.keys_dir}; "
            "reports signed with it would be refused"
        )
    return DocumentSigner(bundle, name=settings.issuing_authority, location=settings.issuer_portal)


def digest_of(pdf: bytes) -> str:
    """The SHA-256 of a whole file, in lower-case hexadecimal: what is stored and compared."""
    return hashlib.sha256(pdf).hexdigest()
