"""What a server tells of itself: numbers for Prometheus, log lines in JSON, a name for each request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from creditreport import create_app
from creditreport.config import CHECKOUT
from creditreport.errors import Problem
from creditreport.logs import log_to_stderr
from creditreport.operations.backup import make_backup
from creditreport.operations.metrics import EVENTS, TROUBLE
from creditreport.web.requestid import HEADER
from tests.portal import BASE, Portal, get

SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in (CHECKOUT / "creditreport").rglob("*.py") if path.name != "metrics.py"
)
RULES = CHECKOUT / "deploy" / "alerts.yml"


@pytest.fixture
def lines() -> Iterator[None]:
    """The log is written as a server writes it, for :func:`said`."""
    log_to_stderr(as_json=True)
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def numbers(portal: Portal) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = get(portal.visitor(), "/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.get_data(as_text=True))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize("name", [*EVENTS, *TROUBLE])
def test_every_counted_line_is_one_that_the_program_says(name: str) -> None:
    assert re.search(rf"log\.\w+\(\s*\"{name}\"", SOURCES)


@pytest.mark.usefixtures("lines")
def test_issuing_and_refusing_are_counted(portal: Portal) -> None:
    before = numbers(portal)
    portal.issue(portal.mine)
    portal.city.run("ALTER TABLE field_20 RENAME TO away")
    try:
        with pytest.raises(Problem):
            portal.issue(portal.mine)
    finally:
        portal.city.run("ALTER TABLE away RENAME TO field_20")
    after = numbers(portal)
    grown = {key for key, value in after.items() if value > before.get(key, 0)}
    for name, labels in (
        ("creditreport_reports_issued_total", {"level": "B-B"}),
        ("creditreport_reports_refused_total", {"code": "SOURCE_UNAVAILABLE"}),
        ("creditreport_source_seconds_count", {"source": "field_20", "status": "unavailable"}),
        ("creditreport_source_seconds_count", {"source": "field_21", "status": "complete"}),
        *(
            ("creditreport_step_seconds_count", {"step": f"issue.{step}"})
            for step in ("collect", "render", "sign", "store")
        ),
    ):
        assert (name, tuple(sorted(labels.items()))) in grown, name
    assert after["creditreport_up", ()] == 1
    assert after["creditreport_signing_certificate_seconds", ()] > 0
    assert after["creditreport_jobs", (("state", "dead"),)] == 0


def test_an_answer_is_measured_by_the_programs_own_name_for_its_address(portal: Portal) -> None:
    code = portal.issue(portal.mine).content.verification_code
    get(portal.visitor(), f"/v/{code}")
    told = get(portal.visitor(), "/metrics").get_data(as_text=True)
    assert 'endpoint="verification.by_code",method="GET",status="200"' in told
    assert code not in told


@pytest.mark.parametrize(
    ("token", "address", "headers", "status"),
    [
        (None, "127.0.0.1", {}, 200),
        (None, "::1", {}, 200),
        (None, "10.0.0.9", {}, 404),
        (None, "127.0.0.1", {"X-Forwarded-For": "10.0.0.9"}, 404),
        (None, "", {}, 404),
        ("a token", "10.0.0.9", {"Authorization": "Bearer a token"}, 200),
        ("a token", "127.0.0.1", {"Authorization": "Bearer another"}, 404),
        ("a token", "127.0.0.1", {}, 404),
    ],
)
def test_who_may_read_the_numbers(
    portal: Portal,
    monkeypatch: pytest.MonkeyPatch,
    token: str | None,
    address: str,
    headers: dict[str, str],
    status: int,
) -> None:
    monkeypatch.setattr(portal.service, "settings", replace(portal.service.settings, metrics_token=token))
    answer = get(portal.visitor(), "/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


@pytest.mark.usefixtures("lines")
def test_a_request_has_one_name_everywhere(
    portal: Portal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = structlog.get_logger()
    monkeypatch.setitem(portal.app.view_functions, "health.alive", lambda: log.info("spoken") or "")
    name = get(portal.visitor(), "/healthz", headers={HEADER: "mine-1234"}).headers[HEADER]
    assert re.fullmatch(r"[0-9a-f]{16}", name), "nobody trusted named it"
    log.info("afterwards")
    assert [(line["event"], line.get("request")) for line in said(capsys)] == [("spoken", name), ("afterwards", None)]
    refused = get(portal.visitor(), "/api/v1/verifications/nonsense")
    assert refused.get_json()["request_id"] == refused.headers[HEADER] != name


def test_a_trusted_proxys_name_is_taken_on(portal: Portal) -> None:
    service = portal.service
    settings, service.settings = service.settings, replace(service.settings, trusted_proxies=1)
    try:
        client = create_app(service).test_client()
    finally:
        service.settings = settings
    for given, kept in (("proxy-0123456789", True), ("short", False), ("x" * 65, False), ("a b<script>", False)):
        with client.get("/healthz", base_url=BASE, headers={HEADER: given}) as answer:
            assert (answer.headers[HEADER] == given) is kept


@pytest.mark.usefixtures("lines")
def test_a_number_of_a_person_does_not_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger()
    log.warning("电话 13812345678", identity="320902199001011234", code="91320900MA0000001L", count=3)
    line = said(capsys)[0]
    assert "13812345678" not in str(line)
    assert "199001011" not in str(line)
    assert (line["code"], line["count"], line["level"]) == ("91320900MA0000001L", 3, "warning")


def test_every_number_of_the_alert_rules_is_told(portal: Portal, tmp_path: Path) -> None:
    make_backup(portal.service, tmp_path / "backup", "test", portal.service.clock.now())
    told = get(portal.visitor(), "/metrics").get_data(as_text=True)
    known = set(re.findall(r"^# TYPE (creditreport_\w+)", told, re.MULTILINE))
    wanted = set(re.findall(r"\bcreditreport_\w+", Path(RULES).read_text(encoding="utf-8")))
    base = {re.sub(r"_(bucket|count|sum)$", "", name) for name in wanted}
    assert base - known == set()
    assert len(base) >= 8
