"""Bringing a database to the newest version, and telling which version it has."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData

from creditreport.db import Base, make_engine

FOLDER = Path(__file__).resolve().parent
MODELS = (
    "creditreport.accounts.models",
    "creditreport.api.models",
    "creditreport.audit.models",
    "creditreport.bidpacks.models",
    "creditreport.doublepublicity.models",
    "creditreport.entities.models",
    "creditreport.jobs.models",
    "creditreport.mirror.models",
    "creditreport.notices.models",
    "creditreport.objections.correction_models",
    "creditreport.objections.models",
    "creditreport.quarantine.models",
    "creditreport.reports.ending.models",
    "creditreport.reports.models",
    "creditreport.requests.models",
    "creditreport.rules.models",
    "creditreport.signing.models",
    "creditreport.verification.models",
)


def metadata() -> MetaData:
    """All stored tables: every package's models are loaded first."""
    for module in MODELS:
        import_module(module)
    return Base.metadata


def make_config(engine: Engine | None = None) -> Config:
    """Alembic's configuration without a file; ``engine`` is the store to work on."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def newest() -> str:
    """The newest version that this program knows."""
    head = ScriptDirectory.from_config(make_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def version_of(engine: Engine) -> str | None:
    """The version that the store has; ``None`` for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database_url: str) -> tuple[str | None, str]:
    """Bring the store at ``database_url`` to the newest version, all or nothing; safe to repeat.

    Returns the versions before and after.
    """
    engine = make_engine(database_url)
    try:
        before = version_of(engine)
        command.upgrade(make_config(engine), "head")
        return before, newest()
    finally:
        engine.dispose()
