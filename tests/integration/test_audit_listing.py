"""Looking entries up and taking them away: filters, pages by key, exports; the same on both stores."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from creditreport.audit.export import as_csv, export_to
from creditreport.audit.listing import Filter, all_of, count_of, page_of, read_filter
from creditreport.audit.trail import add_entry
from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.service import Service
from tests.conftest import NOON
from tests.trail import trail_service

MIDNIGHT = datetime(2026, 11, 1, tzinfo=SHANGHAI)


@pytest.fixture
def service(signing_settings: Settings, database_url: str, tmp_path: Path) -> Iterator[Service]:
    """Entries around a midnight of Shanghai, of which the middle three are of the same moment."""
    moments = [MIDNIGHT - timedelta(seconds=1), *[MIDNIGHT] * 3, MIDNIGHT + timedelta(hours=23, minutes=59, seconds=59)]
    with trail_service(signing_settings, database_url, tmp_path) as made:
        with made.sessions.begin() as session:
            for n, at in enumerate([*moments, MIDNIGHT + timedelta(days=1)]):
                add_entry(
                    session, at=at, actor=f"account:{n % 2}", action=("report.issued", "report_x.made")[n == 5],
                    subject=f"report:{n}", detail={"n": n},
                )  # fmt: skip
        yield made


def numbers(entries: object) -> list[int]:
    return [entry.detail["n"] for entry in entries]  # type: ignore[attr-defined]


def test_filters_and_pages(service: Service) -> None:
    day = Filter(first=date(2026, 11, 1), last=date(2026, 11, 1))
    with service.reading() as session:
        assert numbers(all_of(session, day)) == [1, 2, 3, 4]
        assert numbers(all_of(session, Filter(actor="account:1"))) == [1, 3, 5]
        assert numbers(all_of(session, Filter(action="report.*"))) == [0, 1, 2, 3, 4]
        assert numbers(all_of(session, Filter(action="report.issued", subject="report:4", first=day.first))) == [4]
        assert (count_of(session, day, 3), count_of(session, day, 4), count_of(session, day, 9)) == (4, 4, 4)
        met, before = [], ""
        while True:
            page = page_of(session, Filter(), before, size=2)
            met.append(numbers(page.entries))
            if page.older is None:
                break
            before = page.older
        # Of the same moment too, each entry is met once.
        assert met == [[5, 4], [3, 2], [1, 0]]


def test_what_is_typed_is_checked() -> None:
    assert read_filter("", " ", " a ", "", "") == Filter(actor="a")
    for days in (("2026-13-01", ""), ("", "1.11.2026")):
        with pytest.raises(Problem) as refused:
            read_filter(*days, "", "", "")
        assert refused.value.code == "INVALID_DATE"


ONE_STORE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ONE_STORE
@pytest.mark.parametrize("key", ["x", "1-", "-1", "1-x", "9" * 30 + "-1", "1-" + "9" * 30, "١-1"])
def test_a_key_of_no_page_is_refused(service: Service, key: str) -> None:
    with service.reading() as session, pytest.raises(Problem) as refused:
        page_of(session, Filter(), key)
    assert refused.value.code == "BAD_REQUEST"


@ONE_STORE
def test_exports_hold_every_entry_and_no_formula(service: Service, tmp_path: Path) -> None:
    with service.sessions.begin() as session:
        add_entry(session, at=NOON, actor="=1+1", action="@x", subject=" -2", detail={"n": 6})
    with service.reading() as session:
        text = "".join(as_csv(session, Filter()))
    assert text.startswith("\ufeffid,at,")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert [json.loads(row["detail"])["n"] for row in rows] == [0, 1, 2, 3, 4, 5, 6]
    assert (rows[6]["actor"], rows[6]["action"], rows[6]["subject"]) == ("'=1+1", "'@x", "' -2")
    assert rows[1]["at"] == "2026-11-01T00:00:00+08:00"
    out = tmp_path / "out.json"
    assert export_to(service, Filter(actor="account:1"), out, "cli:test", NOON) == 3
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["filter"] == {"actor": "account:1"}
    assert [entry["detail"]["n"] for entry in told["entries"]] == [1, 3, 5]
    with service.reading() as session:
        (noted,) = all_of(session, Filter(action="audit.exported"))
    assert (noted.actor, noted.detail) == ("cli:test", {"form": "json", "actor": "account:1"})
    with service.reading() as session:
        assert "".join(as_csv(session, Filter(actor="nobody"))).count("\r\n") == 1
