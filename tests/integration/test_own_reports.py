"""What a business decides about its own reports: what verifiers see, withdrawing, renewing; sent twice, done once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from creditreport.audit.models import AuditEntry
from creditreport.errors import Problem
from creditreport.reports.archive import find_report, own_report, own_reports, reports_about
from creditreport.reports.handout import hand_out
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.models import CreditReport, ReportNumber, Showing
from creditreport.reports.renew import renewal_of
from creditreport.reports.showing import change_showing
from creditreport.reports.withdraw import withdraw_report
from creditreport.reports.withdraw_key import to_reissue, withdraw_key
from creditreport.service import Service
from creditreport.verification.by_code import verify_code
from tests.conftest import NOON
from tests.integration.asking import Sync, ask, audited, count, register_id
from tests.integration.city import City, make_code

NAME = "盐城甲示例有限公司"
LATER = NOON + timedelta(hours=1)
BY = "account:7"


@pytest.fixture
def mine(city: City, service: Service, sync: Sync) -> str:
    """A business with one record; and another one beside it."""
    code = city.business(1, NAME)
    city.business(2, "盐城乙示例有限公司")
    city.penalty(20, "A", code)
    sync()
    return code


def scanned(service: Service, issued: IssuedReport) -> dict[str, Any]:
    with service.reading() as session:
        found = verify_code(session, issued.content.verification_code, LATER, current=service.currency)
    return {**found.as_json(), "original": found.original_shown}


def refusal(deed: Callable[[], object]) -> str:
    with pytest.raises(Problem) as raised:
        deed()
    return raised.value.code


def test_a_verifier_sees_what_the_business_lets_be_seen(service: Service, mine: str) -> None:
    issued, me = ask(service, mine), register_id(service, mine)
    seen = {}
    for showing in (Showing.RECORDS, Showing.SUMMARY, Showing.ORIGINAL):
        change_showing(service, me, issued.number, showing, by=BY, now=LATER)
        change_showing(service, me, issued.number, showing, by=BY, now=LATER)
        told = scanned(service, issued)
        assert (told["status"], told["listed"], len(told["domains"]), told["showing"]) == ("VALID", 1, 45, showing)
        seen[showing] = (told["records"] and len(told["records"]), told["original"])
    assert seen == {Showing.RECORDS: (1, False), Showing.SUMMARY: (None, False), Showing.ORIGINAL: (1, True)}
    changes = [detail for _, action, _, detail in audited(service) if action == "report.showing_changed"]
    assert changes == [{"from": "records", "to": "summary"}, {"from": "summary", "to": "original"}]

    assert refusal(lambda: change_showing(service, me, issued.number, "all", by=BY, now=LATER)) == "INVALID_SHOWING"
    other = register_id(service, make_code(2))
    for showing in Showing:
        assert (
            refusal(lambda one=showing: change_showing(service, other, issued.number, one, by=BY, now=LATER))
            == "UNKNOWN_REPORT"
        )
    over = NOON + timedelta(days=40)
    assert (
        refusal(lambda: change_showing(service, me, issued.number, "summary", by=BY, now=over)) == "NOT_VALID_ANY_MORE"
    )
    assert scanned(service, ask(service, mine, showing="summary"))["records"] is None
    assert refusal(lambda: ask(service, mine, showing="everything")) == "INVALID_SHOWING"


def test_withdrawn_is_revoked_by_the_business_itself_at_the_next_scan(service: Service, mine: str) -> None:
    issued, kept, me = ask(service, mine), ask(service, mine), register_id(service, mine)
    other = register_id(service, make_code(2))
    assert refusal(lambda: withdraw_report(service, other, issued.number, by=BY, now=LATER)) == "UNKNOWN_REPORT"
    assert scanned(service, issued)["status"] == "VALID"
    assert withdraw_report(service, me, issued.number, by=BY, now=LATER)
    assert not withdraw_report(service, me, issued.number, by="account:8", now=LATER + timedelta(days=1))

    told = scanned(service, issued)
    assert (told["status"], told["listed"], told["records"], told["original"]) == ("REVOKED", None, None, False)
    assert "2026年11月21日由经营主体自行撤回" in told["detail"]["zh"]
    assert "withdrawn by the business itself on 21 November 2026" in told["detail"]["en"]
    assert scanned(service, kept)["status"] == "VALID"
    with service.reading() as session:
        assert own_report(session, me, issued.number, LATER).fate == "WITHDRAWN"
        assert find_report(session, issued.number).status_by == BY
    done = [(actor, subject) for actor, action, subject, _ in audited(service) if action == "report.withdrawn"]
    assert done == [(BY, f"report:{issued.number}")]
    over = NOON + timedelta(days=40)
    assert refusal(lambda: withdraw_report(service, me, kept.number, by=BY, now=over)) == "NOT_VALID_ANY_MORE"
    assert (
        refusal(lambda: change_showing(service, me, issued.number, "summary", by=BY, now=LATER)) == "NOT_VALID_ANY_MORE"
    )


def test_what_the_business_withdrew_is_not_issued_again_when_the_key_is_lost(service: Service, mine: str) -> None:
    gone, kept = ask(service, mine), ask(service, mine)
    withdraw_report(service, register_id(service, mine), gone.number, by=BY, now=LATER)
    key = kept.document.signer_fingerprint
    withdraw_key(service.sessions, key, since=NOON, reason="失窃", by="test", now=LATER)
    with service.reading() as session:
        assert to_reissue(session, key, LATER) == [kept.number]
        assert find_report(session, gone.number).status_by == BY


@pytest.mark.parametrize("days", [3, 40], ids=["before it expires", "after it has expired"])
def test_renewing_asks_again_for_the_same_and_replaces_nothing(service: Service, mine: str, days: int) -> None:
    old = ask(service, mine, years="2", purpose="finance", language="en", showing="summary")
    me, city_day = register_id(service, mine), NOON + timedelta(days=days)
    asked = renewal_of(service, me, old.number, by=BY, now=city_day)
    assert (asked.years, asked.purpose, asked.language, asked.showing) == ("2", "finance", "en", "summary")
    assert (asked.uscc, asked.requested_by) == (mine, BY)
    new = issue_report(service, asked, NOON)
    assert new.number != old.number
    with service.reading() as session:
        assert (find_report(session, old.number).status, find_report(session, old.number).superseded_by) == (
            "ISSUED",
            None,
        )
    other = register_id(service, make_code(2))
    assert refusal(lambda: renewal_of(service, other, old.number, by=BY, now=NOON)) == "UNKNOWN_REPORT"


def test_reports_are_found_under_the_code_that_the_business_has_now(city: City, service: Service, sync: Sync) -> None:
    city.business(1, NAME, code=make_code(1))
    sync()
    first = ask(service, make_code(1))
    city.run("UPDATE register SET code = ?, previous = ?", make_code(5), make_code(1))
    sync()
    me = register_id(service, make_code(5))
    renewed = issue_report(service, renewal_of(service, me, first.number, by=BY, now=NOON), NOON)
    assert renewed.content.subject.uscc == make_code(5)
    with service.reading() as session:
        assert {one.number for one in own_reports(session, me, NOON)} == {first.number, renewed.number}
        for code in (make_code(5), make_code(1)):
            assert first.number in {one.number for one in reports_about(session, code, NOON)}


def test_an_asking_sent_twice_makes_one_report(service: Service, mine: str) -> None:
    first, again = ask(service, mine, once="form 1"), ask(service, mine, once="form 1")
    assert (again.number, again.pdf, again.content) == (first.number, first.pdf, first.content)
    assert again.document == first.document
    others = [
        ask(service, mine, once="form 2"),
        ask(service, mine, once="form 1", purpose="finance"),
        ask(service, mine, once="form 1", years="1"),
        ask(service, make_code(2), once="form 1"),
        ask(service, mine),
        ask(service, mine),
    ]
    assert len({first.number, *(one.number for one in others)}) == 7


def test_an_asking_sent_twice_at_once_makes_one_report(service: Service, mine: str) -> None:
    gate, numbers, failed = threading.Barrier(2), [], []

    def send() -> None:
        gate.wait(30)
        try:
            numbers.append(ask(service, mine, once="pressed twice").number)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(numbers) == 2
    assert len(set(numbers)) == count(service, CreditReport) == 1
    with service.reading() as session:
        states = session.scalars(select(ReportNumber.status).order_by(ReportNumber.number)).all()
    assert set(states) <= {"issued", "abandoned"}


def test_every_hand_out_is_told_of_with_who_acted(service: Service, mine: str) -> None:
    issued, me = ask(service, mine), register_id(service, mine)
    for actor in (BY, "account:8"):
        assert hand_out(service, me, issued.number, None, by=actor, now=LATER).pdf == issued.pdf
    other = register_id(service, make_code(2))
    assert refusal(lambda: hand_out(service, other, issued.number, None, by=BY, now=LATER)) == "UNKNOWN_REPORT"
    assert refusal(lambda: hand_out(service, me, issued.number, "en", by=BY, now=LATER)) == "NO_SUCH_EDITION"
    with service.reading() as session:
        query = select(AuditEntry.actor).where(AuditEntry.action == "report.downloaded").order_by(AuditEntry.id)
        assert session.scalars(query).all() == [BY, "account:8"]
        assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.at == LATER)) == 2
