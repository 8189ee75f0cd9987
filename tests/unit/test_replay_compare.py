"""Differences by key path: told where they are, by name where an item has one."""

from __future__ import annotations

from typing import Any

import pytest

from creditreport.replay.compare import differences


@pytest.mark.parametrize(
    ("stored", "replayed", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", 1, 2)]),
        ({"a": 1}, {}, [("a", 1, None)]),
        ({}, {"a": 1}, [("a", None, 1)]),
        ({"a": True}, {"a": 1}, [("a", True, 1)]),
        ({"a": [1, 2]}, {"a": [1]}, [("a[1]", 2, None)]),
        (
            {"domains": [{"slug": "x", "n": 1}, {"slug": "y", "n": 2}]},
            {"domains": [{"slug": "x", "n": 1}, {"slug": "y", "n": 3}]},
            [("domains[y].n", 2, 3)],
        ),
        (
            {"r": [{"record_id": "1"}, {"record_id": "2"}]},
            {"r": [{"record_id": "2"}, {"record_id": "1"}]},
            [("r (order)", ["1", "2"], ["2", "1"])],
        ),
        ({"r": [{"record_id": "1"}]}, {"r": []}, [("r[1]", {"record_id": "1"}, None)]),
        # Two items of one name: by their places.
        (
            [{"record_id": "1", "n": 1}, {"record_id": "1", "n": 2}],
            [{"record_id": "1", "n": 1}, {"record_id": "1", "n": 3}],
            [("[1].n", 2, 3)],
        ),
        ({"a": [1]}, {"a": {"b": 1}}, [("a", [1], {"b": 1})]),
    ],
)
def test_differences(stored: Any, replayed: Any, told: list[tuple[str, Any, Any]]) -> None:
    assert [(one.path, one.stored, one.replayed) for one in differences(stored, replayed)] == told
