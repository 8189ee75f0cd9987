"""The way of a case over real sources and letters: who acts, what is kept, what others are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from creditreport.clock import SHANGHAI
from creditreport.errors import Problem
from creditreport.objections.evidence import (
    add_evidence,
)
from creditreport.objections.filing import complete_case, discard_draft, file_case, withdraw_case
from creditreport.objections.handling import (
    UnitChoice,
    accept_case,
    answer_case,
    reassign_case,
    refer_case,
    return_case,
    send_back_case,
)
from creditreport.objections.jobs import watch_deadlines
from creditreport.objections.numbers import is_number
from creditreport.objections.reading import letter_pdf, own_case, own_cases, staff_case, work_of
from creditreport.verification.inspection import inspect_pdf
from creditreport.verification.verify import verify_file
from tests.conftest import NOON
from tests.objecting import Desk, Mine, picture, refused

HOUR = timedelta(hours=1)
LIMIT = 10_000_000


def test_filed_it_has_a_number_and_a_clock(desk: Desk, mine: Mine) -> None:
    case_id = mine.draft()
    assert mine.case(case_id).number is None
    with refused("UNKNOWN_OBJECTION"):
        staff_case(desk.service, desk.credit, case_id, NOON)
    receipt = file_case(desk.service, mine.register_id, case_id, by="account:1", now=NOON)
    assert (receipt.case_id, receipt.joined) == (case_id, False)
    assert is_number(receipt.number)
    assert receipt.number.startswith("20261121")
    assert file_case(desk.service, mine.register_id, case_id, by="account:1", now=NOON + HOUR) == receipt
    assert mine.events(case_id) == [("file", "FILED")]
    line = next(one for one in work_of(desk.service, desk.credit, NOON) if one.case.id == case_id)
    assert [(one.name, f"{one.due:%m-%d}") for one in line.deadlines] == [
        ("forward", "11-23"),
        ("office_answer", "11-25"),
    ]
    assert case_id not in [one.case.id for one in work_of(desk.service, desk.unit, NOON)]
    assert mine.case(case_id).record["fine_yuan"] == "2000"  # type: ignore[index]


def test_texts_and_targets_are_looked_at(desk: Desk, mine: Mine) -> None:
    other = desk.mine()
    with refused("INVALID_OBJECTION"):
        mine.draft("nonsense")
    with refused("UNKNOWN_DOMAIN"):
        mine.draft(domain="field_99")
    with refused("UNKNOWN_RECORD"):
        mine.draft(record_id=other.record)
    with refused("UNKNOWN_REPORT"):
        mine.draft(report="320900202611210000001")
    with refused("INVALID_OBJECTION"):
        mine.draft("repair", record_id="")
    case_id = mine.draft(statement=" \n ")
    with refused("INVALID_OBJECTION"):
        file_case(desk.service, mine.register_id, case_id, by="account:1", now=NOON)
    with refused("UNKNOWN_OBJECTION"):
        file_case(desk.service, other.register_id, case_id, by="account:1", now=NOON)
    assert discard_draft(desk.service, other.register_id, case_id, by="account:1", now=NOON) is False
    assert discard_draft(desk.service, mine.register_id, case_id, by="account:1", now=NOON) is True
    assert own_cases(desk.service, mine.register_id, NOON) == []


def test_what_is_sealed_is_not_there(desk: Desk, mine: Mine) -> None:
    desk.city.run("UPDATE field_07 SET sealed='是' WHERE id=?", mine.record)
    with refused("UNKNOWN_RECORD"):
        mine.draft()


def test_the_same_twice_is_joined_to_the_first(desk: Desk, mine: Mine) -> None:
    first = mine.file()
    again = mine.draft(statement="还有一份收据。")
    add_evidence(desk.service, mine.register_id, again, "收据.png", picture(), by="account:1", now=NOON)
    receipt = file_case(desk.service, mine.register_id, again, by="account:1", now=NOON + HOUR)
    assert (receipt.case_id, receipt.number, receipt.joined) == (first.case_id, first.number, True)
    assert file_case(desk.service, mine.register_id, again, by="account:1", now=NOON + HOUR) == receipt
    assert mine.events(first.case_id) == [("file", "FILED"), ("add_evidence", "FILED")]
    found = own_case(desk.service, mine.register_id, first.case_id, NOON)
    assert [one.name for one in found.evidence] == ["收据.png"]
    assert "还有一份收据。" in (found.events[1].why or "")
    assert [one.case.id for one in own_cases(desk.service, mine.register_id, NOON)] == [first.case_id]
    # Another kind is another case.
    assert mine.file("other").case_id != first.case_id


def test_returned_once_and_completed(desk: Desk, mine: Mine) -> None:
    case_id = mine.file().case_id
    return_case(desk.service, case_id, mine.version(case_id), "请补充决定书。", desk.credit, NOON)
    assert mine.notices() == ["objection_returned"]
    assert own_case(desk.service, mine.register_id, case_id, NOON).moves[:2] == ("add_evidence", "complete")
    add_evidence(desk.service, mine.register_id, case_id, "a.png", picture(), by="account:1", now=NOON)
    complete_case(desk.service, mine.register_id, case_id, "已补充。", by="account:1", now=NOON + HOUR)
    assert mine.events(case_id)[-1] == ("complete", "FILED")
    with refused("OBJECTION_MOVE_REFUSED"):
        return_case(desk.service, case_id, mine.version(case_id), "再补。", desk.credit, NOON)
    with refused("OBJECTION_MOVE_REFUSED"):
        complete_case(desk.service, mine.register_id, case_id, "x", by="account:1", now=NOON + HOUR)


def test_returned_and_lapsed_over_national_day(desk: Desk, mine: Mine) -> None:
    filed = datetime(2027, 9, 27, 10, tzinfo=SHANGHAI)  # a year without a calendar: 1 to 3 October are off
    case_id = mine.file(now=filed, report=mine.issue().number).case_id
    return_case(desk.service, case_id, mine.version(case_id), "请补充决定书。", desk.credit, filed + HOUR)
    last = datetime(2027, 10, 12, 23, 59, 59, tzinfo=SHANGHAI)
    assert own_case(desk.service, mine.register_id, case_id, filed + HOUR).line.deadlines[0].due == last
    watch_deadlines(desk.service, last)
    assert mine.case(case_id).state == "RETURNED"
    with refused("OBJECTION_LAPSED"):
        complete_case(desk.service, mine.register_id, case_id, "x", by="account:1", now=last + timedelta(seconds=1))
    watch_deadlines(desk.service, last + timedelta(seconds=1))
    watch_deadlines(desk.service, last + timedelta(days=1))
    assert mine.events(case_id)[-1] == ("lapse", "WITHDRAWN")
    assert mine.notices() == ["objection_returned", "objection_lapsed"]
    # It may be raised anew.
    assert mine.file(now=last + timedelta(days=2), report=mine.issue().number).joined is False


def test_a_letter_is_signed_and_says_when(desk: Desk, mine: Mine) -> None:
    case_id = mine.referred(statement="罚款金额有误，见收据😀。")
    pdf = letter_pdf(desk.service, desk.unit, case_id, 1)
    found = inspect_pdf(pdf)
    assert (found.problem, found.intact, found.covers_whole_file) == (None, True, True)
    assert found.certificate is not None
    assert desk.service.trust.accepts(found.certificate, found.other_certificates, NOON)
    # At verification it is neither a report nor a forgery.
    with desk.service.reading() as session:
        genuine = verify_file(session, pdf, NOON, desk.service.trust, LIMIT)
        changed = verify_file(session, pdf + b" ", NOON, desk.service.trust, LIMIT)
    assert (genuine.status, "协同处理函" in genuine.as_json()["detail"]["zh"]) == ("NOT_ISSUED_HERE", True)
    assert changed.status == "TAMPERED"
    text = _text(pdf)
    for said in (
        "异议协同处理函",
        "单位7",
        mine.code,
        f"盐罚〔2025〕{mine.record}号",
        "2026年11月23日",
        "罚款金额有误",
    ):
        assert said in text
    with refused("UNKNOWN_OBJECTION"):
        letter_pdf(desk.service, desk.unit9, case_id, 1)
    assert mine.staff_notices(desk.unit) == ["objection_referred"]
    assert mine.staff_notices(desk.unit9) == []


def _text(pdf: bytes) -> str:
    import pymupdf

    with pymupdf.open(stream=pdf) as document:
        return "".join(page.get_text() for page in document).replace("\n", "")


def test_reassigned_twice_and_sent_back(desk: Desk, mine: Mine) -> None:
    case_id = mine.referred()
    with refused("NOT_ALLOWED"):
        send_back_case(desk.service, case_id, mine.version(case_id), "不是我们的。", desk.unit9, NOON)
    send_back_case(desk.service, case_id, mine.version(case_id), "由单位9作出。", desk.unit, NOON)
    assert mine.staff_notices(desk.credit) == ["objection_sent_back"]
    refer_case(
        desk.service, case_id, mine.version(case_id), desk.credit, NOON + HOUR, UnitChoice(domain="field_09")
    )  # fmt: skip
    assert [one.case.id for one in work_of(desk.service, desk.unit9, NOON) if one.case.id == case_id] == [case_id]
    with refused("NOT_ALLOWED"):
        answer_case(desk.service, case_id, mine.version(case_id), "unclear", "x", desk.unit, NOON)
    version = mine.version(case_id)
    reassign_case(
        desk.service, case_id, version, UnitChoice(name="盐城某供水公司"), "该户由其供水。", desk.credit, NOON
    )
    case = mine.case(case_id)
    assert (case.unit, case.unit_domain) == ("盐城某供水公司", None)
    # A unit without a desk answers on paper: the credit office enters it, and that is recorded.
    assert [one.case.id for one in work_of(desk.service, desk.credit, NOON) if one.case.id == case_id] == [case_id]
    answer_case(desk.service, case_id, mine.version(case_id), "record_wrong", "来函称有误。", desk.credit, NOON)
    found = staff_case(desk.service, desk.credit, case_id, NOON)
    assert found.events[-1].detail["on_behalf"] is True
    assert [one.unit for one in found.letters] == ["单位7", "单位9", "盐城某供水公司"]
    assert [move for move, _state in mine.events(case_id)] == [
        "file", "accept", "refer", "send_back", "refer", "reassign", "answer",
    ]  # fmt: skip


def test_nobody_answers_for_a_unit_that_has_a_desk(desk: Desk, mine: Mine) -> None:
    case_id = mine.referred()
    with refused("OBJECTION_UNIT_ANSWERS"):
        answer_case(desk.service, case_id, mine.version(case_id), "record_wrong", "x", desk.credit, NOON)
    assert "answer" not in staff_case(desk.service, desk.credit, case_id, NOON).moves
    assert "answer" in staff_case(desk.service, desk.unit, case_id, NOON).moves


def test_of_two_officers_one_is_told_what_the_other_did(desk: Desk, mine: Mine) -> None:
    case_id = mine.file().case_id
    seen = mine.version(case_id)
    accept_case(desk.service, case_id, seen, desk.credit, NOON)
    # Sent twice by the same person it is done once.
    accept_case(desk.service, case_id, seen, desk.credit, NOON)
    with pytest.raises(Problem) as told:
        return_case(desk.service, case_id, seen, "请补充。", desk.other, NOON)
    assert told.value.code == "OBJECTION_MOVED"
    assert "信用办甲" in told.value.zh
    assert "受理" in told.value.zh
    assert mine.events(case_id) == [("file", "FILED"), ("accept", "ACCEPTED")]


def test_withdrawn_by_the_business(desk: Desk, mine: Mine) -> None:
    case_id = mine.answered()
    withdraw_case(desk.service, mine.register_id, case_id, "已自行解决。", by="account:1", now=NOON)
    withdraw_case(desk.service, mine.register_id, case_id, "", by="account:1", now=NOON)
    assert mine.events(case_id)[-1] == ("withdraw", "WITHDRAWN")
    with refused("OBJECTION_MOVED"):
        answer_case(desk.service, case_id, mine.version(case_id) - 1, "unclear", "x", desk.unit, NOON)
    with refused("OBJECTION_MOVE_REFUSED"):
        add_evidence(desk.service, mine.register_id, case_id, "a.png", picture(), by="account:1", now=NOON)
