"""``issue-batch``: a report for each line of a list, broken off anywhere and gone on with, none twice."""

from __future__ import annotations

import csv
import json
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from creditreport.cli import main
from creditreport.clock import FixedClock
from creditreport.errors import Problem
from creditreport.reports.batch import NOTES, Batch
from creditreport.reports.batch_lines import read_lines
from creditreport.reports.models import CreditReport, ReportNumber
from creditreport.service import Service
from tests.conftest import NOON
from tests.forked import run_forked
from tests.integration.asking import Sync, count
from tests.integration.city import City

# Both kinds of store are met elsewhere; this is about lists and jobs.
on_one_store = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def codes(city: City, service: Service, sync: Sync) -> list[str]:
    codes = [city.business(number, f"盐城第{number}示例有限公司") for number in range(1, 7)]
    codes.append(city.business(7, "盐城吊销示例有限公司", status="吊销"))
    sync()
    return codes


@pytest.fixture
def listed(codes: list[str], tmp_path: Path) -> Path:
    file = tmp_path / "名单.csv"
    rows = [f"{code},3,{purpose}" for code, purpose in zip(codes, ["商务", "finance"] * 4, strict=False)]
    text = "\r\n".join(["统一社会信用代码,年限,用途", *rows, "", "91320900XXXXXXXXXX,3,finance", ""])
    file.write_bytes(text.encode("gb18030"))
    return file


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: object) -> tuple[int, Any]:
        result = CliRunner().invoke(main, ["issue-batch", *map(str, words), "--json"])
        return result.exit_code, json.loads(result.stdout)

    return run


@on_one_store
def test_a_list(service: Service, city: City, listed: Path, run: Any, tmp_path: Path) -> None:
    city.run("ALTER TABLE field_12 RENAME TO gone")
    out = tmp_path / "out"
    status, told = run(listed, "--out", out)
    assert (status, told["issued"]) == (1, 0)
    assert [(one["line"], one["state"], one["code"]) for one in told["results"]] == [
        *((line, "failed", "SOURCE_UNAVAILABLE") for line in range(2, 8)),
        (8, "refused", "ENTITY_NOT_ELIGIBLE"), (10, "refused", "INVALID_USCC"),
    ]  # fmt: skip
    city.run("ALTER TABLE gone RENAME TO field_12")
    assert run(listed, "--out", out)[1]["error"]["code"] == "BATCH_EXISTS"
    status, told = run(listed, "--out", out, "--resume")
    assert (status, told["issued"], count(service, CreditReport)) == (1, 6, 6)
    with service.reading() as session:
        stored = {row.number: row.pdf_bytes for row in session.scalars(select(CreditReport))}
        assert session.scalar(select(func.count()).where(CreditReport.purpose == "commerce")) == 3
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["state"] for row in rows] == [*["issued"] * 6, "refused", "refused"]
    assert {row["number"]: (out / row["file"]).stat().st_size for row in rows if row["number"]} == stored
    # Again: nothing is left to do. Another list does not go on with this one.
    assert run(listed, "--out", out, "--resume")[1]["issued"] == 6
    assert count(service, CreditReport) == 6
    listed.write_bytes(listed.read_bytes() + b"91320900YYYYYYYYYY,3,finance")
    assert run(listed, "--out", out, "--resume")[1]["error"]["code"] == "BATCH_OTHER_LIST"


KILLED = """
import os, signal, sys
from pathlib import Path
from creditreport.reports import batch
from creditreport.reports.batch_lines import read_lines
from creditreport.service import Service
left = int(sys.argv[1])
def die(self, result):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return noted(self, result)
noted, batch.Batch._note = batch.Batch._note, die
file, out = Path(sys.argv[2]), Path(sys.argv[3])
service = Service()
with batch.Batch(service, file, read_lines(file), out, "test", resume=True) as one:
    for line in one.todo:
        one.issue(line, service.clock.now())
"""


@on_one_store
@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=2)], ids=["the same day", "days later"])
def test_killed_between_the_commit_and_the_note_it_goes_on(
    service: Service, listed: Path, environment: dict[str, str], tmp_path: Path, later: timedelta
) -> None:
    out = tmp_path / "out"
    told = run_forked(KILLED, ["3", str(listed), str(out)], environment)
    assert told.returncode == -signal.SIGKILL, told.stderr
    assert count(service, CreditReport) == 3
    # And it was writing: its last note is half there.
    with (out / NOTES).open("ab") as file:
        file.write(b'{"line": 4, "us')
    clock = FixedClock(NOON + later)
    with Batch(service, listed, read_lines(listed), out, "test", resume=True) as batch:
        assert [line.number for line in batch.todo] == [4, 5, 6, 7, 8, 10]
        # The sources are as old as the clock says by now; what was issued before is not asked for again.
        first = batch.issue(batch.todo[0], clock.now())
        assert first.state == "issued"
        if not later:
            for line in batch.todo:
                batch.issue(line, clock.now())
    assert count(service, CreditReport) == (3 if later else 6)
    assert count(service, ReportNumber) == (3 if later else 6)
    assert (out / first.file).is_file()
    assert len(read_results(out)) == (3 if later else 8)


def read_results(out: Path) -> list[str]:
    return [line for line in (out / "results.csv").read_text("utf-8-sig").splitlines()[1:] if line]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("uscc,years\na,3", "lacks the columns purpose"),
        ("uscc,years,purpose,years\na,3,x,3", "there twice"),
        ("uscc,years,purpose,note\na,3,x,y", "not known"),
        ("uscc,years,purpose\na,3", "line 2 has 2 columns"),
        ("uscc,years,purpose\n", "no lines"),
        ('uscc,years,purpose\n"a,3,x', "not right CSV"),
        (b"uscc,years,purpose\n\xff\xfe\xff,3,x", "neither UTF-8 nor GB18030"),
    ],
)
def test_half_a_list_is_no_list(tmp_path: Path, text: str | bytes, what: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Problem, match=what) as raised:
        read_lines(file)
    assert raised.value.code == "BATCH_UNREADABLE"
