"""One row of the double-publicity form: each check sends it back in the form's own terms, and nothing else does."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from creditreport.catalog.load import load_manifest, load_words
from creditreport.catalog.manifest import Take
from creditreport.catalog.upload import DoublePublicity
from creditreport.doublepublicity import summary
from creditreport.doublepublicity.checks import Accepted, Checks, Outcome, Skipped
from creditreport.doublepublicity.form import Line, Returned, defused, plain
from creditreport.doublepublicity.result import delays
from creditreport.doublepublicity.upload import text_of
from creditreport.worktime import load_work_calendar
from tests.publicity import code, row

DOMAINS = Path(__file__).parents[2] / "domains"
WORDS = load_words(DOMAINS)
HEALTH = load_manifest(DOMAINS / "24_health.toml", WORDS)
TODAY = date(2026, 11, 21)
PERSON, ONE_MAN = {"CF_XDR_LB": "自然人"}, {"CF_XDR_LB": "个体工商户"}


def check(**changes: Any) -> Outcome:
    cells = {column: text_of(cell) for column, cell in row(**changes).items()}
    return Checks(HEALTH, WORDS, TODAY).check(Line(2, cells))


RIGHT = {
    "as it is": {},
    "words for nothing": {"CF_NR_WFFF": "暂无", "CF_NR_ZKDX": "-", "CF_YXQ": "无处罚期限", "CF_GSJZQ": "9999-9-9"},
    "an individual business": ONE_MAN | {"CF_XDR_SHXYM": code(5, "92")},
    "an owner with the code of a business": PERSON | {"CF_XDR_SHXYM": code(5, "92")},
    "a code in lower case and full width": {"CF_XDR_SHXYM": "９" + code(1)[1:].lower()},
    "decided today, until today": {"CF_JDRQ": "20261121", "CF_GSJZQ": "2026-11-21 00:00:00"},
    "several types": {"CF_CFLB": "警告；罚款、没收违法所得", "CF_NR_WFFF": "1"},
    "goods confiscated, without an amount": {"CF_CFLB": "没收非法财物", "CF_NR": "没收", "CF_NR_FK": ""},
    "no penalty": {"CF_CFLB": "", "CF_NR": "不予行政处罚", "CF_NR_FK": ""},
    "a unit in the cell": {"CF_NR_FK": "5000元"},
    "six decimals": {"CF_NR_FK": "0.000001", "CF_NR": "罚款0.01元"},
    "the longest name": {"CF_XDR_MC": "盐" * 200},
}


@pytest.mark.parametrize("changes", RIGHT.values(), ids=RIGHT)
def test_a_right_row_is_accepted(changes: dict[str, Any]) -> None:
    outcome = check(**changes)
    assert isinstance(outcome, Accepted), outcome


# what is wrong: the changed cells, and the words and columns of the reasons
WRONG: dict[str, tuple[dict[str, Any], set[tuple[str, str]]]] = {
    "unknown kind": ({"CF_XDR_LB": "企业"}, {("kind", "CF_XDR_LB")}),
    "no code": ({"CF_XDR_SHXYM": "无"}, {("missing", "CF_XDR_SHXYM")}),
    "check character": ({"CF_XDR_SHXYM": code(1)[:-1] + "0"}, {("code", "CF_XDR_SHXYM")}),
    "masked code": ({"CF_XDR_SHXYM": "913209******000011"}, {("code", "CF_XDR_SHXYM")}),
    "code kept as a number": ({"CF_XDR_SHXYM": 9.132090012345679e17}, {("code", "CF_XDR_SHXYM")}),
    "a company's code for a person": (PERSON, {("kind_code", "CF_XDR_LB")}),
    "a company's code for an individual business": (ONE_MAN, {("kind_code", "CF_XDR_LB")}),
    "an individual's code for a company": ({"CF_XDR_SHXYM": code(5, "92")}, {("kind_code", "CF_XDR_LB")}),
    "a long name": ({"CF_XDR_MC": "盐" * 201}, {("too_long", "CF_XDR_MC")}),
    "a long number": ({"CF_WSH": "罚" * 129}, {("too_long", "CF_WSH")}),
    "an error of the spreadsheet": ({"CF_SY": "#REF!"}, {("formula", "CF_SY")}),
    "another department": ({"CF_CFJG": "盐城市公安局"}, {("unit", "CF_CFJG")}),
    "another source": ({"CF_SJLY": "某某公司"}, {("unit", "CF_SJLY")}),
    "the authority's code": ({"CF_CFJGDM": "1132"}, {("unit_code", "CF_CFJGDM")}),
    "the source's code": ({"CF_SJLYDM": "1132"}, {("unit_code", "CF_SJLYDM")}),
    "a month": ({"CF_JDRQ": "202611"}, {("date", "CF_JDRQ")}),
    "a sentinel for the decision": ({"CF_JDRQ": "1900-1-1"}, {("date", "CF_JDRQ")}),
    "a word for a day": ({"CF_GSJZQ": "三年"}, {("date", "CF_GSJZQ")}),
    "decided tomorrow": ({"CF_JDRQ": "2026-11-22"}, {("date_order", "CF_JDRQ")}),
    "publicity ends before": ({"CF_GSJZQ": "2026-11-8"}, {("date_order", "CF_GSJZQ")}),
    "the penalty ends before": ({"CF_YXQ": "2026-11-8"}, {("date_order", "CF_YXQ")}),
    "negative": ({"CF_NR_FK": "-0.5"}, {("money", "CF_NR_FK")}),
    "seven decimals": ({"CF_NR_FK": "0.0000001"}, {("money", "CF_NR_FK")}),
    "in words": ({"CF_NR_FK": "伍仟元"}, {("money", "CF_NR_FK")}),
    "yuan in a column of 万元": ({"CF_NR_FK": "5000"}, {("money_unit", "CF_NR_FK")}),
    "unknown type": ({"CF_CFLB": "罚款；罚金"}, {("penalty_word", "CF_CFLB")}),
    "a fine without an amount": ({"CF_NR_FK": ""}, {("fine_amount", "CF_NR_FK")}),
    "a fine of nothing": ({"CF_NR_FK": "0"}, {("fine_amount", "CF_NR_FK")}),
    "an amount without a fine": ({"CF_CFLB": "警告"}, {("fine_amount", "CF_CFLB")}),
    "confiscated without a word": ({"CF_NR_WFFF": "2"}, {("fine_amount", "CF_CFLB")}),
    "exempted and fined": ({"CF_WFXW": "不予处罚"}, {("content", "CF_NR_FK")}),
    "several at once": (
        {"CF_WSH": "", "CF_JDRQ": "2026-13-1", "CF_NR_FK": "很多"},
        {("missing", "CF_WSH"), ("date", "CF_JDRQ"), ("money", "CF_NR_FK")},
    ),
}  # fmt: skip
REQUIRED = (
    "CF_XDR_MC", "CF_XDR_LB", "CF_WSH", "CF_WFXW", "CF_SY", "CF_YJ", "CF_CFLB", "CF_NR", "CF_JDRQ", "CF_CFJG",
    "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM",
)  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_sent_back_with_every_reason(changes: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    outcome = check(**changes)
    assert isinstance(outcome, Returned), outcome
    assert {(reason.word, reason.column) for reason in outcome.reasons} == expected
    assert all(str(reason).count(reason.column) == 1 for reason in outcome.reasons)


@pytest.mark.parametrize("column", REQUIRED)
@pytest.mark.parametrize("nothing", ["", "暂无", "null"])
def test_a_required_cell_that_says_nothing_is_sent_back(column: str, nothing: str) -> None:
    outcome = check(**{column: nothing})
    assert isinstance(outcome, Returned)
    told = {(reason.word, reason.column) for reason in outcome.reasons}
    assert ("missing", column) in told
    # A fine without its type is told of as well.
    assert told <= {("missing", column), ("fine_amount", "CF_CFLB"), ("kind", "CF_XDR_LB")}


def test_a_natural_person_without_a_code_is_left_out_whatever_else_the_row_says() -> None:
    outcome = check(CF_XDR_LB="自然人", CF_XDR_SHXYM="", CF_JDRQ="202611", CF_CFJG="")
    assert isinstance(outcome, Skipped)
    assert outcome.word == "natural_person"


def test_an_identity_number_in_the_column_of_the_code_is_not_repeated() -> None:
    outcome = check(CF_XDR_LB="自然人", CF_XDR_SHXYM="320900199001011234")
    assert isinstance(outcome, Returned)
    assert "19900101" not in outcome.text


def test_an_accepted_row_is_written_in_one_form() -> None:
    changes = {"CF_XDR_SHXYM": f" {code(1).lower()}", "CF_JDRQ": "2026年11月9日", "CF_NR_FK": "5,000.00元",
               "BZ": "暂无", "CF_GSJZQ": "2099-12-31", "CF_FR_ZJHM": "320900199001011234"}  # fmt: skip
    outcome = check(**changes)
    assert isinstance(outcome, Accepted)
    told = [outcome.cells[column] for column in (*changes, "CF_NR_WFFF", "CF_WSH")]
    assert told == [code(1), "2026-11-09", "0.500000", "", "", "", "", "盐卫罚〔2026〕1号"]


def test_delays_are_working_days_since_the_decision() -> None:
    calendar = load_work_calendar(None)
    days = [date(2026, 11, 21), date(2026, 11, 20), date(2026, 11, 12), date(2026, 11, 11), date(2026, 9, 30)]
    told = delays(days, TODAY, calendar)
    assert told == {day: calendar.working_days_between(day, TODAY) for day in days}
    assert [told[day] for day in days[:4]] == [0, 0, 6, 7]


def test_a_code_kept_as_a_number_shows_what_is_certain_of_it() -> None:
    assert text_of(9.132090012345679e17) == "913209001234567***"


def test_a_row_that_the_manifest_does_not_take_is_sent_back() -> None:
    take = Take(column="CF_CFJG", values=("盐城市卫计委",))
    source = HEALTH.manifest.source.model_copy(update={"take": take})
    located = HEALTH.model_copy(update={"manifest": HEALTH.manifest.model_copy(update={"source": source})})
    outcome = Checks(located, WORDS, TODAY).check(Line(2, row()))
    assert isinstance(outcome, Returned)
    assert [(reason.word, reason.column) for reason in outcome.reasons] == [("unit", "CF_CFJG")]


@pytest.mark.parametrize("text", ["=1+1", "+罚款", "@SUM(A1)", "-2+3", "'=1", "-5", "-", "普通", ""])
def test_no_cell_of_a_rejection_file_is_a_formula_and_it_comes_back_as_it_was(text: str) -> None:
    kept = defused(text)
    assert plain(kept) == text
    assert not kept.startswith(("=", "@", "+"))


def test_every_reason_has_its_words_in_the_summary() -> None:
    package = Path(summary.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    assert set(re.findall(r'Reason\("([a-z_]+)"', text)) == set(summary.REASONS)


def test_the_manifest_key_is_explained_to_operators() -> None:
    readme = (DOMAINS / "README.md").read_text(encoding="utf-8")
    assert [key for key in DoublePublicity.model_fields if f"`{key}`" not in readme] == []
