"""``verify`` and ``keys`` as a script sees them: exit status, and one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from creditreport.cli import main
from creditreport.config import Settings
from creditreport.db import make_engine, make_sessions
from creditreport.reports.content import grouped
from creditreport.signing.signer import load_signer
from creditreport.verification.codes import ALPHABET, new_code
from tests.conftest import NOON
from tests.issued import Issued, store
from tests.stores import make_store


@pytest.fixture
def issued(signing_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Issued:
    """One valid report in a store that the command line is told of."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    for name, value in {
        "ENV": "test",
        "DATABASE_URL": url,
        "PUBLIC_URL": signing_settings.public_url,
        "SECRET_KEY": signing_settings.secret_key,
        "SIGNING_PASSPHRASE": signing_settings.signing_passphrase,
        "KEYS_DIR": str(signing_settings.keys_dir),
        "VAR_DIR": str(tmp_path / "var"),
        "CLOCK": "2026-11-21T12:00:00+08:00",
        "LANG": "en",
    }.items():
        monkeypatch.setenv(f"CREDITREPORT_{name}", value)
    make_store(url)
    engine = make_engine(url)
    stored = store(make_sessions(engine), load_signer(signing_settings), NOON)
    engine.dispose()
    return stored


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def told(*arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return answer


def test_a_code(issued: Issued) -> None:
    result = run("verify", grouped(issued.code).lower(), "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["status"], answer["number"], answer["listed"]) == ("VALID", issued.number, 0)
    assert "steps" not in answer


def test_a_code_that_is_no_yes(issued: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = next(char for char in ALPHABET if char != issued.code[0]) + issued.code[1:]
    for code, status in ((new_code(), "UNKNOWN"), (wrong, "MISTYPED"), ("…" * 5000, "MISTYPED")):
        assert run("verify", code).exit_code == 1
        assert told("verify", code)["status"] == status
    monkeypatch.setenv("CREDITREPORT_CLOCK", "2026-12-22T00:00:00+08:00")
    assert run("verify", issued.code).exit_code == 1
    assert told("verify", issued.code)["status"] == "EXPIRED"


def test_a_file(issued: Issued, tmp_path: Path) -> None:
    path = tmp_path / "report.PDF"
    path.write_bytes(issued.pdf)
    assert run("verify", str(path)).exit_code == 0
    assert [step["ok"] for step in told("verify", str(path))["steps"]] == [True] * 5

    path.write_bytes(issued.pdf.replace(b"Report", b"Rep0rt"))
    shown = run("verify", str(path))
    assert shown.exit_code == 1
    assert "TAMPERED WITH" in shown.stdout
    assert "✗ 1 the signature is intact" in shown.stdout
    assert "✓ 2 it covers the whole file" in shown.stdout
    assert told("verify", str(path))["status"] == "TAMPERED"


def test_a_file_that_is_not_there_is_wrong_use(issued: Issued, tmp_path: Path) -> None:
    for name in (str(tmp_path / "none.pdf"), "none.PDF", str(tmp_path)):
        assert run("verify", name).exit_code == 2
    assert json.loads(run("verify", "none.pdf", "--json").stdout)["error"]["code"] == "WRONG_USE"
    assert run("verify").exit_code == 2


def test_keys(issued: Issued, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = told("keys", "show")
    assert {"subject", "serial", "valid_from", "valid_until", "fingerprint", "algorithm", "level"} <= shown.keys()
    assert run("keys", "init").exit_code == 0
    assert told("keys", "init")["new"] == []
    entered = told("keys", "show")
    assert {**entered, "state": shown["state"], "keys": shown["keys"]} == shown
    assert (entered["state"], [key["fingerprint"] for key in entered["keys"]]) == ("active", [shown["fingerprint"]])

    monkeypatch.setenv("CREDITREPORT_KEYS_DIR", str(tmp_path / "none"))
    missing = run("keys", "show", "--json")
    assert missing.exit_code == 1
    assert json.loads(missing.stdout)["error"]["code"] == "SIGNING_UNAVAILABLE"
    monkeypatch.delenv("CREDITREPORT_CLOCK")
    monkeypatch.setenv("CREDITREPORT_ENV", "production")
    assert run("keys", "init").exit_code == 1
    assert not (tmp_path / "none").exists()
