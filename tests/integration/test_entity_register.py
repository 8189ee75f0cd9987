"""Finding a business in the stored register: present and replaced codes, doubles, the unknown."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker
from stdnum.cn import uscc as standard

from creditreport.clock import SHANGHAI
from creditreport.entities.entity import RegistrationStatus
from creditreport.entities.models import EntityRow, FormerCode, FormerName
from creditreport.entities.register import find_entity, list_entities
from creditreport.errors import Problem

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)


def code(number: int) -> str:
    body = f"91320900MA{number:07d}"
    return body + str(standard.calc_check_digit(body))


def row(
    key: str, uscc: str, *former: str, status: str = "active", missing: bool = False, names: tuple[str, ...] = ()
) -> EntityRow:
    return EntityRow(
        register_id=key,
        uscc=uscc,
        name=f"盐城{key}有限公司",
        entity_type="company",
        registration_status=status,
        synced_at=NOON,
        missing_since=NOON if missing else None,
        former_codes=[FormerCode(uscc=one) for one in former],
        former_names=[FormerName(place=place, name=one) for place, one in enumerate(names)],
    )


def store(sessions: sessionmaker[Session], *rows: EntityRow) -> None:
    with sessions.begin() as session:
        session.add_all(rows)


def refused(sessions: sessionmaker[Session], typed: str) -> Problem:
    with sessions() as session, pytest.raises(Problem) as raised:
        find_entity(session, typed)
    return raised.value


def test_a_business_is_found_by_what_people_type(sessions: sessionmaker[Session]) -> None:
    store(sessions, row("甲", code(1), names=("旧名",)), row("乙", code(2)))
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in code(1))
    with sessions() as session:
        for typed in (code(1), code(1).lower(), full_width, f" {code(1)} "):
            found = find_entity(session, typed)
            assert (found.register_id, found.uscc, found.former_names) == ("甲", code(1), ("旧名",))


def test_a_replaced_code_means_the_present_business(sessions: sessionmaker[Session]) -> None:
    store(sessions, row("甲", code(1), code(3), code(4)))
    with sessions() as session:
        found = find_entity(session, code(4))
    assert found.uscc == code(1)
    assert set(found.previous_codes) == {code(3), code(4)}


def test_a_code_nobody_has_is_unknown(sessions: sessionmaker[Session]) -> None:
    store(sessions, row("甲", code(1)))
    problem = refused(sessions, code(2))
    assert problem.code == "UNKNOWN_ENTITY"
    assert code(2) in problem.zh


def test_what_the_register_no_longer_tells_of_is_unknown(sessions: sessionmaker[Session]) -> None:
    store(sessions, row("甲", code(1), missing=True))
    assert refused(sessions, code(1)).code == "UNKNOWN_ENTITY"
    with sessions() as session:
        assert list_entities(session) == []


def test_two_live_businesses_with_one_code_are_both_blocked(sessions: sessionmaker[Session]) -> None:
    store(sessions, row("甲", code(1)), row("乙", code(1), status="suspended"))
    assert refused(sessions, code(1)).code == "DUPLICATE_USCC"


@pytest.mark.parametrize("typed", [1, 2, 3])
def test_a_replaced_code_that_another_live_business_has_blocks_both(
    sessions: sessionmaker[Session], typed: int
) -> None:
    # Records under code 3 could be either's.
    store(sessions, row("甲", code(1), code(3)), row("乙", code(2), code(3)))
    assert refused(sessions, code(typed)).code == "DUPLICATE_USCC"


def test_a_dead_holder_of_the_same_code_blocks_nobody(sessions: sessionmaker[Session]) -> None:
    store(sessions, row("甲", code(1), status="deregistered"), row("乙", code(1)))
    with sessions() as session:
        assert find_entity(session, code(1)).register_id == "乙"


def test_a_dead_business_is_found_so_that_it_can_be_told(sessions: sessionmaker[Session]) -> None:
    store(sessions, row("甲", code(1), status="revoked"), row("乙", code(2), code(1), status="deregistered"))
    with sessions() as session:
        found = find_entity(session, code(1))
    assert (found.register_id, found.registration_status) == ("甲", RegistrationStatus.REVOKED)


def test_the_list_is_by_code_and_can_be_cut(sessions: sessionmaker[Session]) -> None:
    store(sessions, *(row(str(number), code(number)) for number in (3, 1, 2)))
    with sessions() as session:
        assert [one.uscc for one in list_entities(session)] == sorted(code(number) for number in (1, 2, 3))
        assert len(list_entities(session, 2)) == 2
