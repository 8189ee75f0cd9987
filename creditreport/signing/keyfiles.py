"""Where keys lie, and how a private key is written and read.

``<KEYS_DIR>/signer.p12``      production: key, certificate and chain, brought by the operator
``<KEYS_DIR>/trust/*.pem``     production: the roots (public) that a report's chain must end in
``<KEYS_DIR>/tsa/*.pem``       the roots that a timestamp must end in, where timestamps are wanted
``<KEYS_DIR>/demo/``           demo and test: an invented root and a signer, made by ``keys init``

A private key is readable by its owner only; a file that others may read is refused, because a key that others
could have copied signs nothing that can be believed.
"""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from creditreport.config import Environment, Settings
from creditreport.errors import Problem
from creditreport.signing.algorithms import algorithm_of

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """The files of one environment."""

    signer: Path
    trust: tuple[Path, ...]
    demo: Path


@dataclass(frozen=True, slots=True)
class KeyBundle:
    """A private key with its certificate and the certificates above it; the key was checked when it was read."""

    key: EllipticCurvePrivateKey | RSAPrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    place: str = "file"

    def sign_raw(self, data: bytes) -> bytes:
        """The signature value over ``data``: ECDSA (DER) or RSA PKCS#1 v1.5, with SHA-256."""
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(data, PKCS1v15(), SHA256())
        return self.key.sign(data, ECDSA(SHA256()))


def key_places(keys_dir: Path, env: Environment) -> KeyPlaces:
    """The files to use; the demo's root counts only outside production."""
    demo = keys_dir / "demo"
    if env is Environment.PRODUCTION:
        return KeyPlaces(keys_dir / "signer.p12", (keys_dir / "trust",), demo)
    return KeyPlaces(demo / "signer.p12", (keys_dir / "trust", demo), demo)


def unavailable(detail: str) -> Problem:
    """``SIGNING_UNAVAILABLE`` with its detail."""
    return Problem("SIGNING_UNAVAILABLE", detail=detail)


def write_new(path: Path, content: bytes, mode: int) -> bool:
    """Write ``path`` whole and only if it is not there yet; whether it was written.

    The content goes to a neighbour first and is linked into place, so that neither a kill nor a second process
    leaves half a file or replaces a key that already signed something.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        try:
            os.link(name, path)
        except FileExistsError:
            return False
        return True
    finally:
        os.unlink(name)


def pack(bundle: KeyBundle, name: str, passphrase: str) -> bytes:
    """The bundle as PKCS#12, encrypted with ``passphrase``."""
    return pkcs12.serialize_key_and_certificates(
        name.encode(),
        bundle.key,
        bundle.certificate,
        bundle.chain or None,
        BestAvailableEncryption(passphrase.encode()),
    )


def load_bundle(path: Path, settings: Settings) -> KeyBundle:
    """The key bundle of ``path``. Raises ``SIGNING_UNAVAILABLE`` naming the file and what to do."""
    content = _read_private(path, settings)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, settings.signing_passphrase.encode())
    except ValueError as error:
        raise unavailable(
            f"{path} 打不开：口令 CREDITREPORT_SIGNING_PASSPHRASE 不对或文件已损坏"
            f" / {path} does not open: wrong CREDITREPORT_SIGNING_PASSPHRASE or a damaged file"
        ) from error
    if key is None or certificate is None:
        raise unavailable(f"{path} 中没有私钥或证书 / {path} holds no private key or no certificate")
    if algorithm_of(key.public_key()) is None or not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise unavailable(
            f"{path} 的密钥既不是 ECDSA P-256，也不是 3072 至 4096 位的 RSA；请换用这样的密钥"
            f" / the key in {path} is neither ECDSA P-256 nor RSA of 3072 to 4096 bits; use one that is"
        )
    if key.public_key() != certificate.public_key():
        raise unavailable(f"{path} 的证书与私钥不匹配 / the certificate in {path} belongs to another key")
    return KeyBundle(key, certificate, tuple(others), path.name)


def _read_private(path: Path, settings: Settings) -> bytes:
    try:
        with path.open("rb") as file:
            # The mode of the opened file itself, not of whatever the name points to a moment later.
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & _OTHERS:
                raise unavailable(
                    f"{path} 的权限是 {mode:o}，其他用户可读；请运行 chmod 600 {path}"
                    f" / {path} has mode {mode:o}, others may read it; run chmod 600 {path}"
                )
            return file.read()
    except FileNotFoundError as error:
        raise unavailable(_how_to_provide(path, settings.env)) from error
    except OSError as error:
        raise unavailable(f"{path}：{error.strerror}") from error


def _how_to_provide(path: Path, env: Environment) -> str:
    if env is Environment.PRODUCTION:
        return (
            f"缺少 {path}；请放入出证机关的 PKCS#12 签名文件（ECDSA P-256 或 RSA-3072，含证书链，权限 600），"
            f"根证书放入 {path.parent / 'trust'}"
            f" / {path} is missing; put the issuing authority's PKCS#12 file there (ECDSA P-256 or RSA-3072, with "
            f"its chain, mode 600) and its root certificate into {path.parent / 'trust'}"
        )
    return f"缺少 {path}；请运行 creditreport keys init / {path} is missing; run creditreport keys init"
