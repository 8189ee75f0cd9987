"""``creditreport screen``: the rules on a request and records given as JSON; needs no database and no keys."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import click

from creditreport.cli import command, language, print_json
from creditreport.config import rule_choice, rule_folders
from creditreport.errors import Problem
from creditreport.violations.explain import explain, told
from creditreport.violations.ruleset import load_rulebook
from creditreport.violations.screen import Decision, Screened, ScreeningDomain, examine
from creditreport.violations.screen_input import ScreenInput, read_screen_input
from creditreport.violations.window import ScreeningRequest, Window, window_for
from creditreport.worktime import load_work_calendar


@click.command("screen")
@click.argument("request_file", metavar="REQUEST.json|-")
@click.option("--explain", "explained", is_flag=True, help="逐步说明 / the numbered steps with the values compared")
@click.option(
    "--record", help="只说明这条记录（record_id 或序号） / only this record: its record_id, or its index from 0"
)
@click.option("--json", "as_json", is_flag=True, help="JSON（不加 --explain 时总是如此 / always so without --explain）")
def screen_command(request_file: str, explained: bool, record: str | None, as_json: bool) -> None:
    """按规则逐条判定记录 / decide each record of a JSON request ("-" reads standard input)."""
    if record is not None and not explained:
        raise click.UsageError("--record 须与 --explain 同用 / --record goes with --explain")
    _run(request_file=request_file, explained=explained, record=record, as_json=as_json or not explained)


@command
def _run(request_file: str, explained: bool, record: str | None, as_json: bool) -> None:
    given = read_screen_input(_read(request_file))
    window, screened = _screened(given)
    chosen = _chosen(screened, record) if explained else ()
    if as_json:
        print_json(_answer_json(window, screened, chosen))
        return
    click.echo(f"{given.request.ruleset}  {given.request.issued_on}  {window.start} – {window.end}")
    for position in chosen:
        click.echo("\n".join(["", *_told(screened, position)]))


def _answer_json(window: Window, screened: Screened, chosen: Collection[int]) -> dict[str, Any]:
    """The window, and the decisions in the order of the input; the ``chosen`` ones with their steps."""
    decisions = [_decision_json(made) for made in screened.decisions]
    for position in chosen:
        decisions[position]["steps"] = [step.as_json() for step in explain(screened, position)]
    return {"window": window.model_dump(mode="json"), "decisions": decisions}


def _screened(given: ScreenInput) -> tuple[Window, Screened]:
    from creditreport.catalog.load import load_catalog

    domains_dir, var_dir = rule_folders()
    request = given.request
    # What would be decided: also for a day on which no report is issued under that rule set.
    book = load_rulebook(rule_choice().rulesets_dir)
    ruleset = book.nearest(request.ruleset, request.issued_on, shown=_place("ruleset"))
    ruleset.check_years(request.years, shown=_place("years"))
    window = _window(request, var_dir)
    domains = {}
    for located in load_catalog(domains_dir).domains:
        manifest = located.manifest
        if manifest.number is not None and manifest.effective_from is not None:
            domains[manifest.slug] = ScreeningDomain(manifest.number, manifest.effective_from)
    return window, examine(given.records, request, ruleset, domains, window)


def _chosen(screened: Screened, record: str | None) -> Sequence[int]:
    """The positions to explain: every record with that id, else the one at that index; all without a choice."""
    count = len(screened.decisions)
    if record is None:
        return range(count)
    named = [at for at, made in enumerate(screened.decisions) if made.record.record_id == record]
    if named:
        return named
    if record.isascii() and record.isdecimal() and int(record) < count:
        return [int(record)]
    raise Problem(
        "INVALID_REQUEST",
        shown={"index": None, "key": "record_id"},
        where="--record",
        detail_zh=f"没有 record_id 或序号为“{record}”的记录（共 {count} 条，序号从 0 起）",
        detail_en=f"there is no record with the id or index “{record}” ({count} records, counted from 0)",
    )


def _told(screened: Screened, position: int) -> list[str]:
    """The explanation of one record for a person, in the language of the terminal."""
    made, words = screened.decisions[position], language()
    outcome = {
        "zh": "列示" if made.listed else f"不列示：{made.reason}（{made.basis}）",
        "en": "listed" if made.listed else f"not listed: {made.reason} ({made.basis})",
    }[words]
    head = f"[{position}] {made.record.domain} {made.record.record_id}  {outcome}"
    return [head, *(told(step, words) for step in explain(screened, position))]


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
