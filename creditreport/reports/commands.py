"""``creditreport issue``, ``edition``, ``numbers`` and ``reports``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from creditreport.cli import acting_user, command, print_json
from creditreport.cli_lazy import Announced, LazyGroup
from creditreport.reports.archive import find_report, reports_about, state_at
from creditreport.reports.numbers import DayOfNumbers, days_of_numbers, settle_stale_reservations
from creditreport.reports.output import whole_file
from creditreport.reports.request import IssueRequest, read_day
from creditreport.service import Service

if TYPE_CHECKING:
    from creditreport.reports.archive import ReportSummary
    from creditreport.reports.issue import IssuedReport

JSON = click.option("--json", "as_json", is_flag=True, help="one JSON object")


@click.command("issue")
@click.option("--uscc", required=True, help="unified social credit code")
@click.option("--years", required=True, help="1 to the longest of the rule set: 3, or 5 under national-2025")
@click.option("--purpose", required=True, help="finance, commerce or administration")
@click.option("--on", help="issue as of another day, 2026-11-21 (not in production)")
@click.option("--lang", default="zh", show_default=True, help="zh, en or both")
@click.option("--showing", default="records", show_default=True, help="verifiers see: summary, records or original")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="the PDF to write")
@JSON
@command
def issue(
    uscc: str, years: str, purpose: str, on: str | None, lang: str, showing: str, out: Path, as_json: bool
) -> None:
    """出具一份报告 / issue a report."""
    from creditreport.reports.issue import issue_report

    request = IssueRequest(uscc, years, purpose, acting_user(), read_day(on), lang, showing)
    with Service() as service, whole_file(out) as file:
        issued = issue_report(service, request, service.clock.now())
        file.write(issued.pdf)
    if as_json:
        print_json(issued.as_json(str(out)))
    else:
        _tell(issued, out)


@click.command("edition")
@click.argument("number")
@click.option("--lang", required=True, help="zh, en or both")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="the PDF to write")
@JSON
@command
def edition(number: str, lang: str, out: Path, as_json: bool) -> None:
    """为已出具的报告制作另一文种 / a further edition of an issued report: same number, code and content."""
    from creditreport.reports.editions import make_edition

    with Service() as service, whole_file(out) as file:
        made = make_edition(service, number, lang, acting_user(), service.clock.now())
        file.write(made.pdf)
    if as_json:
        print_json(made.as_json(str(out)))
    else:
        click.echo(f"{made.number} {made.language.value}: {out} ({len(made.pdf)} B)")


def _tell(issued: IssuedReport, out: Path) -> None:
    told = issued.as_json(str(out))
    content = issued.content
    for label, value in (
        ("经营主体 / business", f"{content.subject.name} {content.subject.uscc}"),
        ("编号 / number", content.number),
        ("核验码 / code", told["verification_code"]),
        ("核验地址 / address", content.verification_url),
        ("查询区间 / window", f"{content.window.start} – {content.window.end}"),
        ("有效期至 / valid until", f"{content.valid_until}"),
        ("查见记录 / listed", f"{content.listed}（{len(content.implemented)} 个领域 / fields）"),
        ("文件 / file", f"{out} ({len(issued.pdf)} B)"),
    ):
        click.echo(f"{label}: {value}")


@click.command("numbers")
@click.option("--limit", type=click.IntRange(min=1), default=31, show_default=True, help="at most so many days")
@JSON
@command
def numbers(limit: int, as_json: bool) -> int:
    """每日编号台账 / each day's numbers: reserved, issued, abandoned; exit 1 when one is not accounted for."""
    with Service() as service, service.sessions.begin() as session:
        settle_stale_reservations(session, service.clock.now())
        days = days_of_numbers(session, limit)
    if as_json:
        print_json({"days": [_day_json(day) for day in days]})
    else:
        for day in days:
            words = f"占用 reserved {day.reserved}，出具 issued {day.issued}，作废 abandoned {day.abandoned}"
            click.echo(f"{day.day} {day.area}: {day.last} = {words}{'' if day.accounted_for else '  ✗'}")
    return 0 if all(day.accounted_for for day in days) else 1


def _day_json(day: DayOfNumbers) -> dict[str, Any]:
    return {
        "area": day.area,
        "day": day.day.isoformat(),
        "last": day.last,
        "reserved": day.reserved,
        "issued": day.issued,
        "abandoned": day.abandoned,
        "accounted_for": day.accounted_for,
    }


@click.group("reports", cls=LazyGroup)
def reports() -> None:
    """已出具的报告 / issued reports."""


reports.announce(
    Announced(
        "reissue",
        "creditreport.reports.batch_commands:reissue",
        "重新出具展示某领域数据的全部有效报告 / supersede and re-issue all valid reports that showed a domain's data.",
    )
)


@reports.command("list")
@click.option("--uscc", required=True, help="unified social credit code")
@click.option("--limit", type=click.IntRange(min=1), help="at most so many")
@JSON
@command
def list_command(uscc: str, limit: int | None, as_json: bool) -> None:
    """The reports about a business, newest first."""
    with Service() as service, service.reading() as session:
        found = reports_about(session, uscc, service.clock.now(), limit)
    if as_json:
        print_json({"reports": [_report_json(one) for one in found]})
        return
    for one in found:
        click.echo(f"{one.number}  {one.issued_at:%Y-%m-%d %H:%M}  {one.years}  {one.purpose}  {one.state}")


def _report_json(report: ReportSummary) -> dict[str, Any]:
    return {
        "number": report.number,
        "uscc": report.uscc,
        "issued_at": report.issued_at.isoformat(),
        "valid_until": report.valid_until.isoformat(),
        "years": report.years,
        "purpose": report.purpose,
        "listed": report.listed,
        "state": report.state,
        "showing": report.showing,
        "withdrawn_at": report.withdrawn_at.isoformat() if report.withdrawn_at else None,
    }


@reports.command("pdf")
@click.argument("number")
@click.option("--lang", help="zh, en or both; without it the edition that was issued")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="the PDF to write")
@JSON
@command
def pdf_command(number: str, lang: str | None, out: Path, as_json: bool) -> None:
    """Write an issued report's file again, byte for byte."""
    from creditreport.reports.editions import stored_edition

    with Service() as service, service.reading() as session, whole_file(out) as file:
        report = find_report(session, number)
        stored = stored_edition(session, number, lang)
        file.write(stored.pdf)
        state = state_at(report.status, report.valid_until, service.clock.now())
    if as_json:
        print_json({**stored.as_json(str(out)), "state": state})
    else:
        click.echo(f"{out} ({len(stored.pdf)} B, {state})")
