"""Upholding is all or nothing, on both kinds of store: killed anywhere, and done by two at once."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from creditreport.cli import main
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.jobs.models import Job
from creditreport.jobs.run import run_one
from creditreport.objections.correction_models import RecordCorrection
from creditreport.objections.deciding import Decision, decide_case
from creditreport.objections.filing import file_case
from creditreport.reports.archive import find_report
from creditreport.reports.fonts import FontSet
from tests.conftest import NOON
from tests.forked import run_forked
from tests.objecting import Desk, Mine, make_desk
from tests.portal import environment

# What upholding does, in its order; the process ends right after each.
PLACES = ("begin", "make_correction", "enqueue", "finish", "tell_unit")
KILLED = """
import os, signal, sys
from datetime import datetime
from types import SimpleNamespace
from creditreport.accounts.models import Role
from creditreport.logs import log_to_stderr
from creditreport.objections import correcting, deciding
from creditreport.objections.deciding import Decision, decide_case
from creditreport.service import Service
log_to_stderr()
place, case_id, version, officer, now = sys.argv[1:]
officer = SimpleNamespace(actor=officer, roles=frozenset({Role.CREDIT_OFFICER}), domains=frozenset())
module = correcting if place == "make_correction" else deciding
original = getattr(module, place)
def die(*given, **named):
    original(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(module, place, die)
decide_case(Service(), int(case_id), int(version), Decision("withdraw", "x"), officer, datetime.fromisoformat(now))
"""


@pytest.fixture
def desk(
    tmp_path: Path, signing_settings: Settings, fonts: FontSet, database_url: str
) -> Iterator[Desk]:  # fmt: skip
    made = make_desk(tmp_path, signing_settings, fonts, database_url, businesses=2)
    yield made
    made.service.engine.dispose()


def state(desk: Desk, mine: Mine, case_id: int, report: str) -> tuple[str, str, int, int, str]:
    with desk.service.reading() as session:
        corrections = session.scalar(select(func.count()).select_from(RecordCorrection)) or 0
        jobs = session.scalar(select(func.count()).select_from(Job).where(Job.key == report)) or 0
        status = find_report(session, report).status
    return mine.case(case_id).state, status, corrections, jobs, mine.events(case_id)[-1][0]


def test_killed_anywhere_all_or_nothing(
    desk: Desk, tmp_path: Path, signing_settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = desk.mine()
    report = mine.issue().number
    case_id = mine.answered(report=report)
    nothing = ("ANSWERED", "ISSUED", 0, 0, "answer")
    assert state(desk, mine, case_id, report) == nothing
    variables = environment(tmp_path, desk.city, signing_settings, DATABASE_URL=database_url)
    variables["CREDITREPORT_CLOCK"] = NOON.isoformat()
    given = [str(case_id), str(mine.version(case_id)), desk.credit.actor, NOON.isoformat()]
    for place in PLACES:
        killed = run_forked(KILLED, [place, *given], variables)
        assert (place, killed.returncode) == (place, -signal.SIGKILL), killed.stderr
        assert (place, state(desk, mine, case_id, report)) == (place, nothing)
    # And then all of it; what was killed keeps nobody from it.
    mine.decide(case_id, "withdraw")
    assert state(desk, mine, case_id, report) == ("UPHELD", "SUPERSEDED", 1, 1, "uphold")
    ran = run_one(desk.service, "report.reissue", report, NOON)
    assert ran is not None
    assert ran.state == "done"
    assert mine.issue().content.listed == 0
    _commands(mine, case_id, variables, monkeypatch)


def _commands(mine: Mine, case_id: int, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    late = mine.referred("other")
    monkeypatch.setenv("CREDITREPORT_CLOCK", "2026-11-24T09:00:00+08:00")
    told = _told("overdue")
    (one,) = told["cases"]
    assert (one["number"], one["turn"]) == (mine.case(late).number, "unit")
    assert one["deadlines"][0]["name"] == "unit_answer"
    assert one["deadlines"][0]["working_days_late"] == 1
    assert {each["state"] for each in _told("list")["cases"]} == {"UPHELD", "REFERRED"}
    shown = _told("show", str(mine.case(case_id).number))
    assert [each["move"] for each in shown["events"]] == ["file", "accept", "refer", "answer", "uphold"]
    assert _told("work") == {
        "lapsed": 0,
        "escalated": 1,
        "corrections": {"looked_at": 1, "retired": 0, "questioned": 0, "not_known": 1},
    }
    (row,) = _told("corrections", "--all")["corrections"]
    assert (row["record_id"], row["state"], _told("corrections")["corrections"]) == (mine.record, "active", [])
    assert _told("settle", str(row["id"]), "--lift", "--why", "核对") == {"correction": row["id"], "kept": False}
    assert _told("corrections", "--all")["corrections"] == []
    assert _told("show", "20261121000019", status=1)["error"]["code"] == "UNKNOWN_OBJECTION"


def _told(*words: str, status: int = 0) -> dict[str, list[dict[str, object]]]:
    result = CliRunner().invoke(main, ["objections", *words, "--json"])
    assert result.exit_code == status, result.output
    told: dict[str, list[dict[str, object]]] = json.loads(result.stdout)
    return told


def both(*deeds: Callable[[], object]) -> list[object]:
    """What came of deeds that were done at the same time: a result, or a problem's code."""

    def done(deed: Callable[[], object]) -> object:
        try:
            return deed()
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(done, deeds))


def test_two_at_once(desk: Desk) -> None:
    mine, service = desk.mine(), desk.service
    drafts = [mine.draft(), mine.draft()]
    receipts = both(
        *(lambda one=one: file_case(service, mine.register_id, one, by="account:1", now=NOON) for one in drafts)
    )
    assert sorted(one.joined for one in receipts) == [False, True]  # type: ignore[attr-defined]
    assert len({one.number for one in receipts}) == 1  # type: ignore[attr-defined]
    case_id = mine.answered("other")
    seen = mine.version(case_id)
    outcomes = both(
        lambda: decide_case(service, case_id, seen, Decision("withdraw", "x"), desk.credit, NOON),
        lambda: decide_case(service, case_id, seen, Decision("rejected", "x"), desk.other, NOON),
    )
    assert sorted(map(str, outcomes)) == ["None", "OBJECTION_MOVED"]
    assert len([move for move, _ in mine.events(case_id) if move in ("uphold", "reject")]) == 1
    # A report and a decision at once: whichever comes first, none is left that lists what is withdrawn.
    other = desk.mine()
    case_id = other.answered()
    seen = other.version(case_id)
    issued, _ = both(
        other.issue, lambda: decide_case(service, case_id, seen, Decision("withdraw", "x"), desk.credit, NOON)
    )
    with service.reading() as session:
        kept = find_report(session, issued.number)  # type: ignore[attr-defined]
    assert (kept.listed, kept.status) in ((0, "ISSUED"), (1, "SUPERSEDED"))
