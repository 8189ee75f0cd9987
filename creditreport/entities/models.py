"""The business register as stored: kept in step with the register source by ``entities sync``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from creditreport.db import Base, Moment
from creditreport.entities.entity import BusinessEntity, EntityType, RegistrationStatus


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
        String(200), comment="whose branch it is, as the register says; the parent may be of another city"
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
        return BusinessEntity(
            register_id=self.register_id,
            uscc=self.uscc,
            name=self.name,
            entity_type=EntityType(self.entity_type),
            registration_status=RegistrationStatus(self.registration_status),
            previous_codes=tuple(sorted(row.uscc for row in self.former_codes)),
            former_names=tuple(sorted(row.name for row in self.former_names)),
            parent_register_id=self.parent_register_id,
            district=self.district,
            registration_number=self.registration_number,
        )


class FormerCode(Base):
    """A unified code that the register replaced for this same business."""

    __tablename__ = "entity_former_code"
    __table_args__ = (Index("ix_entity_former_code_uscc", "uscc"),)

    register_id: Mapped[str] = mapped_column(
        ForeignKey("business_entity.register_id"), primary_key=True, comment="the business"
    )
    uscc: Mapped[str] = mapped_column(String(64), primary_key=True, comment="the replaced code")


class FormerName(Base):
    """A name that the business had before."""

    __tablename__ = "entity_former_name"

    register_id: Mapped[str] = mapped_column(
        ForeignKey("business_entity.register_id"), primary_key=True, comment="the business"
    )
    name: Mapped[str] = mapped_column(Text, primary_key=True, comment="the former name")
