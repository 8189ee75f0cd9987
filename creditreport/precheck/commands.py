"""``creditreport precheck``: what is known about a business, for that business (or staff at its side)."""

from __future__ import annotations

import click

from creditreport.cli import acting_user, command, language, print_json
from creditreport.precheck.precheck import PreCheckRequest, pre_check
from creditreport.precheck.result import KnownRecord, PreCheck
from creditreport.reports.request import read_day
from creditreport.service import Service


@click.command("precheck")
@click.option("--uscc", required=True, help="unified social credit code")
@click.option("--years", help="how many years back; the longest that the rule set offers when not given")
@click.option("--on", help="as of another day, 2026-11-21 (not in production)")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def precheck_command(uscc: str, years: str | None, on: str | None, as_json: bool) -> int:
    """预查 / what is known about a business, listed or not, and what would change it; exit 1 when not complete."""
    request = PreCheckRequest(uscc, acting_user(), years, read_day(on))
    with Service() as service:
        found = pre_check(service, request, service.clock.now())
    if as_json:
        print_json(found.as_json())
    else:
        _tell(found, english=language() == "en")
    return 0 if found.complete else 1


def _tell(found: PreCheck, *, english: bool) -> None:
    window = f"{found.window.start} – {found.window.end}"
    click.echo(f"{found.entity_name} {found.uscc}")
    click.echo(f"{'window' if english else '查询期间'}: {window} ({found.years}), {found.ruleset}")
    if not found.complete:
        click.echo(
            "Not complete, and no sign that there is no record. Missing:"
            if english
            else "预查不完整，不能据此认为没有记录。以下来源："
        )
        for gap in found.gaps:
            told = gap.as_json()
            title, why = (told["title_en"], told["en"]) if english else (told["title"], told["zh"])
            click.echo(f"  ! {title} ({gap.responsible_unit}): {why}")
    if found.withheld:
        click.echo("Records cannot be shown now." if english else "目前不能展示记录。")
    elif not found.records and found.complete:
        click.echo("There is no record to show." if english else "没有可以展示的记录。")
    for record in found.records:
        _tell_record(record, english)


def _tell_record(record: KnownRecord, english: bool) -> None:
    printed = record.printed
    title = record.title_en if english else record.title
    day = printed.decided_on or printed.listed_on
    click.echo(f"\n[{record.number:02d}] {title}  {printed.document_number or printed.record_id}  {day}")
    outcome = record.outcome[english]
    click.echo(f"  {outcome}" + (f"  {record.reason}: {record.basis}" if record.reason else ""))
    if not record.certain:
        click.echo("  not certain: a source is missing" if english else "  尚不确定：有来源没有完整答复")
    click.echo(f"  {'answered for by' if english else '责任单位'}: {record.responsible_unit}")
    for change in record.changes:
        click.echo(f"  → {change.en if english else change.zh}")
