"""What a store of the version before knew of businesses it still knows, and their older numbers from then on."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic import command
from sqlalchemy import text

from creditreport.db import make_engine, make_sessions
from creditreport.demo.codes import registration_number, unified_code
from creditreport.entities.register import find_entity
from creditreport.entities.resolve import Found, resolve
from creditreport.migrations.store import make_config, upgrade

CODE, OLD, NUMBER = unified_code("91", "320900", 1), unified_code("91", "320900", 2), registration_number("320900", 1)


def test_names_and_numbers_are_carried_over_and_back(database_url: str) -> None:
    engine = make_engine(database_url)
    command.upgrade(make_config(engine), "0005")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO business_entity (register_id, uscc, name, entity_type, registration_status, "
                "registration_number, synced_at) VALUES ('R1', :code, '甲', 'company', 'active', :number, :at)"
            ),
            {"code": CODE, "number": f" {NUMBER[:6]} {NUMBER[6:]}", "at": datetime(2026, 11, 1, tzinfo=UTC)},
        )
        connection.execute(text("INSERT INTO entity_former_code VALUES ('R1', :code)"), {"code": OLD})
        for name in ("旧一", "旧二"):
            connection.execute(text("INSERT INTO entity_former_name VALUES ('R1', :name)"), {"name": name})
    upgrade(database_url)
    with make_sessions(engine)() as session:
        found = find_entity(session, CODE)
        assert (found.former_names, found.name_changes) == (("旧一", "旧二"), ())
        assert found.sole_numbers == found.numbers
        for number in (NUMBER, OLD[8:17], CODE[8:17]):
            answer = resolve(session, number)
            assert isinstance(answer, Found)
            assert answer.entity.register_id == "R1"
    command.downgrade(make_config(engine), "0005")
    with engine.connect() as connection:
        assert sorted(connection.scalars(text("SELECT name FROM entity_former_name"))) == ["旧一", "旧二"]
    engine.dispose()
