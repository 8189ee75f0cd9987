"""Mirrored sources: what a sync brings, keeps and closes, and what reports then read; on both kinds of store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from creditreport.audit.models import AuditEntry
from creditreport.errors import Problem
from creditreport.mirror.models import MirrorHandle, MirrorRow, MirrorRun, RunState
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
from creditreport.violations.answer import AnswerStatus
from tests.integration.asking import Sync, ask, refused
from tests.integration.city import City, make_code
from tests.integration.mirrors import answer, contents, counts, mirror, run_sync, versions

UNCHANGED = (0, 0, 0)


@pytest.fixture
def code(city: City) -> str:
    mirror(city)
    city.business(2, "盐城乙有限公司")
    return city.business(1, "盐城甲有限公司")


def test_what_is_new_changed_and_gone_is_brought_and_repeating_changes_nothing(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    city.penalty(7, "A1", code)
    city.penalty(7, "A2", make_code(2))
    sync()
    assert counts(run_sync(service)) == (2, 0, 0, 0)
    assert counts(run_sync(service, days=1)) == (0, 0, 0, 2)
    city.run("UPDATE field_07 SET amount = '3000' WHERE id = 'A1'")
    city.run("DELETE FROM field_07 WHERE id = 'A2'")
    city.penalty(7, "A3", code)
    assert counts(run_sync(service, days=2)) == (1, 1, 1, 0)
    assert counts(run_sync(service, days=2))[:3] == UNCHANGED
    third = service.clock.now() + timedelta(days=2)
    assert sorted(versions(service), key=str) == sorted(
        [("A1", "superseded", third), ("A2", "vanished", third), ("A1", None, None), ("A3", None, None)], key=str
    )
    fines = {record.record_id: record.canonical()["fine_yuan"] for record in answer(service, code).records}
    assert fines == {"A1": "3000", "A3": "2000"}
    with service.reading() as session:
        audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "source.synced")).all()
    assert [(entry.detail["added"], entry.detail["vanished"]) for entry in audited] == [(2, 0), (1, 1)]


def test_a_record_that_comes_back_is_there_again_and_its_absence_is_remembered(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    city.penalty(7, "A1", code)
    city.penalty(7, "B", make_code(2))
    sync()
    run_sync(service)
    city.run("DELETE FROM field_07 WHERE id = 'A1'")
    run_sync(service, days=1)
    assert answer(service, code).records == ()
    city.penalty(7, "A1", code)
    assert counts(run_sync(service, days=2)) == (1, 0, 0, 1)
    assert [record.record_id for record in answer(service, code).records] == ["A1"]
    assert [ended for key, ended, _until in versions(service) if key == "A1"] == ["vanished", None]


def test_nothing_is_answered_before_the_first_sync_and_old_data_after_a_failed_one(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    city.penalty(7, "A1", code)
    sync()
    never = answer(service, code)
    assert (never.status, never.usable, "domains sync" in (never.problem or "")) == (
        AnswerStatus.UNAVAILABLE, False, True,
    )  # fmt: skip
    assert refused(service, code).shown["domains"] == ["field_07"]
    run_sync(service)
    city.run("ALTER TABLE field_07 RENAME TO elsewhere")
    failed = run_sync(service, days=1)
    assert (failed.status, "field_07" in (failed.problem or "")) == (AnswerStatus.UNAVAILABLE, True)
    # The last good data count as long as they are fresh enough, and then no longer.
    today = answer(service, code)
    assert (today.status, len(today.records)) == (AnswerStatus.COMPLETE, 1)
    assert today.data_as_of is not None
    assert today.data_as_of.isoformat() == "2026-11-20T23:00:00+08:00"
    assert answer(service, code, days=2).status is AnswerStatus.COMPLETE  # Monday: it ends with Friday
    assert answer(service, code, days=3).status is AnswerStatus.STALE
    with service.reading() as session:
        states = session.scalars(select(MirrorRun.state).order_by(MirrorRun.id)).all()
        left = session.scalar(select(func.count()).select_from(MirrorRow).where(MirrorRow.from_run == len(states)))
    assert (states, left) == ([RunState.COMPLETE, RunState.FAILED], 0)


def test_a_report_is_issued_from_the_store_without_asking_the_source(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    city.penalty(7, "A1", code)
    sync()
    run_sync(service)
    city.run("DROP TABLE field_07")
    content = ask(service, code).content
    assert content.listed == 1
    told = next(one for one in content.domains if one.slug == "field_07")
    assert told.data_as_of is not None
    assert told.data_as_of.isoformat() == "2026-11-20T23:00:00+08:00"


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("ALTER TABLE field_07 ADD COLUMN surprise", AnswerStatus.INCOMPLETE),
        ("DROP TABLE field_07", AnswerStatus.UNAVAILABLE),
        ("DELETE FROM watermark WHERE field = 7", AnswerStatus.INCOMPLETE),
    ],
)
def test_a_source_that_is_not_read_to_its_end_changes_nothing(
    city: City, service: Service, sync: Sync, code: str, statement: str, status: AnswerStatus
) -> None:
    city.penalty(7, "A1", code)
    sync()
    run_sync(service)
    before = contents(service)
    city.penalty(7, "A2", code)
    city.run(statement)
    assert run_sync(service, days=1).status is status
    assert contents(service) == before
    assert versions(service) == [("A1", None, None)]


def test_rows_that_a_person_must_settle_block_only_whom_they_may_concern(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    other = make_code(2)
    masked = code[:8] + "*" * 4 + code[12:]
    city.penalty(7, "A1", masked)
    city.penalty(7, "A2", "", name="盐城甲有限公司")
    city.penalty(7, "A3", code[8:17])
    city.penalty(7, "A4", code, decided="2025-06")
    city.penalty(7, "A5", code, types="没听说过")
    city.penalty(7, "A6", other)
    city.penalty(7, "A7", "913209**")
    sync()
    assert run_sync(service).quarantined == 6
    mine, live = answer(service, code), answer(service, code, live=True)
    assert mine.status is AnswerStatus.INCOMPLETE
    assert [row.row["id"] for row in mine.quarantined] == ["A1", "A2", "A3", "A4", "A5"]
    assert (mine.quarantined, mine.skipped, mine.rows_read) == (live.quarantined, live.skipped, live.rows_read)
    assert answer(service, other).status is AnswerStatus.COMPLETE


def test_a_business_with_a_former_name_and_a_replaced_code_finds_its_rows(
    city: City, service: Service, sync: Sync
) -> None:
    mirror(city)
    code = city.business(1, "盐城甲有限公司", previous=make_code(91), former="盐城旧名有限公司")
    city.penalty(7, "A1", make_code(91))
    city.penalty(7, "A2", code)
    city.penalty(7, "A3", make_code(2), name="盐城旧名有限公司")
    sync()
    run_sync(service)
    assert [record.record_id for record in answer(service, code).records] == ["A1", "A2"]
    city.penalty(7, "A4", "不详", name="盐城旧名有限公司")
    run_sync(service)
    assert [row.row["id"] for row in answer(service, code).quarantined] == ["A4"]


def test_two_rows_with_one_key_and_one_row_twice(city: City, service: Service, sync: Sync, code: str) -> None:
    for facts in ("甲", "甲", "乙"):
        city.penalty(7, "A1", code, facts=facts)
    sync()
    assert counts(run_sync(service)) == (2, 0, 0, 0)
    mine, live = answer(service, code), answer(service, code, live=True)
    assert mine.status is AnswerStatus.INCOMPLETE
    assert mine.quarantined == live.quarantined
    city.run("DELETE FROM field_07 WHERE facts = '乙'")
    run_sync(service)
    assert [record.facts for record in answer(service, code).records] == ["甲"]


def test_another_manifest_asks_for_another_sync(city: City, service: Service, sync: Sync, code: str) -> None:
    city.penalty(7, "A1", code)
    sync()
    run_sync(service)
    learnt = versions(service)
    path = city.domains_dir / "07_field_07.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write('\n[[skip]]\nreason = "test_data"\nwhen = [{ column = "facts", values = ["测试"] }]\n')
    changed = Service(service.settings, service.clock)
    before = answer(changed, code)
    assert (before.status, "清单" in (before.problem or "")) == (AnswerStatus.UNAVAILABLE, True)
    assert counts(run_sync(changed, days=1)) == (0, 0, 0, 1)
    assert answer(changed, code).status is AnswerStatus.COMPLETE
    # The row is written anew and still known since the day on which we learnt it.
    with changed.reading() as session:
        rows = session.scalars(select(MirrorRow).order_by(MirrorRow.from_run)).all()
    assert [(row.ended, row.learnt_at) for row in rows] == [
        ("remade", service.clock.now()), (None, service.clock.now()),
    ]  # fmt: skip
    assert len(learnt) == 1
    changed.close()


def test_a_new_word_counts_at_once_and_the_row_leaves_the_list(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    from creditreport.quarantine.listing import list_rows

    city.penalty(7, "A1", code, types="责令停业")
    sync()
    assert run_sync(service).quarantined == 1
    words = city.domains_dir / "vocabulary.toml"
    words.write_text(words.read_text("utf-8").replace('"警告"', '"责令停业" = "closure"\n"警告"'), encoding="utf-8")
    changed = Service(service.settings, service.clock)
    assert answer(changed, code).status is AnswerStatus.COMPLETE
    assert run_sync(changed, days=1).quarantined == 0
    with changed.reading() as session:
        assert list_rows(session, open_only=True) == []
    changed.close()


def test_read_by_watermark(city: City, service: Service, sync: Sync) -> None:
    mirror(city, how='watermark = "loaded"\nfull_every = 7', **{"key = ": 'ignore = ["loaded"]\nkey = '})
    city.run("ALTER TABLE field_07 ADD COLUMN loaded")
    code, other = city.business(1, "盐城甲有限公司"), city.business(2, "盐城乙有限公司")
    for record, whose, loaded in (("A1", code, 10), ("A1", other, 10), ("A2", code, 11)):
        city.penalty(7, record, whose, loaded=str(loaded))
    city.run("UPDATE field_07 SET loaded = CAST(loaded AS INTEGER)")
    sync()
    assert counts(run_sync(service)) == (3, 0, 0, 0)
    # Changed, but with an old watermark: not read. One document about two businesses: the other's row stays.
    city.run("UPDATE field_07 SET amount = '1' WHERE id = 'A2'")
    city.run("UPDATE field_07 SET amount = '5', loaded = 12 WHERE id = 'A1' AND code = ?", code)
    city.penalty(7, "A3", code)
    city.run("DELETE FROM field_07 WHERE id = 'A2'")
    assert counts(run_sync(service, days=1)) == (1, 1, 0, 0)
    found = {record.record_id: record.canonical()["fine_yuan"] for record in answer(service, code).records}
    assert found == {"A1": "5", "A2": "2000", "A3": "2000"}
    assert len(answer(service, other).records) == 1
    assert counts(run_sync(service, days=7)) == (0, 0, 1, 3)


def test_only_mirrored_sources_are_synchronised(city: City, service: Service, code: str) -> None:
    with pytest.raises(Problem) as raised:
        sync_sources(service, service.clock.now(), "field_08")
    assert raised.value.code == "NOT_MIRRORED"
    with pytest.raises(Problem) as raised:
        sync_sources(service, service.clock.now(), "nobody")
    assert raised.value.code == "UNKNOWN_DOMAIN"


def test_what_a_killed_run_left_is_cleared_away_and_never_read(
    city: City, service: Service, sync: Sync, code: str
) -> None:
    city.penalty(7, "A1", code)
    sync()
    run_sync(service)
    with service.sessions.begin() as session:
        good = session.scalars(select(MirrorRun)).one()
        names = [column.name for column in MirrorRun.__table__.columns if column.name != "id"]
        left = MirrorRun(**{name: getattr(good, name) for name in names} | {"state": RunState.RUNNING})
        session.add(left)
        session.flush()
        row = session.scalars(select(MirrorRow)).one()
        names = [column.name for column in MirrorRow.__table__.columns]
        half = {name: getattr(row, name) for name in names} | {"from_run": left.id, "fingerprint": "0" * 32}
        session.add(MirrorRow(**half))
        session.add(MirrorHandle(slug="field_07", handle="*", from_run=left.id, n=1))
    assert len(answer(service, code).records) == 1
    assert counts(run_sync(service)) == (0, 0, 0, 1)
    assert [key for key, _ended, _until in versions(service)] == ["A1"]
    with service.reading() as session:
        assert session.scalars(select(MirrorHandle)).all() == []
