"""What ``[sync]`` may not say, where a whole manifest of another role or driver is needed to say it."""

from __future__ import annotations

import pytest

from creditreport.catalog.manifest import Manifest
from creditreport.catalog.sync import sync_problems

REST = {"driver": "rest", "url": "http://127.0.0.1/x", "rows": "/rows", "as_of": {"live": True}}
SQL = {"driver": "sql", "url": "sqlite:///x", "as_of": {"live": True}}


def manifest(**changes: object) -> Manifest:
    told = {
        "slug": "one", "title": "某", "title_en": "One", "responsible_unit": "某局", "key": ["id"], "role": "overlay",
        "mode": "mirrored", "sync": {"compare": "full"}, "source": {**SQL, "table": "x"},
    }  # fmt: skip
    return Manifest.model_validate({**told, **changes})


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, []),
        ({"sync": {"watermark": "at"}}, []),
        ({"source": REST}, []),
        ({"mode": "live", "sync": None}, []),
        ({"mode": "live"}, ["sync"]),
        ({"sync": None}, ["sync"]),
        ({"role": "register"}, ["mode"]),
        ({"source": {**REST, "ask": {"uscc": "code"}}}, ["mode"]),
        ({"sync": {"watermark": "at"}, "source": {**SQL, "query": "SELECT 1"}}, ["sync.watermark"]),
        ({"sync": {"watermark": "at"}, "source": {"driver": "files", "folder": "x"}}, ["sync.watermark"]),
        ({"sync": {"watermark": "at"}, "source": REST}, ["sync.watermark"]),
    ],
)  # fmt: skip
def test_mode_and_sync_fit_together(changes: dict[str, object], keys: list[str]) -> None:
    assert [key for key, _problem in sync_problems(manifest(**changes), {})] == keys
