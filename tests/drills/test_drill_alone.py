"""Faults that need no town: the disk full, clocks apart, the timestamp authority and the token gone and back."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from creditreport.clock import FixedClock
from creditreport.config import Settings, load_settings
from creditreport.errors import Problem
from creditreport.jobs.outbox import enqueue
from creditreport.jobs.run import run_all
from creditreport.reports.batch_reissue import KIND
from creditreport.reports.fonts import FontSet
from creditreport.signing import hardware
from tests.authority import PASSPHRASE, running_authority
from tests.conftest import NOON
from tests.drills.conftest import Tell
from tests.drills.disk import small_disk
from tests.drills.sound import numbers_by_state, reports, unsound
from tests.forked import COMMAND, Running
from tests.portal import Portal, environment, make_portal
from tests.softtoken import MODULE, PIN, SoftToken

DAY = timedelta(days=1)
MEGABYTE = 1024 * 1024
LINES = 16


def make_list(folder: Path, portal: Portal, lines: int) -> Path:
    file = folder / "list.csv"
    rows = [f"{portal.mine if at % 2 else portal.other},{1 + at % 3},finance" for at in range(lines)]
    file.write_text("\n".join(["uscc,years,purpose", *rows, ""]), encoding="utf-8")
    return file


def issue_batch(portal: Portal, file: Path, out: Path, *, now: datetime = NOON, room: int | None = None) -> Running:
    """A process that issues for the list, or goes on with it; ``room`` is the most that a file of its may hold."""
    words = ["issue-batch", str(file), "--out", str(out), "--resume", "--json"]
    variables = {**portal.service.settings.environ, "CREDITREPORT_CLOCK": now.isoformat()}
    return Running(COMMAND, words, variables, room)


def told(process: Running) -> dict[str, Any]:
    """What the process said, once it has ended."""
    done = process.done()
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def handed_out(out: Path) -> list[str]:
    """The numbers in the folder's result."""
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["number"] for row in csv.DictReader(file)]


@pytest.fixture
def portal(tmp_path: Path, signing_settings: Settings, fonts: FontSet, fonts_var_dir: Path) -> Portal:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "fonts").symlink_to(fonts_var_dir / "fonts")
    made = make_portal(tmp_path, signing_settings, fonts)
    made.city.penalty(7, "P", made.mine)
    return made


@pytest.mark.parametrize("full", ["store", "folder"])
def test_disk_full(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet, fonts_var_dir: Path, tell: Tell, full: str
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "fonts").symlink_to(fonts_var_dir / "fonts")
    with small_disk(tmp_path / "disk", (3 * MEGABYTE if full == "store" else MEGABYTE // 2)) as disk:
        place = disk.folder if full == "store" else tmp_path
        made = make_portal(tmp_path, signing_settings, fonts, DATABASE_URL=f"sqlite:///{place / 'store.sqlite3'}")
        out = (tmp_path if full == "store" else disk.folder) / "out"
        file = make_list(tmp_path, made, LINES)
        error = told(issue_batch(made, file, out, room=disk.quota))["error"]["code"]
        assert error == ("STORE_UNAVAILABLE" if full == "store" else "OUTPUT_NOT_WRITABLE")
        before = reports(made.service)
        assert 0 < before < LINES
        disk.grow()
        # Nobody repairs anything: it is only begun again.
        done = told(issue_batch(made, file, out, room=disk.quota))
        assert (done["issued"], reports(made.service), len(set(handed_out(out)))) == (LINES, LINES, LINES)
        assert unsound(made.service) == []
        tell(f"{disk.kind}; {error} after {before} of {LINES}; numbers: {numbers_by_state(made.service)}")
        made.service.close()


def test_clocks_that_jump(portal: Portal, tmp_path: Path, tell: Tell) -> None:
    portal.city.run("UPDATE watermark SET at = '2026-11-20 01:00:00'")
    file = make_list(tmp_path, portal, 6)
    moments = {"ahead": NOON + DAY, "behind": NOON - DAY, "right": NOON}
    running = [issue_batch(portal, file, tmp_path / name, now=now) for name, now in moments.items()]
    first = dict(zip(moments, (told(process)["issued"] for process in running), strict=True))
    # What the one whose clock is ahead took for left over was lost to the others, who ask again.
    for name, now in moments.items():
        if first[name] < 6:
            told(issue_batch(portal, file, tmp_path / name, now=now))
    numbers = [number for name in moments for number in handed_out(tmp_path / name)]
    assert (len(set(numbers)), reports(portal.service)) == (18, 18)
    assert unsound(portal.service) == []
    tell(
        f"three processes a day apart: {list(first.values())} of 6 at once, all in the end; "
        f"numbers: {numbers_by_state(portal.service)}"
    )


def test_timestamp_authority_gone_and_back(portal: Portal, tmp_path: Path, tell: Tell) -> None:
    with running_authority(tmp_path) as authority:
        keys, levels = tmp_path / "keys", []
        authority.settings(keys)
        (keys / "demo").mkdir()
        (keys / "signer.p12").rename(keys / "demo" / "signer.p12")
        given = {
            "KEYS_DIR": str(keys), "SIGNING_PASSPHRASE": PASSPHRASE, "SIGNATURE_LEVEL": "B-T",
            "TSA_URL": authority.tsa(), "AUTHORITY_TIMEOUT_SECONDS": "2",
        }  # fmt: skip
        changed = {f"CREDITREPORT_{name}": value for name, value in given.items()}
        portal.service.settings = load_settings({**portal.service.settings.environ, **changed})
        for fault in (None, "hang", None, "broken", None):
            authority.faults = {"tsa": fault} if fault else {}
            levels.append(portal.issue(portal.mine).document.signature_level)
    assert unsound(portal.service) == []
    assert (levels, reports(portal.service)) == (["B-T", "B-B", "B-T", "B-B", "B-T"], 5)
    tell(f"levels {' '.join(levels)}")


def test_token_gone_and_back(
    portal: Portal, tmp_path: Path, signing_settings: Settings, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    hardware.token.cache_clear()
    soft = SoftToken(tmp_path)
    soft.make_key(signing_settings, "seal")
    variables = environment(
        tmp_path, portal.city, signing_settings, PKCS11_MODULE=MODULE, PKCS11_TOKEN="city", PKCS11_KEY="seal",
        PKCS11_PIN=PIN,
    )  # fmt: skip
    del variables["CREDITREPORT_SIGNING_PASSPHRASE"]
    portal.service.settings = load_settings(variables)
    number = portal.issue(portal.mine).number
    with portal.service.sessions.begin() as session:
        enqueue(session, KIND, number, {"number": number, "reason": "drill"}, now=NOON)
    soft.pull()
    with pytest.raises(Problem) as refused:
        portal.issue(portal.mine)
    assert refused.value.code == "SIGNING_UNAVAILABLE"
    assert [(one.state, one.code) for one in run_all(portal.service)] == [("waiting", "SIGNING_UNAVAILABLE")]
    soft.put_back()
    portal.issue(portal.mine)
    portal.service.clock = FixedClock(NOON + timedelta(minutes=1))
    assert [one.state for one in run_all(portal.service)] == ["done"]
    assert unsound(portal.service) == []
    assert reports(portal.service) == 3
    tell(f"refused while it was gone, nothing restarted; numbers: {numbers_by_state(portal.service)}")
    hardware.token.cache_clear()
