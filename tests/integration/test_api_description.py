"""The description of the interface is true: its examples, our answers, and what schemathesis sends."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation import GenerationMode
from werkzeug.serving import make_server

from creditreport.accounts.apiclients import add_client
from creditreport.accounts.models import Scope
from creditreport.reports.issue import IssuedReport
from creditreport.verification.codes import Code, new_code, read_code
from tests.conftest import NOON
from tests.portal import BASE, Portal, get
from tests.roles import Knocking

EXAMPLES = 12
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ADDRESS = "/api/v1/verifications"


@pytest.fixture(scope="module")
def bearer(portal: Portal) -> dict[str, str]:
    last = NOON.date() + timedelta(days=30)
    secret = add_client(portal.service.sessions, "示例平台", list(Scope), 60_000, last, "test", NOON)
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture(scope="module")
def described(portal: Portal) -> dict[str, Any]:
    told: dict[str, Any] = get(portal.visitor(), "/api/openapi.json").get_json()
    return told


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def errors(described: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    # Not above: its import builds a parser for each rule of RFC 3987, seconds in every process that collects the tests.
    from jsonschema import Draft202012Validator

    whole = {**schema, "components": described["components"]}
    Draft202012Validator.check_schema(whole)
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_every_example_is_as_its_schema_says(described: dict[str, Any]) -> None:
    looked_at = 0
    for path, method, operation in operations(described):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for media, content in body.get("content", {}).items():
                for name, example in content.get("examples", {}).items():
                    looked_at += 1
                    wrong = errors(described, content["schema"], example["value"])
                    assert wrong == [], f"{method} {path} {media} {name}"
    assert looked_at > 40
    example = described["paths"][f"{ADDRESS}/{{code}}"]["get"]["parameters"][0]["example"]
    assert isinstance(read_code(example), Code)


def test_every_address_for_programs_is_described(portal: Portal, described: dict[str, Any]) -> None:
    told = {(path, method) for path, method, _ in operations(described)}
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in portal.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/")
    }
    assert told == there


@pytest.fixture
def with_a_record(portal: Portal) -> Iterator[IssuedReport]:
    """A report that lists something, for as long as its source has it."""
    portal.city.penalty(10, "described", portal.mine)
    yield portal.issue(portal.mine)
    portal.city.run("DELETE FROM field_10 WHERE id = 'described'")


def test_our_answers_are_as_described(
    portal: Portal, described: dict[str, Any], bearer: dict[str, str], with_a_record: IssuedReport
) -> None:
    listed = with_a_record
    client = portal.visitor()
    code = listed.content.verification_code
    pdfs = [(io.BytesIO(listed.pdf), "a.pdf"), (io.BytesIO(b"%PDF-1.7"), "b.pdf")]
    answers = [
        (f"{ADDRESS}/{{code}}", get(client, f"{ADDRESS}/{code}")),
        (f"{ADDRESS}/{{code}}", get(client, f"{ADDRESS}/{new_code()}")),
        (f"{ADDRESS}/{{code}}", get(client, f"{ADDRESS}/{new_code()}?signed=1", headers=bearer)),
        (f"{ADDRESS}/{{code}}", get(client, f"{ADDRESS}/ABC")),
        (ADDRESS, client.post(ADDRESS, base_url=BASE, json=[code, new_code(), "ABC"])),
        (ADDRESS, client.post(ADDRESS, base_url=BASE, data={"files": pdfs})),
        (ADDRESS, client.post(ADDRESS, base_url=BASE, data=b"")),
        ("/api/v1/client", get(client, "/api/v1/client", headers=bearer)),
        ("/api/v1/client", get(client, "/api/v1/client")),
        ("/api/v1/keys", get(client, "/api/v1/keys")),
    ]
    assert answers[0][1].get_json()["records"] != []
    for path, answer in answers:
        (operation,) = described["paths"][path].values()
        content = operation["responses"][str(answer.status_code)]["content"][answer.mimetype]
        value = answer.text if answer.mimetype == "application/jose" else answer.get_json(force=True)
        assert errors(described, content["schema"], value) == [], f"{path} {answer.status_code}"
        if content["schema"].get("$ref", "").endswith("/Verdict"):
            properties = described["components"]["schemas"]["Verdict"]["properties"]
            assert set(value) <= set(properties), "the verdict tells what is not described"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_speaks_one_language(portal: Portal, language: str) -> None:
    told = get(portal.visitor(), f"/api/openapi.json?lang={language}").get_json()

    def sentences(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("description", "summary") and isinstance(value, str):
                    yield value
                elif key not in ("example", "examples"):
                    yield from sentences(value)
        elif isinstance(node, list):
            for value in node:
                yield from sentences(value)

    said = list(sentences(told))
    assert len(said) > 60
    wrong = [one for one in said if " | " in one or (bool(CHINESE.search(one)) == (language == "en"))]
    assert [one for one in wrong if CHINESE.search(one) or language == "zh"] == []


def test_the_page_shows_all_of_it(portal: Portal, described: dict[str, Any]) -> None:
    page = get(portal.visitor(), "/api/docs").text
    for path, _, operation in operations(described):
        assert f'id="{operation["operationId"]}"' in page
        assert path in page
        assert all(f">{status}</span>" in page for status in operation["responses"])
    assert all(f'id="shape-{name}"' in page for name in described["components"]["schemas"])
    assert "def verify(address" in page
    assert "<script>" not in page
    for name in ("verify.py", "verify.sh"):
        assert get(portal.visitor(), f"/static/api/{name}").status_code == 200


def test_no_page_in_a_browser_speaks_for_who_is_signed_in(portal: Portal) -> None:
    knocking = Knocking(portal)
    for path in ("/api/v1/client", f"{ADDRESS}/{new_code()}?signed=1"):
        for role in ("own_business", "admin"):
            assert get(knocking(role), path).status_code == 401


@pytest.fixture(scope="module")
def server(portal: Portal) -> Iterator[str]:
    """The portal at an address of this machine."""
    made = make_server("127.0.0.1", 0, portal.app, threaded=True)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.mark.parametrize("registered", [False, True])
def test_schemathesis_finds_nothing(portal: Portal, server: str, bearer: dict[str, str], registered: bool) -> None:
    config = SchemathesisConfig.from_dict({})
    project = config.projects.default
    headers = {"Host": BASE.partition("//")[2], **(bearer if registered else {})}
    project.update(base_url=server, headers=headers)
    project.generation.update(
        max_examples=EXAMPLES, deterministic=True, modes=list(GenerationMode), database="none", no_shrink=True
    )
    project.phases.stateful.enabled = False
    schema = schemathesis.openapi.from_url(f"{server}/api/openapi.json", headers=headers, config=config)
    found, asked = [], 0
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            asked += len(event.recorder.checks)
            found += list(failures(event))
    assert found == []
    assert asked > 60


def failures(event: events.ScenarioFinished) -> Iterator[str]:
    """What schemathesis has to say; that a key of an earlier request is refused for another is meant."""
    for case, checks in event.recorder.checks.items():
        response = event.recorder.interactions[case].response
        reused = response is not None and b"IDEMPOTENCY_KEY_REUSED" in (response.content or b"")
        for check in checks:
            if check.failure_info is not None and not (reused and check.name == "positive_data_acceptance"):
                yield f"{event.label}: {check.name}: {check.failure_info.failure} {check.failure_info.code_sample}"
