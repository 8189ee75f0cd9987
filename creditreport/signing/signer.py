"""Signing a rendered report: PAdES with the authority's key, certified against any change.

The signature is pyHanko's. Three things differ from its stock signer: the key is parsed once per process (the
stock one parses and checks it at every signature), the room for the signature is fixed (the stock one signs twice
to guess it), and the document's own metadata stay as rendered (the stock writer puts the machine's time there).

:meth:`DocumentSigner.sign` makes level B-B and asks nobody; :meth:`DocumentSigner.seal` goes on from there to the level
that the settings want (``longterm.py``), or as far as the services let it come.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import structlog
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

import creditreport.signing.asn1  # noqa: F401 - makes asn1crypto safe for threads
from creditreport.clock import as_shanghai
from creditreport.config import Settings
from creditreport.config_signing import Level
from creditreport.signing.algorithms import SigningKey, algorithm_of, signature_size
from creditreport.signing.authority import TimestampAuthority
from creditreport.signing.keyfiles import KeyBundle, key_places, load_bundle, unavailable
from creditreport.signing.longterm import DIGEST, Authorities, Sealed, Writer
from creditreport.signing.trust import TrustStore, load_trust
from creditreport.signing.waiting import run

log = structlog.get_logger(__name__)

FIELD = "IssuingAuthoritySeal"
REASON = "出具经营主体专用信用报告"
# The visible face is the seal that the page draws; the field over it is transparent.
_TRANSPARENT = StaticStampStyle(border_width=0)


class KeySigner(Signer):
    """pyHanko's signer over a key that is ready, wherever it lies."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self.others = tuple(asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in key.chain)
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(self.others)
        certificate = asn1.Certificate.load(key.certificate.public_bytes(Encoding.DER))
        super().__init__(signing_cert=certificate, cert_registry=registry, prefer_pss=False)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature value over ``data``."""
        if digest_algorithm != DIGEST:
            raise ValueError(digest_algorithm)
        return self._key.sign_raw(data)


class DocumentSigner:
    """The issuing authority's key, ready to sign documents, and whom it asks for more than level B-B."""

    def __init__(
        self, key: SigningKey, *, name: str, location: str, authorities: Authorities | None = None, reason: str = REASON
    ) -> None:
        self.key, self._reason = key, reason
        self.certificate = key.certificate
        self.fingerprint = key.certificate.fingerprint(SHA256()).hex()
        self._name, self._location = name, location
        self._signer, self._authorities = KeySigner(key), authorities
        # Hexadecimal, so two characters for a byte: all certificates, the signature, and the attributes, which are 300
        # bytes (360 with the parameters of RSA-PSS) and the issuer's name twice.
        size = sum(len(one.public_bytes(Encoding.DER)) for one in (key.certificate, *key.chain))
        size += signature_size(key.certificate) + 2 * len(key.certificate.issuer.public_bytes())
        self._reserved = 2 * (size + 480)

    def saying(self, reason: str) -> DocumentSigner:
        """The same key and services, for documents that are signed for another ``reason`` than a report."""
        return DocumentSigner(
            self.key, name=self._name, location=self._location, authorities=self._authorities, reason=reason
        )

    @property
    def level(self) -> str:
        """The level that is wanted: each report says itself which one it reached."""
        return (self._authorities.wanted if self._authorities else Level.B_B).value

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
            "algorithm": algorithm_of(certificate.public_key()) or "",
            "place": self.key.place,
            "level": self.level,
        }

    def sign(self, pdf: bytes, *, at: datetime, page: int, box: tuple[float, float, float, float]) -> bytes:
        """``pdf`` with the certification signature; ``at`` is the signing time, ``box`` (points) the seal's place.

        Raises ``SIGNING_UNAVAILABLE`` when the certificate is not valid at ``at``: such a signature would be
        refused by every verifier.
        """
        self._check_validity(at)
        return run(self._sign(pdf, at, page, box, None))

    def seal(self, pdf: bytes, *, at: datetime, page: int, box: tuple[float, float, float, float]) -> Sealed:
        """``pdf`` signed as by :meth:`sign` and brought to the wanted level, or as near to it as was possible now.

        Blocks while services are asked, within their time-outs: no transaction may be open. Raises
        ``SIGNING_UNAVAILABLE`` as :meth:`sign`, and when a certificate of the chain is known to be revoked.
        """
        if self._authorities is None:
            return Sealed(self.sign(pdf, at=at, page=page, box=box), Level.B_B, Level.B_B)
        self._check_validity(at)
        sealed = run(self._seal(self._authorities, pdf, at, page, box))
        if sealed.reduced:
            log.warning("signature level reduced", wanted=sealed.wanted, reached=sealed.level, why=sealed.problem)
        return sealed

    async def _seal(
        self, authorities: Authorities, pdf: bytes, at: datetime, page: int, box: tuple[float, float, float, float]
    ) -> Sealed:
        try:
            signed = await self._sign(pdf, at, page, box, authorities.timestamps)
        # Also a token that is larger than the authority's first one led us to expect.
        except SigningError as error:
            authorities.timestamps.forget_size()
            return Sealed(await self._sign(pdf, at, page, box, None), Level.B_B, authorities.wanted, str(error))
        return await authorities.lengthen(signed, self._signer.signing_cert, self._signer.others)

    def _check_validity(self, at: datetime) -> None:
        begin, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if not begin <= at <= end:
            raise unavailable(
                f"签名证书有效期为 {begin:%Y-%m-%d} 至 {end:%Y-%m-%d}，不含 {at:%Y-%m-%d}"
                f" / the signing certificate is valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d}, not on {at:%Y-%m-%d}"
            )

    async def _sign(
        self,
        pdf: bytes,
        at: datetime,
        page: int,
        box: tuple[float, float, float, float],
        timestamps: TimestampAuthority | None,
    ) -> bytes:
        session = self._pdf_signer(page, box, timestamps).init_signing_session(Writer(BytesIO(pdf)))
        session.system_time = at
        reserved = self._reserved
        if timestamps is not None:
            # As large as the authority's first token of this process, and a quarter more.
            token = await timestamps.async_dummy_response(DIGEST)
            reserved += len(token.dump()) * 5 // 2 // 2 * 2
        document = session.prepare_tbs_document(None, reserved)
        prepared, output = document.digest_tbs_document()
        await document.perform_signature(
            document_digest=prepared.document_digest,
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=at),
        )
        output.seek(0)
        signed: bytes = output.read()
        return signed

    def _pdf_signer(
        self, page: int, box: tuple[float, float, float, float], timestamps: TimestampAuthority | None
    ) -> PdfSigner:
        # Whole points are what the field takes; the transparent field may be a fraction of a point off the seal.
        left, bottom, right, top = (round(edge) for edge in box)
        return PdfSigner(
            PdfSignatureMetadata(
                field_name=FIELD,
                md_algorithm=DIGEST,
                subfilter=SigSeedSubFilter.PADES,
                certify=True,
                docmdp_permissions=MDPPerm.NO_CHANGES,
                reason=self._reason,
                name=self._name,
                location=self._location,
            ),
            signer=self._signer,
            timestamper=timestamps,
            stamp_style=_TRANSPARENT,
            new_field_spec=SigFieldSpec(FIELD, on_page=page, box=(left, bottom, right, top)),
        )


def load_key(settings: Settings) -> SigningKey:
    """The key that the settings name, opened and checked. Raises ``SIGNING_UNAVAILABLE``."""
    if settings.signing.pkcs11_module is not None:
        from creditreport.signing.hardware import load_hardware_key

        return load_hardware_key(settings)
    return load_bundle(key_places(settings.keys_dir, settings.env).signer, settings)


def check_trusted(key: SigningKey, settings: Settings) -> TrustStore:
    """The roots, once the chain of ``key`` is known to end in one of them. Raises ``SIGNING_UNAVAILABLE``."""
    certificate = key.certificate.public_bytes(Encoding.DER)
    chain = [one.public_bytes(Encoding.DER) for one in key.chain]
    trust = load_trust(settings.keys_dir, settings.env)
    if not trust.accepts(certificate, chain, key.certificate.not_valid_before_utc):
        raise unavailable(
            f"{key.place} 的证书链不通向 {settings.keys_dir} 中的可信根证书，这样的签名无法通过核验"
            f" / the chain of {key.place} does not end in a trusted root of {settings.keys_dir}; "
            "reports signed with it would be refused"
        )
    return trust


def load_signer(settings: Settings, tick: Callable[[], float] = time.monotonic) -> DocumentSigner:
    """The signer of this environment, read and checked once.

    Raises ``SIGNING_UNAVAILABLE`` naming the file and what to do: missing, readable by others, wrong passphrase,
    another kind of key, or a chain that our own verifier would not trust. ``tick`` is the clock by which a service that
    failed is left alone for a while.
    """
    from creditreport.signing.mould import MouldSigner

    key = load_key(settings)
    trust = check_trusted(key, settings)
    authorities = Authorities(settings, trust, tick) if settings.signing.signature_level is not Level.B_B else None
    kind = MouldSigner if authorities is None and isinstance(key, KeyBundle) else DocumentSigner
    return kind(key, name=settings.issuing_authority, location=settings.issuer_portal, authorities=authorities)


def digest_of(pdf: bytes) -> str:
    """The SHA-256 of a whole file, in lower-case hexadecimal: what is stored and compared."""
    return hashlib.sha256(pdf).hexdigest()
