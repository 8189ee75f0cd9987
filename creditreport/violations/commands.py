"""``creditreport screen``: the rules on a request and records given as JSON; needs no database and no keys."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from creditreport.cli import command, print_json
from creditreport.config import rule_folders
from creditreport.errors import Problem
from creditreport.violations.ruleset import load_ruleset
from creditreport.violations.screen import Decision, ScreeningDomain, screen
from creditreport.violations.screen_input import ScreenInput, read_screen_input
from creditreport.violations.window import ScreeningRequest, Window, window_for
from creditreport.worktime import load_work_calendar


@click.command("screen")
@click.argument("request_file", metavar="REQUEST.json|-")
@click.option("--json", "json_flag", is_flag=True, expose_value=False, help="JSON（总是如此 / always so）")
def screen_command(request_file: str) -> None:
    """按规则逐条判定记录 / decide each record of a JSON request ("-" reads standard input)."""
    _run(request_file=request_file, as_json=True)


@command
def _run(request_file: str, as_json: bool) -> None:
    print_json(screen_json(read_screen_input(_read(request_file))))


def screen_json(given: ScreenInput) -> dict[str, Any]:
    """The answer's JSON object: the window, and the decisions in the order of the input."""
    from creditreport.catalog.load import load_catalog

    domains_dir, var_dir = rule_folders()
    request = given.request
    ruleset = load_ruleset(request.ruleset, shown=_place("ruleset"))
    ruleset.check_years(request.years, shown=_place("years"))
    window = _window(request, var_dir)
    domains = {}
    for located in load_catalog(domains_dir).domains:
        manifest = located.manifest
        if manifest.number is not None and manifest.effective_from is not None:
            domains[manifest.slug] = ScreeningDomain(manifest.number, manifest.effective_from)
    decisions = screen(given.records, request, ruleset, domains, window)
    return {"window": window.model_dump(mode="json"), "decisions": [_decision_json(made) for made in decisions]}


def _window(request: ScreeningRequest, var_dir: Path | None) -> Window:
    try:
        return window_for(request.issued_on, request.years, load_work_calendar(var_dir))
    except (ValueError, OverflowError) as error:
        # The calendar of this program starts with the year 1.
        raise Problem("INVALID_DATE", shown=_place("issued_on"), value=request.issued_on.isoformat()) from error


def _decision_json(made: Decision) -> dict[str, Any]:
    return {
        "domain": made.record.domain,
        "record_id": made.record.record_id,
        "listed": made.listed,
        "reason": made.reason,
        "basis": made.basis,
    }


def _place(key: str) -> dict[str, Any]:
    return {"index": None, "key": key}


def _read(request_file: str) -> bytes:
    if request_file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(request_file).read_bytes()
    except OSError as error:
        raise Problem(
            "INVALID_REQUEST",
            shown={"index": None, "key": None},
            where=request_file,
            detail_zh=f"读不到文件（{error.strerror}）",
            detail_en=f"the file cannot be read ({error.strerror})",
        ) from error


COMMANDS = [screen_command]
