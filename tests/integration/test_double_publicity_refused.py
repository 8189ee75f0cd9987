"""Uploads that cannot be taken: nothing is written, and nothing that was there is lost."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from creditreport.doublepublicity.importing import ImportRequest, import_form
from creditreport.doublepublicity.models import ImportRow
from creditreport.errors import Problem
from creditreport.quarantine.listing import list_rows
from creditreport.quarantine.settle import dismiss
from creditreport.service import Service
from tests.integration.asking import Sync, ask, refused
from tests.integration.city import City
from tests.integration.uploads import counts, declare, drops, pulled, send
from tests.publicity import code, row, write


@pytest.fixture
def folder(city: City, tmp_path: Path) -> Path:
    return declare(city, tmp_path / "drops")


BROKEN = {
    "another column": (lambda path: write(path, [row(1)], more=["处罚人"]), "UPLOAD_COLUMNS", "处罚人"),
    "a column missing": (lambda path: _replace(write(path, [row(1)]), b",BZ", b""), "UPLOAD_COLUMNS", "BZ"),
    "no rows": (lambda path: write(path, []), "UPLOAD_EMPTY", "a.csv"),
    "half a sign": (lambda path: _replace(write(path, [row(1)]), b"\xe7\x9b", b"\xe7"), "UPLOAD_UNREADABLE", "UTF-8"),
    "an open quote": (lambda path: _replace(write(path, [row(1)]), b",0.5,", b',"0.5,'), "UPLOAD_UNREADABLE", "CSV"),
    "half a workbook": (lambda path: _half(write(path.with_suffix(".xlsx"), [row(1)])), "UPLOAD_UNREADABLE", "工作簿"),
    "a ZIP": (lambda path: _zipped(write(path, [row(1)])), "UPLOAD_UNREADABLE", "解压"),
    "an old workbook": (lambda path: _replace(path, b"", b"\xd0\xcf\x11\xe0 old"), "UPLOAD_UNREADABLE", "XLSX"),
}  # fmt: skip


def _replace(path: Path, before: bytes, after: bytes) -> Path:
    path.write_bytes(path.read_bytes().replace(before, after) if path.exists() else after)
    return path


def _zipped(path: Path) -> Path:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.write(path, path.name)
    return path.with_suffix(".zip")


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
def test_a_bad_row_never_stops_the_others(service: Service, folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [row(1), row(2), row(3)])
    # An unquoted comma in the second row's facts.
    _replace(file, "第2号单位".encode(), "第2号,单位".encode())
    told = send(service, file)
    assert (counts(told), told["rejected_by_reason"]) == ((3, 2, 1, 0), {"cells": 1})
    assert [pulled(service, number)[0] for number in (1, 2, 3)] == ["complete", "incomplete", "complete"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_place_that_cannot_be_written_is_told(service: Service, folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", [row(1)])
    # A folder stands where the drop is to be written.
    in_the_way = folder / ".wjw_sgs_20261121120000.csv.importing"
    in_the_way.mkdir()
    with pytest.raises(Problem) as raised:
        send(service, file)
    assert raised.value.code == "DROP_UNREADABLE"
    in_the_way.rmdir()
    assert counts(send(service, file)) == (1, 1, 0, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_that_was_never_a_decision_is_settled_by_staff(
    city: City, service: Service, sync: Sync, folder: Path, tmp_path: Path
) -> None:
    city.business(1, "盐城样例1有限公司", code=code(1))
    sync()
    send(service, write(tmp_path / "a.csv", [row(1, CF_CFLB="罚金"), row(2)]))
    assert refused(service, code(1)).code == "SOURCE_INCOMPLETE"
    with service.reading() as session:
        (held,) = list_rows(session, open_only=True)
    now = service.clock.now()
    dismiss(service, held.id, "误报", "张某", now)
    assert refused(service, code(1)).code == "SOURCE_INCOMPLETE"
    dismiss(service, held.id, "误报", "李某", now)
    assert ask(service, code(1)).content.listed == 0
    # The next import carries the row on as it was, so that it stays settled.
    send(service, write(tmp_path / "b.csv", [row(3)]), at=13)
    assert ask(service, code(1)).content.listed == 0
