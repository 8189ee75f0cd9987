"""Imports that are killed, or that come at the same time: the drop is whole, and the same file can be sent again."""

from __future__ import annotations

import fcntl
import signal
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.doublepublicity.drop import Drop, Drops
from creditreport.doublepublicity.models import ImportRow
from creditreport.service import Service
from tests.forked import run_forked
from tests.integration.city import City
from tests.integration.uploads import counts, declare, drops, pulled, send
from tests.publicity import row, write


@pytest.fixture
def folder(city: City, tmp_path: Path) -> Path:
    return declare(city, tmp_path / "drops")


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from creditreport.clock import SHANGHAI
from creditreport.doublepublicity import drop, importing
from creditreport.service import Service
moment, file = sys.argv[1:]
def killing(function, before):
    def call(*arguments, **named):
        if not before:
            function(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    return call
owner, name, before = {
    "prepared": (drop.Drops, "prepare", False), "sent back": (importing, "_send_back", False),
    "logged": (drop.Drops, "publish", True), "checksum": (drop.os, "utime", True),
    "published": (drop.Drops, "publish", False), "unmarked": (drop.Drops, "mark", True),
    "done": (importing, "_done", False),
}[moment]
setattr(owner, name, killing(getattr(owner, name), before))
request = importing.ImportRequest(Path(file), "health", "test:张某")
importing.import_form(Service(), request, datetime(2026, 11, 21, 13, tzinfo=SHANGHAI))
"""


@pytest.mark.parametrize("moment", ["prepared", "sent back", "logged", "checksum", "published", "done"])
def test_killed_at_any_moment_it_can_be_done_again(
    service: Service, folder: Path, tmp_path: Path, environment: dict[str, str], moment: str
) -> None:
    send(service, write(tmp_path / "a.csv", [row(1), row(2)]))
    rows = [row(2, CF_NR_FK="0.6", CF_NR="罚款6000元"), row(3), row(4, CF_CFLB="罚金")]
    file = write(tmp_path / "b.csv", rows)
    killed = run_forked(KILLED, [moment, str(file)], environment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # A reader meets the old drop or the new one, never half of one.
    assert pulled(service, 2) in (("complete", ["5000"]), ("complete", ["6000"]))

    told = send(service, file, at=14)
    assert counts(told) == (3, 2, 1, 0)
    assert (told["replaced"], told["drop"]["rows"]) == (1, 4)
    assert told["repeated"] == (moment in ("published", "done"))
    assert len(drops(folder)) == 2
    assert [pulled(service, number) for number in (1, 2, 3)] == [
        ("complete", ["5000"]), ("complete", ["6000"]), ("complete", ["5000"]),
    ]  # fmt: skip
    with service.reading() as session:
        assert [(one.state, one.accepted) for one in session.scalars(select(ImportRow).order_by(ImportRow.id))] == [
            ("done", 2), ("done", 2),
        ]  # fmt: skip
        actions = [entry.action.split(".")[1] for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions == ["imported", "imported", "replaced"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_imports_at_once_lose_nothing(
    service: Service, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [write(tmp_path / f"{number}.csv", [row(number)]) for number in (1, 2)]
    lock, read_drop, asked, second_asks = fcntl.flock, Drops.read, count(1), Event()

    def ask_for_the_lock(handle: int, how: int) -> None:
        if next(asked) == 2:
            second_asks.set()
        lock(handle, how)

    def read_when_both_are_there(drops: Drops) -> Drop:
        assert second_asks.wait(30)
        return read_drop(drops)

    monkeypatch.setattr("creditreport.doublepublicity.drop.fcntl.flock", ask_for_the_lock)
    monkeypatch.setattr(Drops, "read", read_when_both_are_there)
    with ThreadPoolExecutor(2) as threads:
        told = [one.result() for one in [threads.submit(send, service, file) for file in files]]
    assert sorted(one["drop"]["rows"] for one in told) == [1, 2]
    assert [pulled(service, number) for number in (1, 2)] == [("complete", ["5000"])] * 2


@pytest.mark.parametrize("kind", ["sha256", "md5"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_drop_has_the_checksum_and_the_marker_that_the_manifest_waits_for(
    city: City, service: Service, tmp_path: Path, environment: dict[str, str], kind: str
) -> None:
    pattern = 'pattern = "wjw_sgs_*.csv"'
    declare(city, tmp_path / "drops", **{pattern: f'{pattern}\nchecksum = "{kind}"\ndone_marker = true'})
    send(service, write(tmp_path / "a.csv", [row(1)]))
    assert pulled(service, 1) == ("complete", ["5000"])
    # Killed when the drop is in its place and its marker is not: the next import completes it.
    file = write(tmp_path / "b.csv", [row(2)])
    killed = run_forked(KILLED, ["unmarked", str(file)], environment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert pulled(service, 2) == ("complete", [])
    assert send(service, file, at=14)["repeated"]
    assert pulled(service, 2) == ("complete", ["5000"])
    assert send(service, write(tmp_path / "c.csv", [row(3)]), at=15)["drop"]["rows"] == 3
