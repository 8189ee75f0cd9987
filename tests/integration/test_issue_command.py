"""``creditreport issue`` as scripts use it: exit status, one JSON object, a whole file or none."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from creditreport.cli import main
from creditreport.service import Service
from tests.integration.city import City, make_code

Sync = Callable[[], None]
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line with ``--json``: exit status and the one object on standard output."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: object) -> tuple[int, Any]:
        with pytest.raises(SystemExit) as ended:
            main.main(args=[*map(str, arguments), "--json"])
        return int(ended.value.code or 0), json.loads(capsys.readouterr().out)

    return call


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_writes_the_file_and_tells_the_contract(
    city: City, service: Service, run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    code = city.business(1, "盐城甲有限公司")
    city.business(2, "盐城乙有限公司", type="社会团体")
    city.penalty(7, "A1", code)
    assert run("entities", "sync") == (
        0,
        {"added": 2, "changed": 0, "missing": 0, "unchanged": 0, "quarantined": 0, "duplicates": 0},
    )
    assert run("entities", "list", "--limit", 1)[1] == {
        "entities": [{"uscc": code, "name": "盐城甲有限公司", "type": "company", "status": "active"}]
    }

    out = tmp_path / "甲.pdf"
    ask = ("issue", "--uscc", code, "--years", 3, "--purpose", "commerce", "--out")
    command = [Path(sys.executable).with_name("creditreport"), *map(str, ask), str(out), "--json"]
    told = json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    assert told["pdf"] == {
        "path": str(out),
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "bytes": out.stat().st_size,
    }
    assert told["listed"] == 1
    assert [domain["slug"] for domain in told["domains"]] == [f"field_{number:02d}" for number in range(1, 46)]
    assert sorted(path.name for path in tmp_path.glob("*.pdf*")) == [out.name]

    again = tmp_path / "again.pdf"
    assert run("reports", "pdf", told["number"], "--out", again)[0] == 0
    assert again.read_bytes() == out.read_bytes()
    assert run("reports", "list", "--uscc", code)[1]["reports"][0]["state"] == "VALID"

    city.run("DROP TABLE field_09")
    before = sorted(tmp_path.iterdir())
    refusals = [
        ((*ask[:4], 3, "--purpose", "commerce", "--out", out), 1, "SOURCE_UNAVAILABLE", ["field_09"]),
        ((*ask[:4], 4, "--purpose", "commerce", "--out", tmp_path / "no.pdf"), 2, "INVALID_YEARS", None),
        ((*ask[:4], 3, "--purpose", "fun", "--out", tmp_path / "no.pdf"), 2, "INVALID_PURPOSE", None),
        ((*ask, tmp_path / "no.pdf", "--on", "2026-13-01"), 2, "INVALID_DATE", None),
        ((*ask, tmp_path / "nowhere" / "no.pdf"), 2, "OUTPUT_NOT_WRITABLE", None),
        (("issue", "--uscc", make_code(2), *ask[3:], tmp_path / "no.pdf"), 1, "ENTITY_NOT_ELIGIBLE", None),
        (ask[:-1], 2, "WRONG_USE", None),
    ]
    for arguments, expected, error, domains in refusals:
        status, told = run(*arguments)
        assert (status, told["error"]["code"], told["error"].get("domains")) == (expected, error, domains)
    assert sorted(tmp_path.iterdir()) == before
    assert out.read_bytes() == again.read_bytes()
    assert run("numbers") == (
        0,
        {
            "days": [
                {"area": "320900", "day": "2026-11-21", "last": 1, "reserved": 0, "issued": 1, "abandoned": 0,
                 "accounted_for": True},
            ]
        },
    )  # fmt: skip


BLOCKED = """
import sys
from creditreport.logs import log_to_stderr
from creditreport.reports.issue import issue_report
from creditreport.reports.request import IssueRequest
from creditreport.cli import main
from creditreport.service import Service
log_to_stderr()
service = Service()
def block(*_, **__):
    print("signing", flush=True)
    sys.stdin.read()
service.signer.sign = block
issue_report(service, IssueRequest(sys.argv[1], "1", "finance", "drill"), service.clock.now())
"""


def test_a_process_killed_while_signing_leaves_no_report(
    city: City, service: Service, sync: Sync, run: Run, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = city.business(1, "盐城甲有限公司")
    sync()
    command = [sys.executable, "-c", BLOCKED, code]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "signing\n"
        killed.kill()
    assert run("numbers")[1]["days"][0]["reserved"] == 1
    assert run("reports", "list", "--uscc", code)[1] == {"reports": []}
    monkeypatch.setenv("CREDITREPORT_CLOCK", "2026-11-21T12:10:01+08:00")
    day = run("numbers")[1]["days"][0]
    assert (day["reserved"], day["issued"], day["abandoned"]) == (0, 0, 1)
