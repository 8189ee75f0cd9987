"""The files of a pack are not kept: each goes as it is checked, also when that is killed, repeated, or never ends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from creditreport.audit.models import AuditEntry
from creditreport.bidpacks import limits
from creditreport.bidpacks.check import AT_ONCE, check_job, check_pack
from creditreport.bidpacks.find import KEPT, find_pack
from creditreport.bidpacks.items import Upload
from creditreport.bidpacks.models import BidPack, BidPackItem, BidSheet
from creditreport.bidpacks.signing import sheet_by_code, sheet_file
from creditreport.bidpacks.start import JOB, Started
from creditreport.bidpacks.sweep import sweep_packs
from creditreport.clock import FixedClock
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.jobs.registry import HANDLERS, PERIODIC
from creditreport.jobs.run import function_of, run_one
from creditreport.reports.fonts import FontSet
from creditreport.signing.keyfiles import key_places
from tests.bidding import Bidding, codes_in, make_bidding
from tests.conftest import NOON
from tests.forked import run_forked

FILES = 2 * AT_ONCE + 1
# Checks one pack, and is killed when the first lot is stored.
KILLED = """
import os, signal, sys
from creditreport.bidpacks import check
from creditreport.service import Service

store = check._store_facts

def last(*what):
    store(*what)
    os.kill(os.getpid(), signal.SIGKILL)

check._store_facts = last
service = Service()
check.check_pack(service, sys.argv[1], service.clock.now())
"""


@pytest.fixture(scope="module")
def bidding(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Bidding]:
    made = make_bidding(tmp_path_factory.mktemp("bidding"), signing_settings, fonts)
    yield made
    made.service.close()


@pytest.fixture(scope="module")
def uploads(bidding: Bidding) -> list[Upload]:
    """Genuine reports and others, more than one commit takes."""
    reports = [bidding.issue(number) for number in range(AT_ONCE)]
    strangers = [Upload(f"s{at}.pdf", b"%PDF-1.7\n" + bytes([at]) * 500) for at in range(FILES - AT_ONCE)]
    return [*[Upload(f"{at}.pdf", one.pdf) for at, one in enumerate(reports)], *strangers]


def stored(bidding: Bidding, started: Started) -> list[tuple[bool, bool]]:
    """Of each item that is stored: whether its bytes are there, and whether it is checked."""
    with bidding.service.reading() as session:
        rows = session.execute(
            select(BidPackItem.data.is_not(None), BidPackItem.facts.is_not(None))
            .where(BidPackItem.pack_id == started.id)
            .order_by(BidPackItem.position)
        )
        return [(bool(data), bool(facts)) for data, facts in rows]


def entries(bidding: Bidding, started: Started) -> list[str]:
    with bidding.service.reading() as session:
        subject = AuditEntry.subject == f"bidpack:{started.id}"
        return list(session.scalars(select(AuditEntry.action).where(subject).order_by(AuditEntry.id)))


def at(bidding: Bidding, days: float) -> None:
    bidding.service.clock = FixedClock(NOON + timedelta(days=days))


def test_killed_in_the_middle_and_done_again(bidding: Bidding, uploads: list[Upload]) -> None:
    started = bidding.start(*uploads)
    assert stored(bidding, started) == [(True, False)] * FILES
    settings = bidding.service.settings
    killed = run_forked(KILLED, [started.id], {**settings.environ, "CREDITREPORT_CLOCK": NOON.isoformat()})
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # What was checked is gone, what was not is still there; nothing is both or neither.
    assert stored(bidding, started) == [(False, True)] * AT_ONCE + [(True, False)] * (FILES - AT_ONCE)
    assert (bidding.find(started).checked, bidding.find(started).result) == (AT_ONCE, None)

    check_pack(bidding.service, started.id, NOON)
    assert stored(bidding, started) == []
    found = bidding.find(started)
    assert codes_in(found) == [[]] * AT_ONCE + [["UNREADABLE"]] * (FILES - AT_ONCE)
    assert entries(bidding, started) == ["bidpack.taken", "bidpack.checked"]
    check_pack(bidding.service, started.id, NOON)
    assert bidding.find(started).sheet_code == found.sheet_code


def test_nothing_of_a_file_is_left_in_any_table(bidding: Bidding) -> None:
    report = bidding.issue(50)
    strange = b"%PDF-1.7\nof somebody else " + bytes(range(33, 120))
    found = bidding.check(Upload("mine.pdf", report.pdf), Upload("strange.pdf", strange))
    assert found.sheet_code is not None
    with bidding.service.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):
                kept = [value for value in row if isinstance(value, bytes | str)]
                assert not any(strange[9:40] in (value.encode() if isinstance(value, str) else value) for value in kept)
    # The link is not stored either: only what it is compared by.
    with bidding.service.reading() as session:
        pack = session.get_one(BidPack, found.id)
    assert len(pack.token_sha256) == 64


def test_done_twice_at_once_it_is_done_once(
    database_url: str, tmp_path: Path, signing_settings: Settings, fonts: FontSet
) -> None:
    bidding = make_bidding(tmp_path, signing_settings, fonts, DATABASE_URL=database_url)
    reports = [Upload(f"{number}.pdf", bidding.issue(number).pdf) for number in range(AT_ONCE + 3)]
    started = bidding.start(*reports, Upload("s.pdf", b"%PDF-1.7"))
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(check_pack, bidding.service, started.id, NOON) for _ in range(2)]:
            done.result()
    assert codes_in(bidding.find(started)) == [[]] * len(reports) + [["UNREADABLE"]]
    assert entries(bidding, started) == ["bidpack.taken", "bidpack.checked"]
    with bidding.service.reading() as session:
        assert session.scalar(select(func.count()).select_from(BidSheet)) == 1
    bidding.service.close()


def test_the_job_is_asked_for_with_the_pack_and_does_it(bidding: Bidding) -> None:
    started = bidding.start(Upload("a.pdf", b"%PDF-1.7"))
    assert function_of(HANDLERS[JOB]) is check_job
    ran = run_one(bidding.service, JOB, started.id, NOON)
    assert ran is not None
    assert ran.state.value == "done"
    assert codes_in(bidding.find(started)) == [["UNREADABLE"]]


def test_a_pack_whose_check_never_ends_is_given_up_with_its_files(bidding: Bidding, uploads: list[Upload]) -> None:
    started = bidding.start(*uploads)
    try:
        at(bidding, 0.9)
        assert sweep_packs(bidding.service, bidding.service.clock.now())["given_up"] == 0
        at(bidding, 1.1)
        assert sweep_packs(bidding.service, bidding.service.clock.now())["given_up"] >= 1
        assert stored(bidding, started) == []
        assert bidding.find(started).given_up
        # A late job finds nothing to do.
        check_pack(bidding.service, started.id, bidding.service.clock.now())
        assert bidding.find(started).result is None
        assert entries(bidding, started) == ["bidpack.taken", "bidpack.given_up"]
    finally:
        at(bidding, 0)


def test_after_thirty_days_the_result_is_gone_and_the_sheet_can_still_be_verified(bidding: Bidding) -> None:
    started = bidding.start(Upload("a.pdf", bidding.issue(60).pdf))
    check_pack(bidding.service, started.id, NOON)
    code = bidding.find(started).sheet_code
    assert code is not None
    try:
        bidding.service.clock = FixedClock(NOON + KEPT - timedelta(seconds=1))
        sweep_packs(bidding.service, bidding.service.clock.now())
        assert bidding.find(started).result is not None
        # The link is closed on the second, whether or not the sweep has come.
        bidding.service.clock = FixedClock(NOON + KEPT)
        with bidding.service.reading() as session, pytest.raises(Problem) as caught:
            find_pack(session, started.token, bidding.service.clock.now())
        assert caught.value.code == "PACK_GONE"
        sweep_packs(bidding.service, bidding.service.clock.now())
        with bidding.service.reading() as session:
            assert session.get(BidPack, started.id) is None
            assert sheet_file(session, code) is None
            told = sheet_by_code(session, code)
        assert told is not None
        assert (told.sound, told.counts["usable"]) == (True, 1)
    finally:
        at(bidding, 0)
    assert "creditreport.bidpacks.sweep:sweep_packs" in [function for _, function, _ in PERIODIC]


def test_without_a_signature_the_table_stands_and_the_sheet_comes_later(bidding: Bidding) -> None:
    report = bidding.issue(61)
    started = bidding.start(Upload("a.pdf", report.pdf))
    key = key_places(bidding.service.settings.keys_dir, bidding.service.settings.env).signer
    key.rename(key.with_suffix(".away"))
    try:
        with pytest.raises(Problem) as caught:
            check_pack(bidding.service, started.id, NOON)
        assert caught.value.code == "SIGNING_UNAVAILABLE"
        found = bidding.find(started)
        assert (codes_in(found), found.sheet_code, stored(bidding, started)) == ([[]], None, [])
    finally:
        key.with_suffix(".away").rename(key)
    check_pack(bidding.service, started.id, NOON)
    assert bidding.find(started).sheet_code is not None
    assert entries(bidding, started) == ["bidpack.taken", "bidpack.checked"]


def test_what_waits_is_bounded(bidding: Bidding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creditreport.bidpacks.start.MOST_WAITING_BYTES", 1000)
    with pytest.raises(Problem) as caught:
        bidding.start(Upload("a.pdf", b"%PDF-1.7" + bytes(1000)))
    assert caught.value.code == "PACKS_BUSY"
    assert limits.MOST_WAITING_BYTES > limits.MOST_BYTES
