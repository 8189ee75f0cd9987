"""The command line: thin, one command per use case; each package brings its own commands.

Exit status: 0 done or yes, 1 the answer is no, 2 wrong use. With ``--json`` there is one JSON object on standard
output and nothing else.
"""

from __future__ import annotations

import getpass
import json
import locale
import logging
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from creditreport.cli_commands import COMMANDS
from creditreport.cli_lazy import LazyGroup
from creditreport.errors import WRONG_USE, Problem


def language() -> str:
    """``zh`` or ``en``, from ``CREDITREPORT_LANG`` or the terminal's locale."""
    value = os.environ.get("CREDITREPORT_LANG") or locale.getlocale()[0] or "zh"
    return "en" if value.lower().startswith("en") else "zh"


def acting_user() -> str:
    """Who types the command, as the audit trail names him; by number where the machine knows no name (containers)."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"cli:uid-{os.getuid()}"


def print_json(value: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a use-case function into a command body.

    Its result is the exit status (``None`` is 0). A :class:`Problem` is printed as JSON when the command was asked
    for JSON, else as a sentence on standard error.
    """

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        _log_warnings()
        try:
            status = function(*args, **kwargs) or 0
        except Problem as problem:
            status = report_problem(problem, as_json=bool(kwargs.get("as_json")))
        except Exception as error:
            if not type(error).__module__.startswith("sqlalchemy"):
                raise
            from creditreport.db import store_problem

            found = store_problem(error)
            if found is None:
                raise
            status = report_problem(found, as_json=bool(kwargs.get("as_json")))
        sys.exit(status)

    return run


def _log_warnings() -> None:
    # Not at the top: a list of commands and a wrong word need no log.
    from creditreport.logs import log_to_stderr

    # Forty-eight sources tell how they were asked: a server's log wants that, a person at a terminal does not.
    log_to_stderr(logging.WARNING)


def report_problem(problem: Problem, *, as_json: bool) -> int:
    """Say the sentence where the caller listens; returns the exit status of its kind."""
    if as_json:
        print_json(problem.as_json(language()))
    else:
        click.echo(problem.sentence(language()), err=True)
    return problem.kind.exit_status


class JsonAwareGroup(LazyGroup):
    """Usage errors are one JSON object too, when ``--json`` was given."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        asked_json = "--json" in (kwargs.get("args") or sys.argv[1:])
        try:
            return super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.UsageError as error:
            if asked_json:
                print_json({"error": {"code": "WRONG_USE", "message": error.format_message()}})
            else:
                error.show()
            sys.exit(WRONG_USE)
        except click.Abort:
            sys.exit(130)


@click.group(cls=JsonAwareGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """经营主体专用信用报告 / special-purpose credit reports."""


main.announce(*COMMANDS)

if __name__ == "__main__":
    main()
