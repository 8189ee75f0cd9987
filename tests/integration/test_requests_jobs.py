"""The job that tries waiting requests: killed anywhere it leaves a waiting request or a report; its commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner

from creditreport.cli import main
from creditreport.reports.models import CreditReport
from creditreport.requests.models import RequestState
from creditreport.requests.run import PAUSES
from creditreport.service import Service
from tests.conftest import NOON
from tests.forked import run_forked
from tests.integration.asking import Sync, count
from tests.integration.city import City
from tests.waiting import NAME, Asking

MINUTE = timedelta(minutes=1)


@pytest.fixture
def asking(city: City, service: Service, sync: Sync) -> Asking:
    code = city.business(1, NAME)
    sync()
    return Asking(service, city, code)


KILLED = """
import os, signal, sys
from datetime import datetime
from creditreport.reports import issue
from creditreport.requests.run import run_due
from creditreport.service import Service
place = sys.argv[1]
original = getattr(issue, place)
def die(*given, **named):
    if place != "add_entry":
        original(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(issue, place, die)
run_due(Service(), datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("place", ["reserve_number", "add_entry"])
def test_killed_anywhere_it_still_waits(
    service: Service, asking: Asking, environment: dict[str, str], place: str
) -> None:
    waiting = asking.wait()
    asking.mend_source()
    told = run_forked(KILLED, [place, NOON.isoformat()], environment)
    assert told.returncode == -9, told.stderr
    assert asking.row(waiting).state == "waiting"
    assert count(service, CreditReport) == 0
    assert asking.run(NOON + MINUTE) == []
    assert asking.run(NOON + PAUSES[0]) == [(RequestState.ISSUED, None)]
    assert count(service, CreditReport) == 1
    assert len(asking.told()) == 1


def test_the_commands(asking: Asking, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    waiting = asking.wait()
    asking.mend_source()
    told = {}
    for words in (("requests", "run"), ("notices", "run")):
        result = CliRunner().invoke(main, [*words, "--json"])
        assert result.exit_code == 0, result.output
        told[words[0]] = json.loads(result.stdout)
    number = asking.row(waiting).number
    assert number is not None
    assert told["requests"] == {"tried": [{"id": waiting, "state": "issued", "number": number, "code": None}]}
    assert told["notices"] == {"expiring": 0, "new_records": 0, "mailed": 0}
    assert CliRunner().invoke(main, ["work"]).exit_code == 0
    # A worker ends with the process that holds its standard input.
    program = [sys.executable, "-c", "from creditreport.cli import main; main()", "work", "--every", "600"]
    subprocess.run([*program, "--while-stdin"], stdin=subprocess.DEVNULL, check=True, env={**os.environ, **environment})
