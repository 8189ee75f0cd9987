"""Back up while reports are issued, destroy the store, restore: every report issued before the backup verifies."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.engine import make_url

from creditreport.audit.models import AuditEntry
from creditreport.audit.sealing import seal
from creditreport.cli import main
from creditreport.config import load_settings
from creditreport.db import make_engine
from creditreport.errors import Problem
from creditreport.operations.backup import LIST, last_backup, make_backup
from creditreport.operations.postgres_tools import environment as libpq
from creditreport.operations.postgres_tools import tool
from creditreport.operations.restore import restore_backup
from creditreport.reports.issue import IssuedReport, issue_report
from creditreport.reports.models import CreditReport
from creditreport.reports.request import IssueRequest
from creditreport.service import Service
from creditreport.verification.by_code import verify_code
from creditreport.verification.status import VerdictStatus
from creditreport.verification.verify import verify_file
from tests.conftest import NOON
from tests.integration.asking import Sync
from tests.integration.city import City
from tests.replica import tools as server_tools

AT_ONCE = 2


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of the server that the tests run."""
    monkeypatch.setenv("PATH", f"{server_tools()}:/usr/bin:/bin")


def issue(service: Service, code: str) -> IssuedReport:
    return issue_report(service, IssueRequest(code, "1", "finance", "test"), NOON)


def destroy(service: Service) -> None:
    """The store is gone; an empty one stands in its place."""
    service.engine.dispose()
    url = make_url(service.settings.database_url)
    if url.get_backend_name() == "sqlite":
        for path in Path(url.database or "").parent.glob(f"{Path(url.database or '').name}*"):
            path.unlink()
        return
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{url.database}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{url.database}"'))
    admin.dispose()


def test_the_drill(
    city: City, service: Service, environment: dict[str, str], sync: Sync, tmp_path: Path, fonts: object
) -> None:
    codes = [city.business(number, f"盐城第{number}有限公司") for number in range(1, 4)]
    sync()
    before = [issue(service, code) for code in codes]
    seal(service, NOON)
    meanwhile: list[IssuedReport] = []
    ended = threading.Event()

    def load() -> None:
        while not ended.is_set():
            meanwhile.append(issue(service, codes[0]))

    threads = [threading.Thread(target=load) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    try:
        while not meanwhile and threads[0].is_alive():
            threads[0].join(0.01)
        made = make_backup(service, tmp_path / "backup", "test", NOON)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    with service.reading() as session:
        assert last_backup(session) == NOON
    after = issue(service, codes[1])
    destroy(service)

    with Service(load_settings(environment), service.clock) as restored:
        told = restore_backup(restored, tmp_path / "backup", "test", NOON)
        restored.__dict__["fonts"] = fonts
        with restored.reading() as session:
            for report in before:
                assert verify_code(session, report.content.verification_code, NOON).status is VerdictStatus.VALID
                verdict = verify_file(session, report.pdf, NOON, restored.trust, 10**7)
                assert verdict.status is VerdictStatus.VALID
            # What was issued after the backup is lost with the store, wholly: never half there.
            gone = verify_code(session, after.content.verification_code, NOON)
            assert gone.status is VerdictStatus.UNKNOWN
            kept = session.scalar(select(func.count()).select_from(CreditReport))
        assert kept == made.rows["credit_report"] == made.rows["report_pdf"]
        assert len(before) <= kept <= len(before) + len(meanwhile)
        # No number that may stand on a lost paper is given out again.
        fresh = issue(restored, codes[2])
        assert fresh.number not in {report.number for report in (*before, *meanwhile, after)}
        assert int(fresh.number[14:20]) == told.numbers_after + 1
        with restored.reading() as session:
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "store.restored")).one()
            # The backup that it came from is not one that this store can be brought back from again as it is now.
            assert last_backup(session) is None
        assert entry.detail["numbers_to"] == told.numbers_after
        seal(restored, NOON)
        from creditreport.audit.check import check_all

        assert check_all(restored, NOON).found == 0


@pytest.fixture
def made(service: Service, tmp_path: Path) -> Path:
    make_backup(service, tmp_path / "made", "test", NOON)
    return tmp_path / "made"


def refused(service: Service, folder: Path) -> str:
    with pytest.raises(Problem) as problem:
        restore_backup(service, folder, "test", NOON)
    return problem.value.code


def test_a_store_that_holds_something_is_not_overwritten(service: Service, made: Path) -> None:
    assert refused(service, made) == "STORE_NOT_EMPTY"
    with service.engine.connect() as connection:
        assert "credit_report" in inspect(connection).get_table_names()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("harm", ["changed", "missing", "unlisted", "newer", "half"])
def test_a_damaged_backup_is_refused_whole(service: Service, made: Path, harm: str) -> None:
    destroy(service)
    dump, listed = made / "store.sqlite3", json.loads((made / LIST).read_text())
    if harm == "changed":
        dump.write_bytes(dump.read_bytes()[:-1] + b"?")
    elif harm == "missing":
        dump.unlink()
    elif harm == "half":
        (made / LIST).unlink()
    else:
        listed = listed | ({"schema": "9999"} if harm == "newer" else {"files": {}})
        (made / LIST).write_text(json.dumps(listed))
    assert refused(service, made) == "BACKUP_DAMAGED"
    with make_engine(service.settings.database_url).connect() as connection:
        assert inspect(connection).get_table_names() == []
        connection.engine.dispose()


def test_no_secret_is_in_a_backup(service: Service, made: Path) -> None:
    kind = "PRIVATE"
    (service.settings.keys_dir / "mixed.pem").write_text(f"-----BEGIN {kind} KEY-----\n")
    again = made.with_name("again")
    make_backup(service, again, "test", NOON)
    (service.settings.keys_dir / "mixed.pem").unlink()
    names = {path.suffix for path in (again / "keys").rglob("*") if path.is_file()}
    assert names == {".pem"}
    text_files = b"".join(path.read_bytes() for path in again.rglob("*") if path.is_file())
    assert b"PRIVATE KEY" not in text_files
    assert service.settings.secret_key.encode() not in text_files
    assert (again.stat().st_mode & 0o077) == 0


def test_a_backup_never_takes_anothers_place(service: Service, made: Path) -> None:
    with pytest.raises(Problem) as problem:
        make_backup(service, made, "test", NOON)
    assert problem.value.code == "BACKUP_PLACE"


def test_tools_of_an_older_version_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("creditreport.operations.postgres_tools.DEBIAN", tmp_path)
    with pytest.raises(Problem) as problem:
        tool("pg_dump", 99)
    assert problem.value.code == "SERVER_TOOLS_MISSING"


def test_the_password_is_in_no_argument() -> None:
    given = libpq("postgresql+psycopg://who:p%40ss@db.example:6432/city?sslmode=verify-full")
    assert given == {
        "PGHOST": "db.example", "PGPORT": "6432", "PGUSER": "who", "PGPASSWORD": "p@ss", "PGDATABASE": "city",
        "PGSSLMODE": "verify-full",
    }  # fmt: skip


def test_the_commands(
    service: Service, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = str(tmp_path / "by-command")
    backed = CliRunner().invoke(main, ["backup", "--out", out, "--json"], catch_exceptions=False)
    assert json.loads(backed.stdout)["rows"]["credit_report"] == 0
    destroy(service)
    back = CliRunner().invoke(main, ["restore", out, "--json"], catch_exceptions=False)
    assert (back.exit_code, json.loads(back.stdout)["numbers_after"]) == (0, 300_000)
    assert CliRunner().invoke(main, ["restore", out, "--json"]).exit_code == 1
