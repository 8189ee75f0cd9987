"""A real PKCS#11 token for tests: SoftHSM2, with keys that the demo's root certified."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from creditreport.config import Settings, load_settings
from creditreport.signing.demo_ca import BEGIN
from creditreport.signing.keyfiles import key_places, load_bundle
from tests.conftest import NOON

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "246810"


class SoftToken:
    """A token in a folder; only one folder at a time can be the module's, in the whole process."""

    def __init__(self, folder: Path, label: str = "city") -> None:
        self.label, self.folder = label, folder / "tokens"
        self.folder.mkdir(parents=True)
        config = folder / "softhsm2.conf"
        config.write_text(f"directories.tokendir = {self.folder}\nobjectstore.backend = file\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(config)
        make = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "13579"]
        subprocess.run(make, check=True, capture_output=True)
        # A module that another test started has the other test's tokens.
        pkcs11.lib(MODULE).reinitialize()

    def make_key(self, settings: Settings, label: str, *, rsa: bool = False) -> x509.Certificate:
        """A key made on the token, and its certificate by the demo's root, both stored under ``label``."""
        session = pkcs11.lib(MODULE).get_token(token_label=self.label).open(rw=True, user_pin=PIN)
        try:
            public = _pair(session, label, rsa=rsa)
            root = load_bundle(key_places(settings.keys_dir, settings.env).demo / "root.p12", settings)
            certificate = _certified(load_der_public_key(public), label, root)
            for name, one in ((label, certificate), ("root", root.certificate)):
                if not list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: name})):
                    _store(session, name, one)
        finally:
            session.close()
        return certificate

    def settings(self, base: Settings, key: str, **more: str) -> Settings:
        """``base`` with the key ``key`` of this token instead of the file."""
        given = {
            "ENV": "test",
            "DATABASE_URL": base.database_url,
            "PUBLIC_URL": base.public_url,
            "SECRET_KEY": base.secret_key,
            "KEYS_DIR": str(base.keys_dir),
            "PKCS11_MODULE": MODULE,
            "PKCS11_TOKEN": self.label,
            "PKCS11_KEY": key,
            "PKCS11_PIN": PIN,
            **more,
        }
        return load_settings({f"CREDITREPORT_{name}": value for name, value in given.items()})

    def pull(self) -> None:
        """The token is gone."""
        self.folder.rename(self.folder.with_name("pulled"))

    def put_back(self) -> None:
        """The token is back."""
        self.folder.with_name("pulled").rename(self.folder)


def _pair(session: Any, label: str, *, rsa: bool) -> bytes:
    """A pair on the token; the public key as SubjectPublicKeyInfo."""
    if rsa:
        public, _ = session.generate_keypair(KeyType.RSA, 3072, store=True, label=label)
        numbers = RSAPublicNumbers(
            int.from_bytes(public[Attribute.PUBLIC_EXPONENT], "big"), int.from_bytes(public[Attribute.MODULUS], "big")
        )
        return numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
    public, _ = parameters.generate_keypair(store=True, label=label)
    return encode_ec_public_key(public)


def _certified(public: Any, label: str, root: Any) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"HSM {label}")]))
        .issuer_name(root.certificate.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(NOON + timedelta(days=365))
        .add_extension(usage, critical=True)
        .sign(root.key, SHA256())
    )


def _store(session: Any, label: str, certificate: x509.Certificate) -> None:
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.LABEL: label,
            Attribute.SUBJECT: certificate.subject.public_bytes(),
            Attribute.ID: label.encode(),
            Attribute.VALUE: certificate.public_bytes(Encoding.DER),
        }
    )
