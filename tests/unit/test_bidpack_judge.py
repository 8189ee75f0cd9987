"""The verdict table of a bid pack: each rule, its edges, its words and sentences."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from creditreport.bidpacks.facts import Facts, Item, Kind, Terms, Trouble
from creditreport.bidpacks.judge import WORDS, Judged, Judgement, Word, judge
from creditreport.bidpacks.sentences import code_problems, sentence
from creditreport.clock import SHANGHAI

OPENING = date(2026, 12, 1)
TODAY = date(2026, 11, 21)
MINE, OTHER, OLD = "91320900MA1DEMO00X", "91320900MA1DEMO11U", "91320900MA1DEMO22R"


def facts(number: str = "1", **stated: object) -> Facts:
    """A genuine report, issued on 21 November 2026 at noon, valid through 21 December."""
    usual: dict[str, object] = {
        "status": "VALID",
        "number": number,
        "uscc": MINE,
        "codes": (MINE,),
        "entity_name": "盐城甲示例有限公司",
        "years": 3,
        "issued_at": datetime(2026, 11, 21, 12, tzinfo=SHANGHAI),
        "valid_until": date(2026, 12, 21),
    }
    return Facts.model_validate({**usual, **stated})


def table(*found: Facts, today: date = TODAY, files: str = "", **terms: object) -> Judgement:
    """The table of a pack; ``files``: one letter for each item, the same for the same bytes."""
    items = [
        Item(position=at, label=f"{at}.pdf", kind=Kind.FILE, sha256=files[at - 1] if files else str(at), facts=one)
        for at, one in enumerate(found, start=1)
    ]
    return judge(items, Terms.model_validate({"project": "演示项目", "opening": OPENING, **terms}), today)


def only(found: Facts, **how: object) -> Judged:
    return table(found, **how).rows[0]  # type: ignore[arg-type]


def codes(row: Judged) -> list[str]:
    return [one.code for one in row.findings]


def test_a_genuine_report_that_is_valid_is_usable() -> None:
    row = only(facts())
    assert (row.word, row.genuine, row.valid_on_opening, row.findings) == (Word.USABLE, True, True, ())
    assert (row.right_business, row.window_enough, row.same_as) == (None, None, None)
    assert sentence(row)[0] == "真实，开标日有效。"


@pytest.mark.parametrize(
    ("opening", "found"),
    [
        (date(2026, 11, 20), ["ISSUED_AFTER"]),
        (date(2026, 11, 21), []),
        (date(2026, 12, 21), []),
        (date(2026, 12, 22), ["ENDS_BEFORE"]),
    ],
)
def test_the_day_of_issue_and_the_last_day_count(opening: date, found: list[str]) -> None:
    row = only(facts(), opening=opening)
    assert codes(row) == found
    assert row.valid_on_opening is not bool(found)
    assert row.word is (Word.UNUSABLE if found else Word.USABLE)


def test_late_in_the_evening_of_shanghai_is_still_that_day() -> None:
    late = facts(issued_at=datetime(2026, 12, 1, 23, 59, tzinfo=SHANGHAI))
    assert codes(only(late)) == []
    assert codes(only(facts(issued_at=datetime(2026, 12, 2, 0, 0, tzinfo=SHANGHAI)))) == ["ISSUED_AFTER"]


@pytest.mark.parametrize(
    ("status", "withdrawn", "word"),
    [("REVOKED", False, "REVOKED"), ("REVOKED", True, "WITHDRAWN"), ("SUPERSEDED", False, "SUPERSEDED")],
)
@pytest.mark.parametrize(("after", "suffix"), [(-1, ""), (0, ""), (1, "_SINCE")])
def test_a_report_that_was_ended(status: str, withdrawn: bool, word: str, after: int, suffix: str) -> None:
    ended = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI) + timedelta(days=after)
    row = only(facts(status=status, withdrawn=withdrawn, ended_at=ended), today=date(2026, 12, 5))
    assert codes(row) == [word + suffix]
    assert row.valid_on_opening is bool(suffix)
    assert row.word is (Word.CHECK if suffix else Word.UNUSABLE)
    assert f"{ended.day}日" in sentence(row)[0]


def test_one_that_was_valid_on_a_past_opening_and_has_run_out_is_usable() -> None:
    row = only(facts(status="EXPIRED"), today=date(2026, 12, 22))
    assert (codes(row), row.word, row.valid_on_opening) == (["EXPIRED_SINCE"], Word.USABLE, True)


def test_expected_businesses_and_those_that_are_missing() -> None:
    renamed = facts("2", uscc=OLD, codes=(OLD, OTHER))
    found = table(facts(), renamed, facts("3", uscc="X", codes=("X",)), expected=(OTHER, "NOBODY"))
    assert [codes(row) for row in found.rows] == [["OTHER_BUSINESS"], [], ["OTHER_BUSINESS"]]
    assert [row.right_business for row in found.rows] == [False, True, False]
    assert found.missing == ("NOBODY",)
    # A file that only claims to be theirs does not make them present.
    forged = facts(status="TAMPERED", step=1, number=None, codes=())
    assert table(forged, expected=(MINE,)).missing == (MINE,)


@pytest.mark.parametrize(("years", "enough"), [(None, None), (2, True), (3, True), (4, False)])
def test_a_window_as_long_as_wanted(years: int | None, enough: bool | None) -> None:
    row = only(facts(), years=years)
    assert row.window_enough is enough
    assert codes(row) == (["SHORT_WINDOW"] if enough is False else [])


def test_twice_the_same() -> None:
    rows = table(
        facts(),
        facts("2", codes=("X",)),
        facts(),
        facts(),
        facts("5"),
        facts(status="TAMPERED", step=1),
        files="abacde",
    ).rows
    assert [codes(row) for row in rows] == [
        [], [], ["SAME_FILE"], ["SAME_REPORT"], ["SAME_BUSINESS"], ["CHANGED"],
    ]  # fmt: skip
    assert [row.same_as for row in rows] == [None, None, 1, 1, 1, None]
    forgery = facts(status="NOT_ISSUED_HERE", step=3, number=None, codes=())
    assert [codes(row) for row in table(forgery, forgery, files="aa").rows] == [["NOT_OURS"], ["NOT_OURS", "SAME_FILE"]]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_what_is_no_report_says_why(trouble: Trouble) -> None:
    row = only(Facts(status="NOT_ISSUED_HERE", trouble=trouble, step=1))
    assert (codes(row), row.word, row.genuine, row.valid_on_opening) == ([trouble.name], Word.UNUSABLE, False, None)
    assert codes(only(Facts(status="NOT_ISSUED_HERE", trouble=trouble, copy_of="7"))) == ["COPY"]


def test_marks_are_told_and_only_changed_facts_are_to_be_checked() -> None:
    noted = only(facts(marks=("OBJECTION_OPEN", "REDUCED_SIGNATURE_LEVEL")))
    assert (noted.word, codes(noted)) == (Word.USABLE, ["OBJECTION_OPEN", "REDUCED_SIGNATURE_LEVEL"])
    assert only(facts(marks=("FACTS_CHANGED",))).word is Word.CHECK


def test_a_status_that_nobody_knows_stops() -> None:
    with pytest.raises(ValueError, match="PERHAPS"):
        only(facts(status="PERHAPS"))


def test_counts_and_the_whole() -> None:
    found = table(facts(), facts("2"), Facts(status="UNKNOWN"))
    assert found.counts == {"items": 3, "usable": 1, "check": 1, "unusable": 1, "missing": 0}
    assert not found.complete
    assert table(facts(), expected=(MINE,)).complete
    assert not table(facts(), expected=(MINE, OTHER)).complete


def test_every_finding_has_a_sentence_in_both_languages() -> None:
    assert code_problems() == set(WORDS)
    assert sentence(only(Facts(status="MISTYPED", mistyped_zh="少一位", mistyped_en="one is lacking"))) == (
        "核验码有误：少一位。",
        "The code is mistyped: one is lacking.",
    )
    both = sentence(only(facts(), opening=date(2026, 12, 24), years=5))
    assert both[0] == "有效期至2026年12月21日，在开标日之前，开标日无效；查询年限 3 年，短于要求的 5 年。"
    assert both[1].startswith("Valid until 21 December 2026, before the opening")
