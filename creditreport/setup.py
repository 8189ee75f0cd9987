"""``creditreport setup``: everything a fresh clone needs before its first report; safe to repeat.

It says what it is doing while it does it. Secrets are drawn once and kept; what is already there is left alone.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from creditreport.cli import command
from creditreport.config import CHECKOUT, PREFIX, load_settings, read_env_file
from creditreport.demo.environment import demo_environment

DEMO_ENV = CHECKOUT / "var" / "demo.env"
# Beside the key that it opens, so that a new var/ does not lock the demo out of its own key.
PASSPHRASE = CHECKOUT / "keys" / "demo" / "passphrase"


def demo_settings(var_dir: Path, kept: Mapping[str, str]) -> dict[str, str]:
    """The demo's variables; a secret in ``kept`` stays as it is."""
    variables = {
        "ENV": "demo",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": f"sqlite:///{var_dir / 'creditreport.sqlite3'}",
        "VAR_DIR": str(var_dir),
        "SECRET_KEY": kept.get(PREFIX + "SECRET_KEY") or secrets.token_urlsafe(32),
        "SIGNING_PASSPHRASE_FILE": str(PASSPHRASE),
    }
    prefixed = {PREFIX + name: value for name, value in variables.items()}
    return {**prefixed, **demo_environment(var_dir, kept)}


def write_demo_env(path: Path) -> None:
    """Write the demo's settings, readable by their owner alone."""
    kept = read_env_file(path) if path.is_file() else {}
    lines = [f"{key}={value}" for key, value in demo_settings(path.parent, kept).items()]
    head = "# Written by `make setup`; the demo's settings. Production sets its own (README, settings)."
    _write_private(path, "\n".join([head, *lines]) + "\n")


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _settings() -> None:
    if PREFIX + "ENV" in os.environ:
        click.echo(f"   {PREFIX}ENV 已设，沿用当前环境变量 / is set: the environment's settings are used")
        return
    if not PASSPHRASE.is_file():
        _write_private(PASSPHRASE, secrets.token_urlsafe(32))
    write_demo_env(DEMO_ENV)


def _fonts() -> None:
    from creditreport.reports.font_setup import prepare_fonts

    prepare_fonts(load_settings().var_dir, say=lambda line: click.echo(f"   {line}"))


def _keys() -> None:
    from creditreport.config import Environment
    from creditreport.signing.demo_ca import init_demo_keys
    from creditreport.signing.signer import load_signer

    settings = load_settings()
    if settings.env is not Environment.PRODUCTION:
        init_demo_keys(settings, settings.make_clock().now())
    click.echo(f"   {load_signer(settings).describe()['subject']}")


def _database() -> None:
    from creditreport.migrations.store import upgrade

    before, after = upgrade(load_settings().database_url)
    click.echo(f"   {before or '-'} → {after}")


def _translations() -> None:
    from creditreport.web.translations import compile_translations

    compile_translations()


STEPS: tuple[tuple[str, Callable[[], None]], ...] = (
    ("设置 / settings (var/demo.env)", _settings),
    ("字库 / fonts (the first time takes about a minute)", _fonts),
    ("演示密钥 / demo keys", _keys),
    ("数据库 / database", _database),
    ("译文 / translations", _translations),
)


@click.command("setup")
@command
def setup() -> None:
    """Settings, fonts, demo keys, database, translations; safe to repeat."""
    for title, step in STEPS:
        click.echo(f"== {title}")
        step()
