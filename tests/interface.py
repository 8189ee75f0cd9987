"""Asking an interface as a report does, with a manifest of four keys, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from creditreport.catalog.manifest import LocatedManifest, Manifest
from creditreport.sources.base import Asked, Rows
from creditreport.sources.registry import make_source
from creditreport.sources.rest_http import close_clients
from creditreport.violations.answer import AnswerStatus
from tests.department import Department, running

ASKED_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
CODE, OLD, OTHER = "91320900MA1MBCDEXU", "91320900MA0000001L", "91320900MA0000002P"
SUCCESS = {"at": "/code", "equals": 0}
COMPLETE, INCOMPLETE, UNAVAILABLE = AnswerStatus.COMPLETE, AnswerStatus.INCOMPLETE, AnswerStatus.UNAVAILABLE


def row(number: int, code: str = CODE, **cells: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "code": code, "amount": "1", **cells}


def page(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"code": 0, "list": list(rows), **more}


@pytest.fixture
def department() -> Iterator[Department]:
    with running() as found:
        yield found
        close_clients()


def ask(
    path: Path,
    base: str,
    codes: tuple[str, ...] = (CODE,),
    deadline: float = 20,
    environ: dict[str, str] | None = None,
    retries: int = 2,
    expect: dict[str, Any] | None = None,
    **source: Any,
) -> Asked[Any]:
    manifest = Manifest.model_validate({
        "slug": "a", "title": "a", "title_en": "a", "responsible_unit": "a", "number": 1, "batch": 1,
        "effective_from": "2024-09-01", "key": ["id"], "ignore": ["id"], "deadline_seconds": deadline,
        "fields": {"uscc": "code", "fine_yuan": "amount"}, "retries": retries, "expect": expect or {},
        "source": {
            "driver": "rest", "url": f"{base}/list", "rows": "/list", "ask": {"uscc": "who"}, "as_of": {"live": True},
        } | source,
    })  # fmt: skip

    def every(rows: Rows) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        return rows.columns, [dict(row) for row in rows]

    located = LocatedManifest(path=path / "01_a.toml", manifest=manifest)
    return make_source(located, environ or {}, codes).start(ASKED_AT, every).wait()


def ids(asked: Asked[Any]) -> list[str]:
    assert asked.status is COMPLETE, asked.problem
    return [one["id"] for one in asked.result[1]]


def refused(asked: Asked[Any], status: AnswerStatus, words: str) -> None:
    assert (asked.status, asked.result) == (status, None)
    assert words in (asked.problem or "")
