"""``statistics``: figures of a period, as JSON, as a spreadsheet, or as the monthly report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditreport.cli import command, language, print_json

if TYPE_CHECKING:
    from creditreport.statistics.figures import Figures
    from creditreport.statistics.written import Writer

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("statistics", invoke_without_command=True)
@click.option("--from", "first", default="", help="起始日，缺省为当月一日 / first day, else the first of the month")
@click.option("--to", "last", default="", help="截止日，缺省为今天 / last day, else today")
@click.option("--out", type=FILE, help="另存为 FILE.xlsx / write a workbook")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_context
def statistics(context: click.Context, first: str, last: str, out: Path | None, as_json: bool) -> None:
    """统计：出具、核验、未能出具、异议、部门时效 / figures of a period, by default the month up to today."""
    if context.invoked_subcommand is None:
        _tell_period(first=first, last=last, out=out, as_json=as_json)


@command
def _tell_period(*, first: str, last: str, out: Path | None, as_json: bool) -> None:
    from creditreport.reports.output import whole_file
    from creditreport.service import Service
    from creditreport.spreadsheets import workbook
    from creditreport.statistics.figures import figures
    from creditreport.statistics.period import read_period
    from creditreport.statistics.written import Writer

    with Service() as service:
        now = service.clock.now()
        told = figures(service, read_period(first, last, now.date()), now)
        writer = Writer(service.catalog, language())
        if out is not None:
            with whole_file(out) as file:
                file.write(workbook(writer.sheets(told)))
    if as_json:
        print_json(told.as_json())
    else:
        _tell(told, writer)


def _tell(told: Figures, writer: Writer) -> None:
    click.echo(f"{told.period.first} – {told.period.last}")
    for one in told.indicators:
        click.echo(f"  {writer.indicator(one.key)}  {writer.text(one.kind, one.value)}")


@statistics.command("monthly")
@click.option("--month", help="月份，如 2026-10，缺省为上月 / a month, else the last whole one")
@click.option("--out", type=FILE, required=True, help="FILE.pdf")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / language")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@command
def monthly(month: str | None, out: Path, lang: str, as_json: bool) -> None:
    """信用办月报（PDF）/ the monthly report for the credit office."""
    from creditreport.reports.output import whole_file
    from creditreport.service import Service
    from creditreport.statistics.period import month_before, read_month
    from creditreport.statistics.reporting import monthly_report

    with Service() as service:
        now = service.clock.now()
        period = read_month(month) if month else month_before(now.date())
        with whole_file(out) as file:
            pdf = monthly_report(service, period, lang, now)
            file.write(pdf)
    if as_json:
        print_json({"month": period.month, "pdf": {"path": str(out), "bytes": len(pdf)}})
    else:
        click.echo(f"{period.month}: {out}")
