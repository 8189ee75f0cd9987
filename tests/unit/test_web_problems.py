"""Errors as pages and as problem+json, health, and what a crash writes into the log."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from creditreport.verification.codes import new_code
from tests.portal import Portal, get, make_portal, post, token

BASE = "https://credit.example.gov.cn"
ENGLISH = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("method", "path", "status", "zh", "en"),
    [
        ("GET", "/nowhere", 404, "没有这个页面", "No such page"),
        ("GET", "/reports", 405, "不接受此种请求", "does not take such a request"),
        ("POST", "/reports", 400, "表单已过期", "The form has expired"),
    ],
)
def test_pages_speak_both_languages(portal: Portal, method: str, path: str, status: int, zh: str, en: str) -> None:
    for headers, said in (({}, zh), (ENGLISH, en)):
        answer = portal.visitor().open(path, method=method, base_url=BASE, headers=headers)
        assert answer.status_code == status
        assert said in answer.text
        assert "<h1>" in answer.text


def test_programs_get_problem_json(portal: Portal) -> None:
    answer = get(portal.visitor(), "/api/v1/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json is None or answer.get_json(force=True)["code"] == "PAGE_NOT_FOUND"
    asked = portal.visitor().post("/verify", base_url=BASE, headers={"Accept": "application/json"})
    assert (asked.status_code, asked.mimetype) == (400, "application/problem+json")
    body = asked.get_json(force=True)
    assert set(body) == {"type", "title", "status", "detail", "code", "request_id"}
    assert body["status"] == 400


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_too_large_a_file_is_read_to_its_end_and_refused(portal: Portal, accept: str) -> None:
    client = portal.visitor()
    size = portal.service.settings.upload_limit_bytes
    head = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    for length in (size + 1, size + 1024 * 1024):
        body = (
            head % (b"csrf_token", b"") + token(client).encode() + b"\r\n"
            + head % (b"file", b'; filename="big.pdf"') + bytes(length) + b"\r\n--x--\r\n"
        )  # fmt: skip
        with client.post(
            "/verify",
            data=body,
            content_type="multipart/form-data; boundary=x",
            base_url=BASE,
            headers={"Referer": f"{BASE}/", "Accept": accept},
        ) as answer:
            said = answer.text if accept == "text/html" else answer.get_json(force=True)["detail"]
        assert answer.status_code == 413
        assert "超过 10 MB" in said


def test_the_rest_of_a_refused_body_is_swallowed(portal: Portal) -> None:
    body = io.BytesIO(bytes(12 * 1024 * 1024))
    environ = {"CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = portal.visitor().post("/verify", input_stream=body, content_length=12 * 1024 * 1024, base_url=BASE,
                                   environ_base=environ)  # fmt: skip
    assert answer.status_code == 413
    assert body.tell() == 12 * 1024 * 1024


@pytest.fixture
def broken(tmp_path: Path, signing_settings: Settings, fonts: FontSet) -> Iterator[Portal]:
    """A portal of its own, to be broken."""
    made = make_portal(tmp_path, signing_settings, fonts)
    yield made
    made.service.engine.dispose()


def test_a_crash_tells_an_incident_number_and_no_data(broken: Portal) -> None:
    secret = f"a secret of {broken.mine}"

    def crash(**_: object) -> str:
        raise ValueError(secret)

    broken.app.view_functions["verification.by_code"] = crash
    with capture_logs() as logs:
        answer = get(broken.visitor(), "/v/ABC")
        told = get(broken.visitor(), "/v/ABC", headers={"Accept": "application/json"})
    assert (answer.status_code, told.status_code) == (500, 500)
    events = [entry for entry in logs if entry["event"] == "request_failed"]
    assert [event["error"] for event in events] == ["ValueError", "ValueError"]
    assert events[0]["incident"] in answer.text
    assert events[1]["incident"] in told.get_json(force=True)["detail"]
    assert "in crash" in events[0]["where"]
    assert secret not in f"{logs}{answer.text}{told.text}"


def test_ready_means_every_part_was_tried(broken: Portal) -> None:
    client = broken.visitor()
    assert get(client, "/readyz").get_json()["checks"] == dict.fromkeys(
        ("database", "catalog", "ruleset", "keys", "fonts", "translations"), True
    )
    broken.service.engine.dispose()
    (broken.city.domains_dir / "01_field_01.toml").unlink()
    del broken.service.catalog, broken.service.fonts, broken.service.keyring
    answer = get(client, "/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {
        "database": True, "catalog": False, "ruleset": True, "keys": True, "fonts": False, "translations": True
    }  # fmt: skip
    assert get(client, "/healthz").status_code == 200


def test_a_store_of_another_version_is_not_ready(broken: Portal) -> None:
    with broken.service.sessions.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = get(broken.visitor(), "/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["database"] is False


def test_a_store_that_cannot_be_used_is_told_without_its_statement(broken: Portal) -> None:
    with broken.service.sessions.begin() as session:
        session.execute(text("ALTER TABLE credit_report RENAME TO somewhere_else"))
    answer = get(broken.visitor(), f"/api/v1/verifications/{new_code()}")
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (503, "STORE_UNAVAILABLE")
    assert answer.headers["Retry-After"]
    assert "SELECT" not in answer.text


def test_choosing_nothing_is_told_on_the_form(portal: Portal) -> None:
    answer = post(portal.signed_in("mine"), "/reports", {"years": "3"})
    assert answer.status_code == 422
    assert "请选择用途。" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "code"), [("years", "4", "INVALID_YEARS"), ("purpose", "love", "INVALID_PURPOSE")]
)
def test_what_the_form_does_not_offer_is_refused(portal: Portal, field: str, value: str, code: str) -> None:
    choice = {"years": "1", "purpose": "finance", field: value}
    answer = post(portal.signed_in("mine"), "/reports", choice)
    assert answer.status_code == 422
    assert code in answer.text
