"""A key in a hardware token (SoftHSM2): the same signatures, one login, and every way to lose the token."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.orm import Session, sessionmaker

from creditreport.config import Settings, load_settings
from creditreport.errors import Problem
from creditreport.signing import hardware
from creditreport.signing.register import all_keys
from creditreport.signing.rotate import rotate_key
from creditreport.signing.signer import load_signer
from creditreport.verification.inspection import inspect_pdf
from tests.conftest import NOON
from tests.issued import BOX, make_pdf
from tests.softtoken import MODULE, PIN, SoftToken

PDF = make_pdf("0123-4567-89AB-CDEF-GHJK")


@pytest.fixture
def soft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftToken]:
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    hardware.token.cache_clear()
    yield SoftToken(tmp_path)
    hardware.token.cache_clear()


def signs(settings: Settings) -> None:
    found = inspect_pdf(load_signer(settings).sign(PDF, at=NOON, page=0, box=BOX))
    assert (found.intact, found.covers_whole_file) == (True, True)


def refused(settings: Settings) -> str:
    with pytest.raises(Problem) as caught:
        load_signer(settings)
    assert caught.value.code == "SIGNING_UNAVAILABLE"
    return caught.value.zh + caught.value.en


@pytest.mark.parametrize(
    ("rsa", "algorithm"), [(False, "ECDSA P-256, SHA-256"), (True, "RSA 3072, PKCS#1 v1.5, SHA-256")]
)
def test_pdfsig_says_valid(
    soft: SoftToken, signing_settings: Settings, tmp_path: Path, rsa: bool, algorithm: str
) -> None:
    soft.make_key(signing_settings, "seal", rsa=rsa)
    signer = load_signer(soft.settings(signing_settings, "seal"))
    path = tmp_path / "signed.pdf"
    path.write_bytes(signer.sign(PDF, at=NOON, page=0, box=BOX))
    said = subprocess.run(["pdfsig", "-nocert", path], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    facts = signer.describe()
    assert (facts["algorithm"], facts["place"]) == (algorithm, "HSM city (libsofthsm2.so) seal")


def test_one_login_serves_every_signature(
    soft: SoftToken, signing_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft.make_key(signing_settings, "seal")
    opened: list[int] = []
    real = hardware.HardwareToken._open
    monkeypatch.setattr(hardware.HardwareToken, "_open", lambda self: (opened.append(1), real(self))[1])
    signer = load_signer(soft.settings(signing_settings, "seal"))
    results: list[bool] = []

    def sign() -> None:
        results.append(inspect_pdf(signer.sign(PDF, at=NOON, page=0, box=BOX)).intact)

    threads = [threading.Thread(target=sign) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 8
    assert opened == [1]


def test_a_lost_session_is_opened_again(soft: SoftToken, signing_settings: Settings) -> None:
    soft.make_key(signing_settings, "seal")
    signer = load_signer(soft.settings(signing_settings, "seal"))
    # Closes every session of the process, as a token does that was reset.
    pkcs11.lib(MODULE).reinitialize()
    assert inspect_pdf(signer.sign(PDF, at=NOON, page=0, box=BOX)).intact


def test_a_token_that_is_gone_is_named_and_needs_no_restart(soft: SoftToken, signing_settings: Settings) -> None:
    soft.make_key(signing_settings, "seal")
    settings = soft.settings(signing_settings, "seal")
    signer = load_signer(settings)
    soft.pull()
    for _ in range(2):
        with pytest.raises(Problem) as caught:
            signer.sign(PDF, at=NOON, page=0, box=BOX)
        assert caught.value.code == "SIGNING_UNAVAILABLE"
        assert "HSM city" in caught.value.zh
        assert "HSM city" in caught.value.en
    assert "HSM city" in refused(settings)
    soft.put_back()
    assert inspect_pdf(signer.sign(PDF, at=NOON, page=0, box=BOX)).intact
    signs(settings)


def test_a_child_process_begins_anew(soft: SoftToken, signing_settings: Settings) -> None:
    soft.make_key(signing_settings, "seal")
    signer = load_signer(soft.settings(signing_settings, "seal"))
    held = hardware._LOCK
    with held:  # a thread of the parent is signing at that moment
        child = os.fork()
        if child == 0:
            good = False
            try:
                good = inspect_pdf(signer.sign(PDF, at=NOON, page=0, box=BOX)).intact
            finally:
                os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert inspect_pdf(signer.sign(PDF, at=NOON, page=0, box=BOX)).intact


def test_a_wrong_pin_is_tried_once(soft: SoftToken, signing_settings: Settings) -> None:
    soft.make_key(signing_settings, "seal")
    wrong = soft.settings(signing_settings, "seal", PKCS11_PIN="000000")
    for _ in range(5):
        assert "CREDITREPORT_PKCS11_PIN" in refused(wrong)
    # Five wrong ones would have locked it.
    session = pkcs11.lib(MODULE).get_token(token_label="city").open(user_pin=PIN)
    session.close()


def test_what_is_missing_is_named(soft: SoftToken, signing_settings: Settings) -> None:
    soft.make_key(signing_settings, "seal")
    assert "certificate labelled other" in refused(soft.settings(signing_settings, "other"))
    assert "HSM elsewhere" in refused(soft.settings(signing_settings, "seal", PKCS11_TOKEN="elsewhere"))
    assert "HSM city (none.so)" in refused(soft.settings(signing_settings, "seal", PKCS11_MODULE="/none.so"))


def test_the_certificates_may_lie_beside(soft: SoftToken, signing_settings: Settings, tmp_path: Path) -> None:
    first, second = soft.make_key(signing_settings, "seal"), soft.make_key(signing_settings, "other")
    keys = tmp_path / "keys"
    (keys / "demo").mkdir(parents=True)
    (keys / "demo" / "root.pem").write_bytes((signing_settings.keys_dir / "demo" / "root.pem").read_bytes())
    settings = soft.settings(dataclasses.replace(signing_settings, keys_dir=keys), "seal")
    (keys / "signer.pem").write_bytes(first.public_bytes(Encoding.PEM))
    signs(settings)
    (keys / "signer.pem").write_bytes(second.public_bytes(Encoding.PEM))
    assert "another key" in refused(settings)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_key_of_the_token_is_taken_into_use(
    soft: SoftToken, signing_settings: Settings, sessions: sessionmaker[Session]
) -> None:
    soft.make_key(signing_settings, "seal")
    soft.make_key(signing_settings, "seal-2027", rsa=True)
    old, new = soft.settings(signing_settings, "seal"), soft.settings(signing_settings, "seal-2027")
    first = rotate_key(old, sessions, NOON, by="test")
    assert (first.retired, first.changed) == ((), True)
    second = rotate_key(new, sessions, NOON, by="test")
    assert (second.retired, second.changed) == ((first.fingerprint,), True)
    assert rotate_key(new, sessions, NOON, by="test").changed is False
    with sessions() as session:
        told = {row.place: row.state for row in all_keys(session)}
    assert told == {"HSM city (libsofthsm2.so) seal": "retired", "HSM city (libsofthsm2.so) seal-2027": "active"}


@pytest.mark.parametrize("name", ["PKCS11_PIN", "SIGNING_PASSPHRASE", "TSA_AUTHORIZATION"])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o604])
def test_a_secret_of_the_key_is_a_private_file(
    signing_settings: Settings, tmp_path: Path, name: str, mode: int
) -> None:
    path = tmp_path / "secret"
    path.write_text("a secret\n")
    path.chmod(mode)
    given = {
        "ENV": "test", "DATABASE_URL": "sqlite://", "PUBLIC_URL": "http://x", "SECRET_KEY": "x",
        "SIGNING_PASSPHRASE": "x", f"{name}_FILE": str(path),
    }  # fmt: skip
    environ = {f"CREDITREPORT_{key}": value for key, value in given.items()}
    if mode == 0o600:
        assert getattr(load_settings(environ).signing, name.lower()) == "a secret"
        return
    with pytest.raises(Problem) as caught:
        load_settings(environ)
    assert caught.value.code == "INVALID_SETTING"
    assert f"chmod 600 {path}" in caught.value.en
