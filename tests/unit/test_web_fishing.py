"""At the addresses where a code is asked for: who misses waits, whatever is asked then, and others do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from creditreport.accounts.apiclients import add_client
from creditreport.accounts.models import Scope
from creditreport.config import Settings
from creditreport.reports.fonts import FontSet
from creditreport.verification.codes import new_code
from tests.conftest import NOON
from tests.portal import Portal, get, make_portal
from tests.roles import Knocking

MISTYPED = "0000-0000-0000-0000-0001"
JSON = {"Accept": "application/json"}


@pytest.fixture
def strict(tmp_path: Path, signing_settings: Settings, fonts: FontSet) -> Iterator[Portal]:
    """Three misses a minute."""
    made = make_portal(tmp_path, signing_settings, fonts, MISSES_PER_MINUTE="3", TRUSTED_PROXIES="1")
    yield made
    made.service.engine.dispose()


def ask(client: FlaskClient, path: str, address: str = "192.0.2.1", **headers: str) -> Any:
    # What stands before the proxy's own word is whatever the caller made up.
    return get(client, path, headers={"X-Forwarded-For": f"203.0.113.9, {address}", **headers})


def test_who_misses_waits_and_learns_nothing_meanwhile(strict: Portal) -> None:
    code = strict.issue(strict.mine).content.verification_code
    client = strict.visitor()
    for _ in range(5):
        assert ask(client, f"/v/{code}").status_code == 200  # right codes are no misses
    assert ask(client, f"/v/{new_code()}").status_code == 200
    assert ask(client, f"/verify?code={MISTYPED}").status_code == 422
    assert ask(client, f"/api/v1/verifications/{MISTYPED}").status_code == 404
    # A right code is refused like a wrong one: the answer tells nothing.
    for path in ("/v/", "/api/v1/verifications/", "/verify?code="):
        for asked in (code, new_code(), MISTYPED):
            answer = ask(client, path + asked)
            assert answer.status_code == 429, path + asked
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
    told = ask(client, f"/v/{code}", **JSON)
    assert (told.mimetype, told.get_json(force=True)["code"]) == ("application/problem+json", "TOO_MANY_MISSES")
    assert "逐位核对" in ask(client, f"/v/{code}").text
    assert ask(client, f"/v/{code}", address="192.0.2.2").status_code == 200
    assert ask(client, "/verify").status_code == 200  # the form itself stays


def test_a_program_is_counted_for_itself(strict: Portal) -> None:
    code = strict.issue(strict.mine).content.verification_code
    secret = add_client(strict.service.sessions, "示例平台", [Scope.VERIFY], 9, NOON.date(), "test", NOON)
    bearer = {"Authorization": f"Bearer {secret}"}
    client = strict.visitor()
    for _ in range(3):
        ask(client, f"/api/v1/verifications/{new_code()}")
    assert ask(client, f"/api/v1/verifications/{code}").status_code == 429
    for _ in range(3):
        assert ask(client, f"/api/v1/verifications/{new_code()}", **bearer).status_code == 200
    refused = ask(client, f"/api/v1/verifications/{code}", address="192.0.2.7", **bearer)
    assert (refused.status_code, refused.get_json(force=True)["code"]) == (429, "TOO_MANY_MISSES")
    busy = [ask(client, f"/v/{code}", address="192.0.2.7", **bearer) for _ in range(6)][-1]
    assert (busy.status_code, busy.headers["Retry-After"].isdecimal()) == (429, True)
    assert "9 次请求" in busy.text


def test_guessing_at_secrets_is_a_miss(strict: Portal) -> None:
    client = strict.visitor()
    wrong = {"Authorization": f"Bearer crk_{'0' * 12}_{'0' * 64}"}
    statuses = [ask(client, "/api/v1/client", **wrong).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_every_miss_looks_and_costs_the_same(portal: Portal) -> None:
    statements: list[str] = []
    engine = portal.service.engine
    seen = lambda _c, _cur, statement, *_: statements.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", seen)
    shapes = set()
    try:
        for _ in range(3):
            statements.clear()
            code = new_code()
            answer = get(portal.visitor(), f"/v/{code}")
            told = get(portal.visitor(), f"/api/v1/verifications/{code}")
            page = answer.text.replace(code, "").replace("-".join(code[at : at + 4] for at in range(0, 20, 4)), "")
            shapes.add((page.replace("-<wbr>".join(code[at : at + 4] for at in range(0, 20, 4)), ""), told.text,
                        tuple(statements)))  # fmt: skip
    finally:
        event.remove(engine, "before_cursor_execute", seen)
    assert len(shapes) == 1


def test_staff_see_misses_and_waits(strict: Portal) -> None:
    for _ in range(4):
        ask(strict.visitor(), f"/v/{new_code()}")
    page = get(Knocking(strict)("credit_officer"), "/staff/limits").text
    assert '<td class="n">3</td><td class="n">1</td>' in page
    assert "各进程分别计数" in page
