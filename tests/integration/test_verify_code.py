"""What a code is worth today: every status, to the minute, on both stores."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker

from creditreport.clock import SHANGHAI
from creditreport.config import Settings
from creditreport.reports.content import grouped
from creditreport.reports.models import CreditReport
from creditreport.signing.signer import DocumentSigner, load_signer
from creditreport.verification.by_code import Currency, verify_code
from creditreport.verification.codes import ALPHABET, new_code
from tests.conftest import NOON
from tests.issued import store

KEYS = [
    "status", "number", "entity_name", "uscc", "issued_at", "valid_until", "window", "listed", "years", "purpose",
    "showing", "domains", "records", "marks", "sha256_matches", "detail", "status_since", "revoked_by",
]  # fmt: skip
NOTHING = dict.fromkeys(key for key in KEYS if key not in ("status", "marks", "detail"))


@pytest.fixture
def signer(signing_settings: Settings) -> DocumentSigner:
    return load_signer(signing_settings)


def told(sessions: sessionmaker[Session], text: str, now: datetime = NOON, currency: Currency | None = None) -> dict:
    current = None if currency is None else lambda report, at: currency
    with sessions() as session:
        answer = verify_code(session, text, now, current=current).as_json()
    assert sorted(answer) == sorted(KEYS)
    return answer


def test_a_valid_report_tells_everything(sessions: sessionmaker[Session], signer: DocumentSigner) -> None:
    issued = store(sessions, signer, NOON)
    answer = told(sessions, f"https://credit.example.gov.cn/v/{grouped(issued.code).lower()}")
    assert answer["status"] == "VALID"
    assert answer["number"] == issued.number
    assert answer["entity_name"] == "演示甲有限公司"
    assert answer["uscc"] == "91320900MA1DEMO00X"
    assert answer["issued_at"] == "2026-11-21T12:00:00+08:00"
    assert answer["valid_until"] == "2026-12-21"
    assert answer["window"] == {"start": "2023-11-20", "end": "2026-11-20"}
    assert (answer["listed"], answer["years"], answer["purpose"]) == (0, 3, "finance")
    assert answer["records"] == []
    assert answer["marks"] == []
    assert [(row["slug"], row["status"], row["listed"]) for row in answer["domains"]] == [
        ("market_regulation", "complete", 0),
        ("utilities", "not_implemented", None),
    ]


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (datetime(2026, 12, 21, 23, 59, 59, tzinfo=SHANGHAI), "VALID"),
        (datetime(2026, 12, 22, 0, 0, 0, tzinfo=SHANGHAI), "EXPIRED"),
    ],
)
def test_valid_to_the_end_of_its_last_day(
    sessions: sessionmaker[Session], signer: DocumentSigner, now: datetime, status: str
) -> None:
    issued = store(sessions, signer, NOON, listed=1)
    for moment in (now, now.astimezone(None)):
        answer = told(sessions, issued.code, moment, Currency.CURRENT)
        assert answer["status"] == status
        assert (answer["records"] is None) == (status == "EXPIRED")


@pytest.mark.parametrize("status", ["SUPERSEDED", "REVOKED"])
@pytest.mark.parametrize("valid_until", [date(2026, 12, 21), date(2026, 11, 1)])
def test_an_ended_report_says_so_and_gives_no_details(
    sessions: sessionmaker[Session], signer: DocumentSigner, status: str, valid_until: date
) -> None:
    issued = store(sessions, signer, NOON, listed=2, status=status, valid_until=valid_until)
    answer = told(sessions, issued.code, currency=Currency.CHANGED)
    assert (answer["status"], answer["marks"]) == (status, [])
    assert answer["number"] == issued.number
    assert [answer[key] for key in ("listed", "domains", "records", "years", "purpose")] == [None] * 5


def test_unknown_and_mistyped_tell_nothing(sessions: sessionmaker[Session], signer: DocumentSigner) -> None:
    issued = store(sessions, signer, NOON)
    unknown = told(sessions, new_code())
    assert unknown == {**NOTHING, "status": "UNKNOWN", "marks": [], "detail": unknown["detail"]}
    wrong = issued.code[:7] + next(char for char in ALPHABET if char != issued.code[7]) + issued.code[8:]
    mistyped = told(sessions, wrong)
    assert mistyped == {**NOTHING, "status": "MISTYPED", "marks": [], "detail": mistyped["detail"]}
    assert told(sessions, issued.number)["status"] == "MISTYPED", "the number alone opens nothing"
    assert told(sessions, "")["status"] == "MISTYPED"


@pytest.mark.parametrize(
    ("currency", "listed", "marks"),
    [
        (Currency.CURRENT, 2, []),
        (Currency.CHANGED, None, ["FACTS_CHANGED"]),
        (Currency.UNKNOWN, None, []),
        (None, None, []),
    ],
)
def test_records_are_told_only_while_each_would_still_be_listed(
    sessions: sessionmaker[Session],
    signer: DocumentSigner,
    currency: Currency | None,
    listed: int | None,
    marks: list[str],
) -> None:
    issued = store(sessions, signer, NOON, listed=2)
    answer = told(sessions, issued.code, currency=currency)
    assert answer["status"] == "VALID"
    assert answer["listed"] == listed
    assert answer["marks"] == marks
    if listed:
        assert [record["record_id"] for record in answer["records"]] == ["1", "2"]
        assert [record["domain"] for record in answer["records"]] == ["market_regulation"] * 2
        assert answer["domains"][0]["listed"] == 2
    else:
        assert answer["records"] is None
        assert answer["domains"] is None
        assert "盐市监" not in str(answer)


def test_verifying_changes_nothing(sessions: sessionmaker[Session], signer: DocumentSigner) -> None:
    issued = store(sessions, signer, NOON)
    told(sessions, issued.code, datetime(2027, 5, 1, tzinfo=SHANGHAI))
    with sessions() as session:
        assert session.get_one(CreditReport, issued.number).status == "ISSUED"
