"""``creditreport bundle``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditreport.cli import acting_user, command, language, print_json
from creditreport.reports.output import whole_file
from creditreport.reports.request import IssueRequest, read_day
from creditreport.service import Service


@click.command("bundle")
@click.option("--uscc", required=True, help="unified social credit code of the business whose branches are meant")
@click.option("--years", required=True, help="1, 2 or 3")
@click.option("--purpose", required=True, help="finance, commerce or administration")
@click.option("--on", help="issue as of another day, 2026-11-21 (not in production)")
@click.option("--lang", default="zh", show_default=True, help="zh, en or both")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="the ZIP to write")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def bundle(uscc: str, years: str, purpose: str, on: str | None, lang: str, out: Path, as_json: bool) -> int:
    """出具主体及其全部分支机构的报告 / reports of a business and all its branches in a ZIP; exit 1 if one has none."""
    from creditreport.reports.bundle import issue_bundle

    request = IssueRequest(uscc, years, purpose, acting_user(), read_day(on), lang)
    with Service() as service, whole_file(out) as file:
        made = issue_bundle(service, request, service.clock.now(), _say)
        packed = made.zip()
        file.write(packed)
    if as_json:
        print_json(made.as_json(str(out), packed, language()))
    else:
        for report in made.reports:
            click.echo(f"{report.content.subject.uscc}  {report.number}  {report.content.subject.name}")
        for refused in made.refused:
            click.echo(f"{refused.entity.uscc}  ✗  {refused.entity.name}：{refused.problem.sentence(language())}")
        click.echo(f"{out} ({len(packed)} B)")
    return 0 if made.complete else 1


def _say(done: int, members: int) -> None:
    """How far it is, on one line of a terminal; nothing where nobody looks."""
    if sys.stderr.isatty():
        click.echo(f"\r{done}/{members}", nl=done == members, err=True)
