"""What ``screen`` reads: strict, and each mistake is named by index and key."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from creditreport.errors import Problem
from creditreport.violations.record import PenaltyType
from creditreport.violations.screen import ScreeningRequest
from creditreport.violations.screen_input import read_screen_input
from tests.screening import OLD, OTHER, OWN

REQUEST: dict[str, Any] = {"uscc": OWN, "issued_on": "2026-11-21", "years": 3, "ruleset": "yancheng-2024"}
RECORD: dict[str, Any] = {
    "domain": "taxation",
    "record_id": "7",
    "uscc": OWN,
    "kind": "penalty",
    "decided_on": "2026-03-02",
}


def document(*, request: dict[str, Any] | None = None, records: Any = None, **extra: Any) -> bytes:
    whole = {"request": {**REQUEST, **(request or {})}, "records": [RECORD] if records is None else records, **extra}
    return json.dumps(whole, ensure_ascii=False).encode()


def without(whole: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in whole.items() if name != key}


def refused(data: bytes) -> tuple[str, int | None, str | None]:
    with pytest.raises(Problem) as raised:
        read_screen_input(data)
    assert raised.value.kind.exit_status == 2
    return raised.value.code, raised.value.shown["index"], raised.value.shown["key"]


def test_the_smallest_input() -> None:
    given = read_screen_input(document())
    assert given.request == ScreeningRequest(OWN, date(2026, 11, 21), 3, "yancheng-2024")
    assert given.records[0].canonical() == RECORD
    assert read_screen_input(document(records=[])).records == ()


def test_every_key_of_a_full_record() -> None:
    full = {
        **RECORD,
        "entity_name": "盐城示例贸易有限公司",
        "document_number": "盐税罚〔2026〕7号",
        "violation_type": "未按期申报",
        "facts": "…",
        "legal_basis": "…",
        "penalty_types": ["fine", "warning"],
        "penalty_content": "罚款",
        "fine_yuan": "2000.50",
        "confiscated_yuan": "0",
        "procedure": "ordinary",
        "severity": "general",
        "publicised": True,
        "publicity_until": "2027-03-02",
        "authority": "盐城市税务局",
        "authority_uscc": "11320900014343434X",
        "source_unit": "盐城市税务局",
        "disposition": "penalised",
        "effect": "amended",
        "supersedes": "盐税罚〔2026〕6号",
        "repair": "applied",
        "repaired_on": "2026-04-01",
        "sealed": False,
        "undisclosable": False,
        "shielded": False,
        "local": True,
        "disputed": True,
        "listed_on": "2026-03-03",
        "removed_on": "2026-03-04",
    }
    record = read_screen_input(document(records=[full], request={"previous_codes": [OLD]})).records[0]
    assert record.canonical() == full
    assert (record.fine_yuan, record.penalty_types) == (Decimal("2000.50"), (PenaltyType.FINE, PenaltyType.WARNING))


def test_null_is_not_stated() -> None:
    given = read_screen_input(
        document(request={"previous_codes": None}, records=[{**RECORD, "sealed": None, "repair": None}])
    )
    assert given.request.previous_codes == ()
    assert (given.records[0].sealed, given.records[0].repair) == (None, None)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert read_screen_input(b"\xef\xbb\xbf" + document()).records


NOT_A_DOCUMENT = [
    b"",
    b"{",
    b"\xff\xfe{}",
    b'{"request": NaN}',
    b'{"request": "\\ud800"}',
    b'{"request": 1, "request": 2}',
    b"[" * 100_000,
    b'{"request": ' + b"9" * 5000 + b"}",
    b"[]",
    b"null",
]


@pytest.mark.parametrize("data", NOT_A_DOCUMENT, ids=range(len(NOT_A_DOCUMENT)))
def test_what_is_no_json_object(data: bytes) -> None:
    assert refused(data) == ("INVALID_REQUEST", None, None)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (json.dumps({"records": []}).encode(), "request"),
        (json.dumps({"request": REQUEST}).encode(), "records"),
        (json.dumps({"request": None, "records": []}).encode(), "request"),
        (json.dumps({"request": [], "records": []}).encode(), "request"),
        (document(records={}), "records"),
        (document(records="none"), "records"),
        (document(rules="yancheng-2024"), "rules"),
        *[(json.dumps({"request": without(REQUEST, key), "records": []}).encode(), key) for key in REQUEST],
        *[(document(request={key: None}), key) for key in REQUEST],
        (document(request={"until": "2026-11-21"}), "until"),
        (document(request={"until": None}), "until"),
        (document(request={"uscc": ""}), "uscc"),
        (document(request={"uscc": 913209}), "uscc"),
        (document(request={"issued_on": "2026-02-30"}), "issued_on"),
        (document(request={"issued_on": "2026-11-21T00:00:00"}), "issued_on"),
        (document(request={"issued_on": "20261121"}), "issued_on"),
        (document(request={"issued_on": 1795219200}), "issued_on"),
        (document(request={"years": "3"}), "years"),
        (document(request={"years": 3.0}), "years"),
        (document(request={"years": True}), "years"),
        (document(request={"ruleset": 2024}), "ruleset"),
        (document(request={"previous_codes": OLD}), "previous_codes"),
        (document(request={"previous_codes": [None]}), "previous_codes"),
        (document(request={"previous_codes": [""]}), "previous_codes"),
    ],
)
def test_a_wrong_request(data: bytes, key: str) -> None:
    assert refused(data) == ("INVALID_REQUEST", None, key)


STATE = {**without(RECORD, "decided_on"), "kind": "judgment_defaulter", "listed_on": "2026-03-02"}


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (7, None),
        ([], None),
        (None, None),
        *[(without(RECORD, key), key) for key in RECORD],
        *[({**RECORD, key: None}, key) for key in RECORD],
        (without(STATE, "listed_on"), "listed_on"),
        ({**STATE, "decided_on": "2026-03-02", "listed_on": None}, "listed_on"),
        ({**STATE, "removed_on": "2026-03-01"}, "removed_on"),
        ({**RECORD, "repair": "repaired", "repaired_on": "2026-03-01"}, "repaired_on"),
        ({**RECORD, "colour": "red"}, "colour"),
        ({**RECORD, "colour": None}, "colour"),
        ({**RECORD, "Sealed": True}, "Sealed"),
        ({**RECORD, "domain": ""}, "domain"),
        ({**RECORD, "record_id": 7}, "record_id"),
        ({**RECORD, "kind": "Penalty"}, "kind"),
        ({**RECORD, "kind": "fine"}, "kind"),
        ({**RECORD, "decided_on": "2026-2-3"}, "decided_on"),
        ({**RECORD, "decided_on": "2025-02-29"}, "decided_on"),
        ({**RECORD, "decided_on": 20260302}, "decided_on"),
        ({**RECORD, "publicity_until": "never"}, "publicity_until"),
        ({**RECORD, "document_number": 7}, "document_number"),
        ({**RECORD, "penalty_types": "fine"}, "penalty_types"),
        ({**RECORD, "penalty_types": ["fines"]}, "penalty_types"),
        ({**RECORD, "penalty_types": [None]}, "penalty_types"),
        ({**RECORD, "fine_yuan": 0.1}, "fine_yuan"),
        ({**RECORD, "fine_yuan": "-1"}, "fine_yuan"),
        ({**RECORD, "fine_yuan": "NaN"}, "fine_yuan"),
        ({**RECORD, "confiscated_yuan": "two"}, "confiscated_yuan"),
        ({**RECORD, "procedure": "short"}, "procedure"),
        ({**RECORD, "severity": ""}, "severity"),
        ({**RECORD, "disposition": "pardoned"}, "disposition"),
        ({**RECORD, "effect": "void"}, "effect"),
        ({**RECORD, "repair": True}, "repair"),
        *[
            ({**RECORD, flag: wrong}, flag)
            for flag in ("publicised", "sealed", "undisclosable", "shielded", "local", "disputed")
            for wrong in ("true", 1, 0, "no")
        ],
    ],
)
def test_a_wrong_record(record: Any, key: str | None) -> None:
    good = {**RECORD, "record_id": "6"}
    assert refused(document(records=[good, record])) == ("INVALID_REQUEST", 1, key)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"uscc": OWN.lower()}, True),
        ({"uscc": OLD}, True),
        ({"sealed": True}, True),
        ({"uscc": OTHER}, False),
        ({"domain": "education"}, False),
        ({"record_id": "8"}, False),
    ],
)
def test_one_record_twice_is_refused(changes: dict[str, Any], same: bool) -> None:
    data = document(records=[RECORD, {**RECORD, **changes}], request={"previous_codes": [OLD]})
    if same:
        assert refused(data) == ("INVALID_REQUEST", 1, "record_id")
    else:
        assert len(read_screen_input(data).records) == 2


def test_the_sentence_names_the_place_in_both_languages() -> None:
    with pytest.raises(Problem) as raised:
        read_screen_input(document(records=[{**RECORD, "sealed": "no"}]))
    assert raised.value.zh == "请求不正确，records[0] · sealed：应为 true 或 false。"
    assert raised.value.en == "The request is not right, records[0] · sealed: must be true or false."
