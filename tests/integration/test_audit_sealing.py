"""Sealing: one chain without a gap, whoever seals and whenever an entry commits; heads that others can check."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from creditreport.audit.check import check
from creditreport.audit.models import AuditEntry, AuditHead
from creditreport.audit.sealing import copy_heads, seal, seal_batch
from creditreport.audit.trail import add_entry
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.service import Service
from tests.conftest import NOON
from tests.trail import deeds, trail_service


@pytest.fixture
def service(signing_settings: Settings, database_url: str, tmp_path: Path) -> Iterator[Service]:
    with trail_service(signing_settings, database_url, tmp_path) as made:
        yield made


def chain(service: Service) -> list[AuditEntry]:
    with service.reading() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.position)))


def test_each_digest_follows_from_the_entry_and_the_digest_before(service: Service) -> None:
    deeds(service, 1, 5)
    done = seal(service, NOON)
    assert (done.entries, done.place.position, done.signed, done.exported) == (5, 5, True, 1)
    before = "0" * 64
    for place, entry in enumerate(chain(service), start=1):
        # Written out here, so that the published form of the digest cannot change unnoticed.
        told = (
            f'{{"action":"report.issued","actor":"account:{place % 3}",'
            f'"at":"2026-11-21T04:{place:02d}:00.000000+00:00",'
            f'"detail":{{"listed":{place},"why":"核实"}},"id":{entry.id},"position":{place},"previous":"{before}",'
            f'"subject":"report:{place}"}}'
        )
        before = sha256(told.encode()).hexdigest()
        assert (entry.position, entry.digest) == (place, before)
    assert done.place.digest == before
    assert seal(service, NOON) == type(done)(0, done.place, False, 0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_entry_that_commits_late_is_neither_lost_nor_breaks_the_chain(service: Service) -> None:
    deeds(service, 1, 2)
    late = service.sessions()
    add_entry(late, at=NOON, actor="a", action="late", subject="s")
    late.flush()
    rolled_back = service.sessions()
    add_entry(rolled_back, at=NOON, actor="a", action="never", subject="s")
    rolled_back.flush()
    rolled_back.rollback()
    deeds(service, 5, 6)
    assert seal(service, NOON).entries == 4
    assert check(service, "test", NOON).ok
    late.commit()
    # The check above is an entry as well, with a higher id than the late one.
    assert seal(service, NOON).entries == 2
    entries = chain(service)
    assert [entry.position for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.action for entry in entries][4:] == ["late", "audit.checked"]
    assert entries[4].id < entries[3].id
    assert check(service, "test", NOON).ok
    for session in (late, rolled_back):
        session.close()


def test_two_sealers_and_writers_at_once_make_one_chain(
    service: Service, signing_settings: Settings, tmp_path: Path
) -> None:
    deeds(service, 1, 60)
    others = [trail_service(signing_settings, service.settings.database_url, tmp_path, empty=False) for _ in range(3)]
    start, failed = threading.Barrier(3), []

    def work(one: Service, writes: bool) -> None:
        try:
            start.wait()
            if writes:
                deeds(one, 61, 90)
            else:
                while seal_batch(one.sessions, 7):
                    pass
                seal(one, NOON)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(one, n == 0)) for n, one in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal(service, NOON)
    assert failed == []
    assert [entry.position for entry in chain(service)] == list(range(1, 91))
    assert check(service, "test", NOON).ok
    for one in others:
        one.close()


ONE_STORE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ONE_STORE
def test_a_head_can_be_checked_with_openssl_alone(service: Service, signing_settings: Settings, tmp_path: Path) -> None:
    deeds(service, 1, 3)
    seal(service, NOON)
    deeds(service, 4, 4)
    seal(service, NOON + timedelta(hours=1))
    (first, second) = sorted((tmp_path / "heads" / "2026").glob("*.json"))
    assert (first.name, second.name) == ("head-000000000003.json", "head-000000000004.json")
    told = json.loads(second.read_text())
    assert told["portal"] == "credit.example.gov.cn"
    assert told["previous"] == {"position": 3, "digest": json.loads(first.read_text())["digest"]}
    root = next(signing_settings.keys_dir.rglob("root.pem"))
    command = ["openssl", "cms", "-verify", "-inform", "PEM", "-binary", "-purpose", "any", "-CAfile", str(root)]
    moment = ["-attime", str(int(NOON.timestamp())), "-out", str(tmp_path / "out")]
    right = [*command, *moment, "-in", str(second.with_suffix(".p7s")), "-content"]
    assert subprocess.run([*right, str(second)], capture_output=True).returncode == 0
    assert subprocess.run([*right, str(first)], capture_output=True).returncode != 0


@ONE_STORE
def test_heads_are_written_once_and_again_when_they_could_not_be(service: Service, tmp_path: Path) -> None:
    deeds(service, 1, 2)
    (tmp_path / "heads").write_text("not a folder")
    with pytest.raises(Problem) as refused:
        seal(service, NOON)
    assert refused.value.code == "AUDIT_EXPORT_FAILED"
    assert [entry.position for entry in chain(service)] == [1, 2]
    (tmp_path / "heads").unlink()
    again = seal(service, NOON)
    assert (again.entries, again.signed, again.exported) == (0, False, 1)
    assert copy_heads(service.reading, tmp_path / "taken") == 1
    assert copy_heads(service.reading, tmp_path / "taken") == 1
    # A store brought back from before the first head is sealed anew: the head outside is another, and it stays.
    path = tmp_path / "heads" / "2026" / "head-000000000002.json"
    before = path.read_bytes()
    with service.sessions.begin() as session:
        session.get_one(AuditHead, 2).content = "{}"
        session.get_one(AuditHead, 2).exported_at = None
    with pytest.raises(Problem) as conflict:
        seal(service, NOON)
    assert conflict.value.code == "AUDIT_EXPORT_CONFLICT"
    assert path.read_bytes() == before
    assert {one.name for one in path.parent.iterdir()} == {path.name, path.with_suffix(".p7s").name}
