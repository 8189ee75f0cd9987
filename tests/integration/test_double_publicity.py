"""Importing the double-publicity form: real files, both stores, what issuing reads afterwards."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from creditreport.audit.models import AuditEntry
from creditreport.catalog.pull import pull
from creditreport.cli import main
from creditreport.doublepublicity.form import COLUMNS, REASON_COLUMN
from creditreport.mirror.sync import sync_sources
from creditreport.service import Service
from tests.integration.asking import Sync, ask, refused
from tests.integration.city import City
from tests.integration.uploads import counts, declare, drops, pulled, send
from tests.publicity import code, read, row, write


@pytest.fixture
def folder(city: City, tmp_path: Path) -> Path:
    return declare(city, tmp_path / "drops")


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
        folder / "wjw_sgs_20261120.csv",
        [row(1, CF_JDRQ="2026年11月9日", CF_FR_ZJHM="32090019900101123X"), row(8, CF_XDR_LB="自然人", CF_XDR_SHXYM="")],
    )
    first = send(service, write(tmp_path / "a.csv", [row(1), row(2)]))
    assert (counts(first), first["drop"]["previous"]) == ((2, 1, 0, 1), "wjw_sgs_20261120.csv")
    assert "19900101" not in (folder / first["drop"]["name"]).read_text(encoding="utf-8")
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


@pytest.mark.parametrize("mode", ["live", "mirrored"])
def test_a_report_never_says_no_record_of_a_row_that_was_sent_back(
    city: City, service: Service, sync: Sync, tmp_path: Path, mode: str
) -> None:
    declare(city, tmp_path / "drops", mode=mode)

    def send_and_sync(file: Path, at: int) -> None:
        send(service, file, at)
        if mode == "mirrored":
            sync_sources(service, service.clock.now() + timedelta(minutes=at))

    for number in (1, 2, 3):
        city.business(number, f"盐城样例{number}有限公司", code=code(number))
    sync()
    # Row 1 has its code, row 2 only its name; nobody knows who the last one is.
    rows = [row(1, CF_CFLB="罚金"), row(2, CF_XDR_SHXYM="913209"), row(9, CF_XDR_SHXYM="9132")]
    send_and_sync(write(tmp_path / "a.csv", rows), 12)
    for number in (1, 2):
        problem = refused(service, code(number))
        assert (problem.code, problem.shown["domains"]) == ("SOURCE_INCOMPLETE", ["health"])
    assert ask(service, code(3)).content.listed == 0
    send_and_sync(write(tmp_path / "b.csv", [row(1)]), 13)
    assert ask(service, code(1)).content.listed == 1


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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_seventh_working_day_is_in_time_and_the_eighth_is_late(
    service: Service, folder: Path, tmp_path: Path
) -> None:
    told = send(service, write(tmp_path / "a.csv", [row(1, CF_JDRQ="2026-11-11"), row(2, CF_JDRQ="2026-11-10")]))
    assert [(one["days"], one["late"]) for one in told["accepted_rows"]] == [(7, False), (8, True)]
    assert told["delay"] == {"limit": 7, "late": 1, "longest": 8, "median": 7}
