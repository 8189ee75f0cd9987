"""The table of moves: whatever happens to a case, somebody can act on it until it is closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditreport.errors import Problem
from creditreport.objections.flow import (
    CLOSED,
    MOVE_WORDS,
    OPEN,
    STATE_WORDS,
    TRANSITIONS,
    CaseKind,
    Move,
    Party,
    State,
    after,
    moves,
    turn,
)

# What each move may do, said a second time: a slip in the table is found here.
MEANT = {
    Move.FILE: ("DRAFT", "FILED"),
    Move.RETURN: ("FILED", "RETURNED"),
    Move.COMPLETE: ("RETURNED", "FILED"),
    Move.LAPSE: ("RETURNED", "WITHDRAWN"),
    Move.ACCEPT: ("FILED", "ACCEPTED"),
    Move.REFER: ("ACCEPTED", "REFERRED"),
    Move.REASSIGN: ("REFERRED ANSWERED", "REFERRED"),
    Move.SEND_BACK: ("REFERRED", "ACCEPTED"),
    Move.ANSWER: ("REFERRED", "ANSWERED"),
    Move.UPHOLD: ("ANSWERED", "UPHELD"),
    Move.REJECT: ("ANSWERED", "REJECTED"),
    Move.WITHDRAW: ("FILED RETURNED ACCEPTED REFERRED ANSWERED", "WITHDRAWN"),
}


@pytest.mark.parametrize("move", MEANT)
def test_the_table_is_what_is_meant(move: Move) -> None:
    sources, target = MEANT[move]
    row = TRANSITIONS[move]
    assert (row.sources, row.target) == ({State(one) for one in sources.split()}, State(target))


@given(st.lists(st.tuples(st.sampled_from(Move), st.sampled_from(Party)), max_size=40))
def test_no_sequence_of_moves_leaves_a_case_without_whose_turn_it_is(tried: list[tuple[Move, Party]]) -> None:
    state, returned = State.DRAFT, False
    for move, party in tried:
        try:
            state = after(state, move, party, returned_before=returned)
        except Problem:
            continue
        returned = returned or move is Move.RETURN
        whose = turn(state)
        assert (whose is None) == (state in CLOSED)
        if whose is not None:
            # Whose turn it is can bring the case further, to another state.
            further = [one for one in moves(state, whose, returned_before=returned) if TRANSITIONS[one].target]
            assert further
            assert (state in OPEN) == state.is_open == (state is not State.DRAFT)


def test_returned_once_only() -> None:
    assert after(State.FILED, Move.RETURN, Party.CREDIT_OFFICE) is State.RETURNED
    with pytest.raises(Problem, match="returned for completion"):
        after(State.FILED, Move.RETURN, Party.CREDIT_OFFICE, returned_before=True)
    assert Move.RETURN not in moves(State.FILED, Party.CREDIT_OFFICE, returned_before=True)


@pytest.mark.parametrize("party", [Party.BUSINESS, Party.UNIT, Party.TIME])
def test_only_the_credit_office_decides(party: Party) -> None:
    for move in (Move.UPHOLD, Move.REJECT, Move.ACCEPT, Move.RETURN, Move.REFER, Move.REASSIGN):
        with pytest.raises(Problem):
            after(next(iter(TRANSITIONS[move].sources)), move, party)


def test_every_word_has_both_languages() -> None:
    assert set(STATE_WORDS) == set(State)
    assert set(MOVE_WORDS) == set(Move)
    assert [one for one in CaseKind if one.is_repair] == [CaseKind.REPAIR]
