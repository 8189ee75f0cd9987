"""What businesses wrote with objections is removed when its time is over; that a case was stays known."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.entities.models import EntityRow
from creditreport.objections.models import ObjectionCase, ObjectionEvidence
from creditreport.privacy.cases import CASES
from creditreport.privacy.retention import apply_retention
from tests.conftest import NOON


def case(state: str, changed: datetime, closed: datetime | None = None) -> ObjectionCase:
    return ObjectionCase(
        register_id="r1", uscc="91320900MA00000000", kind="other", domain="d", statement="陈述", wish="请求",
        state=state, version=1, made_at=changed, made_by="account:1", changed_at=changed, closed_at=closed,
    )  # fmt: skip


def test_words_and_files_are_removed_in_time(sessions: sessionmaker[Session]) -> None:
    old_draft, old = NOON - timedelta(days=181), NOON - timedelta(days=1827)
    rows = [
        case("DRAFT", old_draft), case("DRAFT", NOON - timedelta(days=179)), case("REJECTED", old, old),
        case("REJECTED", old, old + timedelta(days=2)), case("ANSWERED", old),
    ]  # fmt: skip
    with sessions.begin() as store:
        store.add(
            EntityRow(
                register_id="r1", uscc="91320900MA00000000", name="盐城示例有限公司", entity_type="company",
                registration_status="active", synced_at=NOON,
            )
        )  # fmt: skip
        store.flush()
        store.add_all(rows)
        store.flush()
        for row in rows:
            store.add(
                ObjectionEvidence(
                    case_id=row.id, use="business", name="a.png", form="png", size=1, sha256="0" * 64, added_at=NOON,
                    added_by="account:1", content=b"x",
                )
            )  # fmt: skip
    for expected in ({"drafts": 1, "cases": 2}, {"drafts": 0, "cases": 0}):
        assert {one.kind: one.removed for one in apply_retention(sessions, CASES, "test", NOON)} == expected
    with sessions() as store:
        kept = store.execute(select(ObjectionCase.state, ObjectionCase.statement).order_by(ObjectionCase.id)).all()
        files = store.scalars(select(ObjectionEvidence.case_id).order_by(ObjectionEvidence.case_id)).all()
    assert [tuple(one) for one in kept] == [
        ("DRAFT", "陈述"), ("REJECTED", ""), ("REJECTED", "陈述"), ("ANSWERED", "陈述"),
    ]  # fmt: skip
    assert files == [rows[1].id, rows[3].id, rows[4].id]
