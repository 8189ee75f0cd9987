"""The business register as stored: kept in step with the register source by ``entities sync``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, Row, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from creditreport.db import Base, Moment
from creditreport.entities.entity import BusinessEntity, EntityType, NameChange, RegistrationStatus, in_order


class EntityRow(Base):
    """One business of the register; rows are never deleted, because issued reports speak of them."""

    __tablename__ = "business_entity"

    register_id: Mapped[str] = mapped_column(String(200), primary_key=True, comment="the register's own lasting id")
    uscc: Mapped[str] = mapped_column(
        String(64), index=True, comment="present unified code; not unique: the register itself may hold it twice"
    )
    name: Mapped[str] = mapped_column(Text, comment="present registered name")
    entity_type: Mapped[str] = mapped_column(String(40), comment="a word of entity.EntityType")
    registration_status: Mapped[str] = mapped_column(String(20), comment="a word of entity.RegistrationStatus")
    parent_register_id: Mapped[str | None] = mapped_column(
        String(200), index=True, comment="whose branch it is, as the register says; the parent may be of another city"
    )
    district: Mapped[str | None] = mapped_column(Text, comment="administrative division, as the register says")
    registration_number: Mapped[str | None] = mapped_column(Text, comment="the older registration number")
    synced_at: Mapped[datetime] = mapped_column(Moment, comment="when this row last changed through a sync")
    missing_since: Mapped[datetime | None] = mapped_column(
        Moment, comment="first sync in which the register no longer told of it; then no report is issued"
    )
    former_codes: Mapped[list[FormerCode]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    former_names: Mapped[list[FormerName]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    def as_entity(self) -> BusinessEntity:
        """The business as the rules see it."""
        names = [(one.name, one.until) for one in self.former_names]
        return entity_of(self, {one.uscc for one in self.former_codes}, names)


class FormerCode(Base):
    """A unified code that the register replaced for this same business."""

    __tablename__ = "entity_former_code"
    __table_args__ = (Index("ix_entity_former_code_uscc", "uscc"),)

    register_id: Mapped[str] = mapped_column(
        ForeignKey("business_entity.register_id"), primary_key=True, comment="the business"
    )
    uscc: Mapped[str] = mapped_column(String(64), primary_key=True, comment="the replaced code")


class FormerName(Base):
    """A name that the business had before; it may have had it twice."""

    __tablename__ = "entity_name_before"

    register_id: Mapped[str] = mapped_column(
        ForeignKey("business_entity.register_id"), primary_key=True, comment="the business"
    )
    place: Mapped[int] = mapped_column(
        Integer, primary_key=True, autoincrement=False, comment="tells its former names apart"
    )
    name: Mapped[str] = mapped_column(Text, comment="the former name")
    until: Mapped[date | None] = mapped_column(
        Date, comment="the day on which it gave way to the next name; null: not stated"
    )


class EntityNumber(Base):
    """An older number by which a business is found: its organisation codes and its registration number."""

    __tablename__ = "entity_number"
    __table_args__ = (Index("ix_entity_number_number", "number"),)

    register_id: Mapped[str] = mapped_column(
        ForeignKey("business_entity.register_id"), primary_key=True, comment="the business"
    )
    kind: Mapped[str] = mapped_column(String(20), primary_key=True, comment="a word of numbers.NumberKind")
    number: Mapped[str] = mapped_column(Text, primary_key=True, comment="in comparable form")


class CodeConflict(Base):
    """A unified code that several live businesses hold, from when it was found until the register was cleaned."""

    __tablename__ = "code_conflict"
    __table_args__ = (Index("ix_code_conflict_uscc", "uscc"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uscc: Mapped[str] = mapped_column(String(64), comment="the code, present or replaced")
    holders: Mapped[list[str]] = mapped_column(JSON, comment="register ids of the live businesses that hold it")
    found_at: Mapped[datetime] = mapped_column(Moment, comment="the sync that found it")
    due_on: Mapped[date] = mapped_column(Date, comment="last day of the month in which it was found")
    settled_at: Mapped[datetime | None] = mapped_column(Moment, comment="the sync that found it cleaned")


class UnclearEntry(Base):
    """An entry of the register that is no certain business: whoever it means gets no report until it is put right."""

    __tablename__ = "register_unclear"
    __table_args__ = (Index("ix_register_unclear_uscc", "uscc"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[str | None] = mapped_column(String(200), comment="the entry's own id, if it states one")
    uscc: Mapped[str | None] = mapped_column(String(64), comment="the right code that it states, if it does")
    column: Mapped[str | None] = mapped_column(Text, comment="the column that is to blame, if one is")
    problem: Mapped[str] = mapped_column(Text, comment="why it is not certain, for staff")
    found_at: Mapped[datetime] = mapped_column(Moment, comment="the sync that found it")
    settled_at: Mapped[datetime | None] = mapped_column(Moment, comment="the sync that found it put right or gone")


def entity_of(
    row: EntityRow | Row[Any], former_codes: Collection[str], former_names: Collection[tuple[str, date | None]]
) -> BusinessEntity:
    """The business of an entry with its replaced codes, and its former names with the day on which each ended."""
    return BusinessEntity(
        register_id=row.register_id,
        uscc=row.uscc,
        name=row.name,
        entity_type=EntityType(row.entity_type),
        registration_status=RegistrationStatus(row.registration_status),
        previous_codes=tuple(sorted(former_codes)),
        former_names=tuple(sorted({name for name, _until in former_names} - {row.name})),
        parent_register_id=row.parent_register_id,
        district=row.district,
        registration_number=row.registration_number,
        name_changes=in_order(NameChange(until, name) for name, until in former_names if until),
    )
