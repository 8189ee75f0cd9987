"""A signer of level B-LTA for tests: the office's own key, with a revocation list and a timestamp authority in hand.

Nothing is asked over a network: the list is signed by the demo's root, the timestamps by a key that it certified.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.registry import SimpleCertificateStore

from creditreport.config import Settings
from creditreport.signing.keyfiles import KeyBundle, key_places, load_bundle

BEFORE, AFTER = timedelta(days=30), timedelta(days=300)
SETTINGS = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)


class QuietWriter(IncrementalPdfFileWriter):
    """pyHanko's writer, leaving information and metadata as they are signed."""

    def _update_meta(self) -> None:
        return None


def _der(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


def _key(key: Any) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def revocation_list(root: KeyBundle, at: datetime) -> asn1_crl.CertificateList:
    """The root's list around ``at``: nothing is revoked."""
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(at - BEFORE)
        .next_update(at + AFTER)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(root.key, SHA256())
    )
    return asn1_crl.CertificateList.load(made.public_bytes(Encoding.DER))


def timestamp_authority(root: KeyBundle, at: datetime) -> DummyTimeStamper:
    """An authority that the root certified; it states ``at`` as the time."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Timestamps for tests")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BEFORE)
        .not_valid_after(at + AFTER)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root.key, SHA256())
    )
    return DummyTimeStamper(_der(certificate), _key(key), fixed_dt=at)


class LongTermSigner:
    """As ``DocumentSigner``, with validation data and a document timestamp after the signature."""

    level = "B-LTA"

    def __init__(self, settings: Settings, at: datetime) -> None:
        places = key_places(settings.keys_dir, settings.env)
        self.root, bundle = load_bundle(places.demo / "root.p12", settings), load_bundle(places.signer, settings)
        self.fingerprint = bundle.certificate.fingerprint(SHA256()).hex()
        store = SimpleCertificateStore()
        store.register_multiple([_der(one) for one in bundle.chain])
        self.signer = SimpleSigner(_der(bundle.certificate), _key(bundle.key), store)
        self.stamper = timestamp_authority(self.root, at)
        self.revoked = revocation_list(self.root, at)

    def context(self, at: datetime) -> ValidationContext:
        """What the signature and the timestamps are validated with before they are made."""
        return ValidationContext(
            trust_roots=[_der(self.root.certificate)], crls=[self.revoked], moment=at, allow_fetching=False,
            revocation_mode="hard-fail",
        )  # fmt: skip

    def sign(self, pdf: bytes, *, at: datetime, page: int, box: tuple[float, float, float, float]) -> bytes:
        """Signature with its timestamp, validation data, document timestamp: three revisions."""
        return self.stamp(self.add_store(self.sign_only(pdf, at=at, page=page, box=box), at), at)

    def sign_only(self, pdf: bytes, *, at: datetime, page: int, box: tuple[float, float, float, float]) -> bytes:
        """Level B-T."""
        left, bottom, right, top = (round(edge) for edge in box)
        field = SigFieldSpec("IssuingAuthoritySeal", on_page=page, box=(left, bottom, right, top))
        meta = PdfSignatureMetadata(
            field_name=field.sig_field_name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )  # fmt: skip
        signer = PdfSigner(
            meta, self.signer, timestamper=self.stamper, stamp_style=StaticStampStyle(border_width=0),
            new_field_spec=field,
        )  # fmt: skip
        return bytes(signer.sign_pdf(QuietWriter(BytesIO(pdf))).getvalue())

    def add_store(
        self, pdf: bytes, at: datetime, *, vri: bool = False, also: Callable[[QuietWriter], Any] = lambda _: None
    ) -> bytes:
        """Level B-LT: the certificates of both chains and the revocation list.

        ``vri`` names the signature's own; ``also`` is what else is done in the same revision.
        """
        signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
        writer, out = QuietWriter(BytesIO(pdf)), BytesIO()
        contents = signature.pkcs7_content.hex().encode() if vri else None
        DocumentSecurityStore.supply_dss_in_writer(
            writer, contents, paths=asyncio.run(self._paths(at)), validation_context=self.context(at)
        )
        also(writer)
        writer.write(out)
        return out.getvalue()

    async def _paths(self, at: datetime) -> list[ValidationPath]:
        certificates = {"non_repudiation": self.signer.signing_cert, "digital_signature": self.stamper.tsa_cert}
        return [
            await CertificateValidator(one, validation_context=self.context(at)).async_validate_usage(set())
            for one in certificates.values()
        ]

    def stamp(
        self, pdf: bytes, at: datetime, *, field: str = "Timestamp", also: Callable[[QuietWriter], Any] = lambda _: None
    ) -> bytes:
        """A document timestamp on top; ``also`` is what else is done in the same revision."""
        stamper, writer = PdfTimeStamper(self.stamper, field_name=field), QuietWriter(BytesIO(pdf))
        also(writer)
        stamped = stamper.async_timestamp_pdf(writer, "sha256", dss_settings=SETTINGS)
        return bytes(asyncio.run(stamped).getvalue())

    def token(self, covered: bytes) -> bytes:
        """A timestamp over any bytes."""
        made = asyncio.run(self.stamper.async_timestamp(hashlib.sha256(covered).digest(), "sha256"))
        return bytes(made.dump())
