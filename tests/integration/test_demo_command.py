"""``creditreport demo fill``: sources and register in one command, safe to repeat, never in production."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from creditreport.cli import main
from creditreport.config import PREFIX
from creditreport.demo.environment import demo_environment
from tests.stores import make_store


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo of its own below ``tmp_path``."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    own = {"ENV": "demo", "PUBLIC_URL": "http://127.0.0.1:8000", "DATABASE_URL": url, "VAR_DIR": str(tmp_path)}
    secrets = dict.fromkeys(("SECRET_KEY", "SIGNING_PASSPHRASE"), "for tests only")
    for name, value in {**own, **secrets, "CLOCK": "2026-11-21T12:00:00+08:00"}.items():
        monkeypatch.setenv(PREFIX + name, value)
    for name, value in demo_environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    make_store(url)
    return tmp_path


def test_it_fills_the_sources_and_the_register_and_can_be_repeated(environ: Path) -> None:
    first = CliRunner().invoke(main, ["demo", "fill"])
    again = CliRunner().invoke(main, ["demo", "fill"])
    listing = CliRunner().invoke(main, ["entities", "list", "--json"])
    plan = json.loads((environ / "demo" / "expected.json").read_text(encoding="utf-8"))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert f"added {len(plan['businesses'])}" in first.stdout
    assert f"unchanged {len(plan['businesses'])}" in again.stdout
    assert plan["day"] == "2026-11-21"
    listed = {one["uscc"] for one in json.loads(listing.stdout)["entities"]}
    assert listed == {one["uscc"] for one in plan["businesses"]}


def test_it_is_refused_in_production(environ: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "ENV", "production")
    monkeypatch.delenv(PREFIX + "CLOCK")
    result = CliRunner().invoke(main, ["demo", "fill", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "DEMO_ONLY"
    assert not (environ / "demo").exists()
