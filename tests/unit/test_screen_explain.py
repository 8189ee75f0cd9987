"""Explanations: they are of the very steps that decide, and tell what each compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given

from creditreport.cli import main
from creditreport.errors import Problem
from creditreport.violations.explain import QUESTIONS, WORDS, ExplainedStep, explain, told
from creditreport.violations.reason import Reason
from creditreport.violations.record import ViolationRecord
from creditreport.violations.screen import Screened, ScreeningRequest, examine
from creditreport.violations.steps import DUPLICATE, STEPS
from creditreport.violations.window import window_for
from tests.screening import CALENDAR, DOMAINS, END, ISSUED, ONE_DAY, OTHER, OWN, RULES, penalty, state
from tests.unit.test_screen_properties import records


def examined(given_records: Sequence[ViolationRecord]) -> Screened:
    request = ScreeningRequest(OWN, ISSUED, 3, RULES.id)
    return examine(given_records, request, RULES, DOMAINS, window_for(ISSUED, 3, CALENDAR))


def last(*given_records: ViolationRecord) -> ExplainedStep:
    """The step that the first record came to last."""
    return explain(examined(given_records), 0)[-1]


@given(records())
def test_what_is_explained_is_what_was_decided(given_records: list[ViolationRecord]) -> None:
    try:
        screened = examined(given_records)
    except Problem:
        return
    for position, made in enumerate(screened.decisions):
        steps = explain(screened, position)
        assert [step.step for step in steps] == list(range(1, len(steps) + 1))
        assert [step.reason for step in steps] == list(Reason)[: len(steps)]
        assert not any(step.excludes for step in steps[:-1])
        assert steps[-1].excludes is not made.listed
        assert made.listed or steps[-1].reason is made.reason
        assert len(steps) == 20 or not made.listed
        json.dumps([step.as_json() for step in steps])
        assert all(told(step, language) for step in steps for language in ("zh", "en"))


def test_every_step_and_every_value_has_words() -> None:
    assert [step.number for step in (*STEPS, DUPLICATE)] == list(range(1, 21))
    assert set(QUESTIONS) == set(Reason)
    assert {name for step in (*STEPS, DUPLICATE) for name in step.names} == set(WORDS)


NUMBER = {"document_number": "盐税罚〔2026〕1号"}
COMPARED: list[tuple[list[ViolationRecord], dict[str, Any]]] = [
    ([penalty(uscc=OTHER.lower())], {"uscc": OTHER, "own_codes": [OWN]}),
    ([penalty(kind="other")], {"kind": "other", "covered_kinds": sorted(RULES.covered_kinds)}),
    ([penalty(disposition="pending")], {"disposition": "pending", "effect": None}),
    (
        [penalty(**NUMBER), penalty("2", document_number="盐税罚〔2026〕2号", supersedes="盐税罚[2026]1号")],
        {"superseded_by": "盐税罚〔2026〕2号"},
    ),
    # The one that counts is the last that stands, and one without a number is named by its id.
    (
        [
            penalty(**NUMBER),
            penalty("2", document_number="盐税罚〔2026〕2号", supersedes=NUMBER["document_number"]),
            penalty("3", supersedes="盐税罚〔2026〕2号"),
        ],
        {"superseded_by": "3"},
    ),
    (
        [penalty(supersedes=NUMBER["document_number"]), penalty("2", repair="repaired", repaired_on=END, **NUMBER)],
        {"repair": "repaired", "repaired_on": "2026-11-20", "issued_on": "2026-11-21"},
    ),
    ([state(removed_on=ISSUED)], {"continuing": True, "removed_on": "2026-11-21", "issued_on": "2026-11-21"}),
    ([penalty(publicity_until=ISSUED - ONE_DAY)], {"publicity_until": "2026-11-20", "issued_on": "2026-11-21"}),
    ([penalty(penalty_types=["warning"])], {"kind": "penalty", "penalty_types": ["warning"]}),
    (
        [penalty(decided_on=date(2019, 3, 4))],
        {"continuing": False, "first_days": ["2019-03-04"], "window_start": "2023-11-20", "window_end": "2026-11-20"},
    ),
    (
        [
            penalty(domain="market_regulation", authority="盐城市 税务局", **NUMBER),
            penalty("2", authority="盐城市税务局", **NUMBER),
        ],
        {"document_number": "盐税罚(2026)1号", "authority": "盐城市税务局", "listed_in": 20, "domain_number": 30},
    ),
]


@pytest.mark.parametrize(("given_records", "compared"), COMPARED)
def test_the_values_that_excluded(given_records: list[ViolationRecord], compared: dict[str, Any]) -> None:
    step = last(*given_records)
    assert (step.excludes, step.compared) == (True, compared)


def test_a_step_that_the_rule_set_turned_off_says_so() -> None:
    off = {name: switch.model_copy(update={"excludes": False}) for name, switch in RULES.switches.items()}
    rules = RULES.model_copy(update={"switches": off})
    request = ScreeningRequest(OWN, ISSUED, 3, rules.id)
    screened = examine([penalty(shielded=True)], request, rules, DOMAINS, window_for(ISSUED, 3, CALENDAR))
    step = explain(screened, 0)[13]
    assert (step.reason, step.applies, step.excludes) == (Reason.SHIELDED, False, False)
    assert step.compared == {"shielded": True}
    assert "does not ask" in told(step, "en")


# --- the command ---------------------------------------------------------------------------------------------------
REQUEST = {"uscc": OWN, "issued_on": "2026-11-21", "years": 3, "ruleset": "yancheng-2024"}
RECORDS = [
    {"domain": "taxation", "record_id": "7", "uscc": OWN, "kind": "penalty", "decided_on": "2026-03-02"},
    {
        "domain": "taxation",
        "record_id": "8",
        "uscc": OWN,
        "kind": "penalty",
        "decided_on": "2026-03-02",
        "sealed": True,
    },
    {"domain": "utilities", "record_id": "0", "uscc": OWN, "kind": "other", "decided_on": "2026-03-02"},
]


def run(*arguments: str) -> tuple[int, str]:
    document = json.dumps({"request": REQUEST, "records": RECORDS})
    done = CliRunner().invoke(main, ["screen", "-", *arguments], input=document)
    return done.exit_code, done.stdout or done.stderr


def test_the_steps_come_beside_what_the_contract_says() -> None:
    plain = json.loads(run("--json")[1])
    status, text = run("--explain", "--json")
    explained = json.loads(text)
    steps = [made.pop("steps") for made in explained["decisions"]]
    assert (status, explained) == (0, plain)
    assert [len(one) for one in steps] == [20, 5, 3]
    assert steps[1][-1]["compared"] == {"sealed": True}
    assert {"step", "reason", "compared", "excludes"} <= steps[1][-1].keys()


@pytest.mark.parametrize(("chosen", "explained"), [("8", [1]), ("0", [2]), ("1", [1])])
def test_one_record_by_its_id_or_else_by_its_index(chosen: str, explained: list[int]) -> None:
    _, text = run("--explain", "--record", chosen, "--json")
    assert [at for at, made in enumerate(json.loads(text)["decisions"]) if "steps" in made] == explained


def test_for_people_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITREPORT_LANG", "zh")
    _, chinese = run("--explain", "--record", "8")
    assert " 5  是否封存？  封存 是  → 在此排除：SEALED" in chinese
    assert chinese.count("→ 继续") == 4
    monkeypatch.setenv("CREDITREPORT_LANG", "en")
    _, english = run("--explain", "--record", "8")
    assert " 5  is it sealed?  sealed yes  → excluded here: SEALED" in english


@pytest.mark.parametrize("arguments", [["--explain", "--record", "9"], ["--record", "8"]])
def test_a_record_that_is_not_there_and_one_without_explain_are_wrong_use(arguments: list[str]) -> None:
    status, said = run(*arguments)
    assert status == 2
    assert "--record" in said
