"""The input of ``creditreport screen``, read strictly: what is missing, unknown or wrong is named by index and key.

``null`` reads as "not stated": for an optional key that is the same as leaving it out, for a required one it is
missing. Nothing is guessed: a flag is ``true`` or ``false``, a day is ``YYYY-MM-DD``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, ValidationError

from creditreport.errors import Problem
from creditreport.violations.record import Day, ImpossibleDay, MissingDay, ViolationRecord, Word, comparable_code
from creditreport.violations.window import ScreeningRequest


class _Request(BaseModel):
    """The keys of ``request``."""

    model_config = ConfigDict(extra="forbid")

    uscc: Word
    issued_on: Day
    years: StrictInt
    ruleset: Word
    previous_codes: tuple[Word, ...] = ()


class _Flags(BaseModel):
    """The record's flags, which its own model would also read from words and numbers."""

    publicised: StrictBool | None = None
    sealed: StrictBool | None = None
    undisclosable: StrictBool | None = None
    shielded: StrictBool | None = None
    local: StrictBool | None = None
    disputed: StrictBool | None = None


@dataclass(frozen=True, slots=True)
class ScreenInput:
    """A request and the records to decide on."""

    request: ScreeningRequest
    records: tuple[ViolationRecord, ...]


def read_screen_input(data: bytes) -> ScreenInput:
    """The request and records of a JSON document. Raises ``INVALID_REQUEST`` with ``index`` and ``key``."""
    document = _object(_decode(data), index=None, key=None)
    for key in document:
        if key not in ("request", "records"):
            _refuse(None, key, "未知的键", "unknown key")
    for key in ("request", "records"):
        if document.get(key) is None:
            _refuse(None, key, "缺少", "missing")
    request = _read_request(_object(document["request"], index=None, key="request"))
    if not isinstance(document["records"], list):
        _refuse(None, "records", "应为列表", "must be a list")
    records = tuple(_read_record(index, value) for index, value in enumerate(document["records"]))
    _refuse_same_record_twice(request, records)
    return ScreenInput(request, records)


def _decode(data: bytes) -> Any:
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique_keys, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        _refuse(None, None, f"不是正确的 JSON（{error}）", f"not proper JSON ({error})")
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is given twice")
        found[key] = value
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _object(value: Any, *, index: int | None, key: str | None) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(index, key, "应为对象", "must be an object")
    return value


def _read_request(value: dict[str, Any]) -> ScreeningRequest:
    try:
        request = _Request.model_validate(_stated(value, _Request))
    except ValidationError as error:
        _refuse_first(None, error)
    return ScreeningRequest(**dict(request))


def _read_record(index: int, value: Any) -> ViolationRecord:
    stated = _stated(_object(value, index=index, key=None), ViolationRecord)
    try:
        _Flags.model_validate(stated)
        return ViolationRecord.model_validate(stated)
    except ValidationError as error:
        _refuse_first(index, error)


def _stated(value: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """The mapping without known keys that say ``null``; an unknown key stays and is refused."""
    return {key: content for key, content in value.items() if content is not None or key not in model.model_fields}


def _refuse_same_record_twice(request: ScreeningRequest, records: tuple[ViolationRecord, ...]) -> None:
    own_codes = {comparable_code(code) for code in (request.uscc, *request.previous_codes)}
    seen = set()
    for index, record in enumerate(records):
        code = comparable_code(record.uscc)
        identity = (record.domain, record.record_id, "" if code in own_codes else code)
        if identity in seen:
            _refuse(index, "record_id", f"“{record.record_id}” 重复", f"“{record.record_id}” is given twice")
        seen.add(identity)


# Sentences by the type of the validator's error; the validator's own English words are kept for any other.
_SENTENCES = {
    "missing": ("缺少", "missing"),
    "extra_forbidden": ("未知的键", "unknown key"),
    "enum": ("可取的值为 {expected}", "must be one of {expected}"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "string_type": ("应为文字", "must be text"),
    "string_too_short": ("不能为空", "must not be empty"),
    "int_type": ("应为整数", "must be a whole number"),
    "tuple_type": ("应为列表", "must be a list"),
}
_DAY = ("应为 YYYY-MM-DD 形式的日期", "must be a date written YYYY-MM-DD")
_AMOUNT = ("应为以元计的十进制数文字", "must be a decimal string in yuan")


def _refuse_first(index: int | None, error: ValidationError) -> NoReturn:
    first = error.errors(include_url=False)[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, MissingDay):
        _refuse(index, cause.key, "缺少（此类记录必填）", "missing (required for this kind)")
    if isinstance(cause, ImpossibleDay):
        _refuse(index, cause.key, "与另一日期矛盾", str(cause))
    key = str(first["loc"][0]) if first["loc"] else None
    zh, en = _sentence(first["type"], key, first["msg"])
    expected = str(first.get("ctx", {}).get("expected", ""))
    _refuse(index, key, zh.format(expected=expected), en.format(expected=expected))


def _sentence(kind: str, key: str | None, words: str) -> tuple[str, str]:
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    if key is not None and (key.endswith("_on") or key == "publicity_until"):
        return _DAY
    if key is not None and key.endswith("_yuan"):
        return _AMOUNT
    return f"不正确（{words}）", words


def _refuse(index: int | None, key: str | None, detail_zh: str, detail_en: str) -> NoReturn:
    place = "request" if index is None else f"records[{index}]"
    where = place if key is None else f"{place} · {key}"
    raise Problem(
        "INVALID_REQUEST",
        shown={"index": index, "key": key},
        where=where,
        detail_zh=detail_zh,
        detail_en=detail_en,
    )
