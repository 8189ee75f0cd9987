"""Keeping the stored register in step with the register source."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from creditreport.audit.trail import add_entry
from creditreport.db import one_writer
from creditreport.entities.conflicts import codes_held_twice, keep_conflicts
from creditreport.entities.entity import BusinessEntity, NameChange, Unclear, in_order
from creditreport.entities.links import impossible_links
from creditreport.entities.models import EntityNumber, EntityRow, FormerCode, FormerName
from creditreport.entities.unclear import keep_unclear
from creditreport.errors import Problem
from creditreport.violations.record import comparable_code

if TYPE_CHECKING:
    from creditreport.violations.collect import RegisterReading

COLUMNS = (
    "register_id", "uscc", "name", "entity_type", "registration_status", "parent_register_id", "district",
    "registration_number",
)  # fmt: skip
CHUNK = 500


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one sync changed; ``missing`` are businesses that the register told of before and does not now.

    ``quarantined`` are entries that are no certain business, ``duplicates`` codes that several live ones hold.
    """

    added: int
    changed: int
    missing: int
    unchanged: int
    quarantined: int
    duplicates: int = 0


def sync_register(sessions: sessionmaker[Session], reading: RegisterReading, now: datetime) -> SyncResult:
    """Bring the stored register in step with ``reading`` in one transaction; repeating it changes nothing.

    A business that is no longer told of (also because its row is in quarantine) stays stored but gets no report,
    until the register tells of it again. Raises ``REGISTER_UNREADABLE`` and changes nothing when the register was
    not read to its end, or was empty: a city without businesses is a fault, not an answer.
    """
    if not reading.answer.usable or not reading.entities:
        raise Problem("REGISTER_UNREADABLE", detail=reading.answer.problem or "没有一行 / no rows")
    told, unclear = _certain(reading)
    with sessions.begin() as session:
        one_writer(session, EntityRow)
        stored, missing = _stored(session)
        added = [entity for key, entity in told.items() if key not in stored]
        changed = [
            entity for key, entity in told.items() if key in stored and (stored[key] != entity or key in missing)
        ]
        gone = [key for key in stored if key not in told and key not in missing]
        _insert(session, added, now)
        _update(session, changed, now)
        for keys in _chunks(gone):
            session.execute(update(EntityRow).where(EntityRow.register_id.in_(keys)).values(missing_since=now))
        keep_unclear(session, unclear, now)
        duplicates = keep_conflicts(session, codes_held_twice(told.values()), now)
        result = SyncResult(
            len(added), len(changed), len(gone), len(told) - len(added) - len(changed), len(unclear), duplicates
        )
        add_entry(
            session, at=now, actor="register", action="register.synced", subject="register", detail=asdict(result)
        )
    return result


def _certain(reading: RegisterReading) -> tuple[dict[str, BusinessEntity], list[Unclear]]:
    """The businesses by register id, and the entries that are none for certain, also by their links to each other."""
    told = {entity.register_id: _tidy(entity) for entity in reading.entities}
    impossible = impossible_links(told)
    unclear = [Unclear(key, told[key].uscc, None, why) for key, why in sorted(impossible.items())]
    return {key: entity for key, entity in told.items() if key not in impossible}, [*reading.unclear, *unclear]


def _tidy(entity: BusinessEntity) -> BusinessEntity:
    """``entity`` with codes as they are compared, and with nothing listed as former that is present."""
    uscc = comparable_code(entity.uscc)
    previous = {comparable_code(code) for code in entity.previous_codes} - {uscc, ""}
    changes = in_order(NameChange(one.day, one.name.strip()) for one in entity.name_changes if one.name.strip())
    former = {name.strip() for name in entity.former_names} | {one.name for one in changes}
    return replace(
        entity,
        uscc=uscc,
        previous_codes=tuple(sorted(previous)),
        former_names=tuple(sorted(former - {entity.name, ""})),
        name_changes=changes,
    )


def _stored(session: Session) -> tuple[dict[str, BusinessEntity], set[str]]:
    """All stored businesses by register id, and the ids of those that went missing."""
    stored: dict[str, BusinessEntity] = {}
    missing: set[str] = set()
    for row in session.scalars(select(EntityRow).execution_options(yield_per=CHUNK)):
        stored[row.register_id] = row.as_entity()
        if row.missing_since is not None:
            missing.add(row.register_id)
        session.expunge(row)
    return stored, missing


def _row(entity: BusinessEntity, now: datetime) -> dict[str, object]:
    return {name: getattr(entity, name) for name in COLUMNS} | {"synced_at": now, "missing_since": None}


def _insert(session: Session, entities: list[BusinessEntity], now: datetime) -> None:
    if entities:
        session.execute(insert(EntityRow), [_row(entity, now) for entity in entities])
        _insert_former(session, entities)


def _update(session: Session, entities: list[BusinessEntity], now: datetime) -> None:
    if not entities:
        return
    for part in _chunks([entity.register_id for entity in entities]):
        session.execute(delete(FormerCode).where(FormerCode.register_id.in_(part)))
        session.execute(delete(FormerName).where(FormerName.register_id.in_(part)))
        session.execute(delete(EntityNumber).where(EntityNumber.register_id.in_(part)))
    session.execute(update(EntityRow), [_row(entity, now) for entity in entities])
    _insert_former(session, entities)


def _insert_former(session: Session, entities: list[BusinessEntity]) -> None:
    codes = [{"register_id": one.register_id, "uscc": code} for one in entities for code in one.previous_codes]
    names = [row for one in entities for row in _name_rows(one)]
    numbers = [
        {"register_id": one.register_id, "kind": kept.kind.value, "number": kept.number}
        for one in entities
        for kept in sorted(one.numbers)
    ]
    for table, rows in ((FormerCode, codes), (FormerName, names), (EntityNumber, numbers)):
        if rows:
            session.execute(insert(table), rows)


def _name_rows(entity: BusinessEntity) -> list[dict[str, object]]:
    dated: list[tuple[str, date | None]] = [(change.name, change.day) for change in entity.name_changes]
    known = {name for name, _day in dated}
    every = [*dated, *((name, None) for name in entity.former_names if name not in known)]
    return [
        {"register_id": entity.register_id, "place": place, "name": name, "until": day}
        for place, (name, day) in enumerate(every, start=1)
    ]


def _chunks(keys: list[str]) -> list[list[str]]:
    return [keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)]
