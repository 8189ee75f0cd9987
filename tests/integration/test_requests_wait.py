"""A refused request waits, is tried again, becomes one report or is given up; whoever runs it, and however often."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from creditreport.accounts.actor import Acting
from creditreport.accounts.models import Account, Authorisation
from creditreport.audit.models import AuditEntry
from creditreport.errors import Problem
from creditreport.reports.models import CreditReport, ReportNumber
from creditreport.requests.models import RequestState, WaitingRequest
from creditreport.requests.run import PAUSES, Tried, pause_after, run_due
from creditreport.requests.wait import MOST_WAITING, cancel, waiting_of
from creditreport.service import Service
from creditreport.worktime import end_of_day
from tests.conftest import NOON
from tests.integration.asking import Sync, count
from tests.integration.city import City
from tests.waiting import NAME, Asking

MINUTE = timedelta(minutes=1)


@pytest.fixture
def asking(city: City, service: Service, sync: Sync) -> Asking:
    code = city.business(1, NAME)
    sync()
    return Asking(service, city, code)


def actions(service: Service) -> list[str]:
    with service.reading() as session:
        query = select(AuditEntry.action).where(AuditEntry.action.like("request.%")).order_by(AuditEntry.id)
        return list(session.scalars(query))


def test_it_waits_with_growing_pauses_and_is_issued_once(service: Service, asking: Asking) -> None:
    waiting = asking.wait()
    assert asking.wait(NOON + MINUTE) == waiting, "asked again it is the same request"
    assert asking.run(NOON) == [(RequestState.WAITING, "SOURCE_UNAVAILABLE")]
    assert asking.run(NOON) == [], "not due again yet"
    assert asking.run(NOON + PAUSES[0]) == [(RequestState.WAITING, "SOURCE_UNAVAILABLE")]
    assert asking.row(waiting).next_try_at == NOON + PAUSES[0] + PAUSES[1]
    assert asking.told() == []

    asking.mend_source()
    late = NOON + timedelta(hours=3)
    (tried,) = run_due(service, late)
    assert tried.state is RequestState.ISSUED
    assert run_due(service, late + timedelta(days=1)) == []
    with service.reading() as session:
        report = session.scalars(select(CreditReport)).one()
    assert (report.number, report.issued_at, report.showing) == (tried.number, late, "summary")
    assert report.requested_by == f"account:{asking.account_id}"
    row = asking.row(waiting)
    assert (row.state, row.number, row.settled_at) == ("issued", report.number, late)
    assert asking.told() == [("request_issued", f"request:{waiting}", report.number)]
    assert actions(service) == ["request.waiting", "request.issued"]


def test_after_five_working_days_it_is_tried_once_more_and_given_up(service: Service, asking: Asking) -> None:
    # Saturday noon: the fifth working day after it is the Friday.
    waiting, end = asking.wait(), end_of_day(datetime(2026, 11, 27, tzinfo=NOON.tzinfo).date())
    assert asking.row(waiting).give_up_at == end
    assert asking.run(end - MINUTE) == [(RequestState.WAITING, "SOURCE_UNAVAILABLE")]
    assert asking.row(waiting).next_try_at == end
    assert asking.run(end) == [(RequestState.GIVEN_UP, "SOURCE_UNAVAILABLE")]
    assert asking.told() == [("request_given_up", f"request:{waiting}", None)]
    asking.mend_source()
    assert asking.run(end + timedelta(days=1)) == []
    assert count(service, CreditReport) == 0


def test_whoever_lost_the_authorisation_is_not_given_a_report(service: Service, asking: Asking) -> None:
    waiting = asking.wait()
    asking.mend_source()
    with service.sessions.begin() as session:
        session.execute(update(Authorisation).values(revoked_at=NOON))
    assert asking.run(NOON + MINUTE) == [(RequestState.REFUSED, "NOT_AUTHORISED")]
    assert asking.told() == [("request_refused", f"request:{waiting}", None)]
    assert count(service, CreditReport) == 0


@pytest.mark.parametrize("change", ["narrowed", "disabled", "cancelled"])
def test_what_changes_while_the_sources_are_asked_counts(
    service: Service, asking: Asking, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    waiting = asking.wait()
    asking.mend_source()
    from creditreport.reports import issue

    original = issue.reserve_number

    def meanwhile(*given: object) -> object:
        if change == "cancelled":
            cancel(service, asking.acting, waiting, by="account:1", now=NOON)
        else:
            with service.sessions.begin() as session:
                if change == "disabled":
                    session.execute(update(Account).values(disabled_at=NOON))
                else:
                    session.execute(update(Authorisation).values(capacity="handler", purposes="finance"))
        return original(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(issue, "reserve_number", meanwhile)
    expected = {
        "narrowed": (RequestState.REFUSED, "PURPOSE_NOT_AUTHORISED"),
        "disabled": (RequestState.REFUSED, "NOT_AUTHORISED"),
        "cancelled": (RequestState.CANCELLED, None),
    }
    assert asking.run(NOON + MINUTE) == [expected[change]]
    assert count(service, CreditReport) == 0
    with service.reading() as session:
        assert session.scalars(select(ReportNumber.status)).all() == ["abandoned"]


def test_two_runners_at_once_issue_one_report_for_each(service: Service, asking: Asking) -> None:
    asked = [asking.wait(purpose=purpose) for purpose in ("commerce", "finance")]
    asking.mend_source()
    start, done = threading.Barrier(2), list[Tried]()

    def runner() -> None:
        start.wait()
        done.extend(run_due(service, NOON + MINUTE))

    threads = [threading.Thread(target=runner) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.id for one in done) == asked, "each was taken by one of them"
    assert count(service, CreditReport) == 2


def test_the_same_request_taken_twice_is_issued_once(service: Service, asking: Asking) -> None:
    # What a killed run and a clock that is set back could bring about.
    from creditreport.requests.run import _take, _try

    waiting = asking.wait()
    asking.mend_source()
    one = _take(service, NOON)
    assert one is not None
    other = _take(service, NOON + pause_after(1))
    assert other is not None
    assert _try(service, one, NOON + MINUTE).state is RequestState.ISSUED
    again = _try(service, other, NOON + timedelta(days=1))
    assert (again.state, again.number) == (RequestState.ISSUED, asking.row(waiting).number)
    assert count(service, CreditReport) == 1
    assert len(asking.told()) == 1


def test_cancelling_and_what_a_business_sees(service: Service, asking: Asking) -> None:
    first, second = asking.wait(), asking.wait(purpose="finance")
    with service.reading() as session:
        assert [one.id for one in waiting_of(session, asking.acting)] == [first, second]
        handler = Acting(asking.register_id, asking.code, NAME, asking.acting.capacity, frozenset({"finance"}))
        assert [one.id for one in waiting_of(session, handler)] == [second]
    other = Acting("R2", "x", "乙", asking.acting.capacity)
    for acting, code in ((other, "PAGE_NOT_FOUND"), (handler, "PURPOSE_NOT_AUTHORISED")):
        with pytest.raises(Problem) as refused:
            cancel(service, acting, first, by="account:1", now=NOON)
        assert refused.value.code == code
    cancel(service, asking.acting, first, by="account:1", now=NOON)
    cancel(service, asking.acting, first, by="account:1", now=NOON)
    asking.mend_source()
    assert [one.id for one in run_due(service, NOON)] == [second]
    with pytest.raises(Problem) as refused:
        cancel(service, asking.acting, second, by="account:1", now=NOON)
    assert refused.value.code == "REQUEST_OVER"
    assert actions(service).count("request.cancelled") == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"years": "9"}, "INVALID_YEARS"),
        ({"purpose": "spying"}, "INVALID_PURPOSE"),
        ({"showing": "x"}, "INVALID_SHOWING"),
    ],
)
def test_what_could_never_be_issued_does_not_wait(
    service: Service, asking: Asking, wrong: dict[str, str], code: str
) -> None:
    with pytest.raises(Problem) as refused:
        asking.wait(**wrong)
    assert refused.value.code == code
    with service.sessions.begin() as session:
        session.execute(delete(Authorisation))
    assert count(service, WaitingRequest) == 0


def test_so_many_wait_and_no_more(asking: Asking) -> None:
    choices = [(str(years), purpose) for years in (1, 2, 3) for purpose in ("finance", "commerce", "administration")]
    for years, purpose in choices:
        asking.wait(years=years, purpose=purpose)
    asking.wait(language="en")
    assert len(choices) + 1 == MOST_WAITING
    with pytest.raises(Problem) as refused:
        asking.wait(language="both")
    assert refused.value.code == "TOO_MANY_WAITING"
    assert asking.wait() > 0, "one of those that wait is still that one"
