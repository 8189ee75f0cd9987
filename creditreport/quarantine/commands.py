"""``creditreport quarantine``: rows that a person must settle, and settling them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from creditreport.cli import command, print_json

if TYPE_CHECKING:
    from creditreport.quarantine.settle import Done
    from creditreport.service import Service

_JSON = click.option("--json", "as_json", is_flag=True, help="one JSON object")
_BY = click.option("--by", required=True, help="核定人 / who settles it")


@click.group()
def quarantine() -> None:
    """不能确认的行，须由人核定 / rows that a person must settle."""


@quarantine.command("list")
@click.option("--open", "open_only", is_flag=True, help="只列待核定的 / only those not yet settled")
@click.option("--slug", help="领域或覆盖清单 / a domain or overlay")
@click.option("--limit", type=click.IntRange(min=1), help="最多几行 / at most so many")
@_JSON
@command
def list_command(open_only: bool, slug: str | None, limit: int | None, as_json: bool) -> None:
    """列出 / list them."""
    from creditreport.quarantine.listing import list_rows, row_json
    from creditreport.service import Service

    with Service() as service:
        if slug is not None:
            service.catalog.find(slug)
        with service.reading() as session:
            rows = list_rows(session, open_only=open_only, slug=slug, limit=limit)
    if as_json:
        print_json({"rows": [row_json(row) for row in rows]})
        return
    for row in rows:
        waiting = f"（{row.proposed_by} 提出排除 / dismissal proposed）" if row.proposed_by else ""
        state = "left" if row.left_at and row.state == "open" else row.state
        click.echo(f"{row.id:>5}  {row.slug:<24}  {state:<9}  {row.column or '-'}: {row.problem}{waiting}")
    if not rows:
        click.echo("没有待核定的行 / there is nothing to settle")


@quarantine.command("show")
@click.argument("row_id", type=int, metavar="ID")
@_JSON
@command
def show_command(row_id: int, as_json: bool) -> None:
    """看一行的全部内容 / one row in full."""
    from creditreport.quarantine.listing import find_row, row_json
    from creditreport.service import Service

    with Service() as service, service.reading() as session:
        told = row_json(find_row(session, row_id))
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        if name == "row":
            for column, cell in value.items():
                click.echo(f"    {column}: {cell if cell is not None else ''}")
        elif value not in (None, {}):
            click.echo(f"{name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}")


@quarantine.command("correct")
@click.argument("row_id", type=int, metavar="ID")
@click.option("--set", "cells", multiple=True, required=True, metavar="COLUMN=VALUE", help="可多次 / may be repeated")
@_BY
@_JSON
@command
def correct_command(row_id: int, cells: tuple[str, ...], by: str, as_json: bool) -> None:
    """更正单元格 / put cells right."""
    from creditreport.quarantine.settle import correct

    pairs = dict(cell.split("=", 1) for cell in cells if "=" in cell)
    if len(pairs) != len(cells):
        raise click.UsageError("--set 写成 列=值，每列一次 / --set is COLUMN=VALUE, once for each column")
    _settle(lambda service, now: correct(service, row_id, pairs, by, now), as_json=as_json)


@quarantine.command("map")
@click.argument("row_id", type=int, metavar="ID")
@click.option("--uscc", required=True, help="统一社会信用代码 / unified social credit code")
@_BY
@_JSON
@command
def map_command(row_id: int, uscc: str, by: str, as_json: bool) -> None:
    """指明属于哪个主体 / say which business it is about."""
    from creditreport.quarantine.settle import map_to

    _settle(lambda service, now: map_to(service, row_id, uscc, by, now), as_json=as_json)


@quarantine.command("dismiss")
@click.argument("row_id", type=int, metavar="ID")
@click.option("--reason", required=True, help="理由 / why")
@_BY
@_JSON
@command
def dismiss_command(row_id: int, reason: str, by: str, as_json: bool) -> None:
    """排除：一人提出，另一人确认 / dismiss: one person proposes, another confirms."""
    from creditreport.quarantine.settle import dismiss

    _settle(lambda service, now: dismiss(service, row_id, reason, by, now), as_json=as_json)


def _settle(deed: Callable[[Service, datetime], Done], *, as_json: bool) -> None:
    from creditreport.quarantine.listing import row_json
    from creditreport.service import Service

    with Service() as service:
        done = deed(service, service.clock.now())
    row = done.row
    if as_json:
        print_json({**row_json(row), "changed": done.changed})
    elif not done.changed:
        click.echo(f"{row.id}: 未变 / nothing changed（{row.state}）")
    elif row.state == "open":
        click.echo(f"{row.id}: {row.proposed_by} 提出排除，待另一人确认 / proposed, another person must confirm")
    else:
        click.echo(f"{row.id}: {row.state}（{row.settled_by}）")
