"""Corrections beside their sources: taken over, gone back on, questioned, not to be applied any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from creditreport.errors import Problem
from creditreport.notices.models import Notice
from creditreport.objections.comparing import compare_corrections
from creditreport.objections.correcting import correction_events, questioned_corrections, settle_correction
from creditreport.objections.correction_models import RecordCorrection
from creditreport.objections.evidence import add_evidence
from creditreport.precheck.precheck import PreCheckRequest, pre_check
from creditreport.reports.content import ListedRecord
from creditreport.reports.issue import IssuedReport
from tests.conftest import NOON
from tests.objecting import FIELD, Desk, Mine, picture, refused

DAY = timedelta(days=1)
PROOF = {"repaired_on": "2026-11-20"}


def listed(report: IssuedReport) -> list[ListedRecord]:
    return [record for domain in report.content.domains for record in domain.records]


def proof(mine: Mine, case_id: int) -> int:
    return add_evidence(
        mine.service, mine.register_id, case_id, "决定.png", picture(), by="account:1", now=NOON
    )  # fmt: skip


def test_a_second_correction_carries_on_the_first(desk: Desk, mine: Mine) -> None:
    mine.decide(mine.answered(), "amend", values={"fine_yuan": "500"})
    mine.decide(mine.answered("date_wrong"), "amend", values={"decided_on": "2025-06-02"})
    (record,) = listed(mine.issue())
    assert (str(record.fine_yuan), str(record.decided_on)) == ("500", "2025-06-02")
    with desk.service.reading() as session:
        mine_only = RecordCorrection.register_id == mine.register_id
        rows = session.scalars(select(RecordCorrection).where(mine_only).order_by(RecordCorrection.id)).all()
    assert [row.state for row in rows] == ["lifted", "active"]


def correction(desk: Desk, mine: Mine) -> RecordCorrection:
    with desk.service.reading() as session:
        return session.scalars(
            select(RecordCorrection)
            .where(RecordCorrection.register_id == mine.register_id)
            .order_by(RecordCorrection.id.desc())
        ).first() or pytest.fail("no correction")


def happened(desk: Desk, mine: Mine) -> list[str]:
    with desk.service.reading() as session:
        return [one.kind for one in correction_events(session, correction(desk, mine).id)]


def compare(desk: Desk, days: int) -> None:
    now = NOON + days * DAY
    desk.city.run("UPDATE watermark SET at=? WHERE field=7", f"{now:%Y-%m-%d} 11:00:00")
    compare_corrections(desk.service, now)


@pytest.fixture
def watermark(desk: Desk) -> Iterator[None]:
    """The field's own day goes on with the test, and is put back."""
    yield
    desk.city.run("UPDATE watermark SET at='2026-11-20 23:00:00' WHERE field=7")


@pytest.mark.usefixtures("watermark")
def test_retired_when_the_source_says_the_same_and_back_when_it_goes_back(desk: Desk, mine: Mine) -> None:
    mine.decide(mine.answered(), "amend", values={"fine_yuan": "500"})
    compare(desk, 1)
    assert happened(desk, mine) == ["made"]
    desk.city.run("UPDATE field_07 SET amount='500' WHERE id=?", mine.record)
    compare(desk, 2)
    assert (happened(desk, mine)[1:], correction(desk, mine).state) == (["retired"], "retired")
    # What it changes itself from now on is its own: nothing of ours stands over it.
    desk.city.run("UPDATE field_07 SET amount='700' WHERE id=?", mine.record)
    assert [str(one.fine_yuan) for one in listed(mine.issue())] == ["700"]
    # But what was held to be wrong does not come back, not even before anybody has looked.
    desk.city.run("UPDATE field_07 SET amount='2000' WHERE id=?", mine.record)
    assert [str(one.fine_yuan) for one in listed(mine.issue())] == ["500"]
    compare(desk, 3)
    assert (happened(desk, mine)[2:], correction(desk, mine).state) == (["back"], "active")
    with desk.service.reading() as session:
        assert correction(desk, mine).id in [one.id for one in questioned_corrections(session)]
        kinds = session.scalars(select(Notice.kind).where(Notice.account_id == desk.credit.account_id)).all()
    assert "correction_questioned" in kinds
    row = correction(desk, mine)
    with refused("CORRECTION_MOVED"):
        settle_correction(
            desk.service, row.id, row.version - 1, keep=True, why="x", officer=desk.credit, now=NOON
        )  # fmt: skip
    with refused("NOT_ALLOWED"):
        settle_correction(desk.service, row.id, row.version, keep=True, why="x", officer=desk.unit, now=NOON)
    settle_correction(desk.service, row.id, row.version, keep=True, why="来源误回退", officer=desk.credit, now=NOON)
    assert correction(desk, mine).disagrees_since is None


@pytest.mark.usefixtures("watermark")
def test_a_source_that_says_something_else_is_told_to_staff_once(desk: Desk, mine: Mine) -> None:
    mine.decide(mine.answered(), "amend", values={"fine_yuan": "500"})
    desk.city.run("UPDATE field_07 SET amount='800' WHERE id=?", mine.record)
    for days in (1, 2):
        compare(desk, days)
    assert happened(desk, mine) == ["made", "changed"]
    assert [str(one.fine_yuan) for one in listed(mine.issue())] == ["500"]
    desk.city.run("DELETE FROM field_07 WHERE id=?", mine.record)
    compare(desk, 3)
    assert happened(desk, mine) == ["made", "changed", "gone"]
    row = correction(desk, mine)
    settle_correction(desk.service, row.id, row.version, keep=False, why="已无记录", officer=desk.other, now=NOON)
    assert (correction(desk, mine).state, correction(desk, mine).next_look_at) == ("lifted", None)


@pytest.mark.usefixtures("watermark")
def test_a_source_that_is_down_says_nothing_about_a_correction(desk: Desk, mine: Mine) -> None:
    mine.decide(mine.answered(), "withdraw")
    desk.city.run("ALTER TABLE field_07 RENAME TO gone")
    found = compare_corrections(desk.service, NOON + DAY)
    assert found.not_known >= 1
    assert happened(desk, mine) == ["made"]
    desk.city.run("ALTER TABLE gone RENAME TO field_07")
    desk.city.run("DELETE FROM field_07 WHERE id=?", mine.record)
    compare(desk, 2)
    assert happened(desk, mine) == ["made", "retired"]  # gone is what withdrawn means


def test_a_record_that_cannot_take_its_correction_stops_the_report(desk: Desk, mine: Mine) -> None:
    case_id = mine.answered("repair")
    mine.decide(case_id, "repaired", document=proof(mine, case_id), **PROOF)
    desk.city.run("UPDATE field_07 SET decided='2026-11-21' WHERE id=?", mine.record)
    with pytest.raises(Problem) as stopped:
        mine.issue()
    assert (stopped.value.code, stopped.value.shown) == ("SOURCE_INCOMPLETE", {"domains": [FIELD]})
    found = pre_check(desk.service, PreCheckRequest(mine.code, "test"), NOON)
    assert (found.complete, [gap.slug for gap in found.gaps], found.records) == (False, [FIELD], ())
