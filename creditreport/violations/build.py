"""What a mapped row becomes: a violation record, an overlay's entry, or a business of the register."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from creditreport.catalog.keys import NEEDED, OVERLAY_CHANGES
from creditreport.catalog.manifest import Manifest, Role
from creditreport.entities.entity import BusinessEntity, EntityType, NameChange, RegistrationStatus, in_order
from creditreport.violations.answer import OverlayEntry
from creditreport.violations.cells import UnreadableCell, read_day
from creditreport.violations.concern import is_valid_code
from creditreport.violations.exemption import Contradiction, disposition
from creditreport.violations.mapping import Mapper, Unmappable
from creditreport.violations.record import Effect, ImpossibleDay, MissingDay, ViolationRecord, comparable_code

Row = Mapping[str, Any]
TWO_PARENTS = "登记了两个隶属主体 / the register states two parents"
_BETWEEN_IDS = re.compile(r"[\s；;、,，|]+")
_CONTENT = ("facts", "penalty_content", "penalty_types")
_WHY = {"MissingDay": "没有写明日期", "ImpossibleDay": "日期前后矛盾"}


def build_record(manifest: Manifest, mapper: Mapper, row: Row, code: str, row_id: str | None = None) -> ViolationRecord:
    """The record of a row that concerns the business with ``code``. Raises :class:`Unmappable`."""
    row_id = row_id or mapper.row_id(row)
    values = mapper.values(row)
    try:
        found = disposition(values, _penalty_words(mapper, row))
    except Contradiction as error:
        raise Unmappable(mapper.column(error.key), str(error)) from error
    if found is not None:
        values["disposition"] = found
    if values.get("effect") == Effect.AMENDED and not any(values.get(key) for key in _CONTENT):
        raise Unmappable(mapper.column("effect"), "标为已变更，但没有变更后的内容")
    try:
        return ViolationRecord.model_validate(values | {"domain": manifest.slug, "record_id": row_id, "uscc": code})
    except ValidationError as error:
        raise _unmappable(error, mapper) from error


def _penalty_words(mapper: Mapper, row: Row) -> list[str | None]:
    try:
        return mapper.cells("penalty_types", row)
    except UnreadableCell as error:
        raise Unmappable(mapper.column("penalty_types"), str(error)) from error


def _unmappable(error: ValidationError, mapper: Mapper) -> Unmappable:
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, MissingDay | ImpossibleDay):
        return Unmappable(mapper.column(cause.key), f"{_WHY[type(cause).__name__]}（{cause}）")
    key = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "missing":
        return Unmappable(mapper.column(key), f"没有写明“{key}”")
    return Unmappable(mapper.column(key), f"“{key}”不正确：{first['msg']}")


def build_entry(manifest: Manifest, mapper: Mapper, row: Row, code: str, row_id: str | None = None) -> OverlayEntry:
    """The entry of an overlay's row. Raises :class:`Unmappable`."""
    row_id = row_id or mapper.row_id(row)
    values = mapper.values(row)
    number = values.get("document_number")
    if not number:
        raise Unmappable(mapper.column("document_number"), "没有写明文号")
    changes = {key: value for key, value in values.items() if key in OVERLAY_CHANGES}
    if not changes:
        raise Unmappable(None, "没有写明改变什么")
    return OverlayEntry(manifest.slug, row_id, code, number, changes)


def build_entity(mapper: Mapper, row: Row, code: str) -> BusinessEntity:
    """A business of the register. Raises :class:`Unmappable`, also for a code that is not right."""
    mapper.row_id(row)
    values = mapper.values(row)
    if not is_valid_code(code):
        raise Unmappable(None, f"统一社会信用代码“{code}”不正确" if code else "没有统一社会信用代码")
    for key in NEEDED[Role.REGISTER]:
        if key != "uscc" and not values.get(key):
            raise Unmappable(mapper.column(key), f"没有写明“{key}”")
    previous = (comparable_code(one) for one in values.get("previous_codes") or ())
    renamed = [_renaming(mapper, one) for one in values.get("name_changes") or ()]
    former = dict.fromkeys((*(values.get("former_names") or ()), *(name for name, _day in renamed)))
    return BusinessEntity(
        register_id=values["register_id"],
        uscc=code,
        name=values["name"],
        entity_type=EntityType(values["entity_type"]),
        registration_status=RegistrationStatus(values["registration_status"]),
        previous_codes=tuple(one for one in previous if one != code),
        former_names=tuple(one for one in former if one != values["name"]),
        parent_register_id=_one_parent(mapper, values.get("parent_register_id")),
        district=values.get("district"),
        registration_number=values.get("registration_number"),
        name_changes=in_order(NameChange(day, name) for name, day in renamed if day is not None),
    )


def _one_parent(mapper: Mapper, cell: str | None) -> str | None:
    """Whose branch it is. A cell with two ids says that nobody knows: raises :class:`Unmappable`."""
    several = list(dict.fromkeys(part for part in _BETWEEN_IDS.split(cell or "") if part))
    if len(several) > 1:
        raise Unmappable(mapper.column("parent_register_id"), f"{TWO_PARENTS}（{'、'.join(several)}）")
    return several[0] if several else None


def _renaming(mapper: Mapper, item: str) -> tuple[str, date | None]:
    """A former name and the day on which it was given up, ``name|2025-6-1``; no day if none is stated behind the sign.

    Raises :class:`Unmappable`.
    """
    name, _sign, written = item.replace("｜", "|").rpartition("|")
    if not name.strip():
        raise Unmappable(mapper.column("name_changes"), f"“{item}”不是“曾用名|变更日期”的形式")
    try:
        return name.strip(), read_day(written.strip() or None)
    except UnreadableCell as error:
        raise Unmappable(mapper.column("name_changes"), str(error)) from error
