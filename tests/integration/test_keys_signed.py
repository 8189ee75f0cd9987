"""After a theft all is found that a key signed: reports, sheets of bid packs, letters of objections, heads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from creditreport.audit.sealing import seal
from creditreport.bidpacks.items import Upload
from creditreport.cli import main
from creditreport.config import Settings
from creditreport.operations.signed import signed_besides_reports
from creditreport.reports.content import grouped
from creditreport.reports.fonts import FontSet
from tests.bidding import Bidding
from tests.conftest import NOON
from tests.objecting import Desk, Mine, make_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, signing_settings: Settings, fonts: FontSet) -> Iterator[Desk]:
    made = make_desk(tmp_path_factory.mktemp("signed"), signing_settings, fonts, businesses=2)
    yield made
    made.service.close()


@pytest.fixture(scope="module")
def mine(desk: Desk) -> Mine:
    return desk.mine()


@pytest.fixture(scope="module")
def sheet(desk: Desk, mine: Mine) -> str:
    found = Bidding(desk.service).check(Upload("甲.pdf", mine.issue().pdf))
    assert found.sheet_code is not None
    return grouped(found.sheet_code)


@pytest.fixture(scope="module")
def letter(mine: Mine) -> str:
    return f"{mine.case(mine.referred()).number}-1"


@pytest.fixture
def run(desk: Desk) -> Any:
    environment = dict(desk.service.settings.environ)

    def invoke(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["keys", "reports", desk.service.signer.fingerprint, *arguments],
                                  env=environment)  # fmt: skip
        assert done.exit_code == 0, done.output
        return done.stdout

    return invoke


def test_each_kind_is_listed_and_named(desk: Desk, sheet: str, letter: str, run: Any) -> None:
    seal(desk.service, NOON)
    told = json.loads(run("--json"))
    assert [one["kind"] for one in told["reports"]] == ["report"] * told["count"] == ["report"]
    (found,) = told["sheets"]
    assert found == {
        "kind": "bid_sheet", "code": sheet, "signed_at": NOON.isoformat(), "project": "演示项目（一期）",
        "opening": "2026-12-01",
    }  # fmt: skip
    (found,) = told["letters"]
    assert (found["kind"], found["number"], found["unit"]) == ("objection_letter", letter, "单位7")
    heads = told["heads"]
    assert (heads["kind"], heads["count"], heads["last_at"]) == ("audit_head", 1, NOON.isoformat())
    assert heads["last_position"] >= 1

    *lines, last = run().splitlines()
    assert [line.split()[0] for line in lines] == ["报告", "核验单", "协查函", "审计链头"]
    assert sheet in lines[1]
    assert letter in lines[2]
    for part in ("1 reports", "sheets 1", "objection letters 1", "audit trail heads 1"):
        assert part in last


@pytest.mark.usefixtures("sheet", "letter")
def test_what_another_key_signed_is_not_listed(desk: Desk) -> None:
    with desk.service.reading() as session:
        found = signed_besides_reports(session, "0" * 64)
    assert (found.sheets, found.letters, found.heads.count, found.lines()) == ((), (), 0, [])
