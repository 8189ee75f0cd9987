"""While rows go by the collector is quiet; afterwards it is as it was, also when two syncs overlap or one fails."""

from __future__ import annotations

import gc

import pytest

from creditreport.mirror.garbage import seldom_collected


def test_as_before_afterwards_also_when_they_overlap_or_fail() -> None:
    before = gc.get_threshold()
    first, second = seldom_collected(), seldom_collected()
    first.__enter__()
    quiet = gc.get_threshold()
    assert quiet != before
    with second:
        first.__exit__(None, None, None)
        assert gc.get_threshold() == quiet
    assert gc.get_threshold() == before
    with pytest.raises(ValueError, match="broken"), seldom_collected():
        raise ValueError("broken")
    assert gc.get_threshold() == before
