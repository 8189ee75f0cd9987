"""``creditreport workdays``: which years are official, which an operator states in a file, which are guessed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import click

from creditreport.cli import command, print_json
from creditreport.config import rule_choice
from creditreport.errors import Problem
from creditreport.worktime import FRIDAY, KNOWN_YEARS, WorkCalendar, YearSource, load_work_calendar

SOURCES = {
    YearSource.OFFICIAL: "国务院安排（chinesecalendar） / official",
    YearSource.FILE: "运维人员的文件 / operator's file",
    YearSource.ESTIMATED: "估算 / estimated",
}


@click.group()
def workdays() -> None:
    """工作日 / working days: where each year's come from."""


@workdays.command("list")
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def list_command(as_json: bool) -> None:
    """近年及以后的工作日来源 / last year, this year and those after, each with its source."""
    choice = rule_choice()
    calendar, this = load_work_calendar(choice.var_dir), choice.clock.now().year
    years = sorted({*range(this - 1, this + 3), *calendar.stated_years})
    found = [year_json(calendar, year) for year in years]
    if as_json:
        print_json({"years": found})
        return
    for one in found:
        click.echo(_line(one))


@workdays.command("check")
@click.argument("year", type=click.IntRange(1990, 2200))
@click.option("--json", "as_json", is_flag=True, help="one JSON object")
@command
def check_command(year: int, as_json: bool) -> int:
    """某年的工作日是否确定 / are the working days of YEAR known? Exit 1 when they are only estimated."""
    choice = rule_choice()
    calendar = load_work_calendar(choice.var_dir)
    told = year_json(calendar, year)
    if as_json:
        print_json(told)
    else:
        click.echo(_line(told))
        for key, words in (("weekday_holidays", "放假 / days off"), ("working_weekends", "上班的周末 / worked")):
            click.echo(f"  {words}: {' '.join(day[5:] for day in told[key]) or '-'}")
        for note in calendar.notes:
            click.echo(f"! {note}", err=True)
    return 1 if told["source"] == YearSource.ESTIMATED else 0


def year_json(calendar: WorkCalendar, year: int) -> dict[str, Any]:
    """One year: its source, how many days are worked, the weekdays off and the weekends worked.

    ``file_ignored`` says that an operator's file states a year that is official already. Raises ``INVALID_DATE`` for a
    year that no calendar has.
    """
    try:
        first, after = date(year, 1, 1), date(year + 1, 1, 1)
    except ValueError as error:
        raise Problem("INVALID_DATE", value=str(year)) from error
    days = [first + timedelta(days=step) for step in range((after - first).days)]
    worked = [day for day in days if calendar.is_working_day(day)]
    free = sorted(set(days) - set(worked))
    return {
        "year": year,
        "source": calendar.source_of(year).value,
        "file_ignored": year in calendar.stated_years and year in KNOWN_YEARS,
        "working_days": len(worked),
        "weekday_holidays": [day.isoformat() for day in free if day.weekday() <= FRIDAY],
        "working_weekends": [day.isoformat() for day in worked if day.weekday() > FRIDAY],
    }


def _line(one: dict[str, Any]) -> str:
    ignored = "（文件不起作用 / the file is not used）" if one["file_ignored"] else ""
    return f"{one['year']}  {one['working_days']}  {SOURCES[YearSource(one['source'])]}{ignored}"
