"""The one table of what can happen to a case, by whom, and whose turn it is afterwards (pure).

A repair request travels the same road as an objection; only its words and its time limits differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from creditreport.errors import Problem


class CaseKind(StrEnum):
    """What the business says: of an objection what is wrong with the record, or that it asks for repair."""

    NOT_MINE = "not_mine"
    ALREADY_REPAIRED = "already_repaired"
    AMOUNT_WRONG = "amount_wrong"
    DATE_WRONG = "date_wrong"
    REVOKED = "revoked"
    OTHER = "other"
    REPAIR = "repair"

    @property
    def is_repair(self) -> bool:
        """A request for credit repair: it disputes nothing, and what it leads to makes no earlier report wrong."""
        return self is CaseKind.REPAIR


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "DRAFT"
    FILED = "FILED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    REFERRED = "REFERRED"
    ANSWERED = "ANSWERED"
    UPHELD = "UPHELD"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"

    @property
    def is_open(self) -> bool:
        """Filed and not closed: the record is in dispute (or under a repair request)."""
        return self in OPEN


OPEN = frozenset({State.FILED, State.RETURNED, State.ACCEPTED, State.REFERRED, State.ANSWERED})
CLOSED = frozenset({State.UPHELD, State.REJECTED, State.WITHDRAWN})


class Party(StrEnum):
    """Who can act: the business, the credit office, the responsible unit, or time itself."""

    BUSINESS = "business"
    CREDIT_OFFICE = "credit_office"
    UNIT = "unit"
    TIME = "time"


class Move(StrEnum):
    """What can happen to a case; each leaves an event."""

    FILE = "file"
    ADD_EVIDENCE = "add_evidence"
    RETURN = "return"
    COMPLETE = "complete"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    REFER = "refer"
    REASSIGN = "reassign"
    SEND_BACK = "send_back"
    ANSWER = "answer"
    UPHOLD = "uphold"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Transition:
    """``move`` by one of ``by`` leads from one of ``sources`` to ``target`` (``None``: the state stays)."""

    move: Move
    sources: frozenset[State]
    target: State | None
    by: frozenset[Party]


def _row(move: Move, sources: frozenset[State] | set[State], target: State | None, *by: Party) -> Transition:
    return Transition(move, frozenset(sources), target, frozenset(by))


TRANSITIONS = {
    one.move: one
    for one in (
        _row(Move.FILE, {State.DRAFT}, State.FILED, Party.BUSINESS),
        _row(Move.ADD_EVIDENCE, OPEN, None, Party.BUSINESS),
        # Once only: whether it was returned before stands in the case, not in the state.
        _row(Move.RETURN, {State.FILED}, State.RETURNED, Party.CREDIT_OFFICE),
        _row(Move.COMPLETE, {State.RETURNED}, State.FILED, Party.BUSINESS),
        _row(Move.LAPSE, {State.RETURNED}, State.WITHDRAWN, Party.TIME),
        _row(Move.WITHDRAW, OPEN, State.WITHDRAWN, Party.BUSINESS),
        _row(Move.ACCEPT, {State.FILED}, State.ACCEPTED, Party.CREDIT_OFFICE),
        _row(Move.REFER, {State.ACCEPTED}, State.REFERRED, Party.CREDIT_OFFICE),
        # To another unit, or to the same one with a further question; any number of times.
        _row(Move.REASSIGN, {State.REFERRED, State.ANSWERED}, State.REFERRED, Party.CREDIT_OFFICE),
        # "Not ours": back to the credit office, never into a hole.
        _row(Move.SEND_BACK, {State.REFERRED}, State.ACCEPTED, Party.UNIT),
        # A unit without a desk here answers on paper: the credit office enters it on the unit's behalf.
        _row(Move.ANSWER, {State.REFERRED}, State.ANSWERED, Party.UNIT, Party.CREDIT_OFFICE),
        _row(Move.UPHOLD, {State.ANSWERED}, State.UPHELD, Party.CREDIT_OFFICE),
        _row(Move.REJECT, {State.ANSWERED}, State.REJECTED, Party.CREDIT_OFFICE),
    )
}

TURN: dict[State, Party | None] = {
    State.DRAFT: Party.BUSINESS,
    State.FILED: Party.CREDIT_OFFICE,
    State.RETURNED: Party.BUSINESS,
    State.ACCEPTED: Party.CREDIT_OFFICE,
    State.REFERRED: Party.UNIT,
    State.ANSWERED: Party.CREDIT_OFFICE,
    State.UPHELD: None,
    State.REJECTED: None,
    State.WITHDRAWN: None,
}


def turn(state: State) -> Party | None:
    """Whose turn it is; ``None`` once the case is closed."""
    return TURN[state]


def after(state: State, move: Move, party: Party, *, returned_before: bool = False) -> State:
    """The state that ``move`` by ``party`` leads to. Raises ``OBJECTION_MOVE_REFUSED`` that names state and move."""
    row = TRANSITIONS[move]
    if state not in row.sources or party not in row.by or (move is Move.RETURN and returned_before):
        raise refused(state, move)
    return row.target or state


def refused(state: State, move: Move) -> Problem:
    """``OBJECTION_MOVE_REFUSED``: ``move`` is not possible now."""
    (state_zh, state_en), (move_zh, move_en) = STATE_WORDS[state], MOVE_WORDS[move]
    return Problem(
        "OBJECTION_MOVE_REFUSED",
        shown={"state": state.value, "move": move.value},
        state_zh=state_zh,
        state_en=state_en,
        move_zh=move_zh,
        move_en=move_en,
    )


def moves(state: State, party: Party, *, returned_before: bool = False) -> tuple[Move, ...]:
    """What ``party`` can do with a case in ``state``, in the order of the table."""
    return tuple(
        move
        for move, row in TRANSITIONS.items()
        if state in row.sources and party in row.by and not (move is Move.RETURN and returned_before)
    )


# Chinese and English, for errors, letters and pages alike.
STATE_WORDS: dict[State, tuple[str, str]] = {
    State.DRAFT: ("草稿", "draft"),
    State.FILED: ("已提交，待受理", "filed, to be accepted"),
    State.RETURNED: ("待补正", "returned for completion"),
    State.ACCEPTED: ("已受理，待转交", "accepted, to be referred"),
    State.REFERRED: ("责任单位核实中", "with the responsible unit"),
    State.ANSWERED: ("责任单位已答复，待决定", "answered by the unit, to be decided"),
    State.UPHELD: ("已支持", "upheld"),
    State.REJECTED: ("未支持", "rejected"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
}
MOVE_WORDS: dict[Move, tuple[str, str]] = {
    Move.FILE: ("提交", "filed"),
    Move.ADD_EVIDENCE: ("补充材料", "further evidence added"),
    Move.RETURN: ("退回补正", "returned for completion"),
    Move.COMPLETE: ("补正后再次提交", "completed and filed again"),
    Move.LAPSE: ("逾期未补正，视为撤回", "not completed in time: counts as withdrawn"),
    Move.WITHDRAW: ("撤回", "withdrawn"),
    Move.ACCEPT: ("受理", "accepted"),
    Move.REFER: ("转交责任单位", "referred to the responsible unit"),
    Move.REASSIGN: ("改派或再次核实", "reassigned"),
    Move.SEND_BACK: ("责任单位退回", "sent back by the unit"),
    Move.ANSWER: ("责任单位答复", "answered by the unit"),
    Move.UPHOLD: ("予以支持", "upheld"),
    Move.REJECT: ("不予支持", "rejected"),
}
KIND_WORDS: dict[CaseKind, tuple[str, str]] = {
    CaseKind.NOT_MINE: ("不是本主体的记录", "not this business's record"),
    CaseKind.ALREADY_REPAIRED: ("已完成信用修复", "already repaired"),
    CaseKind.AMOUNT_WRONG: ("金额有误", "an amount is wrong"),
    CaseKind.DATE_WRONG: ("日期有误", "a date is wrong"),
    CaseKind.REVOKED: ("决定已撤销或失效", "the decision was revoked"),
    CaseKind.OTHER: ("其他", "other"),
    CaseKind.REPAIR: ("申请信用修复", "request for credit repair"),
}
