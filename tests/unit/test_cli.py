"""The command line says the sentence where the caller listens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from creditreport.cli import main


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings whose store has no tables."""
    values = {"ENV": "test", "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}", "PUBLIC_URL": "https://x.test"}
    for name, value in {**values, "SECRET_KEY": "x", "SIGNING_PASSPHRASE": "x", "VAR_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(f"CREDITREPORT_{name}", value)


@pytest.mark.usefixtures("empty_store")
def test_a_store_without_tables_is_one_json_object_and_what_to_do() -> None:
    result = CliRunner().invoke(main, ["entities", "list", "--json"])
    error = json.loads(result.stdout)["error"]
    assert (result.exit_code, error["code"]) == (1, "STORE_UNAVAILABLE")
    assert "db upgrade" in error["message"]
    assert "SELECT" not in error["message"]


def test_wrong_use_is_one_json_object_too() -> None:
    result = CliRunner().invoke(main, ["issue", "--json"])
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (2, "WRONG_USE")
