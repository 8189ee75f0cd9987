"""Signing as others would: stock pyHanko with a key of either kind, and a bare CMS structure by cryptography alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.bench.stage import NOON

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Sign = Callable[[bytes], bytes]


def rsa_key() -> Key:
    """RSA, 3072 bits."""
    return rsa.generate_private_key(65537, 3072)


def p256_key() -> Key:
    """P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def stock(key: Key) -> Sign:
    """pyHanko as its documentation has it, PAdES."""
    registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    signer = signers.SimpleSigner(
        signing_cert=asn1.Certificate.load(_certificate(key).public_bytes(Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=registry,
    )
    metadata = signers.PdfSignatureMetadata(field_name="Seal", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")

    def sign(pdf: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        out: BytesIO = asyncio.run(signers.async_sign_pdf(writer, metadata, signer))
        return out.getvalue()

    return sign


def bare(key: Key) -> Sign:
    """A detached CMS structure as cryptography makes it (no PAdES attributes), put into its place by pyHanko."""
    certificate = _certificate(key)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]

    def sign(pdf: bytes) -> bytes:
        steps: Any = PdfCMSEmbedder().write_cms("Seal", IncrementalPdfFileWriter(BytesIO(pdf)))
        next(steps)
        steps.send(SigObjSetup(sig_placeholder=SignatureObject(bytes_reserved=4096, timestamp=NOON)))
        prepared, out = steps.send(SigIOSetup(md_algorithm="sha256"))
        made: bytes = out.getvalue()
        data = made[: prepared.reserved_region_start] + made[prepared.reserved_region_end :]
        builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(certificate, key, SHA256())
        steps.send(builder.sign(Encoding.DER, options))
        signed: bytes = out.getvalue()
        return signed

    return sign


def _certificate(key: Key) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "benchmark")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=1))
        .not_valid_after(NOON + timedelta(days=3650))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, SHA256())
    )
