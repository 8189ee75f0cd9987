"""``creditreport entities``: one business or a plain refusal; what staff must see to, with the day by which."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from creditreport.cli import main
from creditreport.demo.codes import registration_number, unified_code
from creditreport.service import Service
from tests.integration.city import City

Run = Callable[..., tuple[int, Any]]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NUMBER, SHARED = registration_number("320900", 1), registration_number("320900", 2)


def code(serial: int) -> str:
    return unified_code("91", "320900", serial)


@pytest.fixture
def run(
    city: City,
    service: Service,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs ``entities`` over a register of five; exit status, and what was printed."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    city.business(1, "盐城甲有限公司", code=code(1), previous=code(9), reg_no=NUMBER, renamed="盐城旧有限公司|2020-3-1",
                  district="亭湖区")  # fmt: skip
    city.business(2, "盐城甲有限公司分公司", code=code(2), type="分公司", parent="R1", reg_no=SHARED)
    city.business(3, "盐城丙有限公司", code=code(3), reg_no=SHARED)
    city.business(4, "盐城丁有限公司", code=code(3))
    city.business(5, "盐城戊有限公司", code=code(5), parent="R5")

    def call(*arguments: str, json_: bool = True) -> tuple[int, Any]:
        with pytest.raises(SystemExit) as ended:
            main.main(args=["entities", *arguments, *(["--json"] if json_ else [])])
        printed = capsys.readouterr()
        return int(ended.value.code or 0), json.loads(printed.out) if json_ else printed.out + printed.err

    assert call("sync")[1] == {
        "added": 4, "changed": 0, "missing": 0, "unchanged": 0, "quarantined": 1, "duplicates": 1,
    }  # fmt: skip
    return call


def test_a_business_with_everything_known_of_it(run: Run) -> None:
    status, told = run("show", NUMBER)
    assert status == 0
    assert told == {
        "uscc": code(1), "name": "盐城甲有限公司", "type": "company", "status": "active", "register_id": "R1",
        "previous_codes": [code(9)], "former_names": ["盐城旧有限公司"],
        "name_history": [
            {"name": "盐城旧有限公司", "since": None, "until": "2020-03-01"},
            {"name": "盐城甲有限公司", "since": "2020-03-01", "until": None},
        ],
        "parent_register_id": None, "district": "亭湖区", "registration_number": NUMBER,
        "found_by": "registration_number",
        "branches": [
            {"uscc": code(2), "name": "盐城甲有限公司分公司", "type": "company_branch", "status": "active"}
        ],
    }  # fmt: skip
    assert run("show", code(9))[1]["found_by"] == "replaced_code"
    assert "2020-03-01" in run("show", code(1), json_=False)[1]


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (SHARED, "AMBIGUOUS_NUMBER"),
        (registration_number("320900", 3), "UNKNOWN_NUMBER"),
        ("320902199001010014", "PERSONAL_NUMBER"),
        (code(3), "DUPLICATE_USCC"),
        (code(5), "ENTITY_UNCLEAR"),
        (code(7), "UNKNOWN_ENTITY"),
        (code(1)[:17], "INVALID_USCC"),
        ("12345", "INVALID_USCC"),
    ],
)
def test_what_means_nobody_for_certain_is_refused_plainly(run: Run, typed: str, refusal: str) -> None:
    status, told = run("show", typed)
    assert (status, told["error"]["code"]) == (1, refusal)


def test_resolving_says_one_none_or_several(run: Run) -> None:
    status, told = run("resolve", code(1)[8:17])
    assert (status, told["answer"], told["by"], told["entity"]["uscc"]) == (0, "found", "organisation_code", code(1))
    status, told = run("resolve", SHARED)
    assert (status, told["answer"], told["entity"]) == (1, "ambiguous", None)
    assert [one["register_id"] for one in told["holders"]] == ["R2", "R3"]
    assert run("resolve", registration_number("320900", 3))[1]["answer"] == "none"
    assert run("resolve", "320902199001010014")[1]["answer"] == "personal"
    assert "R2、R3" in run("resolve", SHARED, json_=False)[1]


def test_staff_see_codes_held_twice_and_entries_that_are_not_certain(
    run: Run, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, told = run("duplicates")
    (one,) = told["duplicates"]
    assert status == 0
    assert (one["uscc"], one["due_on"], one["overdue"], one["settled_at"]) == (code(3), "2026-11-30", False, None)
    assert [holder["register_id"] for holder in one["holders"]] == ["R3", "R4"]
    (entry,) = run("unclear")[1]["unclear"]
    assert (entry["register_id"], entry["uscc"]) == ("R5", code(5))
    assert "分支机构" in entry["problem"]
    monkeypatch.setenv("CREDITREPORT_CLOCK", "2026-12-01T00:00:00+08:00")
    status, printed = run("duplicates", json_=False)
    assert status == 1
    assert "overdue" in printed
    city.run("UPDATE register SET status = '注销', parent = NULL WHERE id IN ('R4', 'R5')")
    assert run("sync")[1]["duplicates"] == 0
    assert run("duplicates") == (0, {"duplicates": []})
    assert run("unclear")[1] == {"unclear": []}
    assert run("duplicates", "--all")[1]["duplicates"][0]["settled_at"] == "2026-12-01T00:00:00+08:00"
    assert len(run("unclear", "--all")[1]["unclear"]) == 1
