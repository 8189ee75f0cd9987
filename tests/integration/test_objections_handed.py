"""What is handed in and out of a case, to whom; limits that are missed; many at once; after a rejection."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from creditreport.clock import SHANGHAI
from creditreport.objections.evidence import (
    MOST_BYTES,
    add_evidence,
    add_staff_evidence,
    own_evidence,
    remove_evidence,
    staff_evidence,
)
from creditreport.objections.filing import file_case, withdraw_case
from creditreport.objections.handling import (
    UnitChoice,
    accept_case,
    accept_cases,
    answer_case,
    reassign_case,
    refer_case,
)
from creditreport.objections.jobs import watch_deadlines
from creditreport.objections.models import ObjectionCase, ObjectionEvidence
from creditreport.objections.reading import overdue_cases, own_case, staff_case
from tests.conftest import NOON
from tests.objecting import FIELD, Desk, Mine, picture, refused

HOUR = timedelta(hours=1)


def test_many_are_accepted_at_once(desk: Desk) -> None:
    ours = [desk.mine(), desk.mine()]
    chosen = [(one.file().case_id, 2) for one in ours]
    withdraw_case(desk.service, ours[1].register_id, chosen[1][0], "", by="account:1", now=NOON)
    answers = accept_cases(desk.service, chosen, desk.credit, NOON)
    assert [one.problem.code if one.problem else None for one in answers] == [None, "OBJECTION_MOVED"]
    assert ours[0].case(chosen[0][0]).state == "ACCEPTED"


def test_rejected_a_new_one_needs_new_evidence(desk: Desk, mine: Mine) -> None:
    case_id = mine.draft()
    add_evidence(desk.service, mine.register_id, case_id, "a.png", picture(), by="account:1", now=NOON)
    file_case(desk.service, mine.register_id, case_id, by="account:1", now=NOON)
    for deed in (accept_case, refer_case):
        deed(desk.service, case_id, mine.version(case_id), desk.credit, NOON)
    answer_case(desk.service, case_id, mine.version(case_id), "record_right", "无误。", desk.unit, NOON)
    mine.decide(case_id, "rejected")
    assert mine.notices() == ["objection_answered"]
    assert own_case(desk.service, mine.register_id, case_id, NOON).line.case.reasons == "经核实。"
    again = mine.draft("other")
    add_evidence(desk.service, mine.register_id, again, "b.png", picture(), by="account:1", now=NOON)
    with refused("OBJECTION_NEEDS_NEW_EVIDENCE"):
        file_case(desk.service, mine.register_id, again, by="account:1", now=NOON)
    add_evidence(desk.service, mine.register_id, again, "c.png", picture((1, 2, 3)), by="account:1", now=NOON)
    assert file_case(desk.service, mine.register_id, again, by="account:1", now=NOON).joined is False
    # A request for repair disputes nothing: it needs none.
    assert mine.file("repair").joined is False


def test_files_are_few_small_and_for_those_entitled(desk: Desk, mine: Mine) -> None:
    service, case_id = desk.service, mine.draft()
    other = desk.mine()
    kept = [
        add_evidence(service, mine.register_id, case_id, f"{n}.png", picture((n, n, n)), by="account:1", now=NOON)
        for n in range(5)
    ]
    assert add_evidence(service, mine.register_id, case_id, "x.png", picture((0, 0, 0)), by="a", now=NOON) == kept[0]
    for data in (picture((9, 9, 9)), b"\0" * (MOST_BYTES + 1), b"GIF89a"):
        with refused("EVIDENCE_REFUSED"):
            add_evidence(service, mine.register_id, case_id, "x.png", data, by="account:1", now=NOON)
    with refused("UNKNOWN_OBJECTION"):
        add_evidence(service, other.register_id, case_id, "x.png", picture(), by="account:1", now=NOON)
    assert remove_evidence(service, mine.register_id, kept[4], by="account:1", now=NOON) is True
    file_case(service, mine.register_id, case_id, by="account:1", now=NOON)
    with refused("OBJECTION_MOVE_REFUSED"):
        remove_evidence(service, mine.register_id, kept[3], by="account:1", now=NOON)
    with service.reading() as session:
        file = own_evidence(session, mine.register_id, kept[0])
        assert (file.name, file.mimetype, file.content) == ("0.png", "image/png", picture((0, 0, 0)))
        assert staff_evidence(session, desk.credit, kept[0]) == file
        for forbidden in (lambda: own_evidence(session, other.register_id, kept[0]),
                          lambda: staff_evidence(session, desk.unit, kept[0])):  # fmt: skip
            with refused("UNKNOWN_EVIDENCE"):
                forbidden()
        assert session.scalar(select(func.count()).where(ObjectionEvidence.case_id == case_id)) == 4
    for deed in (accept_case, refer_case):
        deed(service, case_id, mine.version(case_id), desk.credit, NOON)
    theirs = add_staff_evidence(service, desk.unit, case_id, "底稿.png", picture((7, 7, 7)), now=NOON)
    with service.reading() as session:
        assert staff_evidence(session, desk.unit, theirs).name == "底稿.png"
        with refused("UNKNOWN_EVIDENCE"):
            own_evidence(session, mine.register_id, theirs)


def test_missed_deadlines_are_told_once(desk: Desk, mine: Mine) -> None:
    case_id = mine.referred()
    late = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
    assert case_id not in _overdue(desk, datetime(2026, 11, 23, 23, 59, 59, tzinfo=SHANGHAI))
    assert _overdue(desk, late)[case_id] == ["unit_answer"]
    for _ in range(2):
        watch_deadlines(desk.service, late)
    assert mine.staff_notices(desk.unit) == ["objection_referred", "objection_overdue"]
    assert mine.staff_notices(desk.credit) == ["objection_overdue"]
    assert mine.staff_notices(desk.unit9) == []
    # The office's own limit is another one; a new letter begins a new one for the unit.
    later = datetime(2026, 11, 26, 9, tzinfo=SHANGHAI)
    assert _overdue(desk, later)[case_id] == ["unit_answer", "office_answer"]
    watch_deadlines(desk.service, later)
    assert mine.staff_notices(desk.credit) == ["objection_overdue"] * 2
    reassign_case(desk.service, case_id, mine.version(case_id), UnitChoice(domain=FIELD), "催办", desk.credit, later)
    assert _overdue(desk, later)[case_id] == ["office_answer"]


def _overdue(desk: Desk, now: datetime) -> dict[int, list[str]]:
    return {line.case.id: [one.name.value for one in line.overdue] for line in overdue_cases(desk.service, now)}


def test_what_the_business_reads_names_nobody_of_the_house(desk: Desk, mine: Mine) -> None:
    case_id = mine.answered()
    found = own_case(desk.service, mine.register_id, case_id, NOON)
    assert {one.by for one in found.events} == {"account:1", ""}
    assert (found.names, found.letters) == ({}, ())
    assert [one.why for one in found.events if one.move == "answer"] == [None]
    house = staff_case(desk.service, desk.credit, case_id, NOON)
    assert house.names == {desk.credit.actor: "信用办甲", desk.unit.actor: "单位7张"}
    with refused("UNKNOWN_OBJECTION"):
        own_case(desk.service, desk.mine().register_id, case_id, NOON)


def test_no_number_is_lost(desk: Desk) -> None:
    with desk.service.reading() as session:
        numbers = session.scalars(select(ObjectionCase.number).where(ObjectionCase.number.startswith("20261121"))).all()
    assert sorted(int(str(one)[8:13]) for one in numbers) == list(range(1, len(numbers) + 1))
