"""One changed byte anywhere in a report is found: some of them in every run, all of them with ``--every-byte``."""

from __future__ import annotations

import os

import pytest

from tests.attacks.flips import Flipping, Outcomes, chosen, sample
from tests.conftest import NOON
from tests.genuine import Genuine


def tell(request: pytest.FixtureRequest, level: str, told: Outcomes) -> None:
    """One line: how many files, and how they ended (steps 1 to 5: + holds, - fails, . not looked at)."""
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        shown = ", ".join(f"{status} {steps} {count}" for (status, steps), count in told.most_common())
        print(f"\none byte changed, {level}: {told.total()} files refused: {shown}")


@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_one_changed_byte(request: pytest.FixtureRequest, genuine: Genuine, level: str) -> None:
    pdf = genuine.samples[level].pdf
    flipping = Flipping(genuine.url, genuine.office.trust, pdf, NOON)
    if request.config.getoption("--every-byte"):
        told, tried = flipping.all_outcomes(os.cpu_count() or 1), len(pdf)
    else:
        places = chosen(pdf, 100) if level == "B-B" else sample(pdf, 100)
        told, tried = flipping.outcomes(places), len(places)
    tell(request, level, told)
    assert told.total() == tried
    # Most changes leave the file readable, and then it is called by its name.
    assert sum(count for (status, _), count in told.items() if status == "TAMPERED") > 0.9 * tried
