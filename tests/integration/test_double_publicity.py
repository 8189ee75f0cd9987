"""Importing the double-publicity form: real files, both stores, what issuing reads afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.catalog.pull import pull
from creditreport.cli import main
from creditreport.clock import SHANGHAI
from creditreport.config import CHECKOUT
from creditreport.doublepublicity.form import COLUMNS, REASON_COLUMN
from creditreport.doublepublicity.importing import ImportRequest, import_form
from creditreport.doublepublicity.models import ImportRow
from creditreport.errors import Problem
from creditreport.service import Service
from tests.integration.asking import Sync, ask, refused
from tests.integration.city import City
from tests.publicity import UNIT, code, read, row, write

TYPES = '\n[lookups.form_types]\n"罚款" = "fine"\n"警告" = "warning"\n"没收违法所得" = "confiscation_illegal_gains"\n'


def declare(city: City, folder: Path, **changes: str) -> Path:
    """Field 24 of the city is the real manifest of health, with ``folder`` as its place and ``changes`` in its text."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (CHECKOUT / "domains" / "24_health.toml").read_text(encoding="utf-8")
    told = {
        "env:CREDITREPORT_SOURCE_DROPS/health": str(folder), 'lookup = "penalty_types"': 'lookup = "form_types"',
        "min_rows = 18": "min_rows = 1", **changes,
    }  # fmt: skip
    for before, after in told.items():
        assert before in text
        text = text.replace(before, after)
    (city.domains_dir / "24_field_24.toml").unlink(missing_ok=True)
    (city.domains_dir / "24_health.toml").write_text(text + TYPES, encoding="utf-8")
    return folder


@pytest.fixture
def folder(city: City, tmp_path: Path) -> Path:
    return declare(city, tmp_path / "drops")


def drops(folder: Path) -> list[str]:
    """The files of the folder, also hidden ones; each drop that an import wrote has its checksum."""
    names = sorted(path.name for path in folder.iterdir())
    found = [name for name in names if not name.endswith(".sha256")]
    written = [name for name in found if "20261121" in name]
    assert [f"{name}.sha256" for name in written] == [name for name in names if name.endswith(".sha256")]
    return found


def send(service: Service, file: Path, at: int = 12, **changes: Any) -> dict[str, Any]:
    request = ImportRequest(file, "health", "test:张某", **changes)
    return import_form(service, request, datetime(2026, 11, 21, at, tzinfo=SHANGHAI)).as_json()


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    assert told["accepted"] + told["rejected"] + told["skipped"] == told["rows_read"]
    return told["rows_read"], told["accepted"], told["rejected"], told["skipped"]


def pulled(service: Service, number: int) -> tuple[str, list[str]]:
    answer = pull(service, slug="health", manifest=None, code=code(number), on=None)
    return answer["status"], [record["fine_yuan"] for record in answer["records"]]


@pytest.mark.parametrize(
    ("name", "encoding"), [("a.csv", "utf-8"), ("a.csv", "utf-8-sig"), ("a.csv", "gb18030"), ("a.xlsx", "")]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_of_each_kind_is_read(service: Service, folder: Path, tmp_path: Path, name: str, encoding: str) -> None:
    rows = [row(1), row(2, CF_XDR_LB="自然人", CF_XDR_SHXYM=""), row(3, CF_JDRQ="202611")]
    if name.endswith("xlsx"):
        rows[0] |= {"CF_JDRQ": date(2026, 11, 9), "CF_NR_FK": 0.5}
    told = send(service, write(tmp_path / name, rows, encoding))
    assert counts(told) == (3, 1, 1, 1)
    assert (told["rejected_by_reason"], told["skipped_by_reason"]) == ({"date": 1}, {"natural_person": 1})
    assert pulled(service, 1) == ("complete", ["5000"])
    assert pulled(service, 3) == ("incomplete", [])
    assert pulled(service, 4) == ("complete", [])
    # The 9th was a Monday: nine working days before Saturday the 21st.
    assert told["delay"] == {"limit": 7, "late": 1, "longest": 9, "median": 9}
    assert [(one["line"], one["days"], one["late"]) for one in told["accepted_rows"]] == [(2, 9, True)]


@pytest.mark.parametrize(
    "changes",
    [
        {'pattern = "wjw_sgs_*.csv"': 'pattern = "卫健_*.xlsx"\nsheet = "行政处罚"'},
        {'pattern = "wjw_sgs_*.csv"': 'pattern = "卫_*_x.csv"\nencoding = "gb18030"\ndelimiter = "|"\nheader_row = 3'},
    ],
    ids=["workbook", "GB18030 below a title"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_drop_is_written_as_the_manifest_reads_it(
    city: City, service: Service, tmp_path: Path, changes: dict[str, str]
) -> None:
    folder = declare(city, tmp_path / "drops", **changes)
    send(service, write(tmp_path / "a.csv", [row(1, CF_SY='=1+1|“𠮷”"x"')]))
    send(service, write(tmp_path / "b.csv", [row(2)]), at=13)
    assert len(drops(folder)) == 2
    assert [pulled(service, number) for number in (1, 2)] == [("complete", ["5000"])] * 2
    answer = pull(service, slug="health", manifest=None, code=code(1), on=None)
    assert answer["records"][0]["facts"] == '=1+1|“𠮷”"x"'


def test_rows_are_added_to_those_of_the_last_drop_and_corrections_replace(
    service: Service, folder: Path, tmp_path: Path
) -> None:
    write(
        folder / "wjw_sgs_20261120.csv", [row(1, CF_JDRQ="2026年11月9日"), row(8, CF_XDR_LB="自然人", CF_XDR_SHXYM="")]
    )
    first = send(service, write(tmp_path / "a.csv", [row(1), row(2)]))
    assert (counts(first), first["drop"]["previous"]) == ((2, 1, 0, 1), "wjw_sgs_20261120.csv")
    second = send(service, write(tmp_path / "b.xlsx", [row(2, CF_NR_FK="0.6", CF_NR="罚款6000元", BZ="更正")]))
    assert (counts(second), second["replaced"], second["drop"]["rows"]) == ((1, 1, 0, 0), 1, 3)
    assert [pulled(service, number) for number in (1, 2)] == [("complete", ["5000"]), ("complete", ["6000"])]
    assert drops(folder)[1:] == ["wjw_sgs_20261121120000.csv", "wjw_sgs_20261121120001.csv"]
    with service.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.actor, entry.action) for entry in entries] == [
        ("test:张某", "double_publicity.imported"),
        ("test:张某", "double_publicity.imported"),
        ("test:张某", "double_publicity.replaced"),
    ]
    replaced = entries[2].detail
    assert (replaced["document_number"], replaced["columns"]) == ("盐卫罚(2026)2号", ["CF_NR", "CF_NR_FK", "BZ"])
    assert (replaced["previous"], replaced["drop"]) == (first["drop"]["name"], second["drop"]["name"])
    assert replaced["before"] != replaced["after"]
    # The trail names the rows; what they say, and who was in them, stays in the drops.
    assert "罚款6000元" not in json.dumps([entry.detail for entry in entries], ensure_ascii=False)


def test_the_same_file_twice_changes_nothing_and_says_so(service: Service, folder: Path, tmp_path: Path) -> None:
    file, back = write(tmp_path / "a.csv", [row(1), row(2, CF_JDRQ="202611")]), tmp_path / "back.csv"
    first = send(service, file)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    again = send(service, file, at=15, rejected=back)
    assert again == first | {"repeated": True, "rejection_file": str(back)}
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert [one["CF_WSH"] for one in read(back)] == ["盐卫罚〔2026〕2号"]
    with service.reading() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 1


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_sent_back_are_corrected_in_the_file_and_sent_again(
    service: Service, folder: Path, tmp_path: Path, kind: str
) -> None:
    wrong = [
        row(1, CF_XDR_SHXYM=code(1)[:-1] + "0", CF_SY="=cmd|' /C calc'!A0", CF_FR_ZJHM="32090019900101123X"),
        row(2, CF_NR_FK="-1", CF_JDRQ="2026-12-1"),
    ]
    back = tmp_path / f"back.{kind}"
    told = send(service, write(tmp_path / "a.csv", wrong), rejected=back)
    assert counts(told) == (2, 0, 2, 0)
    rows = read(back)
    assert list(rows[0]) == [*COLUMNS, REASON_COLUMN]
    assert rows[0]["CF_SY"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["CF_FR_ZJHM"] == "32090019900101123X"
    assert "统一社会信用代码 CF_XDR_SHXYM" in rows[0][REASON_COLUMN]
    assert all(text in rows[1][REASON_COLUMN] for text in ("CF_NR_FK", "CF_JDRQ", "不能是负数", "晚于今天"))
    rows[0]["CF_XDR_SHXYM"] = code(1)
    rows[1] |= {"CF_NR_FK": "0.5", "CF_JDRQ": "2026-11-18"}
    told = send(service, write(tmp_path / f"again.{kind}", rows, more=[REASON_COLUMN]), at=14)
    assert (counts(told), told["released"], told["drop"]["rows"]) == ((2, 2, 0, 0), 2, 2)
    assert [pulled(service, number) for number in (1, 2)] == [("complete", ["5000"])] * 2
    answer = pull(service, slug="health", manifest=None, code=code(1), on=None)
    assert answer["records"][0]["facts"] == "=cmd|' /C calc'!A0"


def test_a_report_never_says_no_record_of_a_row_that_was_sent_back(
    city: City, service: Service, sync: Sync, folder: Path, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        city.business(number, f"盐城样例{number}有限公司", code=code(number))
    sync()
    # Row 1 has its code, row 2 only its name; nobody knows who the last one is.
    rows = [row(1, CF_CFLB="罚金"), row(2, CF_XDR_SHXYM="913209"), row(9, CF_XDR_SHXYM="9132")]
    send(service, write(tmp_path / "a.csv", rows))
    for number in (1, 2):
        problem = refused(service, code(number))
        assert (problem.code, problem.shown["domains"]) == ("SOURCE_INCOMPLETE", ["health"])
    assert ask(service, code(3)).content.listed == 0
    send(service, write(tmp_path / "b.csv", [row(1)]), at=13)
    assert ask(service, code(1)).content.listed == 1


BROKEN = {
    "another column": (lambda path: write(path, [row(1)], more=["处罚人"]), "UPLOAD_COLUMNS", "处罚人"),
    "a column missing": (lambda path: _replace(write(path, [row(1)]), b",BZ", b""), "UPLOAD_COLUMNS", "BZ"),
    "no rows": (lambda path: write(path, []), "UPLOAD_EMPTY", "a.csv"),
    "half a sign": (lambda path: _replace(write(path, [row(1)]), b"\xe7\x9b", b"\xe7"), "UPLOAD_UNREADABLE", "UTF-8"),
    "an open quote": (lambda path: _replace(write(path, [row(1)]), b",0.5,", b',"0.5,'), "UPLOAD_UNREADABLE", "CSV"),
    "half a workbook": (lambda path: _half(write(path.with_suffix(".xlsx"), [row(1)])), "UPLOAD_UNREADABLE", "工作簿"),
    "an old workbook": (lambda path: _replace(path, b"", b"\xd0\xcf\x11\xe0 old"), "UPLOAD_UNREADABLE", "XLSX"),
}  # fmt: skip


def _replace(path: Path, before: bytes, after: bytes) -> Path:
    path.write_bytes(path.read_bytes().replace(before, after) if path.exists() else after)
    return path


def _half(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_cannot_be_taken_writes_nothing(service: Service, folder: Path, tmp_path: Path, case: str) -> None:
    make, error, told = BROKEN[case]
    file = make(tmp_path / "a.csv")
    back = tmp_path / "back.xlsx"
    with pytest.raises(Problem) as raised:
        send(service, file, rejected=back)
    assert raised.value.code == error
    assert told in raised.value.zh
    assert (drops(folder), back.exists()) == ([], False)
    with service.reading() as session:
        assert session.scalars(select(ImportRow)).all() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bad_row_never_stops_the_others(service: Service, folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [row(1), row(2), row(3)])
    # An unquoted comma in the second row's facts.
    _replace(file, "第2号单位".encode(), "第2号,单位".encode())
    told = send(service, file)
    assert (counts(told), told["rejected_by_reason"]) == ((3, 2, 1, 0), {"cells": 1})
    assert [pulled(service, number)[0] for number in (1, 2, 3)] == ["complete", "incomplete", "complete"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_folder_that_cannot_take_a_drop_is_told_and_nothing_is_lost(
    city: City, service: Service, folder: Path, tmp_path: Path
) -> None:
    def problem(name: str, number: int) -> str:
        with pytest.raises(Problem) as raised:
            send(service, write(tmp_path / name, [row(number)]), at=14)
        assert raised.value.code == "DROP_UNREADABLE"
        return raised.value.zh

    later = write(folder / "wjw_sgs_20261122.csv", [row(1)])
    assert "晚于今天" in problem("a.csv", 2)
    later.unlink()
    told = send(service, write(tmp_path / "b.csv", [row(2)]))
    made = folder / told["drop"]["name"]
    content = made.read_bytes()
    _replace(made, b"CF_YJ", b"CF_YJX")
    assert "CF_YJX" in problem("c.csv", 3)
    # The drop of the last import went missing: to go on without it would lose its rows without a word.
    made.unlink()
    assert told["drop"]["name"] in problem("d.csv", 4)
    write(folder / "wjw_sgs_20261119.csv", [row(1)])
    assert told["drop"]["name"] in problem("e.csv", 4)
    made.write_bytes(content)
    assert send(service, write(tmp_path / "f.csv", [row(5)]), at=15)["drop"]["rows"] == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_a_domain_that_declares_it_takes_uploads(service: Service, folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [row(1)])
    with pytest.raises(Problem) as raised:
        import_form(service, ImportRequest(file, "field_23", "test"), service.clock.now())
    assert raised.value.code == "UPLOAD_NOT_DECLARED"
    assert "23_field_23.toml" in raised.value.zh


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command(
    service: Service, folder: Path, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main.main(args=["domains", "import", *map(str, arguments)])
        return int(ended.value.code or 0), capsys.readouterr().out

    file, back = write(tmp_path / "a.csv", [row(1), row(2, CF_XDR_SHXYM="9132")]), tmp_path / "back.xlsx"
    status, out = run(file, "--slug", "health", "--rejected", back, "--by", "李某", "--json")
    told = json.loads(out)
    assert (status, counts(told), told["by"], told["rejection_file"]) == (1, (2, 1, 1, 0), "李某", str(back))
    assert told["rejected_rows"][0]["line"] == 3
    status, out = run(file, "--slug", "health")
    assert status == 1
    assert all(
        text in out for text in ("没有改变任何内容", "接受 accepted 1", "统一社会信用代码 / unified code: 1", "第 2 行")
    )
    assert run(write(tmp_path / "b.csv", [row(3)]), "--slug", "health")[0] == 0
    status, out = run(file, "--slug", "nobody", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, "UNKNOWN_DOMAIN")
    status, out = run(file, "--slug", "health", "--rejected", tmp_path / "nowhere" / "x.csv", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, "OUTPUT_NOT_WRITABLE")


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
    "published": (drop.Drops, "publish", False), "done": (importing, "_done", False),
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
    command = [sys.executable, "-c", KILLED, moment, str(file)]
    killed = subprocess.run(command, env={**os.environ, **environment}, check=False, stdin=subprocess.DEVNULL)
    assert killed.returncode == -signal.SIGKILL
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
    service: Service, folder: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    script = Path(sys.executable).with_name("creditreport")
    files = [write(tmp_path / f"{number}.csv", [row(number)]) for number in (1, 2, 3)]
    started = [
        subprocess.Popen([script, "domains", "import", str(file), "--slug", "health", "--json"], env=environment,
                         stdout=subprocess.PIPE)
        for file in files
    ]  # fmt: skip
    told = []
    for each in started:
        with each:
            told.append(json.loads(each.communicate()[0]))
    assert sorted(one["drop"]["rows"] for one in told) == [1, 2, 3]
    assert [pulled(service, number) for number in (1, 2, 3)] == [("complete", ["5000"])] * 3
    assert UNIT in (folder / drops(folder)[-1]).read_text(encoding="utf-8")
