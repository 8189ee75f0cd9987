"""A key in an HSM (PKCS#11): logged in once per process, its session kept, found again after it was lost.

One call at a time goes to a module. python-pkcs11 starts modules without telling them to lock
(``C_Initialize(NULL)``), and the standard then forbids calls from several threads at once; reports are made in parallel
by several processes, each with its own session. So the pool is one session per process and token, opened at the first
signature and kept, and with it the handle of the key.

After a fork the child may not use what it inherited: it forgets the session and begins anew. A call that fails is made
once more after the module was started again (a session timed out, a token was pulled and put back); if that fails too,
``SIGNING_UNAVAILABLE`` names the token, and the next report tries again, so that nothing must be restarted when it is
back. Only a refused PIN is never tried twice: a token locks itself after three wrong ones.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pkcs11 import Attribute, Mechanism, ObjectClass
from pkcs11.exceptions import PinIncorrect, PinLocked, PKCS11Error, UserAlreadyLoggedIn
from pkcs11.util.ec import encode_ecdsa_signature

from creditreport.config import Settings
from creditreport.signing.algorithms import algorithm_of, fits
from creditreport.signing.keyfiles import unavailable
from creditreport.signing.trust import read_certificates

T = TypeVar("T")
# For all modules: starting one again takes the sessions of everybody who uses it.
_LOCK = threading.RLock()


def _new_lock() -> None:
    global _LOCK  # another thread of the parent may have held it at the fork, and is not there any more
    _LOCK = threading.RLock()


os.register_at_fork(after_in_child=_new_lock)


class HardwareToken:
    """One token of one module; ``name`` is how people are told of it."""

    def __init__(self, module: Path, label: str, pin: str) -> None:
        self.name = f"HSM {label} ({module.name})"
        self._module, self._label, self._pin = module, label, pin
        self._session: Any = None
        self._keys: dict[str, Any] = {}
        self._process = 0
        self._refused: str | None = None

    def use(self, work: Callable[[Any], T]) -> T:
        """The result of ``work`` with a logged-in session. Raises ``SIGNING_UNAVAILABLE`` naming the token."""
        with _LOCK:
            if self._refused:
                raise self._unavailable(self._refused)
            try:
                return self._work(work)
            except (PinIncorrect, PinLocked) as error:
                self._refused = type(error).__name__
                raise self._unavailable(self._refused) from error
            except (PKCS11Error, OSError) as error:
                self._session = None
                raise self._unavailable(f"{type(error).__name__} {error}".strip()) from error

    def private_key(self, label: str) -> Any:
        """The handle of a private key, for work inside :meth:`use`."""
        if label not in self._keys:
            self._keys[label] = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
        return self._keys[label]

    def _work(self, work: Callable[[Any], T]) -> T:
        if self._session is not None and self._process == os.getpid():
            try:
                return work(self._session)
            except PKCS11Error:
                self._session = None
        self._open()
        return work(self._session)

    def _open(self) -> None:
        started = pkcs11.lib(str(self._module))
        # Lost, or inherited over a fork: only a module that was started anew sees which tokens are there now.
        if self._process:
            started.reinitialize()
        self._process, self._keys = os.getpid(), {}
        token = started.get_token(token_label=self._label)
        try:
            self._session = token.open(user_pin=self._pin)
        # By another part of this process.
        except UserAlreadyLoggedIn:
            self._session = token.open()

    def _unavailable(self, why: str) -> Exception:
        if self._refused:
            return unavailable(
                f"{self.name} 不接受口令（{why}）；请核对 CREDITREPORT_PKCS11_PIN，然后重启（为免锁定，不再自动重试）"
                f" / {self.name} refuses the PIN ({why}); check CREDITREPORT_PKCS11_PIN and restart "
                "(it is not tried again by itself: the token would lock)"
            )
        return unavailable(
            f"{self.name} 不可用（{why}）；请检查设备、连接和 CREDITREPORT_PKCS11_MODULE、_TOKEN、_KEY 三项设置，"
            f"恢复后无需重启 / {self.name} cannot be used ({why}); check the device, its connection, and the settings "
            "CREDITREPORT_PKCS11_MODULE, _TOKEN and _KEY; once it is back nothing needs a restart"
        )


@lru_cache(maxsize=8)
def token(module: Path, label: str, pin: str) -> HardwareToken:
    """The process's one token of that name: whoever signs with it shares its session."""
    return HardwareToken(module, label, pin)


@dataclass(frozen=True, slots=True)
class HardwareKey:
    """A key that never leaves its token, with the certificates that go with it."""

    token: HardwareToken
    label: str
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def place(self) -> str:
        """The token and the key's label."""
        return f"{self.token.name} {self.label}"

    def sign_raw(self, data: bytes) -> bytes:
        """The signature value over ``data``: ECDSA (DER) or RSA PKCS#1 v1.5, with SHA-256."""
        is_rsa = isinstance(self.certificate.public_key(), RSAPublicKey)
        return self.token.use(lambda _: _signed(self.token.private_key(self.label), data, is_rsa))


def _signed(key: Any, data: bytes, is_rsa: bool) -> bytes:
    if is_rsa:
        return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
    # Not every module hashes for ECDSA; all take the digest.
    return encode_ecdsa_signature(key.sign(sha256(data).digest(), mechanism=Mechanism.ECDSA))


def load_hardware_key(settings: Settings) -> HardwareKey:
    """The key that ``PKCS11_…`` names, with its certificate and chain.

    These are read from ``<KEYS_DIR>/signer.pem`` (the signer's certificate first) if that is there, else from the
    token: the certificate with the key's label, and all others as the chain. Raises ``SIGNING_UNAVAILABLE``.
    """
    signing = settings.signing
    module, label = signing.pkcs11_module or Path(), signing.pkcs11_key or ""
    hardware = token(module, signing.pkcs11_token or "", signing.pkcs11_pin or "")
    beside = settings.keys_dir / "signer.pem"
    ders = (
        read_certificates(beside) if beside.is_file() else hardware.use(lambda session: _certificates(session, label))
    )
    if not ders:
        raise unavailable(
            f"{hardware.name} 中没有标签为 {label} 的证书；请写入证书，或把证书链放到 {beside}"
            f" / {hardware.name} holds no certificate labelled {label}; store it there, or put the chain into {beside}"
        )
    certificate, *chain = (x509.load_der_x509_certificate(der) for der in ders)
    key = HardwareKey(hardware, label, certificate, tuple(chain))
    if algorithm_of(certificate.public_key()) is None:
        raise unavailable(
            f"{key.place} 的密钥既不是 ECDSA P-256，也不是 3072 至 4096 位的 RSA；请换用这样的密钥"
            f" / the key {key.place} is neither ECDSA P-256 nor RSA of 3072 to 4096 bits; use one that is"
        )
    if not fits(certificate, b"probe", key.sign_raw(b"probe")):
        raise unavailable(f"{key.place} 的证书与私钥不匹配 / the certificate of {key.place} belongs to another key")
    return key


def _certificates(session: Any, label: str) -> list[bytes]:
    """The key's certificate, then the others; empty when the first is not there."""
    own: list[bytes] = []
    others: list[bytes] = []
    for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        (own if one[Attribute.LABEL] == label else others).append(bytes(one[Attribute.VALUE]))
    return [*own, *others] if own else []
