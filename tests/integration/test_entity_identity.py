"""Any number means one business or none; what the register itself holds twice or askew goes to staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from stdnum.cn import uscc

from creditreport.audit.models import AuditEntry
from creditreport.demo.codes import registration_number, unified_code
from creditreport.entities.conflicts import list_conflicts
from creditreport.entities.numbers import NumberKind, read_registration_number, read_tax_number
from creditreport.entities.register import SyncResult, find_entity, sync_register
from creditreport.entities.resolve import Ambiguous, Found, NoneFound, resolve
from creditreport.entities.unclear import list_unclear
from creditreport.errors import Problem
from creditreport.quarantine.listing import list_rows
from creditreport.quarantine.settle import correct
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.verification.by_code import verify_code
from creditreport.violations.answer import AnswerStatus
from creditreport.violations.collect import read_register
from tests.integration.city import City
from tests.integration.mirrors import answer, mirror, run_sync

Sync = Callable[[], None]
NAME = "盐城甲有限公司"
NUMBER = registration_number("320900", 1)


def code(serial: int) -> str:
    """A unified code whose organisation code is right in itself, too."""
    return unified_code("91", "320900", serial)


def sync_again(service: Service, days: int = 1) -> SyncResult:
    now = service.clock.now() + timedelta(days=days)
    return sync_register(service.sessions, read_register(service.catalog.register, service.collecting, now), now)


def asked(service: Service, text: str) -> Found | NoneFound | Ambiguous:
    with service.reading() as session:
        return resolve(session, text)


def meant(service: Service, text: str) -> tuple[str, str] | None:
    found = asked(service, text)
    return (found.entity.register_id, found.by.value) if isinstance(found, Found) else None


def test_every_number_of_a_business_means_it(city: City, service: Service, sync: Sync) -> None:
    city.business(1, NAME, code=code(1), previous=code(2), reg_no=NUMBER)
    city.business(2, "盐城乙有限公司", code=code(3))
    sync()
    organisation = code(1)[8:17]
    assert meant(service, code(1).lower()) == ("R1", "unified_code")
    assert meant(service, code(2)) == ("R1", "replaced_code")
    assert meant(service, f" {NUMBER[:6]} {NUMBER[6:]}") == ("R1", "registration_number")
    assert meant(service, f"{organisation[:8]}-{organisation[8]}") == ("R1", "organisation_code")
    assert meant(service, code(2)[8:17]) == ("R1", "organisation_code")
    assert meant(service, f"320902{organisation}") == ("R1", "tax_number")
    assert asked(service, registration_number("320900", 9)) == NoneFound((NumberKind.REGISTRATION,))
    assert asked(service, NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)) == NoneFound()
    assert asked(service, "320902199001010014") == NoneFound(personal=True)


def test_a_number_of_two_means_nobody_unless_one_alone_is_live(city: City, service: Service, sync: Sync) -> None:
    city.business(1, NAME, code=code(1), reg_no=NUMBER)
    city.business(2, "盐城乙有限公司", code=code(3), reg_no=NUMBER)
    sync()
    found = asked(service, NUMBER)
    assert isinstance(found, Ambiguous)
    assert [one.register_id for one in found.holders] == ["R1", "R2"]
    city.run("UPDATE register SET status = '注销' WHERE id = 'R1'")
    sync_again(service)
    assert meant(service, NUMBER) == ("R2", "registration_number")


def test_fifteen_digits_that_two_may_mean_by_different_numbers_mean_nobody(
    city: City, service: Service, sync: Sync
) -> None:
    both = next(
        number
        for number in (registration_number("320900", serial) for serial in range(10_000_000, 10_001_000))
        if read_tax_number(number) and read_registration_number(number)
    )
    body = f"91320900{both[6:]}"
    city.business(1, NAME, code=code(1), reg_no=both, status="注销")
    city.business(2, "盐城乙有限公司", code=body + str(uscc.calc_check_digit(body)))
    sync()
    assert isinstance(asked(service, both), Ambiguous)
    city.run("DELETE FROM register WHERE id = 'R1'")
    sync_again(service)
    assert meant(service, both) == ("R2", "tax_number")


def test_numbers_follow_the_register(city: City, service: Service, sync: Sync) -> None:
    city.business(1, NAME, code=code(1), reg_no=NUMBER)
    sync()
    city.run(
        "UPDATE register SET reg_no = ?, renamed = ?", registration_number("320900", 2), "旧名|2020-3-1;更旧|2015.1.2"
    )
    sync_again(service)
    assert meant(service, NUMBER) is None
    assert meant(service, registration_number("320900", 2)) == ("R1", "registration_number")
    with service.reading() as session:
        periods = find_entity(session, code(1)).name_history
    assert [(one.name, str(one.since), str(one.until)) for one in periods] == [
        ("更旧", "None", "2015-01-02"), ("旧名", "2015-01-02", "2020-03-01"), (NAME, "2020-03-01", "None"),
    ]  # fmt: skip
    assert sync_again(service, 2).unchanged == 1


def test_a_code_held_twice_goes_to_staff_until_it_is_cleaned(city: City, service: Service, sync: Sync) -> None:
    city.business(1, NAME, code=code(1))
    city.business(2, "盐城乙有限公司", code=code(2), previous=code(1))
    sync()
    with service.reading() as session:
        (conflict,) = list_conflicts(session, service.clock.now())
        assert [holder["register_id"] for holder in conflict.holders] == ["R1", "R2"]
        assert (conflict.uscc, str(conflict.due_on), conflict.overdue) == (code(1), "2026-11-30", False)
        assert list_conflicts(session, service.clock.now() + timedelta(days=10))[0].overdue
    assert sync_again(service).duplicates == 1
    city.run("UPDATE register SET previous = NULL")
    assert sync_again(service, 12).duplicates == 0
    with service.reading() as session:
        assert list_conflicts(session, service.clock.now()) == []
        (cleaned,) = list_conflicts(session, service.clock.now(), settled_too=True)
        assert cleaned.settled_at == service.clock.now() + timedelta(days=12)
        assert find_entity(session, code(1)).register_id == "R1"
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"code:{code(1)}"))
        assert list(actions) == ["register.duplicate_found", "register.duplicate_cleaned"]


def refused(service: Service, uscc: str) -> str:
    with service.reading() as session, pytest.raises(Problem) as raised:
        find_entity(session, uscc)
    return raised.value.code


@pytest.mark.parametrize("written", ["一格", "两行"])
def test_two_parents_for_a_branch_set_that_entry_aside_and_no_other(
    city: City, service: Service, sync: Sync, written: str
) -> None:
    city.business(1, NAME, code=code(1))
    city.business(2, "盐城乙有限公司", code=code(2))
    branch = {"id": "R3", "code": code(3), "type": "分公司"}
    city.business(3, "盐城甲有限公司分公司", **branch, parent="R1；R2" if written == "一格" else "R1")
    if written == "两行":
        city.business(3, "盐城甲有限公司分公司", **branch, parent="R2")
    sync()
    assert refused(service, code(3)) == "ENTITY_UNCLEAR"
    with service.reading() as session:
        assert find_entity(session, code(1)).register_id == "R1"
        for row in list_unclear(session):
            assert (row.register_id, row.uscc, row.column) == ("R3", code(3), "parent")
            assert "R1、R2" in row.problem
    city.run("DELETE FROM register WHERE id = 'R3'")
    city.business(3, "盐城甲有限公司分公司", **branch, parent="R2")
    sync_again(service)
    with service.reading() as session:
        assert find_entity(session, code(3)).parent_register_id == "R2"
        assert list_unclear(session) == []
        assert {row.settled_at for row in list_unclear(session, settled_too=True)} == {
            service.clock.now() + timedelta(days=1)
        }


@pytest.mark.parametrize("parents", [("R1",), ("R2", "R1"), ("R2", "R3", "R1")])
def test_a_branch_of_itself_and_a_ring_of_branches_are_set_aside(
    city: City, service: Service, sync: Sync, parents: tuple[str, ...]
) -> None:
    for number, parent in enumerate(parents, start=1):
        city.business(number, f"盐城{number}有限公司", code=code(number), type="分公司", parent=parent)
    city.business(8, "挂在环上的分公司", code=code(8), type="分公司", parent="R1")
    city.business(9, "外地公司的分公司", code=code(9), type="分公司", parent="外地主体")
    sync()
    assert {refused(service, code(number)) for number in range(1, len(parents) + 1)} == {"ENTITY_UNCLEAR"}
    with service.reading() as session:
        assert find_entity(session, code(8)).parent_register_id == "R1"
        assert find_entity(session, code(9)).parent_register_id == "外地主体"
        assert [row.register_id for row in list_unclear(session)] == [f"R{n}" for n in range(1, len(parents) + 1)]


def test_an_unclear_entry_with_a_businesss_code_stops_that_business(city: City, service: Service, sync: Sync) -> None:
    # Whether two live businesses have the code cannot be told before the entry is put right.
    city.business(1, NAME, code=code(1))
    city.business(2, "盐城乙有限公司", code=code(1), status="没听说过")
    sync()
    assert refused(service, code(1)) == "ENTITY_UNCLEAR"


@pytest.mark.parametrize("changes", ["旧名", "旧名|2020-2-30", "|2020-1-1"])
def test_a_change_of_name_that_cannot_be_read_sets_its_entry_aside(
    city: City, service: Service, sync: Sync, changes: str
) -> None:
    city.business(1, NAME, code=code(1), renamed=changes)
    city.business(2, "盐城乙有限公司", code=code(2))
    sync()
    assert refused(service, code(1)) == "ENTITY_UNCLEAR"
    with service.reading() as session:
        (row,) = list_unclear(session)
    assert row.column == "renamed"


NUMBERS = (
    'names = ["name"]\nregistration_numbers = ["authority"]\norganisation_codes = ["facts"]\ntax_numbers = ["type"]'
)


def test_a_row_with_an_older_number_alone_is_its_business_s_live_and_mirrored(
    city: City, service: Service, sync: Sync
) -> None:
    # The city's columns are lent for it: what they are called is the manifest's affair.
    mirror(city, 7, **{'names = ["name"]': NUMBERS})
    city.business(1, NAME, code=code(1), reg_no=NUMBER)
    city.business(2, "盐城乙有限公司", code=code(2), reg_no=registration_number("320900", 2))
    city.business(3, "盐城丙有限公司", code=code(3), reg_no=registration_number("320900", 2))
    nothing = {"authority": "", "facts": "", "type": ""}
    city.penalty(7, "A1", "", **{**nothing, "authority": NUMBER})
    city.penalty(7, "A2", "", **{**nothing, "facts": code(1)[8:17]})
    city.penalty(7, "A3", "", **{**nothing, "type": f"320999{code(1)[8:17]}"})
    city.penalty(7, "A4", "", **{**nothing, "authority": registration_number("320900", 2)})
    sync()
    # Staff are shown the one row that only a person can settle.
    assert run_sync(service).quarantined == 1
    for live in (False, True):
        mine = answer(service, code(1), live=live)
        assert mine.status is AnswerStatus.COMPLETE
        assert [(one.record_id, one.uscc) for one in mine.records] == [(name, code(1)) for name in ("A1", "A2", "A3")]
        for other in (2, 3):
            shared = answer(service, code(other), live=live)
            assert (shared.status, [row.row["id"] for row in shared.quarantined]) == (AnswerStatus.INCOMPLETE, ["A4"])


def test_what_a_row_says_of_a_person_is_not_kept(city: City, service: Service, sync: Sync) -> None:
    mirror(city, 7, **{'names = ["name"]': NUMBERS})
    city.business(1, NAME, code=code(1))
    city.penalty(7, "A1", "", name=NAME, type="32090219900101001401", authority="", facts="")
    sync()
    run_sync(service)
    with service.reading() as session:
        (row,) = list_rows(session)
    assert "32090219900101001401" not in row.row
    assert "3209**************01" in row.row


@pytest.mark.parametrize("uscc", ["", code(1)])
def test_a_corrected_row_may_rest_on_an_older_number(city: City, service: Service, sync: Sync, uscc: str) -> None:
    mirror(city, 7, **{'names = ["name"]': NUMBERS})
    city.business(1, NAME, code=code(1), reg_no=NUMBER)
    city.penalty(7, "A1", "", authority=NUMBER, facts="", type="", decided="2025-06")
    sync()
    run_sync(service)
    with service.reading() as session:
        (row,) = list_rows(session)
    cells = {"decided": "2025-06-01"} | ({"code": uscc} if uscc else {})
    assert correct(service, row.id, cells, "张某", service.clock.now()).changed
    mine = answer(service, code(1))
    assert (mine.status, [one.record_id for one in mine.records]) == (AnswerStatus.COMPLETE, ["A1"])


def test_a_report_lists_what_stands_under_an_older_number_and_stays_current(
    city: City, service: Service, sync: Sync
) -> None:
    path = city.domains_dir / "07_field_07.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('names = ["name"]', NUMBERS), encoding="utf-8")
    city.business(1, NAME, code=code(1), reg_no=NUMBER)
    city.penalty(7, "A1", "", authority=NUMBER, facts="", type="")
    sync()
    now = service.clock.now()
    issued = issue_report(service, IssueRequest(code(1), "3", "finance", "test"), now)
    assert issued.content.listed == 1
    with service.reading() as session:
        told = verify_code(session, issued.content.verification_code, now, current=service.currency).as_json()
    assert (told["status"], told["listed"], told["marks"]) == ("VALID", 1, [])
