"""Revoking and suspicions on both stores: two at once do it once; every deed has its entry; old suspicions go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.audit.models import AuditEntry
from creditreport.clock import FixedClock
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.privacy.kinds import KINDS
from creditreport.privacy.retention import apply_retention
from creditreport.reports.ending.reading import staff_report, waiting_revocations
from creditreport.reports.ending.revoking import confirm_revocation, propose_revocation
from creditreport.reports.withdraw import withdraw_report
from creditreport.service import Service
from creditreport.signing.signer import load_signer
from creditreport.verification.suspicions.handling import (
    open_suspicions,
    report_suspicion,
    settle_suspicion,
    suspicions,
)
from tests.at_once import at_once
from tests.conftest import NOON
from tests.issued import Issued, store


@pytest.fixture
def service(signing_settings: Settings, sessions: sessionmaker[Session]) -> Iterator[Service]:
    made = Service(signing_settings, FixedClock(NOON))
    made.sessions = made.reading = sessions
    yield made
    made.close()


@pytest.fixture
def issued(signing_settings: Settings, sessions: sessionmaker[Session]) -> Issued:
    return store(sessions, load_signer(signing_settings), NOON)


def test_two_at_once_do_it_once(service: Service, issued: Issued) -> None:
    def propose(by: str) -> Callable[[], object]:
        return lambda: propose_revocation(service, issued.number, "authority", "来源更正", by=by, now=NOON)

    assert at_once(propose("account:1"), propose("account:2"), propose("account:3")) == {
        "done": 1, "REVOCATION_OPEN": 2,
    }  # fmt: skip
    with service.reading() as session:
        ((waiting, name),) = waiting_revocations(session)
    assert name == "演示甲有限公司"
    confirm = [
        lambda by=by: confirm_revocation(service, issued.number, by=by, now=NOON) for by in ("account:8", "account:9")
    ]
    assert at_once(*confirm) == {"done": 1, "NOT_VALID_ANY_MORE": 1}
    with service.reading() as session:
        one = staff_report(session, issued.number, NOON)
        entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert (one.state, one.waiting) == ("REVOKED", None)
    assert [entry.action for entry in entries] == ["report.revocation_proposed", "report.revoked"]
    assert entries[1].detail == {"revocation": waiting.id, "ground": "authority", "proposed_by": waiting.proposed_by}
    assert "来源更正" not in str([entry.detail for entry in entries])


def test_a_business_that_withdraws_first_was_the_one_that_ended_it(service: Service, issued: Issued) -> None:
    propose_revocation(service, issued.number, "authority", "来源更正", by="account:1", now=NOON)
    withdraw_report(service, "E1", issued.number, by="account:5", now=NOON)
    with pytest.raises(Problem, match="no longer valid"):
        confirm_revocation(service, issued.number, by="account:2", now=NOON + timedelta(seconds=1))
    with service.reading() as session:
        one = staff_report(session, issued.number, NOON)
    assert one.report.withdrawn_at == one.report.status_since == NOON


def test_suspicions_are_kept_for_24_months_after_they_were_settled(service: Service, issued: Issued) -> None:
    for text in ("甲", "乙"):
        report_suspicion(service, "address:192.0.2.9", "other", text, issued.code, NOON)
    with service.reading() as session:
        first, second = suspicions(session, settled=False, number=issued.number)
    settle_suspicion(service, first.id, "已核实", by="account:1", now=NOON)
    much_later = NOON + timedelta(days=730, seconds=1)
    removed = {one.kind: one.removed for one in apply_retention(service.sessions, KINDS, "test", much_later)}
    assert removed["suspicions"] == 1
    with service.reading() as session:
        assert [one.id for one in suspicions(session, settled=False)] == [second.id], "one that waits is not forgotten"
        assert open_suspicions(session) == 1
