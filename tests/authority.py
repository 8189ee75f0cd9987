"""A real certification authority for tests, on a port of its own: OCSP, CRLs and timestamps by certomancer.

Between it and whoever asks stands a switch: what a service does instead of answering well is said by ``faults``.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from asn1crypto import pem, tsp
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from creditreport.config import Settings, load_settings
from tests.conftest import NOON

PASSPHRASE = "a passphrase of the tests"
KINDS = ("ocsp", "crls", "tsa")
_LIFE = {"valid-from": "2024-01-01T00:00:00+0000", "valid-to": "2034-01-01T00:00:00+0000"}
_REVOKED = {"revoked-since": "2026-11-01T00:00:00+0000", "reason": "key_compromise"}


def _usage(*names: str) -> dict[str, Any]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(names)}}


_CA = [
    {"id": "basic_constraints", "critical": True, "value": {"ca": True}},
    _usage("key_cert_sign", "crl_sign"),
]
_STATUS = [
    {
        "id": "crl_distribution_points",
        "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["city"]}},
    },
    {
        "id": "authority_information_access",
        "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": ["city"]}},
    },
]
_SIGNS = [_usage("digital_signature", "non_repudiation"), *_STATUS]
_STAMPS = [
    _usage("digital_signature"),
    {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
    {
        "id": "crl_distribution_points",
        "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": ["time"]}},
    },
]
_ANSWERS = [_usage("digital_signature"), {"id": "extended_key_usage", "value": ["ocsp_signing"]},
            {"id": "ocsp_no_check", "value": None}]  # fmt: skip


def _config(folder: Path, url: str) -> CertomancerConfig:
    keys: dict[str, Any] = {name: ec.generate_private_key(ec.SECP256R1()) for name in
                            ("root", "timeroot", "signer", "revoked", "ocsp", "tsa", "expired")}  # fmt: skip
    keys["rsa"] = rsa.generate_private_key(65537, 3072)
    for name, key in keys.items():
        path = folder / f"{name}.pem"
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    def certificate(subject: str, issuer: str, extensions: list[Any], **more: Any) -> dict[str, Any]:
        return {"subject": subject, "issuer": issuer, "validity": _LIFE, "extensions": extensions, **more}

    old = {**_LIFE, "valid-to": "2025-01-01T00:00:00+0000"}
    city = {
        "keyset": "city",
        "entity-defaults": {"country-name": "CN", "organization-name": "Authority of the tests"},
        "entities": {name: {"common-name": name} for name in keys},
        "certs": {
            "root": certificate("root", "root", _CA),
            "timeroot": certificate("timeroot", "timeroot", _CA),
            "signer": certificate("signer", "root", _SIGNS),
            "rsa": certificate("rsa", "root", _SIGNS),
            "revoked": certificate("revoked", "root", _SIGNS, revocation=_REVOKED),
            "ocsp": certificate("ocsp", "root", _ANSWERS),
            "tsa": certificate("tsa", "timeroot", _STAMPS),
            "expired": {**certificate("expired", "timeroot", _STAMPS), "validity": old},
        },
        "services": {
            "ocsp": {"city": {"for-issuer": "root", "responder-cert": "ocsp"}},
            "crl-repo": {
                "city": {"for-issuer": "root", "signing-key": "root", "simulated-update-schedule": "P90D"},
                "time": {"for-issuer": "timeroot", "signing-key": "timeroot", "simulated-update-schedule": "P90D"},
            },
            "time-stamping": {
                "good": {"signing-cert": "tsa"},
                "longer": {"signing-cert": "tsa", "certs-to-embed": ["timeroot", "root", "rsa"]},
                "expired": {"signing-cert": "expired"},
            },
        },
    }
    keyset = {"path-prefix": ".", "keys": {name: {"path": f"{name}.pem"} for name in keys}}
    config = {"external-url-prefix": url, "keysets": {"city": keyset}, "pki-architectures": {"city": city}}
    return CertomancerConfig(config, key_search_dir=str(folder))


@dataclass
class Authority:
    """The running services. ``faults`` maps a kind of service to what it does instead (after ``spare`` good
    answers, if that many are given); ``asked`` tells the requests, by kind."""

    url: str
    config: CertomancerConfig
    faults: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    spare: dict[str, int] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return self.url.partition("://")[2]

    def tsa(self, label: str = "good") -> str:
        return f"{self.url}/city/tsa/{label}"

    def settings(self, folder: Path, *, signer: str = "signer", **more: str) -> Settings:
        """Production settings over ``folder``, with the key ``signer`` certified here, at level B-LTA."""
        arch = self.config.get_pki_arch(ArchLabel("city"))
        for place, label in (("trust", "root"), ("tsa", "timeroot")):
            (folder / place).mkdir(parents=True, exist_ok=True)
            der = arch.get_cert(CertLabel(label)).dump()
            (folder / place / f"{label}.pem").write_bytes(pem.armor("CERTIFICATE", der))
        path = folder / "signer.p12"
        path.write_bytes(arch.package_pkcs12(CertLabel(signer), password=PASSPHRASE.encode()))
        path.chmod(0o600)
        given = {
            "ENV": "production",
            "DATABASE_URL": f"sqlite:///{folder / 'store.sqlite3'}",
            "PUBLIC_URL": "https://credit.example.gov.cn",
            "SECRET_KEY": "a secret of the tests",
            "SIGNING_PASSPHRASE": PASSPHRASE,
            "KEYS_DIR": str(folder),
            "SIGNATURE_LEVEL": "B-LTA",
            "TSA_URL": self.tsa(),
            "REVOCATION_HOSTS": self.host,
            # A busy machine that runs the tests is no authority that hangs.
            "AUTHORITY_TIMEOUT_SECONDS": "2" if "hang" in self.faults.values() else "30",
            **more,
        }
        return load_settings({f"CREDITREPORT_{name}": value for name, value in given.items()})


def _switch(authority: Authority, real: Callable[..., Any]) -> Callable[..., Any]:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        kind = next((name for name in KINDS if f"/{name}/" in request.path), "")
        authority.asked.append(kind)
        fault = authority.faults.get(kind) if authority.spare.get(kind, 0) <= 0 else None
        authority.spare[kind] = authority.spare.get(kind, 0) - 1
        body = request.get_data(cache=True)
        if fault == "hang":
            authority.over.wait(30)
        elif fault == "error page":
            return Response("<p>Maintenance</p>", mimetype="text/html")(environ, start_response)
        elif fault == "customers only" and request.headers.get("Authorization") != "Basic c2VhbA==":
            return Response("Who are you?", status=401)(environ, start_response)
        elif fault == "broken":
            return Response("Internal error", status=500)(environ, start_response)
        elif fault == "nonsense":
            types = {"tsa": "application/timestamp-reply", "ocsp": "application/ocsp-response"}
            return Response(b"\x30\x03\x02\x01", mimetype=types.get(kind, "application/pkix-crl"))(
                environ, start_response
            )
        elif fault == "longer":
            environ = {**environ, "PATH_INFO": request.path.replace("/good", "/longer")}
        elif fault == "stale":
            environ = {**environ, "HTTP_X_CERTOMANCER_FAKE_TIME": "2026-01-01T00:00:00Z"}
        elif fault == "wrong nonce":
            asked = tsp.TimeStampReq.load(body)
            asked["nonce"] = 7
            environ = {**environ, "wsgi.input": _stream(asked.dump()), "CONTENT_LENGTH": str(len(asked.dump()))}
            return real(environ, start_response)
        environ = {**environ, "wsgi.input": _stream(body)}
        return real(environ, start_response)

    return app


def _stream(content: bytes) -> Any:
    from io import BytesIO

    return BytesIO(content)


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _tls(folder: Path) -> tuple[str, str]:
    """A certificate of its own for the server, and its key: nobody trusts it who was not told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2044, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    (folder / "tls.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "tls.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(folder / "tls.pem"), str(folder / "tls.key")


@contextmanager
def running_authority(folder: Path, at: datetime = NOON, *, tls: bool = False) -> Iterator[Authority]:
    """The services of a city's authority, whose clock stands a second after ``at``; ``tls`` as in ``tls.pem``."""
    port = closed_port()
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    config = _config(folder, url)
    authority = Authority(url, config)
    real = Animator(AnimatorArchStore(config.pki_archs), at_time=at + timedelta(seconds=1), with_web_ui=False)
    server = make_server(
        "127.0.0.1", port, _switch(authority, real), threaded=True, ssl_context=_tls(folder) if tls else None
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        authority.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
