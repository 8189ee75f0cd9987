"""The page of figures, its files and the monthly report, over the portal's own reports."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path

import pymupdf
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from openpyxl import load_workbook

from creditreport.cli import main
from creditreport.statistics.figures import figures
from creditreport.statistics.monthly import Issuer, render_monthly
from creditreport.statistics.period import month_of
from creditreport.statistics.written import Writer
from tests.conftest import NOON
from tests.portal import Portal, get
from tests.roles import Knocking


@pytest.fixture(scope="module")
def officer(portal: Portal) -> FlaskClient:
    portal.issue(portal.mine)
    return Knocking(portal)("credit_officer")


def test_every_figure_drawn_is_told_in_a_table_as_well(portal: Portal, officer: FlaskClient) -> None:
    page = get(officer, "/staff/numbers").get_data(as_text=True)
    told = figures(portal.service, month_of(NOON.date()), NOON)
    issued = told.value("reports_issued")
    assert isinstance(issued, int)
    assert issued >= 1
    assert f'<dd class="num">{issued}</dd>' in page
    assert 'aria-labelledby="issued_by_day-title issued_by_day-what"' in page
    drawn = set(page.split('class="chart"')[1:])
    assert len(drawn) >= 2
    for table in told.tables:
        assert f'id="table-{table.key}"' in page
    assert portal.mine not in page
    assert "盐城甲示例" not in page
    english = get(officer, "/staff/numbers?lang=en").get_data(as_text=True)
    assert "Reports issued" in english
    wrong = get(officer, "/staff/numbers?lang=zh&from=2026-11-30&to=2026-11-01")
    assert (wrong.status_code, "2026-11-30" in wrong.get_data(as_text=True)) == (422, True)


def test_files(officer: FlaskClient) -> None:
    days = "from=2026-11-01&to=2026-11-30"
    table = get(officer, f"/staff/numbers/table.csv?table=issued_by_day&{days}")
    assert table.headers["Content-Disposition"] == 'attachment; filename="numbers-2026-11-issued_by_day.csv"'
    rows = list(csv.reader(StringIO(table.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[0] == ["日期", "金融", "商务", "行政", "合计"]
    assert (len(rows), rows[1][0]) == (31, "2026-11-01")
    assert get(officer, f"/staff/numbers/table.csv?table=nothing&{days}").status_code == 404
    book = load_workbook(BytesIO(get(officer, f"/staff/numbers/all.xlsx?{days}").data))
    assert book.sheetnames[:2] == ["主要指标", "每日出具"]
    assert isinstance(book["每日出具"]["E22"].value, int)
    answer = get(officer, "/staff/numbers/monthly.pdf?month=2026-10")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert get(officer, "/staff/numbers/monthly.pdf?month=2026-1").status_code == 422


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("zh", "2026 年 11 月信用报告工作月报", ("双公示上报率", "异议按期办结率", "出具报告（份）", "各领域数据现状")),
        ("en", "Monthly report on credit reports, November 2026", ("Double publicity: reporting", "Reports issued")),
    ],
)
def test_the_monthly_report(portal: Portal, officer: FlaskClient, language: str, title: str, words: list[str]) -> None:
    service = portal.service
    told = figures(service, month_of(NOON.date()), NOON)
    issuer, writer = Issuer("信用中国（江苏盐城）", "盐城市公共信用信息中心"), Writer(service.catalog, language)
    pdf = render_monthly(told, issuer, service.fonts, writer)
    assert pdf == render_monthly(told, issuer, service.fonts, writer)
    document = pymupdf.open(stream=pdf, filetype="pdf")
    text = "".join(page.get_text() for page in document)
    flat = "".join(text.split())
    for word in (title, *words):
        assert "".join(word.split()) in flat
    # Charts are drawn, not pasted; and every figure of the report's tables is there.
    assert all(not page.get_images() for page in document)
    assert document.metadata["title"] == title
    for one in told.indicators:
        assert "".join(writer.indicator(one.key).split()) in flat
    assert "".join(writer.title(told.table("sources")).split()) in flat


def test_the_commands(portal: Portal, officer: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in portal.service.settings.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CREDITREPORT_CLOCK", NOON.isoformat())
    done = CliRunner().invoke(main, ["statistics", "--from", "2026-11-01", "--to", "2026-11-30", "--json"])
    assert done.exit_code == 0
    assert '"reports_issued": ' in done.stdout
    refused = CliRunner().invoke(main, ["statistics", "--from", "2026-11-31", "--json"])
    assert (refused.exit_code, "INVALID_DATE" in refused.stdout) == (2, True)
    refused = CliRunner().invoke(
        main, ["statistics", "monthly", "--month", "x", "--out", str(tmp_path / "m.pdf"), "--json"]
    )
    assert (refused.exit_code, "INVALID_PERIOD" in refused.stdout) == (2, True)
    assert list(tmp_path.iterdir()) == []
