"""``creditreport screen`` as a script outside sees it: one JSON object, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from creditreport.cli import main

OWN = "91320900MA1DEMO01X"
REQUEST = {"uscc": OWN, "issued_on": "2026-11-21", "years": 3, "ruleset": "yancheng-2024"}
RECORD = {
    "domain": "taxation",
    "record_id": "7",
    "uscc": OWN,
    "kind": "penalty",
    "decided_on": "2026-03-02",
    "document_number": "盐税罚〔2026〕7号",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings at all, and another working directory: the rules need neither a database nor keys."""
    for name in [name for name in os.environ if name.startswith("CREDITREPORT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CREDITREPORT_LANG", "en")
    monkeypatch.chdir(tmp_path)


def screen(document: Any, *arguments: str) -> tuple[int, Any, str]:
    """Exit status, the JSON of standard output, and standard error."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    done = CliRunner().invoke(main, ["screen", *(arguments or ["-"])], input=data)
    return done.exit_code, json.loads(done.stdout), done.stderr


def test_decisions_in_the_order_of_the_input() -> None:
    later = {**RECORD, "record_id": "8", "document_number": "盐税罚〔2026〕8号", "supersedes": "盐税罚[2026]7号"}
    own_repair = {**RECORD, "record_id": "2", "document_number": None, "repair": "repaired"}
    status, answer, _ = screen({"request": REQUEST, "records": [later, RECORD, own_repair]})
    assert status == 0
    assert answer["window"] == {"start": "2023-11-20", "end": "2026-11-20"}
    assert [list(made) for made in answer["decisions"]] == [["domain", "record_id", "listed", "reason", "basis"]] * 3
    told = [(made["domain"], made["record_id"], made["listed"], made["reason"]) for made in answer["decisions"]]
    assert told == [
        ("taxation", "8", True, None),
        ("taxation", "7", False, "SUPERSEDED"),
        ("taxation", "2", False, "REPAIRED"),
    ]
    assert [bool(made["basis"]) for made in answer["decisions"]] == [False, True, True]


def test_the_catalogue_gives_numbers_and_days_of_the_domains() -> None:
    same = {**RECORD, "authority": "盐城市某局", "decided_on": "2024-06-03"}
    records = [{**same, "domain": "utilities"}, {**same, "domain": "court_enforcement"}]
    for issued_on, expected in [
        ("2024-09-10", ["DOMAIN_NOT_IMPLEMENTED", None]),
        ("2024-10-08", ["DUPLICATE", None]),
    ]:
        _, answer, _ = screen({"request": {**REQUEST, "issued_on": issued_on}, "records": records})
        assert [made["reason"] for made in answer["decisions"]] == expected


def test_the_installed_program_with_a_file_and_the_json_option(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps({"request": REQUEST, "records": []}), encoding="utf-8")
    program = Path(sys.executable).with_name("creditreport")
    done = subprocess.run([str(program), "screen", str(file), "--json"], capture_output=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["decisions"] == []


def test_a_year_without_an_official_calendar_warns_beside_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITREPORT_VAR_DIR", str(tmp_path))
    given = {"request": {**REQUEST, "issued_on": "2036-11-21"}, "records": []}
    status, answer, warning = screen(given)
    assert (status, answer["window"]) == (0, {"start": "2033-11-20", "end": "2036-11-20"})
    assert "2036" in warning
    (tmp_path / "workdays").mkdir()
    stated = "holidays = [2036-11-20]\nworking_weekends = []"
    (tmp_path / "workdays" / "2036.toml").write_text(stated, encoding="utf-8")
    _, answer, warning = screen(given)
    assert answer["window"]["end"] == "2036-11-19"
    assert warning == ""


RING = [
    {**RECORD, "record_id": "1"},
    {**RECORD, "record_id": "2", "document_number": "A2", "supersedes": "A3"},
    {**RECORD, "record_id": "3", "document_number": "A3", "supersedes": "A2"},
]


@pytest.mark.parametrize(
    ("document", "code", "index", "key"),
    [
        (b"{", "INVALID_REQUEST", None, None),
        ({"request": REQUEST, "records": [{**RECORD, "colour": 1}]}, "INVALID_REQUEST", 0, "colour"),
        ({"request": REQUEST, "records": [{**RECORD, "domain": "astrology"}]}, "UNKNOWN_DOMAIN", 0, "domain"),
        ({"request": {**REQUEST, "ruleset": "moon"}, "records": []}, "UNKNOWN_RULESET", None, "ruleset"),
        ({"request": {**REQUEST, "years": 4}, "records": []}, "INVALID_YEARS", None, "years"),
        ({"request": {**REQUEST, "years": 0}, "records": []}, "INVALID_YEARS", None, "years"),
        ({"request": {**REQUEST, "issued_on": "0002-01-01"}, "records": []}, "INVALID_DATE", None, "issued_on"),
        ({"request": REQUEST, "records": RING}, "UNSCREENABLE_CHAIN", 1, "supersedes"),
    ],
)
def test_wrong_use(document: Any, code: str, index: int | None, key: str | None) -> None:
    status, answer, _ = screen(document)
    assert (status, list(answer), list(answer["error"])) == (2, ["error"], ["code", "message", "index", "key"])
    error = answer["error"]
    assert (error["code"], error["index"], error["key"]) == (code, index, key)
    assert error["message"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    status, answer, _ = screen(b"", str(tmp_path / "none.json"))
    assert status == 2
    assert (answer["error"]["code"], answer["error"]["index"], answer["error"]["key"]) == (
        "INVALID_REQUEST",
        None,
        None,
    )
    assert "none.json" in answer["error"]["message"]
