"""``Idempotency-Key``: the same answer to the same question, one worker on it at a time, nothing kept of failures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from creditreport.accounts.apiclients import add_client
from creditreport.accounts.models import ApiClient, Scope
from creditreport.api import idempotency, views
from creditreport.api.idempotency import KEPT, LOST, Held, Kept, hold, keep, let_go
from creditreport.api.models import ApiAnswer
from creditreport.db import make_engine, make_sessions
from creditreport.errors import Problem
from creditreport.privacy.kinds import ANSWERS
from creditreport.privacy.retention import apply_retention
from tests.conftest import NOON
from tests.portal import BASE, Portal
from tests.stores import make_store

ADDRESS = "/api/v1/verifications"
MISTYPED = "0000-0000-0000-0000-0001"
ANSWER = Kept('{"results": []}', "application/json")
SECOND = timedelta(seconds=1)


def registered(stored: sessionmaker[Session], scopes: list[str] = list(Scope)) -> str:  # noqa: B006
    return add_client(stored, "示例平台", scopes, 60_000, NOON.date() + timedelta(days=30), "test", NOON)


def number_of(stored: sessionmaker[Session], secret: str) -> int:
    with stored() as session:
        return session.scalars(select(ApiClient.id).where(ApiClient.key_id == secret.split("_")[1])).one()


@pytest.fixture
def stored(database_url: str) -> Iterator[sessionmaker[Session]]:
    make_store(database_url)
    engine = make_engine(database_url)
    yield make_sessions(engine)
    engine.dispose()


def says(stored: sessionmaker[Session], client: int, key: str, question: str, after: timedelta = timedelta(0)) -> str:
    try:
        held = hold(stored, client, key, question, NOON + after)
    except Problem as problem:
        return problem.code
    return "held" if isinstance(held, Held) else held.body


def test_the_life_of_a_key(stored: sessionmaker[Session]) -> None:
    client, other = (number_of(stored, registered(stored)) for _ in range(2))
    held = hold(stored, client, "k", "q", NOON)
    assert isinstance(held, Held)
    assert says(stored, client, "k", "q") == "IDEMPOTENT_REQUEST_RUNNING"
    assert says(stored, client, "k", "another") == "IDEMPOTENCY_KEY_REUSED"
    assert says(stored, client, "l", "q") == "held"
    assert says(stored, other, "k", "another") == "held"  # each program has its own keys
    keep(stored, held, ANSWER)
    assert says(stored, client, "k", "q", KEPT - SECOND) == ANSWER.body
    assert says(stored, client, "k", "another", KEPT - SECOND) == "IDEMPOTENCY_KEY_REUSED"
    assert says(stored, client, "k", "another", KEPT) == "held"


def test_what_failed_is_asked_anew(stored: sessionmaker[Session]) -> None:
    client = number_of(stored, registered(stored))
    held = hold(stored, client, "k", "q", NOON)
    assert isinstance(held, Held)
    let_go(stored, held)
    assert says(stored, client, "k", "another") == "held"


def test_a_key_whose_worker_died_is_taken_over_and_only_the_last_one_answers(stored: sessionmaker[Session]) -> None:
    client = number_of(stored, registered(stored))
    dead = hold(stored, client, "k", "q", NOON)
    assert isinstance(dead, Held)
    assert says(stored, client, "k", "q", LOST - SECOND) == "IDEMPOTENT_REQUEST_RUNNING"
    alive = hold(stored, client, "k", "q", NOON + LOST)
    assert isinstance(alive, Held)
    keep(stored, dead, Kept("of the dead", "application/json"))
    let_go(stored, dead)
    assert says(stored, client, "k", "q", LOST) == "IDEMPOTENT_REQUEST_RUNNING"
    keep(stored, alive, ANSWER)
    assert says(stored, client, "k", "q", LOST) == ANSWER.body


def test_of_many_at_once_one_works(stored: sessionmaker[Session]) -> None:
    client, together, heard = number_of(stored, registered(stored)), Barrier(6), []

    def ask() -> None:
        together.wait()
        heard.append(says(stored, client, "k", "q"))

    threads = [Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == ["IDEMPOTENT_REQUEST_RUNNING"] * 5 + ["held"]


def test_answers_are_forgotten_after_a_day(stored: sessionmaker[Session]) -> None:
    client = number_of(stored, registered(stored))
    for key, at in (("old", NOON), ("new", NOON + SECOND)):
        hold(stored, client, key, "q", at)
    (done,) = apply_retention(stored, [ANSWERS], "test", NOON + KEPT)
    with stored() as session:
        assert (done.removed, session.scalar(select(func.count(ApiAnswer.id)))) == (1, 1)


@pytest.fixture(scope="module")
def secret(portal: Portal) -> str:
    return registered(portal.service.sessions)


def send(portal: Portal, secret: str | None, key: str, body: Any = None, **how: Any) -> TestResponse:
    headers = {"Idempotency-Key": key, **({"Authorization": f"Bearer {secret}"} if secret else {})}
    return portal.visitor().post(ADDRESS, base_url=BASE, headers=headers, **(how or {"json": body}))


def code_of(answer: TestResponse) -> str:
    return str(answer.get_json(force=True)["code"])


def test_asked_again_the_answer_is_the_same_word_for_word(portal: Portal, secret: str) -> None:
    issued = portal.issue(portal.mine)
    files = lambda: {"files": [(io.BytesIO(issued.pdf), "a.pdf")]}  # noqa: E731
    first = send(portal, secret, "files-1", data=files())
    again = send(portal, secret, "files-1", data=files())  # under another boundary
    assert (again.status_code, again.data, again.mimetype) == (200, first.data, first.mimetype)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json()["results"][0]["status"] == "VALID"
    renamed = send(portal, secret, "files-1", data={"files": [(io.BytesIO(issued.pdf), "b.pdf")]})
    assert (renamed.status_code, code_of(renamed)) == (422, "IDEMPOTENCY_KEY_REUSED")
    signed = portal.visitor().post(
        f"{ADDRESS}?signed=1", base_url=BASE, data=files(),
        headers={"Idempotency-Key": "files-1", "Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert code_of(signed) == "IDEMPOTENCY_KEY_REUSED"


def test_while_one_works_another_waits(portal: Portal, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile: list[TestResponse] = []
    real = views.check_all

    def slow(*given: Any) -> Any:
        monkeypatch.setattr(views, "check_all", real)
        meanwhile.append(send(portal, secret, "slow", [MISTYPED]))
        return real(*given)

    monkeypatch.setattr(views, "check_all", slow)
    assert send(portal, secret, "slow", [MISTYPED]).status_code == 200
    assert (meanwhile[0].status_code, code_of(meanwhile[0])) == (409, "IDEMPOTENT_REQUEST_RUNNING")
    assert meanwhile[0].headers["Retry-After"] == str(idempotency.ASK_AGAIN_SECONDS)


def test_a_crash_keeps_no_answer(portal: Portal, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any) -> Any:
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(views, "check_all", crash)
        assert send(portal, secret, "crash", [MISTYPED]).status_code == 500
    assert send(portal, secret, "crash", [MISTYPED]).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 65, "two words", "é"])
def test_a_key_that_is_none(portal: Portal, secret: str, key: str) -> None:
    answer = send(portal, secret, key, [MISTYPED])
    assert (answer.status_code, code_of(answer)) == (400, "INVALID_IDEMPOTENCY_KEY")


def test_nothing_is_kept_for_who_shows_no_secret(portal: Portal) -> None:
    answer = send(portal, None, "k", [MISTYPED])
    assert (answer.status_code, code_of(answer)) == (401, "SECRET_NEEDED")
