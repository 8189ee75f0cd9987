"""The page of figures, for the credit office and auditors; its files, and the monthly report."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from creditreport.accounts.models import Role
from creditreport.accounts.signin import staff_required
from creditreport.errors import Problem
from creditreport.spreadsheets import csv_lines, workbook
from creditreport.statistics import words
from creditreport.statistics.drawing import charts
from creditreport.statistics.figures import Figures, figures
from creditreport.statistics.period import Period, month_before, month_of, read_month, read_period
from creditreport.statistics.reporting import monthly_report
from creditreport.statistics.sections import SECTIONS
from creditreport.statistics.svg import svg
from creditreport.statistics.words import said
from creditreport.statistics.written import Writer
from creditreport.web.context import moment, service
from creditreport.web.language import language

blueprint = Blueprint("statistics", __name__)
ALLOWED = (Role.CREDIT_OFFICER, Role.AUDITOR)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/staff/numbers")
@staff_required(*ALLOWED)
def overview() -> str | tuple[str, int]:
    """All figures of a period, by default the month up to today."""
    today, problem = moment().date(), None
    try:
        period = _period()
    except Problem as found:
        period, problem = read_period("", "", today), found
    told, writer = _told(period)
    shown = render_template(
        "statistics/numbers.html", told=told, writer=writer, sections=SECTIONS, problem=problem,
        drawn={key: (chart.title, svg(chart)) for key, chart in charts(told, writer).items()},
        heading=lambda key: said(words.MONTHLY, key, language()),
        value={one.key: writer.text(one.kind, one.value) for one in told.indicators},
        this_month=month_of(today).month, last_month=month_before(today).month, months=month_before(today),
        typed={name: request.args.get(name, "") for name in ("from", "to")},
    )  # fmt: skip
    return shown, problem.kind.http_status if problem else 200


@blueprint.get("/staff/numbers/all.xlsx")
@staff_required(*ALLOWED)
def as_workbook() -> Response:
    """Every table of the period in one workbook."""
    told, writer = _told(_period())
    return _file(workbook(writer.sheets(told)), XLSX, f"{_name(told)}.xlsx")


@blueprint.get("/staff/numbers/table.csv")
@staff_required(*ALLOWED)
def as_csv() -> Response:
    """One table of the period (``?table=``)."""
    told, writer = _told(_period())
    try:
        table = told.table(request.args.get("table", ""))
    except StopIteration:
        raise Problem("PAGE_NOT_FOUND") from None
    text = "".join(csv_lines(writer.rows(table)))
    return _file(text.encode("utf-8"), "text/csv; charset=utf-8", f"{_name(told)}-{table.key}.csv")


@blueprint.get("/staff/numbers/monthly.pdf")
@staff_required(*ALLOWED)
def monthly() -> Response:
    """The monthly report (``?month=2026-10``, else the last whole month) in the page's language."""
    asked = request.args.get("month", "").strip()
    period = read_month(asked) if asked else month_before(moment().date())
    pdf = monthly_report(service(), period, language(), moment())
    return _file(pdf, "application/pdf", f"monthly-{period.month}.pdf")


def _period() -> Period:
    return read_period(request.args.get("from", ""), request.args.get("to", ""), moment().date())


def _told(period: Period) -> tuple[Figures, Writer]:
    return figures(service(), period, moment()), Writer(service().catalog, language())


def _name(told: Figures) -> str:
    return f"numbers-{told.period.month or f'{told.period.first}-{told.period.last}'}"


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
