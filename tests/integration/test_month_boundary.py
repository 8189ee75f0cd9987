"""The month boundary as a drill: issued on 31 January, valid to the last second of 28 February and no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from creditreport import create_app
from creditreport.clock import SHANGHAI, FixedClock
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from tests.integration.city import City
from tests.portal import get, post

ISSUED = datetime(2027, 1, 31, 10, tzinfo=SHANGHAI)
LAST_SECOND = datetime(2027, 2, 28, 23, 59, 59, tzinfo=SHANGHAI)
NEXT_SECOND = datetime(2027, 3, 1, tzinfo=SHANGHAI)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind of store: the boundary itself is tested on both (test_verify_code)."""
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


def test_valid_to_the_last_second_on_every_way(city: City, service: Service, sync: Callable[[], None]) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.penalty(7, "A1", code, decided="2026-06-01")
    city.run("UPDATE watermark SET at = '2027-01-29 23:00:00'")
    sync()
    report = issue_report(service, IssueRequest(code, "1", "commerce", "test"), ISSUED)
    assert f"{report.content.valid_until:%Y-%m-%d}" == "2027-02-28"
    # The sources go on being fresh: only the clock decides.
    city.run("UPDATE watermark SET at = '2027-02-26 23:00:00'")
    told = {}
    for now in (LAST_SECOND, NEXT_SECOND):
        with Service(service.settings, FixedClock(now)) as then:
            client = create_app(then).test_client()
            address = f"/v/{report.content.verification_code}"
            page = get(client, address).get_data(as_text=True)
            json = get(client, address, headers={"Accept": "application/json"}).json
            api = get(client, f"/api/v1/verifications/{report.content.verification_code}").json
            form = {"file": (BytesIO(report.pdf), "report.pdf")}
            file = post(client, "/verify", form, content_type="multipart/form-data").get_data(as_text=True)
        assert json is not None
        assert api == json
        told[now] = (
            json["status"],
            json["status_since"],
            json["listed"],
            "<h1>有效</h1>" in page,
            "<h1>有效</h1>" in file,
        )
        assert ("盐罚〔2025〕A1号" in page) == ("盐罚〔2025〕A1号" in file) == (now is LAST_SECOND)
        assert ("2027年3月1日起已过有效期" in page) == ("2027年3月1日起已过有效期" in file) == (now is NEXT_SECOND)
    assert told == {
        LAST_SECOND: ("VALID", None, 1, True, True),
        NEXT_SECOND: ("EXPIRED", "2027-03-01T00:00:00+08:00", None, False, False),
    }
