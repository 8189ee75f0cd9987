"""Run by Alembic: connects to the store that it was given, else to the one of the settings."""

from __future__ import annotations

from alembic import context

from creditreport.config import load_settings
from creditreport.db import make_engine
from creditreport.migrations.online import short_waits
from creditreport.migrations.store import metadata


def run() -> None:
    """Run the migrations in one transaction."""
    if context.is_offline_mode():
        raise SystemExit("migrations need the database itself (no --sql)")
    given = context.config.attributes.get("engine")
    engine = given or make_engine(context.get_x_argument(as_dictionary=True).get("url") or load_settings().database_url)
    with engine.connect() as connection, short_waits(connection):
        # SQLite too undoes a half-done change of tables, because db.py begins transactions itself.
        context.configure(
            connection=connection, target_metadata=metadata(), render_as_batch=True, transactional_ddl=True
        )
        with context.begin_transaction():
            context.run_migrations()


run()
