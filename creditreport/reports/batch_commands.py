"""``reports reissue`` and ``issue-batch``: many reports in one go."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from creditreport.cli import acting_user, command, language, print_json
from creditreport.reports.commands import JSON
from creditreport.service import Service

if TYPE_CHECKING:
    from creditreport.reports.batch_reissue import Fate

T = TypeVar("T")


@click.command("reissue")
@click.option("--showing", required=True, help="the domain whose data they show, e.g. tax_violations")
@click.option("--record", "records", multiple=True, help="only reports that list this record of it; may be repeated")
@click.option("--silent-too", is_flag=True, help="also reports that rest on its answer and list nothing of it")
@click.option("--reason", required=True, help="why; stored with each superseded report")
@click.option("--dry-run", is_flag=True, help="list them and change nothing")
@JSON
@command
def reissue(showing: str, records: tuple[str, ...], silent_too: bool, reason: str, dry_run: bool, as_json: bool) -> int:
    """重新出具展示某领域数据的全部有效报告 / supersede and re-issue all valid reports that showed a domain's data.

    May be broken off and repeated: what was re-issued is not met again. Exit 1 when one has no successor yet.
    """
    from creditreport.jobs.run import run_one
    from creditreport.reports.batch_reissue import KIND, ask_for_reissues, fates_of, reports_showing

    if not reason.strip():
        raise click.UsageError("--reason 不能为空 / must not be empty")
    with Service() as service:
        now, by, chosen = service.clock.now(), acting_user(), list[str]()
        for some in reports_showing(service, showing, records, now, silent_too=silent_too):
            chosen += some
            if not dry_run:
                ask_for_reissues(service, some, showing=showing, reason=reason, by=by, now=now)
        if dry_run:
            _tell(chosen, [], as_json)
            return 0
        with progress(chosen) as numbers:
            for number in numbers:
                # Workers may be at others meanwhile; one that they hold or have done is not ours.
                run_one(service, KIND, number, service.clock.now())
        fates = fates_of(service, chosen)
    _tell(chosen, fates, as_json)
    return 0 if all(one.successor for one in fates) else 1


def progress(todo: list[T]) -> AbstractContextManager[Iterable[T]]:
    """A bar on a terminal; nothing where nobody looks."""
    return click.progressbar(todo, file=sys.stderr, hidden=not sys.stderr.isatty())


def _tell(chosen: list[str], fates: list[Fate], as_json: bool) -> None:
    if as_json:
        told = [
            {"number": one.number, "state": one.state.value, "successor": one.successor, "code": one.code}
            for one in fates
        ]
        print_json({"reports": told or chosen})
        return
    for number in chosen if not fates else ():
        click.echo(number)
    for one in fates:
        click.echo(f"{one.number}  →  {one.successor}" if one.successor else f"{one.number}  ✗  {one.state} {one.code}")
    done = sum(one.successor is not None for one in fates)
    click.echo(f"{len(chosen)} 份报告，{done} 份已重新出具 / {len(chosen)} reports, {done} issued again")


@click.command("issue-batch")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="the folder to write")
@click.option(
    "--resume", is_flag=True, help="go on with a batch that was broken off; what was refused by a source is tried again"
)
@JSON
@command
def issue_batch(file: Path, out: Path, resume: bool, as_json: bool) -> int:
    """按清单逐个出具报告 / issue a report for each line of a CSV: uscc, years, purpose (language, showing).

    The folder gets each report's PDF and results.csv with every line's number, or why there is none. Exit 1 when a line
    has none. Broken off at any moment and resumed, no line gets two reports.
    """
    from creditreport.reports.batch import Batch
    from creditreport.reports.batch_lines import read_lines

    lines = read_lines(file)
    with Service() as service, Batch(service, file, lines, out, acting_user(), resume=resume) as batch:
        with progress(batch.todo) as todo:
            for line in todo:
                batch.issue(line, service.clock.now())
        results = batch.results()
    issued = sum(one.state == "issued" for one in results)
    if as_json:
        print_json(
            {"out": str(out), "lines": len(results), "issued": issued, "results": [one.as_json() for one in results]}
        )
    else:
        for one in results:
            if one.state != "issued":
                click.echo(f"{one.line}  {one.uscc}  ✗  {one.code}  {one.message(language())}")
        click.echo(
            f"{len(results)} 行，{issued} 份已出具，见 {out}/results.csv / {len(results)} lines, {issued} reports"
        )
    return 0 if issued == len(results) else 1
