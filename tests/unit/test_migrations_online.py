"""What migrations may do to tables that hold millions of rows while the service goes on (PostgreSQL)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from creditreport.db import make_engine
from creditreport.migrations.online import LOCK_SECONDS
from creditreport.migrations.store import make_config, newest, version_of

# Made before the program first ran for a city: their tables were empty.
BEFORE_THE_FIRST_CITY = {f"{number:04}" for number in range(1, 21)}
TABLE = r'(?:IF (?:NOT )?EXISTS )?(?:ONLY )?"?(\w+)"?'
# What a statement does to a table that others use meanwhile, and what to do instead.
FORBIDDEN = {
    rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).* ON {TABLE}": "keeps writers out: online.build_index",
    rf"DROP INDEX (?!CONCURRENTLY){TABLE}": "keeps everybody out: online.drop_index",
    rf"ALTER TABLE {TABLE} ADD CONSTRAINT (?!.*NOT VALID).*(?:FOREIGN KEY|CHECK)": "reads all rows: NOT VALID first",
    rf"ALTER TABLE {TABLE} ADD CONSTRAINT (?!.*USING INDEX).*(?:UNIQUE|PRIMARY KEY)": "online.build_index first",
    rf"ALTER TABLE {TABLE} ALTER COLUMN .* TYPE": "writes all rows anew: a new column",
    rf"ALTER TABLE {TABLE} ALTER COLUMN .* SET NOT NULL": "reads all rows: a CHECK that is NOT VALID first",
    rf"ALTER TABLE {TABLE} ADD COLUMN (?!.*DEFAULT).*NOT NULL": "refused where there are rows: with a default",
    rf"ALTER TABLE {TABLE} ADD COLUMN .*(?:SERIAL|GENERATED|random\(|now\()": "writes all rows anew",
    rf"UPDATE {TABLE}": "writes all rows in one transaction: a job, in lots",
    rf"DELETE FROM {TABLE}": "the same",
}  # fmt: skip


@pytest.fixture
def engine(postgres_server: str) -> Iterator[Engine]:
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE migrations_online"))
    base, _, query = postgres_server.partition("?")
    engine = make_engine(f"{base.rsplit('/', 1)[0]}/migrations_online?{query}")
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE migrations_online WITH (FORCE)"))
    admin.dispose()


def hindrances(statements: list[str]) -> list[str]:
    """What of one migration would hinder others at tables that were there before it."""
    flat = [" ".join(statement.split()) for statement in statements]
    new = {found.group(1) for one in flat if (found := re.match(rf"CREATE TABLE {TABLE}", one, re.IGNORECASE))}
    new |= {"alembic_version"}
    return [
        f"{one}: {instead}"
        for one in flat
        for pattern, instead in FORBIDDEN.items()
        if (found := re.match(pattern, one, re.IGNORECASE)) and found.group(1) not in new
    ]


def _heard(engine: Engine) -> list[str]:
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: said.append(statement))
    return said


def test_no_migration_hinders_a_city_at_work(engine: Engine) -> None:
    said = _heard(engine)
    wrong = {}
    for script in reversed(list(ScriptDirectory.from_config(make_config()).walk_revisions())):
        said.clear()
        command.upgrade(make_config(engine), script.revision)
        assert said[:1] == [f"SET lock_timeout = '{LOCK_SECONDS}s'"], "no long wait for a lock"
        if script.revision not in BEFORE_THE_FIRST_CITY:
            wrong[script.revision] = hindrances(said)
    assert version_of(engine) == newest()
    assert {revision: found for revision, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX ix_a ON credit_report (purpose)",
        "CREATE UNIQUE INDEX ix_a ON credit_report (purpose)",
        "DROP INDEX ix_credit_report_uscc",
        "ALTER TABLE credit_report ADD CONSTRAINT a CHECK (years > 0)",
        "ALTER TABLE notice ADD CONSTRAINT a FOREIGN KEY(number) REFERENCES credit_report (number)",
        "ALTER TABLE notice ADD CONSTRAINT a UNIQUE (number)",
        "ALTER TABLE credit_report ALTER COLUMN purpose TYPE VARCHAR(30)",
        "ALTER TABLE credit_report ALTER COLUMN withdrawn_at SET NOT NULL",
        "ALTER TABLE credit_report ADD COLUMN a INTEGER NOT NULL",
        "ALTER TABLE credit_report ADD COLUMN a FLOAT DEFAULT random()",
        "UPDATE credit_report SET purpose='finance'",
        'DELETE FROM "notice"',
    ],
)
def test_what_hinders_is_found(statement: str) -> None:
    assert hindrances(["CREATE TABLE other (a INTEGER)", statement]) != []


def test_what_hinders_nobody_passes() -> None:
    assert not hindrances(
        [
            "CREATE TABLE new_table (a INTEGER)",
            "CREATE INDEX ix_new_table_a ON new_table (a)",
            "CREATE INDEX CONCURRENTLY ix_a ON credit_report (purpose)",
            "ALTER TABLE credit_report ADD COLUMN a INTEGER",
            "ALTER TABLE credit_report ADD COLUMN a INTEGER DEFAULT 0 NOT NULL",
            "ALTER TABLE credit_report ADD CONSTRAINT a CHECK (years > 0) NOT VALID",
            "ALTER TABLE credit_report VALIDATE CONSTRAINT a",
        ]
    )


# A chain of its own: a table, a column that needs the table alone, an index that is built beside the writers.
MOULD = """
from alembic import op
import sqlalchemy as sa
from creditreport.migrations.online import build_index
revision, down_revision, branch_labels, depends_on = {revision!r}, {before!r}, None, None
def upgrade():
    {deed}
"""


@pytest.fixture
def chain(tmp_path: Path, engine: Engine) -> Config:
    deeds = {
        "one": 'op.create_table("thing", sa.Column("id", sa.Integer(), primary_key=True))',
        "two": 'build_index("ix_thing_id", "thing", ["id"])',
        "three": 'op.add_column("thing", sa.Column("word", sa.String(5)))',
    }
    (tmp_path / "versions").mkdir()
    before = None
    for revision, deed in deeds.items():
        (tmp_path / "versions" / f"{revision}.py").write_text(
            MOULD.format(revision=revision, before=before, deed=deed), encoding="utf-8"
        )
        before = revision
    (tmp_path / "env.py").write_bytes(
        (Path(make_config().get_main_option("script_location") or "") / "env.py").read_bytes()
    )
    config = make_config(engine)
    config.set_main_option("script_location", str(tmp_path))
    return config


def test_an_index_left_half_built_is_built_anew(chain: Config, engine: Engine) -> None:
    command.upgrade(chain, "one")
    with engine.begin() as connection:
        connection.execute(text("CREATE INDEX ix_thing_id ON thing (id)"))
        connection.execute(text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_thing_id'::regclass"))
    command.upgrade(chain, "two")
    with engine.connect() as connection:
        valid = connection.execute(text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_thing_id'::regclass"))
        assert valid.scalar_one()


def test_an_upgrade_gives_up_rather_than_keep_everybody_waiting(
    chain: Config, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creditreport.migrations.online.LOCK_SECONDS", 1)
    command.upgrade(chain, "two")
    with engine.begin() as long_query:
        long_query.execute(text("SELECT 1 FROM thing"))
        with pytest.raises(OperationalError, match="lock timeout"):
            command.upgrade(chain, "head")
    command.upgrade(chain, "head")
    assert version_of(engine) == "three"
    with engine.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "0"
