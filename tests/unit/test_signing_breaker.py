"""The circuit breaker and the deadline, by a clock that the test moves."""

from __future__ import annotations

from creditreport.signing.breaker import Breaker
from creditreport.signing.waiting import Deadline


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker(failures=2, pause=30)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(1)
    assert breaker.allows(2)
    breaker.failed(2)
    assert not breaker.allows(31.9)


def test_after_the_pause_one_may_try_and_the_others_wait() -> None:
    breaker = Breaker(failures=1, pause=30)
    breaker.failed(0)
    assert [breaker.allows(30), breaker.allows(30), breaker.allows(59)] == [True, False, False]
    # The one never came back, a kill perhaps: after another pause the next may try.
    assert breaker.allows(60)
    breaker.succeeded()
    assert breaker.allows(60)
    assert breaker.allows(60)


def test_a_deadline_is_never_below_zero() -> None:
    now = [100.0]
    deadline = Deadline(3, lambda: now[0])
    assert deadline.remaining == 3
    now[0] = 104
    assert deadline.remaining == 0
