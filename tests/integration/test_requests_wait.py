"""A refused request waits, is tried again, becomes one report or is given up; whoever runs it, and however often."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, update

from creditreport.accounts.demo import DemoAccount, make_demo_accounts
from creditreport.accounts.models import Account, Authorisation
from creditreport.accounts.person import Acting
from creditreport.audit.models import AuditEntry
from creditreport.cli import main
from creditreport.errors import Problem
from creditreport.notices.models import Notice
from creditreport.reports.models import CreditReport, ReportNumber
from creditreport.reports.request import IssueRequest
from creditreport.requests.models import RequestState, WaitingRequest
from creditreport.requests.run import PAUSES, Tried, pause_after, run_due
from creditreport.requests.wait import MOST_WAITING, cancel, wait, waiting_of
from creditreport.service import Service
from creditreport.worktime import end_of_day
from tests.conftest import NOON
from tests.integration.asking import Sync, count
from tests.integration.city import City

NAME = "盐城甲示例有限公司"
MINUTE = timedelta(minutes=1)


class Asking:
    """A business with somebody who may act for it, in a city one of whose sources is down."""

    def __init__(self, service: Service, city: City, code: str) -> None:
        self.service, self.city, self.code = service, city, code
        make_demo_accounts(service.settings, service.sessions, [DemoAccount("mine", code, NAME)], NOON)
        with service.reading() as session:
            row = session.scalars(select(Authorisation)).one()
        assert row.account_id is not None
        self.account_id, self.register_id = row.account_id, row.register_id
        self.break_source()

    def break_source(self) -> None:
        self.city.run("ALTER TABLE field_12 RENAME TO gone")

    def mend_source(self) -> None:
        self.city.run("ALTER TABLE gone RENAME TO field_12")

    def wait(self, now: datetime = NOON, **changes: str) -> int:
        choice = {"years": "3", "purpose": "commerce", "language": "zh", "showing": "summary", **changes}
        return wait(
            self.service, IssueRequest(uscc=self.code, requested_by="account:1", **choice), self.account_id, now
        )

    def run(self, now: datetime) -> list[tuple[RequestState, str | None]]:
        return [(one.state, one.code) for one in run_due(self.service, now)]

    def row(self, request_id: int) -> WaitingRequest:
        with self.service.reading() as session:
            return session.get_one(WaitingRequest, request_id)

    def told(self) -> list[tuple[str, str, str | None]]:
        with self.service.reading() as session:
            rows = session.scalars(select(Notice).order_by(Notice.id))
            return [(row.kind, row.subject, row.number) for row in rows]

    @property
    def acting(self) -> Acting:
        from creditreport.accounts.acting import businesses_of

        with self.service.reading() as session:
            return businesses_of(session, self.account_id, NOON)[0]


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


KILLED = """
import os, signal, sys
from datetime import datetime
from creditreport.reports import issue
from creditreport.requests.run import run_due
from creditreport.service import Service
place = sys.argv[1]
original = getattr(issue, place)
def die(*given, **named):
    if place != "add_entry":
        original(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(issue, place, die)
run_due(Service(), datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("place", ["reserve_number", "add_entry"])
def test_killed_anywhere_it_still_waits(
    service: Service, asking: Asking, environment: dict[str, str], place: str
) -> None:
    waiting = asking.wait()
    asking.mend_source()
    told = subprocess.run(
        [sys.executable, "-c", KILLED, place, NOON.isoformat()], env={**os.environ, **environment}, check=False
    )
    assert told.returncode == -9
    assert asking.row(waiting).state == "waiting"
    assert count(service, CreditReport) == 0
    assert asking.run(NOON + MINUTE) == []
    assert asking.run(NOON + PAUSES[0]) == [(RequestState.ISSUED, None)]
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


def test_the_commands(asking: Asking, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    waiting = asking.wait()
    asking.mend_source()
    told = {}
    for words in (("requests", "run"), ("notices", "run")):
        result = CliRunner().invoke(main, [*words, "--json"])
        assert result.exit_code == 0, result.output
        told[words[0]] = json.loads(result.stdout)
    number = asking.row(waiting).number
    assert number is not None
    assert told["requests"] == {"tried": [{"id": waiting, "state": "issued", "number": number, "code": None}]}
    assert told["notices"] == {"expiring": 0, "new_records": 0, "mailed": 0}
    assert CliRunner().invoke(main, ["work"]).exit_code == 0
    # A worker ends with the process that holds its standard input.
    program = [sys.executable, "-c", "from creditreport.cli import main; main()", "work", "--every", "600"]
    subprocess.run([*program, "--while-stdin"], stdin=subprocess.DEVNULL, check=True, env={**os.environ, **environment})
