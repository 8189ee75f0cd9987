"""What a decision does to reports: new ones, those out in the world, replays; and the sources that catch up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from creditreport.errors import Problem
from creditreport.jobs.models import Job
from creditreport.jobs.run import run_one
from creditreport.objections.deciding import Decision, decide_case, preview_decision
from creditreport.objections.evidence import add_evidence
from creditreport.objections.filing import withdraw_case
from creditreport.objections.reading import staff_case
from creditreport.precheck.precheck import PreCheckRequest, pre_check
from creditreport.replay.again import replay
from creditreport.reports import issue as issuing
from creditreport.reports.archive import find_report
from creditreport.reports.content import ListedRecord
from creditreport.reports.issue import IssuedReport
from creditreport.verification.by_code import verify_code
from tests.conftest import NOON
from tests.objecting import Desk, Mine, picture, refused

DAY = timedelta(days=1)
PROOF = {"repaired_on": "2026-11-20"}


def told(desk: Desk, report: IssuedReport, now: datetime = NOON) -> dict[str, Any]:
    with desk.service.reading() as session:
        code = report.content.verification_code
        return verify_code(session, code, now, current=desk.service.currency).as_json()


def listed(report: IssuedReport) -> list[ListedRecord]:
    return [record for domain in report.content.domains for record in domain.records]


def same_again(desk: Desk, report: IssuedReport) -> bool:
    found = replay(desk.service, report.number)
    return found.same and found.pre_signature_identical is True


def proof(mine: Mine, case_id: int) -> int:
    return add_evidence(
        mine.service, mine.register_id, case_id, "决定.png", picture(), by="account:1", now=NOON
    )  # fmt: skip


def test_amended(desk: Desk, mine: Mine) -> None:
    report = mine.issue()
    case_id = mine.answered(report=report.number)
    decision = Decision("amend", "经核实。", values={"fine_yuan": "500"})
    before = preview_decision(desk.service, case_id, decision, desk.credit, NOON)
    assert (before.changes, before.listed_before, before.listed_after) == ({"fine_yuan": "500"}, True, True)
    assert [(one.number, one.replaced) for one in before.reports] == [(report.number, True)]
    assert told(desk, report)["status"] == "VALID"  # a preview changes nothing
    mine.decide(case_id, "amend", values={"fine_yuan": "500"})
    assert told(desk, report)["status"] == "SUPERSEDED"
    assert mine.notices() == ["objection_answered"]
    assert mine.staff_notices(desk.unit) == ["objection_referred", "objection_decided"]
    assert mine.events(case_id)[-1] == ("uphold", "UPHELD")
    assert staff_case(desk.service, desk.credit, case_id, NOON).events[-1].detail["reports"] == [report.number]
    # The job that was queued issues it again.
    ran = run_one(desk.service, "report.reissue", report.number, NOON)
    assert ran is not None
    assert ran.state == "done"
    assert mine.notices() == ["objection_answered", "report_reissued"]
    with desk.service.reading() as session:
        old = find_report(session, report.number)
        assert old.superseded_by is not None
        assert "异议" in (old.status_reason or "")
    again = replay(desk.service, old.superseded_by)
    assert (again.same, again.pre_signature_identical) == (True, True)
    fresh = mine.issue()
    assert [str(one.fine_yuan) for one in listed(fresh)] == ["500"]
    assert told(desk, fresh)["marks"] == []
    # The old report is still what it was.
    assert same_again(desk, report)


def test_withdrawn_it_is_gone_and_the_pre_check_says_why(desk: Desk, mine: Mine) -> None:
    report = mine.issue()
    case_id = mine.answered("not_mine", report=report.number)
    mine.decide(case_id, "withdraw")
    fresh = mine.issue()
    assert fresh.content.listed == 0
    assert mine.record not in fresh.content.to_json()
    assert same_again(desk, fresh)
    found = pre_check(desk.service, PreCheckRequest(mine.code, "test"), NOON)
    assert [(one.printed.record_id, one.reason) for one in found.records] == [(mine.record, "REVOKED")]
    assert told(desk, report)["status"] == "SUPERSEDED"


def test_a_repair_makes_no_earlier_report_wrong_but_tells_that_facts_changed(desk: Desk, mine: Mine) -> None:
    report = mine.issue()
    case_id = mine.answered("repair", report=report.number)
    assert told(desk, report)["marks"] == []  # a request for repair disputes nothing
    with refused("INVALID_DECISION"):
        mine.decide(case_id, "withdraw")
    with refused("INVALID_DECISION"):
        mine.decide(case_id, "repaired", document=10**6, **PROOF)
    mine.decide(case_id, "repaired", document=proof(mine, case_id), **PROOF)
    answer = told(desk, report)
    assert (answer["status"], answer["marks"], answer["listed"]) == ("VALID", ["FACTS_CHANGED"], None)
    fresh = mine.issue()
    assert (fresh.content.listed, same_again(desk, fresh)) == (0, True)
    found = pre_check(desk.service, PreCheckRequest(mine.code, "test"), NOON)
    assert [one.reason for one in found.records] == ["REPAIRED"]


def test_while_open_it_is_marked_on_reports_and_at_verification(desk: Desk, mine: Mine) -> None:
    before = mine.issue()
    case_id = mine.file(report=before.number).case_id
    answer = told(desk, before)
    assert (answer["marks"], answer["listed"]) == (["OBJECTION_OPEN"], 1)
    during = mine.issue()
    assert [one.disputed for one in listed(during)] == [True]
    withdraw_case(desk.service, mine.register_id, case_id, "", by="account:1", now=NOON)
    assert told(desk, during)["marks"] == []
    assert same_again(desk, during)  # as it was, with its mark
    assert [one.disputed for one in listed(mine.issue())] == [False]


def test_an_objection_about_a_field_in_general(desk: Desk, mine: Mine) -> None:
    report = mine.issue()
    case_id = mine.answered("other", record_id="")
    assert told(desk, report)["marks"] == []
    with refused("INVALID_DECISION"):
        mine.decide(case_id, "withdraw")
    mine.decide(case_id, "unit_corrects")
    assert told(desk, report)["status"] == "VALID"
    assert staff_case(desk.service, desk.credit, case_id, NOON).correction is None


def test_two_decide_at_once(desk: Desk, mine: Mine) -> None:
    case_id = mine.answered()
    seen = mine.version(case_id)
    mine.decide(case_id, "withdraw")
    with pytest.raises(Problem) as late:
        decide_case(desk.service, case_id, seen, Decision("rejected", "无误。"), desk.other, NOON)
    assert late.value.code == "OBJECTION_MOVED"
    assert "信用办甲" in late.value.zh
    assert "予以支持" in late.value.zh
    decide_case(desk.service, case_id, seen, Decision("withdraw", "经核实。"), desk.credit, NOON)  # sent twice
    assert len([move for move, _ in mine.events(case_id) if move == "uphold"]) == 1
    assert mine.notices() == ["objection_answered"]


def test_a_record_that_is_gone_or_a_source_that_is_down_decides_nothing(desk: Desk, mine: Mine) -> None:
    case_id = mine.answered()
    desk.city.run("ALTER TABLE field_07 RENAME TO gone")
    with refused("SOURCE_UNAVAILABLE"):
        mine.decide(case_id, "withdraw")
    desk.city.run("ALTER TABLE gone RENAME TO field_07")
    desk.city.run("DELETE FROM field_07 WHERE id=?", mine.record)
    with refused("UNKNOWN_RECORD"):
        mine.decide(case_id, "withdraw")
    assert mine.case(case_id).state == "ANSWERED"
    mine.decide(case_id, "rejected")


def test_decided_while_a_report_is_being_signed(desk: Desk, mine: Mine, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = mine.answered()
    original = issuing.render
    monkeypatch.setattr(issuing, "render", lambda *given: (_once(mine, case_id), original(*given))[1])
    report = mine.issue()
    # The record was corrected when the first pages were drawn: the report that is stored is made anew.
    assert report.content.listed == 0
    assert told(desk, report)["status"] == "VALID"


def _once(mine: Mine, case_id: int) -> None:
    if mine.case(case_id).state == "ANSWERED":
        mine.decide(case_id, "withdraw")


def test_the_job_is_asked_for_in_the_same_transaction(desk: Desk, mine: Mine) -> None:
    report = mine.issue()
    mine.decide(mine.answered(report=report.number), "withdraw")
    with desk.service.reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "report.reissue", Job.key == report.number)).one()
    assert (job.state, job.payload["number"]) == ("waiting", report.number)
