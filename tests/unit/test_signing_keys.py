"""Demo keys, the permissions of a private key, and the roots that are trusted."""

from __future__ import annotations

import dataclasses
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from creditreport.config import Environment, Settings, load_settings
from creditreport.config_signing import SigningSettings
from creditreport.errors import Problem
from creditreport.signing.demo_ca import init_demo_keys
from creditreport.signing.keyfiles import load_bundle
from creditreport.signing.signer import load_signer
from creditreport.signing.trust import TrustStore, load_trust

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
PAST = datetime(2024, 10, 8, tzinfo=UTC)


def make_settings(folder: Path, env: str = "test", passphrase: str = "correct horse") -> Settings:
    return load_settings(
        {
            "CREDITREPORT_ENV": env,
            "CREDITREPORT_DATABASE_URL": f"sqlite:///{folder / 'store.sqlite3'}",
            "CREDITREPORT_PUBLIC_URL": "https://credit.example.gov.cn",
            "CREDITREPORT_SECRET_KEY": "not used here",
            "CREDITREPORT_SIGNING_PASSPHRASE": passphrase,
            "CREDITREPORT_KEYS_DIR": str(folder / "keys"),
        }
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def refused(settings: Settings) -> str:
    with pytest.raises(Problem) as caught:
        load_signer(settings)
    assert caught.value.code == "SIGNING_UNAVAILABLE"
    return caught.value.zh + caught.value.en


def test_init_makes_private_files_once(settings: Settings) -> None:
    made = init_demo_keys(settings, NOW)
    assert [path.name for path in made.new] == ["root.p12", "root.pem", "signer.p12"]
    before = {path: path.read_bytes() for path in made.files}
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.files}
    assert modes == {"root.p12": 0o600, "root.pem": 0o644, "signer.p12": 0o600}

    again = init_demo_keys(settings, NOW)
    assert again.new == ()
    assert {path: path.read_bytes() for path in again.files} == before
    assert sorted(path.name for path in (settings.keys_dir / "demo").iterdir()) == sorted(modes)


@pytest.mark.parametrize("missing", ["root.pem", "signer.p12"])
def test_init_completes_what_a_kill_left(settings: Settings, missing: str) -> None:
    init_demo_keys(settings, NOW)
    (settings.keys_dir / "demo" / missing).unlink()
    assert [path.name for path in init_demo_keys(settings, NOW).new] == [missing]
    load_signer(settings)


def test_no_demo_keys_in_production(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, env="production")
    with pytest.raises(Problem) as caught:
        init_demo_keys(settings, NOW)
    assert str(tmp_path / "keys" / "signer.p12") in caught.value.en
    assert not (tmp_path / "keys").exists()


def test_production_neither_signs_with_nor_trusts_the_demo_keys(tmp_path: Path, settings: Settings) -> None:
    init_demo_keys(settings, NOW)
    production = make_settings(tmp_path, env="production")
    assert str(tmp_path / "keys" / "signer.p12") in refused(production)
    assert load_trust(production.keys_dir, Environment.PRODUCTION).roots == ()
    assert load_trust(production.keys_dir).roots == ()
    assert len(load_trust(settings.keys_dir, Environment.TEST).roots) == 1


def test_production_signs_with_what_the_operator_provides(tmp_path: Path, settings: Settings) -> None:
    init_demo_keys(settings, NOW)
    production = make_settings(tmp_path, env="production")
    keys = tmp_path / "keys"
    (keys / "demo" / "signer.p12").rename(keys / "signer.p12")
    assert "root" in refused(production)
    (keys / "trust").mkdir()
    (keys / "demo" / "root.pem").rename(keys / "trust" / "root.pem")
    assert load_signer(production).level == "B-B"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_may_read_is_refused(settings: Settings, mode: int) -> None:
    init_demo_keys(settings, NOW)
    path = settings.keys_dir / "demo" / "signer.p12"
    path.chmod(mode)
    assert f"chmod 600 {path}" in refused(settings)


def test_missing_damaged_or_wrong_passphrase_is_told(tmp_path: Path, settings: Settings) -> None:
    assert "keys init" in refused(settings)
    init_demo_keys(settings, NOW)
    assert "CREDITREPORT_SIGNING_PASSPHRASE" in refused(make_settings(tmp_path, passphrase="wrong"))
    path = settings.keys_dir / "demo" / "signer.p12"
    path.write_bytes(path.read_bytes()[:200])
    assert str(path) in refused(settings)


def test_the_passphrase_is_needed(settings: Settings) -> None:
    init_demo_keys(settings, NOW)
    signer = settings.keys_dir / "demo" / "signer.p12"
    with pytest.raises(Problem):
        load_bundle(signer, dataclasses.replace(settings, signing=SigningSettings(signing_passphrase="")))


def test_trust(tmp_path: Path, settings: Settings) -> None:
    init_demo_keys(settings, NOW)
    other = make_settings(tmp_path / "other")
    init_demo_keys(other, NOW)
    bundle = load_bundle(settings.keys_dir / "demo" / "signer.p12", settings)
    certificate = bundle.certificate.public_bytes(Encoding.DER)
    chain = [one.public_bytes(Encoding.DER) for one in bundle.chain]
    ours, theirs = load_trust(settings.keys_dir, Environment.TEST), load_trust(other.keys_dir, Environment.TEST)

    assert ours.accepts(certificate, chain, NOW)
    assert ours.accepts(certificate, [], PAST), "drills issue reports on earlier days"
    assert not ours.accepts(certificate, chain, datetime(2023, 12, 31, tzinfo=UTC))
    assert not ours.accepts(certificate, chain, datetime(2037, 1, 1, tzinfo=UTC))
    assert not theirs.accepts(certificate, chain, NOW), "the root inside the signature proves nothing"
    assert not TrustStore(()).accepts(certificate, chain, NOW), "no root: nothing is trusted"
    assert not ours.accepts(chain[0], [], NOW), "a root may not sign documents"
    assert not ours.accepts(b"\x30\x82not a certificate", chain, NOW)


def test_a_damaged_root_is_named(settings: Settings) -> None:
    init_demo_keys(settings, NOW)
    damaged = settings.keys_dir / "demo" / "another.pem"
    damaged.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    assert str(damaged) in refused(settings)
