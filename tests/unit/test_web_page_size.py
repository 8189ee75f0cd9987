"""The page that a scan opens is never more than 50 KB of HTML, however much a report lists."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest

from creditreport.clock import SHANGHAI
from creditreport.reports.content import ReportContent
from creditreport.reports.models import CreditReport
from creditreport.verification.paging import part_of
from creditreport.verification.status import VerdictStatus
from creditreport.verification.verdict import Verdict
from creditreport.verification.views import _page
from tests.papers import listed, report
from tests.portal import Portal
from tests.printed import CLEAN, FIVE_HUNDRED

MOST = 50 * 1024
FACTS = "经查，当事人未按规定办理。" * 80
# Every field with a few records, each with a long story.
STORIES = report({number: tuple(listed(number * 10 + at, facts=FACTS) for at in range(3)) for number in range(1, 46)})


def verdict_on(content: ReportContent) -> Verdict:
    """What is told of a valid report with this content."""
    row = CreditReport(
        number=content.number, verification_code=content.verification_code, uscc=content.subject.uscc,
        entity_name=content.subject.name, purpose="commerce", years=3, window_start=date(2023, 11, 20),
        window_end=date(2026, 11, 20), issued_at=datetime(2026, 11, 21, 12, tzinfo=SHANGHAI),
        valid_until=date(2026, 12, 21), listed=content.listed, showing="records", content=content.to_json(),
    )  # fmt: skip
    return Verdict(VerdictStatus.VALID, report=row, details=True)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("content", [CLEAN, FIVE_HUNDRED, STORIES], ids=["clean", "five hundred", "stories"])
def test_no_page_is_over_50_kilobytes_and_no_record_is_lost(
    portal: Portal, content: ReportContent, language: str
) -> None:
    verdict, code = verdict_on(content), content.verification_code
    records: list[dict[str, Any]] = verdict.as_json()["records"]
    pages = part_of(records, 1).pages
    shown: list[str] = []
    for page in range(1, pages + 1):
        with portal.app.test_request_context(f"/v/{code}?lang={language}", base_url="https://credit.example.gov.cn"):
            html = _page(verdict, code, page)
        assert len(html.encode()) <= MOST, f"page {page} of {pages}"
        assert html.count("<tr><td>") == (45 if page == 1 else 0)
        shown += re.findall(r'<article class="record">', html)
        assert set(re.findall(r'href="#in-([a-z_0-9]+)"', html)) <= set(re.findall(r'id="in-([a-z_0-9]+)"', html))
    assert len(shown) == len(records) == content.listed


def test_a_record_is_never_cut_and_a_page_that_is_not_there_is_the_nearest() -> None:
    huge = {"domain": "a", "facts": "字" * 30_000}
    small = {"domain": "b", "facts": "x"}
    assert [len(part_of([huge, small, huge], page).records) for page in (1, 2, 3)] == [1, 1, 1]
    part = part_of([huge, small, huge], 2)
    assert (part.page, part.pages, part.begins) == (2, 3, {"a": 1, "b": 2})
    assert [part_of([small], page).page for page in (-5, 0, 1, 99)] == [1, 1, 1, 1]
    assert part_of([], 1).records == []
