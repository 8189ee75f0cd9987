"""``creditreport db``: the store's version."""

from __future__ import annotations

import click

from creditreport.cli import command, print_json
from creditreport.config import load_settings
from creditreport.db import make_engine


def upgrade(database_url: str) -> tuple[str | None, str]:
    """Bring the store at ``database_url`` to the newest version; the versions before and after."""
    from creditreport.migrations.store import upgrade as run  # Alembic only when it is used

    return run(database_url)


@click.group("db")
def db() -> None:
    """数据库版本 / the store's version."""


@db.command("upgrade")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def upgrade_command(as_json: bool) -> None:
    """Bring the store to the newest version; safe to repeat."""
    before, after = upgrade(load_settings().database_url)
    if as_json:
        print_json({"before": before, "after": after})
    else:
        click.echo(f"数据库版本 / version: {before or '-'} → {after}")


@db.command("status")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def status_command(as_json: bool) -> int:
    """Tell the store's version; exit 1 when an upgrade is due."""
    from creditreport.migrations.store import newest, version_of

    engine = make_engine(load_settings().database_url)
    try:
        present = version_of(engine)
    finally:
        engine.dispose()
    if as_json:
        print_json({"present": present, "newest": newest()})
    else:
        click.echo(f"数据库版本 / version: {present or '-'}, 最新 / newest: {newest()}")
    return 0 if present == newest() else 1
