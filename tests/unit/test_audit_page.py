"""The auditors' page: entries by filter, the chain's state, files to take away, each taking noted."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry, generate_latest

from creditreport.audit import views
from creditreport.audit.check import check
from creditreport.audit.findings import Finding, Kind
from creditreport.audit.models import AuditCheck
from creditreport.audit.sealing import seal
from creditreport.audit.trail import add_entry
from creditreport.operations.gauges import Gauges
from tests.conftest import NOON
from tests.portal import Portal, get
from tests.roles import Knocking


@pytest.fixture(scope="module")
def auditor(portal: Portal) -> FlaskClient:
    return Knocking(portal)("auditor")


def deed(portal: Portal, subject: str, **detail: object) -> None:
    with portal.service.sessions.begin() as session:
        add_entry(session, at=NOON, actor="account:<b>", action="page.tested", subject=subject, detail=detail)


def test_the_page_tells_entries_and_the_chain(portal: Portal, auditor: FlaskClient) -> None:
    deed(portal, "page:1", why="<script>", counts={"a": 1})
    seal(portal.service, NOON)
    check(portal.service, "test", NOON)
    page = get(auditor, "/staff/audit?action=page.tested").get_data(as_text=True)
    assert "page:1" in page
    assert "account:&lt;b&gt;" in page
    assert "<script>&" not in page
    assert "没有问题" in page
    assert str(portal.service.settings.audit_export_dir) in page
    assert "page:1" not in get(auditor, "/staff/audit?action=page.tested&to=2026-11-20").get_data(as_text=True)
    wrong = get(auditor, "/staff/audit?from=yesterday")
    assert (wrong.status_code, "yesterday" in wrong.get_data(as_text=True)) == (422, True)
    assert get(auditor, "/staff/audit?before=nonsense").status_code == 400
    assert get(auditor, "/staff/audit", headers={"Accept-Language": "en"}).status_code == 200


def test_older_entries_are_one_link_away(portal: Portal, auditor: FlaskClient) -> None:
    for n in range(60):
        deed(portal, f"many:{n}")
    page = get(auditor, "/staff/audit?action=page.tested&actor=account%3A%3Cb%3E")
    link = next(line for line in page.get_data(as_text=True).splitlines() if 'rel="next"' in line)
    assert "action=page.tested" in link
    older = get(auditor, link.split('href="')[1].split('"')[0].replace("&amp;", "&")).get_data(as_text=True)
    assert "many:5<" in older
    assert "many:59<" not in older


def test_files_to_take_away(portal: Portal, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    deed(portal, "=HYPERLINK(1)")
    answer = get(auditor, "/staff/audit/entries.csv?subject=%3DHYPERLINK(1)")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    (row,) = csv.DictReader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
    assert row["subject"] == "'=HYPERLINK(1)"
    told = json.loads(get(auditor, "/staff/audit/entries.json?action=audit.exported").get_data(as_text=True))
    assert told["entries"][-1]["detail"] == {"action": "audit.exported", "form": "json"}
    assert told["entries"][-2]["detail"] == {"form": "csv", "subject": "=HYPERLINK(1)"}
    monkeypatch.setattr(views, "MOST", 2)
    assert get(auditor, "/staff/audit/entries.csv").status_code == 422


def test_staff_are_told_of_findings_and_of_a_sealer_that_stands_still(portal: Portal, auditor: FlaskClient) -> None:
    assert "核查发现" not in get(auditor, "/staff").get_data(as_text=True)
    with portal.service.sessions.begin() as session:
        row = AuditCheck(
            at=NOON, by="test", from_position=1, to_position=9, heads=0, found=2,
            findings=[Finding(Kind.MISSING, 3, 4).as_json()],
        )  # fmt: skip
        session.add(row)
        add_entry(session, at=NOON - timedelta(hours=2), actor="a", action="page.tested", subject="old")
    home, page = (get(auditor, path).get_data(as_text=True) for path in ("/staff", "/staff/audit"))
    assert "最近一次审计链核查发现 2 处问题" in home
    assert "等候封存超过一小时" in home
    assert "位置 3–4 的审计记录不在了：被删除。" in page
    metrics = {name: line for line in gauges(portal) for name in [line.split()[0]]}
    assert metrics["creditreport_audit_findings"].endswith(" 2.0")
    assert float(metrics["creditreport_audit_unsealed_seconds"].split()[1]) == 7200
    with portal.service.sessions.begin() as session:
        session.delete(session.get_one(AuditCheck, row.id))
    seal(portal.service, NOON)
    assert "审计" not in get(auditor, "/staff").get_data(as_text=True).split("<main")[1].split("pick-list")[0]


def gauges(portal: Portal) -> list[str]:
    registry = CollectorRegistry()
    registry.register(Gauges(portal.service, NOON))
    return [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]
