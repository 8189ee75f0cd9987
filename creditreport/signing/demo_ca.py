"""The demo's own certification: an invented root and a signer certificate for the issuing authority.

Only for ``demo`` and ``test``. The certificates begin on 1 January 2024 whatever the day they are made, because
drills issue reports on earlier days (``--on``, ``CREDITREPORT_CLOCK``) and the chain must have been valid at the
signing time. They last ten years from the day they are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from creditreport.config import Environment, Settings
from creditreport.signing.keyfiles import KeyBundle, key_places, load_bundle, pack, unavailable, write_new

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
LASTING = timedelta(days=3653)
# RFC 9336: signing documents that people read.
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


@dataclass(frozen=True, slots=True)
class Made:
    """What ``keys init`` did: the files, and which of them are new."""

    files: tuple[Path, ...]
    new: tuple[Path, ...]


def init_demo_keys(settings: Settings, now: datetime) -> Made:
    """Make what is missing of the demo's root and signer; nothing that exists is ever replaced.

    Where the settings name a key in an HSM, there is nothing to make.
    Raises ``SIGNING_UNAVAILABLE`` in production, saying what to provide and where.
    """
    places = key_places(settings.keys_dir, settings.env)
    if settings.env is Environment.PRODUCTION:
        raise unavailable(
            f"正式环境不生成演示密钥；请把出证机关的签名文件放到 {places.signer}（权限 600），"
            f"根证书放到 {settings.keys_dir / 'trust'}，口令设为 CREDITREPORT_SIGNING_PASSPHRASE"
            f" / no demo keys are made in production; put the issuing authority's PKCS#12 file at {places.signer} "
            f"(mode 600), its root certificate into {settings.keys_dir / 'trust'}, and its passphrase into "
            "CREDITREPORT_SIGNING_PASSPHRASE"
        )
    if settings.signing.pkcs11_module is not None:
        return Made((), ())
    root_file, root_public = places.demo / "root.p12", places.demo / "root.pem"
    new: list[Path] = []
    if not root_file.exists():
        made = pack(_make_root(settings, now), "demo-root", settings.signing_passphrase)
        new += [root_file] if write_new(root_file, made, 0o600) else []
    # Read back rather than kept: another process may have been first.
    if not root_public.exists() or not places.signer.exists():
        root = load_bundle(root_file, settings)
        public = root.certificate.public_bytes(Encoding.PEM)
        new += [root_public] if write_new(root_public, public, 0o644) else []
        signer = pack(_make_signer(settings, root, now), "demo-signer", settings.signing_passphrase)
        new += [places.signer] if write_new(places.signer, signer, 0o600) else []
    return Made((root_file, root_public, places.signer), tuple(new))


def make_demo_signer(settings: Settings, now: datetime) -> bytes:
    """Another signer under the demo's root, as PKCS#12. Raises ``SIGNING_UNAVAILABLE`` when the root is not there."""
    root = load_bundle(key_places(settings.keys_dir, settings.env).demo / "root.p12", settings)
    return pack(_make_signer(settings, root, now), "demo-signer", settings.signing_passphrase)


def _name(settings: Settings, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.issuing_authority),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(max(now, BEGIN) + LASTING)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _make_root(settings: Settings, now: datetime) -> KeyBundle:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(settings, "专用信用报告演示根证书 Demo Root")
    certificate = (
        _builder(name, name, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .sign(key, SHA256())
    )
    return KeyBundle(key, certificate, ())


def _make_signer(settings: Settings, root: KeyBundle, now: datetime) -> KeyBundle:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(settings, "专用信用报告演示签章 Demo Signer")
    identifier = root.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(name, root.certificate.subject, key.public_key(), now)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .sign(root.key, SHA256())
    )
    return KeyBundle(key, certificate, (root.certificate,))
