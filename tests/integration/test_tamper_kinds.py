"""Every known way to change a signed report, refused with the right word and at the right steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.attacks import ATTACKS, Attack
from tests.attacks.table import NOT_OURS, TAMPERED
from tests.genuine import Genuine

WORDS = (TAMPERED, NOT_OURS)
CASES = [
    pytest.param(attack, level, id=f"{attack.kind}-{attack.name}-{level}")
    for attack in ATTACKS
    for level in ("B-B", "B-LTA")
    if attack.level in (None, level)
]


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> Iterator[Counter[tuple[str, str]]]:
    """What became of each; told at the end, in one line for each kind."""
    told: Counter[tuple[str, str]] = Counter()
    yield told
    kinds = dict.fromkeys(kind for kind, _ in told)
    rows = [
        f"  {kind:18}" + ", ".join(f"{told[kind, word]} {word}" for word in WORDS if told[kind, word]) for kind in kinds
    ]
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\ntampering, {told.total()} files refused:", *rows, sep="\n")


def test_the_reports_are_genuine(genuine: Genuine) -> None:
    for issued in (genuine.plain, genuine.other, genuine.lasting):
        assert genuine.office.outcome(issued.pdf) == ("VALID", [True] * 5)


@pytest.mark.parametrize(("attack", "level"), CASES)
def test_refused(genuine: Genuine, outcomes: Counter[tuple[str, str]], attack: Attack, level: str) -> None:
    sample = genuine.samples[level]
    forged = attack.make(sample)
    assert forged not in (sample.pdf, sample.other)
    status, steps = genuine.office.outcome(forged)
    assert (status, steps) == attack.expected(level)
    outcomes[attack.kind, status] += 1
