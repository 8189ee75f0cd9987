"""The next drop: nothing that a department has told us of gets lost, whatever is wrong with its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from creditreport.catalog.load import load_manifest, load_words
from creditreport.doublepublicity.checks import Accepted, Checks, Skipped, normal_or_none, row_key
from creditreport.doublepublicity.form import Line, Returned, ticketed
from creditreport.doublepublicity.merge import Merged, held_ticket, merge, ticket, without_doubles
from creditreport.doublepublicity.upload import text_of
from tests.publicity import UNIT, code, row

DOMAINS = Path(__file__).parents[2] / "domains"
WORDS = load_words(DOMAINS)
HEALTH = load_manifest(DOMAINS / "24_health.toml", WORDS)
CHECKS = Checks(HEALTH, WORDS, date(2026, 11, 21))
Cells = Mapping[str, str]


def lines(rows: Iterable[Mapping[str, Any]], tickets: Mapping[int, str] | None = None) -> list[Line]:
    texts = [{column: text_of(cell) for column, cell in each.items()} for each in rows]
    return [Line(place + 2, cells, ticket=(tickets or {}).get(place)) for place, cells in enumerate(texts)]


def run(last: Sequence[Cells], sent: Iterable[Line]) -> Merged:
    outcomes = without_doubles(map(CHECKS.check, sent))
    return merge("health", last, outcomes, lambda cells: normal_or_none(CHECKS, cells))


def kinds(merged: Merged) -> list[str]:
    return [one.word if isinstance(one, Skipped) else type(one).__name__ for one in merged.outcomes]


def shown(merged: Merged) -> list[tuple[str, str]]:
    """Number and amount of each row of the drop; of a held one, "held"."""
    return [(cells["CF_WSH"], "held" if held_ticket(cells) else cells["CF_NR_FK"]) for cells in merged.rows]


def test_the_drop_grows_and_the_same_rows_change_nothing() -> None:
    first = run([], lines([row(1), row(2)]))
    second = run(first.rows, lines([row(2), row(3)]))
    assert kinds(second) == ["imported_before", "Accepted"]
    assert shown(second) == [(f"盐卫罚〔2026〕{number}号", "0.500000") for number in (1, 2, 3)]
    # A row that the department wrote itself is the same row in its own words.
    old = lines([row(1, CF_JDRQ="2026年11月9日", CF_NR_FK="0.50", CF_WSH="盐卫罚[2026]1号")])
    assert kinds(run([old[0].cells], lines([row(1, CF_WSH="盐卫罚[2026]1号")]))) == ["imported_before"]


def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    first = run([], lines([row(1), row(2)]))
    second = run(first.rows, lines([row(1, CF_WSH="盐卫罚【2026】 1号", CF_NR_FK="0.6", CF_NR="罚款6000元")]))
    assert shown(second) == [("盐卫罚【2026】 1号", "0.600000"), ("盐卫罚〔2026〕2号", "0.500000")]
    assert [one.columns for one in second.replaced] == [("CF_WSH", "CF_NR", "CF_NR_FK")]


def test_one_number_for_several_businesses_is_several_rows() -> None:
    merged = run([], lines([row(1, CF_WSH="共1号"), row(2, CF_WSH="共1号")]))
    assert kinds(merged) == ["Accepted", "Accepted"]


def test_doubles_within_a_file() -> None:
    same = run([], lines([row(1), row(1)]))
    assert kinds(same) == ["Accepted", "same_row_twice"]
    other = run([], lines([row(1), row(1, CF_NR_FK="0.6", CF_NR="罚款6000元"), row(2)]))
    assert kinds(other) == ["Returned", "Returned", "Accepted"]
    assert [place for _number, place in shown(other)] == ["0.500000", "held", "held"]
    assert "第 2、3 行" in str(other.outcomes[0].reasons[0])  # type: ignore[union-attr]


def test_another_authority_under_one_number_and_business_is_a_matter_for_staff() -> None:
    last = [run([], lines([row(1)])).rows[0] | {"CF_CFJG": "盐城市卫计委"}]
    merged = run(last, lines([row(1)]))
    (returned,) = merged.outcomes
    assert isinstance(returned, Returned)
    assert [(reason.word, reason.column) for reason in returned.reasons] == [("duplicate", "CF_CFJG")]
    assert merged.rows[0] == last[0]


def test_a_row_sent_back_is_held_without_its_day_and_without_identity_numbers() -> None:
    merged = run([], lines([row(1, CF_JDRQ="202611", CF_FR_ZJHM="320900199001011234")]))
    (held,) = merged.rows
    assert (held["CF_XDR_SHXYM"], held["CF_WSH"], held["CF_FR_ZJHM"]) == (code(1), "盐卫罚〔2026〕1号", "")
    assert held["CF_JDRQ"].startswith("〔退回编号")
    assert "202611" in held["CF_JDRQ"]
    # The same wrong row once more is held once.
    assert run(merged.rows, lines([row(1, CF_JDRQ="202611")])).rows[0]["CF_WSH"] == held["CF_WSH"]
    assert len(run(merged.rows, lines([row(1, CF_JDRQ="202611", CF_FR_ZJHM="320900199001011234")])).rows) == 1


def test_a_held_row_is_released_when_it_comes_back_right() -> None:
    wrong = row(1, CF_XDR_SHXYM=code(1)[:-1] + "0")
    first = run([], lines([wrong]))
    known = held_ticket(first.rows[0])
    assert known is not None
    # With the reason left in place its number is known even though the code is another one now.
    again = run(first.rows, lines([row(1)], {0: known}))
    assert (shown(again), again.released) == ([("盐卫罚〔2026〕1号", "0.500000")], 1)
    # Without it, a corrected code cannot be known for the same row: it stays held, for whoever has the name.
    assert shown(run(first.rows, lines([row(1)])))[0] == ("盐卫罚〔2026〕1号", "held")
    # Number and code suffice where they are the same.
    other = run([], lines([row(2, CF_JDRQ="202611")]))
    assert shown(run(other.rows, lines([row(2)]))) == [("盐卫罚〔2026〕2号", "0.500000")]
    # Still wrong, in another way: held once, under its new reasons.
    still = run(first.rows, lines([row(1, CF_JDRQ="202611")], {0: known}))
    assert [held_ticket(cells) == known for cells in still.rows] == [False]
    # It was a natural person after all.
    person = row(1, CF_XDR_LB="自然人", CF_XDR_SHXYM="")
    assert run(first.rows, lines([person], {0: known})).rows == []


def test_a_ticket_copied_to_another_row_releases_nothing() -> None:
    first = run([], lines([row(1, CF_XDR_SHXYM=code(1)[:-1] + "0")]))
    known = held_ticket(first.rows[0])
    merged = run(first.rows, lines([row(7)], {0: known or ""}))
    assert shown(merged) == [("盐卫罚〔2026〕1号", "held"), ("盐卫罚〔2026〕7号", "0.500000")]


def test_a_row_whose_cells_slipped_still_concerns_its_business() -> None:
    cells = lines([row(1)])[0].cells
    slipped = {**cells, "CF_XDR_SHXYM": "法人及非法人组织", "CF_XDR_GSZC": code(1), "CF_XDR_LB": "样例"}
    merged = run([], [Line(2, slipped, fits=False)])
    assert merged.rows[0]["CF_XDR_SHXYM"] == code(1)


CHANGES = st.sampled_from([
    {}, {}, {}, {"CF_NR_FK": "0.6"}, {"CF_JDRQ": "202611"}, {"CF_XDR_SHXYM": "9132"}, {"CF_CFLB": "罚金"},
    {"CF_XDR_LB": "自然人", "CF_XDR_SHXYM": ""}, {"CF_CFJG": "别的机关"}, {"CF_WSH": ""}, {"CF_WSH": "共1号"},
    {"CF_XDR_LB": "自然人", "CF_XDR_SHXYM": code(1, "92")},
])  # fmt: skip
ROWS = st.lists(st.tuples(st.integers(1, 4), CHANGES).map(lambda drawn: row(drawn[0], **drawn[1])), max_size=8)


@given(ROWS, ROWS)
def test_every_row_is_accepted_sent_back_or_left_out_and_none_is_lost(
    before: list[dict[str, Any]], sent: list[dict[str, Any]]
) -> None:
    last = run([], lines(before)).rows
    merged = run(last, lines(sent))
    told = Counter(type(one) for one in merged.outcomes)
    assert told[Accepted] + told[Returned] + told[Skipped] == len(sent)
    keys = {row_key(cells) for cells in merged.rows if not held_ticket(cells)}
    tickets = Counter(held_ticket(cells) for cells in merged.rows if held_ticket(cells))
    for one in merged.outcomes:
        if isinstance(one, Returned):
            assert tickets[ticket("health", one.line)] == 1
        elif isinstance(one, Accepted):
            assert one.cells in merged.rows
        elif one.word != "natural_person":
            assert row_key(one.line.cells) in keys
    for cells in last:
        # A held row may come back with another authority; its number and its business stay.
        assert row_key(cells)[:2] in {row_key(other)[:2] for other in merged.rows}
    # One decision about one business is one row.
    assert len(keys) == sum(not held_ticket(cells) for cells in merged.rows)
    assert run(merged.rows, lines(sent)).rows == merged.rows


def test_the_reason_is_read_back_from_its_cell() -> None:
    assert held_ticket({"CF_JDRQ": ticketed("0123456789ab", "x")}) == "0123456789ab"
    assert held_ticket({"CF_JDRQ": "2026-11-09", "CF_CFJG": UNIT}) is None
