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
SECRETS = ("SECRET_KEY", "SIGNING_PASSPHRASE")


def demo_settings(var_dir: Path, kept: Mapping[str, str]) -> dict[str, str]:
    """The demo's variables; secrets in ``kept`` stay as they are."""
    variables = {
        "ENV": "demo",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": f"sqlite:///{var_dir / 'creditreport.sqlite3'}",
        "VAR_DIR": str(var_dir),
    }
    for name in SECRETS:
        variables[name] = kept.get(PREFIX + name) or secrets.token_urlsafe(32)
    prefixed = {PREFIX + name: value for name, value in variables.items()}
    return {**prefixed, **demo_environment(var_dir)}


def write_demo_env(path: Path) -> None:
    """Write the demo's settings, readable by their owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = read_env_file(path) if path.is_file() else {}
    lines = [f"{key}={value}" for key, value in demo_settings(path.parent, kept).items()]
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("# Written by `make setup`; the demo's settings. Production sets its own (README, settings).\n")
        file.write("\n".join(lines) + "\n")
    fresh.replace(path)


def _fonts() -> None:
    from creditreport.reports.fonts import prepare_fonts

    prepare_fonts(load_settings().var_dir)


def _keys() -> None:
    from creditreport.signing.keys import init_keys

    init_keys(load_settings())


def _database() -> None:
    from creditreport.migrations.commands import upgrade

    upgrade(load_settings().database_url)


def _translations() -> None:
    from creditreport.web.translations import compile_translations

    compile_translations()


def _settings() -> None:
    if PREFIX + "ENV" not in os.environ:
        write_demo_env(DEMO_ENV)


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


COMMANDS = [setup]
