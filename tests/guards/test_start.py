"""What a start pays for: a command imports what it uses and no more, a server all of it; nothing is timed here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from creditreport.cli import main
from creditreport.cli_commands import COMMANDS
from creditreport.cli_lazy import Announced, LazyGroup
from creditreport.config import CHECKOUT
from creditreport.db import Base
from creditreport.migrations.store import metadata
from tests.stores import make_store

DRAWING = {"reportlab", "fontTools", "uharfbuzz", "zxingcpp", "PIL", "pypdfium2"}
SIGNING = {"pyhanko", "pyhanko_certvalidator", "asn1crypto", "cryptography", "aiohttp"}
WORKBOOKS = {"openpyxl", "lxml", "numpy"}
NETWORK = {"httpx", "httpcore", "requests", "redis", "limits", "smtplib", "celery", "kombu"}
WEB = {"flask", "werkzeug", "jinja2", "authlib", "argon2", "wtforms"}
FORMS = {"pydantic", "chinese_calendar", "stdnum"}
STORE = {"sqlalchemy", "alembic"}
LOG = {"structlog"}
EVERYTHING = DRAWING | SIGNING | WORKBOOKS | NETWORK | WEB | FORMS | STORE | LOG
# Each start, and what it has no use for.
STARTS = {
    "--help": EVERYTHING,
    "nonsense": EVERYTHING,
    "jobs --help": EVERYTHING - STORE - LOG - {"stdnum"} | {"alembic"},
    "verify --help": EVERYTHING,
    "jobs list": EVERYTHING - STORE - LOG - {"stdnum"} | {"alembic"},
    "entities list": DRAWING | SIGNING | WORKBOOKS | NETWORK | WEB | {"alembic", "chinese_calendar"},
    "domains check": DRAWING | SIGNING | WORKBOOKS | NETWORK | WEB | STORE,
    "rules check": DRAWING | SIGNING | WORKBOOKS | NETWORK | WEB | STORE,
    "verify 0000-0000-0000-0000-0000": DRAWING | SIGNING | WORKBOOKS | WEB | {"redis", "smtplib", "celery", "alembic"},
    "domains sync": DRAWING | SIGNING | WORKBOOKS | WEB | {"redis", "smtplib", "celery", "alembic"},
}
PROGRAM = """
import sys
from creditreport.cli import main
status = 0
try:
    main(sys.argv[1:], prog_name="creditreport")
except SystemExit as ended:
    status = ended.code
print("\\n", *{name.partition(".")[0] for name in sys.modules})
sys.exit(status)
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("start")
    address = f"sqlite:///{folder / 'empty.sqlite3'}"
    make_store(address)
    values = {"ENV": "test", "DATABASE_URL": address, "PUBLIC_URL": "https://x.test", "VAR_DIR": str(folder)}
    values |= {"SECRET_KEY": "x", "SIGNING_PASSPHRASE": "x"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CREDITREPORT_")}
    return kept | {f"CREDITREPORT_{name}": value for name, value in values.items()}


@pytest.mark.parametrize("words", STARTS)
def test_a_command_imports_what_it_uses(words: str, environment: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words.split()], cwd=CHECKOUT, env=environment, capture_output=True, text=True
    )
    assert "Traceback" not in ended.stderr
    imported = set(ended.stdout.splitlines()[-1].split())
    assert "click" in imported
    assert imported & STARTS[words] == set()


def test_the_pages_import_everything_before_the_first_request(environment: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import sys, wsgi; print(*sys.modules)"],
        cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    needed = {
        "reportlab",
        "uharfbuzz",
        "pyhanko",
        "cryptography",
        "openpyxl",
        "httpx",
        "limits",
        "jinja2",
        "sqlalchemy",
    }
    assert needed - set(ended.stdout.split()) == set()


def _announced(group: click.Group) -> Iterator[tuple[str, Announced, click.Command]]:
    for name, known in group.commands.items():
        found = group.get_command(click.Context(group), name)
        assert found is not None
        if isinstance(known, Announced):
            yield name, known, found
        if isinstance(found, click.Group):
            yield from _announced(found)


def test_what_is_said_of_a_command_in_a_list_is_what_it_says_itself() -> None:
    found = list(_announced(main))
    assert len(found) > len(COMMANDS)
    for name, known, command in found:
        assert (known.name, known.hidden) == (command.name, command.hidden) == (name, False)
        assert known.help == (command.help or "").split("\n\n")[0].replace("\n", " ").strip()


def test_every_module_of_commands_is_announced() -> None:
    package = Path(main.callback.__code__.co_filename).parent  # type: ignore[union-attr]
    there = {".".join(path.relative_to(package).with_suffix("").parts) for path in package.rglob("*commands.py")}
    known = {one.where.partition(":")[0].removeprefix("creditreport.") for _, one, _ in _announced(main)}
    assert there - known == {"cli_commands"}


def test_a_list_and_a_completion_import_nothing() -> None:
    group = LazyGroup("some", commands=[Announced("one", "no.such.module:one", "First. Second."), click.Command("two")])
    context = click.Context(group)
    assert "one  First." in group.get_help(context)
    assert [one.value for one in group.shell_complete(context, "")] == ["one", "two"]
    with pytest.raises(ModuleNotFoundError):
        group.get_command(context, "one")


def test_models_bring_the_tables_that_their_foreign_keys_name() -> None:
    """A command may be the only one that knows a model: without the other table its first flush would fail."""
    tables = metadata().tables.values()
    homes = {str(one.local_table): one.class_.__module__ for one in Base.registry.mappers}
    wrong = []
    for home, needed in {(homes[one.name], homes[key.column.table.name]) for one in tables for key in one.foreign_keys}:
        text = Path(str(sys.modules[home].__file__)).read_text(encoding="utf-8")
        if home != needed and f"import {needed}" not in text:
            wrong.append(f"{home} does not import {needed}")
    assert wrong == []
