"""Keys through their life: taken into use, changed, withdrawn; and the reports that they signed."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from creditreport.accounts.demo import DemoAccount, make_demo_accounts
from creditreport.audit.models import AuditEntry
from creditreport.cli import main
from creditreport.clock import SHANGHAI, FixedClock
from creditreport.config import load_settings
from creditreport.errors import Problem
from creditreport.notices.models import Notice
from creditreport.reports.archive import find_report
from creditreport.reports.ending.telling import replacements_of
from creditreport.reports.issue import IssuedReport
from creditreport.reports.reissue import reissue_report
from creditreport.reports.withdraw_key import signed_reports, to_reissue, withdraw_key
from creditreport.service import Service
from creditreport.signing import rotate
from creditreport.signing.keyfiles import load_bundle
from creditreport.signing.models import SigningKeyRow
from creditreport.signing.register import look_up_key, use_key
from creditreport.signing.rotate import Rotation, rotate_key
from creditreport.verification.verify import verify_file
from tests.conftest import NOON
from tests.integration.asking import Sync, ask, numbers
from tests.integration.city import City

LATER = NOON + timedelta(hours=2)
THEFT = NOON + timedelta(hours=1)

# What does not touch the store in a way of its own is tried on one kind.
ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The city's, with keys of its own that a test may change."""
    keys = tmp_path / "keys"
    shutil.copytree(environment["CREDITREPORT_KEYS_DIR"], keys)
    del environment["CREDITREPORT_CLOCK"]
    return environment | {"CREDITREPORT_KEYS_DIR": str(keys)}


@pytest.fixture
def code(city: City, sync: Sync) -> str:
    uscc = city.business(1, "盐城甲有限公司")
    sync()
    return uscc


def at(service: Service, moment: datetime) -> Service:
    service.clock = FixedClock(moment)
    return service


def rotated(service: Service, **how: Any) -> Rotation:
    return rotate_key(service.settings, service.sessions, service.clock.now(), by="test", **how)


def withdrawn(service: Service, fingerprint: str, since: datetime = THEFT) -> Any:
    return withdraw_key(
        service.sessions, fingerprint, since=since, reason="服务器失窃", by="test", now=service.clock.now()
    )


def verdict(service: Service, issued: IssuedReport) -> str:
    with service.reading() as session:
        return verify_file(session, issued.pdf, service.clock.now(), service.trust, 10**7).status.value


def states(service: Service) -> dict[str, str]:
    with service.reading() as session:
        return {row.fingerprint: row.state for row in session.scalars(select(SigningKeyRow))}


def actions(service: Service) -> list[str]:
    with service.reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@ONE_KIND
def test_a_rotation_needs_no_restart_and_earlier_reports_stay_valid(service: Service, code: str) -> None:
    folder = service.settings.keys_dir / "demo"
    owner = 54321 if os.geteuid() == 0 else os.geteuid()
    os.chown(folder / "signer.p12", owner, -1)
    before = ask(service, code)
    done = rotated(service)
    assert (folder / "signer.p12").stat().st_uid == owner
    after = ask(service, code)
    old, new = before.document.signer_fingerprint, after.document.signer_fingerprint
    assert (done.fingerprint, done.retired, done.changed) == (new, (old,), True)
    assert states(service) == {old: "retired", new: "active"}
    assert [verdict(service, one) for one in (before, after)] == ["VALID", "VALID"]
    with service.reading() as session:
        assert [one.number for one in signed_reports(session, old)] == [before.number]
        assert [one.number for one in signed_reports(session, new)] == [after.number]
    assert actions(service).count("key.rotated") == 1
    assert rotated(service) == Rotation(new, (), False), "the same command, given twice"
    (kept,) = (folder / "retired").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == stat.S_IMODE((folder / "signer.p12").stat().st_mode) == 0o600
    assert load_bundle(kept, service.settings).certificate.serial_number
    assert rotated(at(service, LATER)).retired == (new,)


@ONE_KIND
def test_a_rotation_that_was_killed_is_finished_not_repeated(
    service: Service, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(service, code).document.signer_fingerprint
    with monkeypatch.context() as patched:
        patched.setattr(rotate, "_registered", lambda *_: None)
        rotated(service)
    second = service.signer.fingerprint
    assert second != first
    assert states(service) == {first: "active"}
    assert rotated(service) == Rotation(second, (first,), True)
    assert states(service) == {first: "retired", second: "active"}


@ONE_KIND
def test_two_rotations_at_once_make_one_new_key(service: Service, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(service, code).document.signer_fingerprint
    both_asked, real = threading.Barrier(2), rotate._alone

    def alone(settings: Any) -> Any:
        both_asked.wait(30)
        return real(settings)

    monkeypatch.setattr(rotate, "_alone", alone)
    results: list[Rotation] = []
    threads = [threading.Thread(target=lambda: results.append(rotated(service))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.fingerprint for one in results}) == 1
    assert sorted(one.changed for one in results) == [False, True]
    assert sorted(states(service).values()) == ["active", "retired"]
    assert first in states(service)


@ONE_KIND
def test_production_takes_the_file_that_the_operator_brings(
    service: Service, code: str, environment: dict[str, str], tmp_path: Path
) -> None:
    first = ask(service, code).document.signer_fingerprint
    keys = Path(environment["CREDITREPORT_KEYS_DIR"])
    shutil.copy(keys / "demo" / "signer.p12", keys / "signer.p12")
    (keys / "trust").mkdir(exist_ok=True)
    shutil.copy(keys / "demo" / "root.pem", keys / "trust" / "root.pem")
    new = tmp_path / "new.p12"
    new.write_bytes(rotate.make_demo_signer(service.settings, NOON))
    service.settings = load_settings(environment | {"CREDITREPORT_ENV": "production"})
    for how, named in (({}, "NEW_KEY_NEEDED"), ({"new": new}, "SIGNING_UNAVAILABLE")):
        new.chmod(0o644)
        with pytest.raises(Problem) as caught:
            rotated(service, **how)
        assert caught.value.code == named
    assert states(service) == {first: "active"}
    new.chmod(0o600)
    done = rotated(service, new=new)
    assert (done.retired, done.changed) == ((first,), True)
    assert rotated(service, new=new) == Rotation(done.fingerprint, (), False)


@ONE_KIND
def test_a_withdrawn_key(service: Service, code: str) -> None:
    before = ask(service, code)
    stolen = before.document.signer_fingerprint
    after = ask(at(service, LATER), code)
    done = withdrawn(service, stolen[:12])
    assert (done.revoked, done.standing, done.changed) == ((after.number,), 1, True)
    assert [verdict(service, one) for one in (before, after)] == ["VALID", "REVOKED"]

    # It signs nothing any more: neither where it was read before, nor where it is read now.
    for sellers in (service, Service(service.settings, service.clock)):
        sellers.fonts = service.fonts
        with pytest.raises(Problem) as caught:
            ask(sellers, code)
        assert caught.value.code == "SIGNING_UNAVAILABLE"
        assert "keys rotate" in caught.value.zh
    assert ("abandoned", "SIGNING_UNAVAILABLE") in numbers(service)

    again = withdrawn(service, stolen)
    assert (again.revoked, again.changed) == ((), False)
    with pytest.raises(Problem, match="register has no signing key"):
        withdrawn(service, "00000000")
    rotated(service)
    with pytest.raises(Problem) as caught:
        withdrawn(service, stolen, since=LATER + timedelta(days=1))
    assert caught.value.code == "INVALID_MOMENT"
    assert actions(service).count("key.revoked") == 1
    assert states(service)[stolen] == "revoked"

    # The moment may be moved back when more is known.
    assert withdrawn(service, stolen, since=NOON).revoked == (before.number,)


def test_what_was_revoked_is_issued_again(service: Service, code: str) -> None:
    first = ask(at(service, LATER), code, years="2", purpose="finance")
    stolen = first.document.signer_fingerprint
    withdrawn(service, stolen)
    rotated(service)
    with service.reading() as session:
        assert to_reissue(session, stolen, LATER) == [first.number]
        assert to_reissue(session, stolen, LATER + timedelta(days=60)) == [], "it would have expired"
    second = reissue_report(service, first.number, reason="服务器失窃", by="test", now=LATER)
    assert (second.content.years, second.content.purpose) == (2, "finance")
    assert second.document.signer_fingerprint != stolen
    assert [verdict(service, one) for one in (first, second)] == ["REVOKED", "VALID"]
    with service.reading() as session:
        assert find_report(session, first.number).superseded_by == second.number
        assert replacements_of(session, [first.number])[first.number].why is None, "the operator's own words"
        assert to_reissue(session, stolen, LATER) == []
    with pytest.raises(Problem) as caught:
        reissue_report(service, first.number, reason="再次", by="test", now=LATER)
    assert (caught.value.code, caught.value.details["successor"]) == ("ALREADY_REPLACED", second.number)


def test_a_report_that_stood_is_superseded_once(service: Service, code: str) -> None:
    first = ask(service, code)
    together, outcomes = threading.Barrier(2), []

    def reissue() -> None:
        together.wait(30)
        try:
            outcomes.append(reissue_report(service, first.number, reason="更正", by="test", now=LATER).number)
        except Problem as problem:
            outcomes.append(problem.code)

    service.signer, service.catalog, service.editions, service.fonts  # noqa: B018 - once, before there are two
    threads = [threading.Thread(target=reissue) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "ALREADY_REPLACED" in outcomes
    (successor,) = [one for one in outcomes if one != "ALREADY_REPLACED"]
    assert verdict(service, first) == "SUPERSEDED"
    with service.reading() as session:
        report = find_report(session, first.number)
        assert (report.superseded_by, report.status_reason, report.status_by) == (successor, "更正", "test")
    assert actions(service).count("report.replaced") == 1


def test_a_withdrawal_waits_for_a_report_that_is_being_stored(service: Service, code: str) -> None:
    ask(service, code)
    if service.engine.dialect.name == "sqlite":
        return  # there, a transaction that writes is alone from its beginning
    with service.sessions.begin() as storing, service.sessions() as another, service.sessions() as withdrawing:
        use_key(storing, service.signer.key, NOON)
        another.execute(text("SET lock_timeout = '5s'"))
        use_key(another, service.signer.key, NOON)  # reports do not wait for each other
        another.rollback()
        withdrawing.execute(text("SET lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            look_up_key(withdrawing, service.signer.fingerprint, lock=True)


def run(environment: dict[str, str], *arguments: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(main, [*arguments, "--json"], env=environment | {"CREDITREPORT_LANG": "en"})
    return done.exit_code, json.loads(done.stdout)


@ONE_KIND
def test_the_commands(service: Service, code: str, environment: dict[str, str]) -> None:
    environment |= {"CREDITREPORT_CLOCK": LATER.isoformat()}
    assert [run(environment, "keys", "init")[1]["new"] for _ in range(2)] == [[], []]
    assert actions(service).count("key.entered") == 1
    make_demo_accounts(service.settings, service.sessions, [DemoAccount("mine", code, "甲")], NOON)
    stolen = (first := ask(at(service, LATER), code)).document.signer_fingerprint
    status, shown = run(environment, "keys", "show")
    assert (status, shown["fingerprint"], [one["state"] for one in shown["keys"]]) == (0, stolen, ["active"])
    status, told = run(environment, "keys", "revoke", stolen, "--since", "2026-11-21", "--reason", "失窃")
    assert (status, told["revoked"], told["to_reissue"]) == (0, [first.number], [first.number])
    assert told["since"] == datetime(2026, 11, 21, tzinfo=SHANGHAI).isoformat()
    status, told = run(environment, "keys", "rotate")
    assert (status, told["retired"], told["changed"]) == (0, [], True)
    status, told = run(environment, "keys", "reissue", stolen)
    assert (status, [one["error"] for one in told["reports"]]) == (0, [None])
    with service.reading() as session:
        assert list(session.scalars(select(Notice.kind))) == ["report_revoked", "report_replaced"]
    status, listed = run(environment, "keys", "reports", stolen)
    assert (status, listed["reports"][0]["successor"]) == (0, told["reports"][0]["successor"])
    status, told = run(environment, "keys", "revoke", stolen, "--since", "yesterday", "--reason", "失窃")
    assert (status, told["error"]["code"]) == (2, "INVALID_MOMENT")
