"""The migrations build exactly the tables that the models describe, on both kinds of store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from creditreport.db import make_engine
from creditreport.migrations.store import make_config, metadata, newest, upgrade, version_of


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def test_migrations_match_the_models(database_url: str, engine: Engine) -> None:
    assert upgrade(database_url) == (None, newest())
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, metadata())
    assert differences == []


def test_checks_and_comments_are_those_of_the_models(database_url: str, engine: Engine) -> None:
    # What the comparison above does not look at.
    upgrade(database_url)
    inspector = inspect(engine)
    for table in metadata().sorted_tables:
        stored = {check["name"] for check in inspector.get_check_constraints(table.name)}
        meant = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        assert stored == meant, table.name
        if engine.dialect.supports_comments:
            comments = {column["name"]: column["comment"] for column in inspector.get_columns(table.name)}
            assert comments == {column.name: column.comment for column in table.columns}, table.name


def test_every_column_says_what_it_is() -> None:
    silent = [
        f"{table.name}.{column.name}"
        for table in metadata().sorted_tables
        for column in table.columns
        if not column.comment and column.name != "id"
    ]
    assert silent == []


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    assert upgrade(database_url) == (newest(), newest())


def test_going_back_leaves_an_empty_store(database_url: str, engine: Engine) -> None:
    upgrade(database_url)
    command.downgrade(make_config(engine), "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert version_of(engine) is None


def test_a_half_done_upgrade_is_undone(database_url: str, engine: Engine) -> None:
    # The last table that the first version makes is there already: the upgrade must fail and leave nothing else.
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE source_answer (x INTEGER)"))
    with pytest.raises(DBAPIError, match="source_answer"):
        upgrade(database_url)
    assert inspect(engine).get_table_names() == ["source_answer"]
