"""One move of a case within the caller's transaction: held, checked against the table, and left with its event.

Of two who move a case at once one waits for the other, finds the version changed, and is told who did what.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.accounts.models import Account
from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.objections.flow import CLOSED, MOVE_WORDS, Move, Party, State, after
from creditreport.objections.models import ObjectionCase, ObjectionEvent
from creditreport.objections.officer import Officer, party_of

LONGEST_TEXT = 4000


def hold_case(session: Session, case_id: int) -> ObjectionCase:
    """The case, held until the transaction ends. Raises ``UNKNOWN_OBJECTION``."""
    case = session.get(ObjectionCase, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise Problem("UNKNOWN_OBJECTION")
    return case


def hold_own(session: Session, register_id: str, case_id: int) -> ObjectionCase:
    """A business's own case, held. Raises ``UNKNOWN_OBJECTION`` also for another business's."""
    case = hold_case(session, case_id)
    if case.register_id != register_id:
        raise Problem("UNKNOWN_OBJECTION")
    return case


def begin(session: Session, case_id: int, version: int, move: Move, officer: Officer) -> ObjectionCase | None:
    """The case, held and ready for ``move`` by ``officer``; ``None`` when they did just this already.

    Raises ``UNKNOWN_OBJECTION``, ``NOT_ALLOWED``, ``OBJECTION_MOVED`` (with who did what), ``OBJECTION_MOVE_REFUSED``.
    """
    case = hold_case(session, case_id)
    if case.filed_at is None:
        raise Problem("UNKNOWN_OBJECTION")
    if case.version != version:
        last = last_event(session, case.id)
        if last is not None and (last.by, last.move, last.version) == (officer.actor, move, version + 1):
            return None
        raise _moved(session, case, last)
    check(case, move, officer)
    return case


def check(case: ObjectionCase, move: Move, officer: Officer) -> Party:
    """In whose part ``officer`` makes ``move``. Raises ``NOT_ALLOWED``, ``OBJECTION_MOVE_REFUSED``."""
    party = party_of(officer, case)
    after(State(case.state), move, party, returned_before=case.returned_at is not None)
    return party


def finish(
    session: Session, case: ObjectionCase, move: Move, party: Party, by: str, now: datetime, *,
    why: str | None = None, detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Make the move: new state and version, the event, the audit entry. Raises ``OBJECTION_MOVE_REFUSED``."""
    state = after(State(case.state), move, party)
    case.state, case.version, case.changed_at = state.value, case.version + 1, now
    if state in CLOSED:
        case.closed_at, case.open_key = now, None
    note(session, case, move, party, by, now, why=why, detail=detail)


def note(
    session: Session, case: ObjectionCase, move: Move, party: Party, by: str, now: datetime, *,
    why: str | None = None, detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """An event and an audit entry about the case as it is now. The audit trail holds no words of the case."""
    event = ObjectionEvent(
        case_id=case.id, at=now, by=by, party=party.value, move=move.value, state=case.state, version=case.version,
        why=why, detail=detail or {},
    )  # fmt: skip
    session.add(event)
    known = {"number": case.number, "state": case.state, "version": case.version, **(detail or {})}
    add_entry(session, at=now, actor=by, action=f"objection.{move.value}", subject=f"objection:{case.id}", detail=known)


def last_event(session: Session, case_id: int) -> ObjectionEvent | None:
    """What last happened to a case."""
    query = select(ObjectionEvent).where(ObjectionEvent.case_id == case_id).order_by(ObjectionEvent.id.desc())
    return session.scalar(query.limit(1))


def names_of(session: Session, actors: set[str]) -> dict[str, str]:
    """The names of accounts among ``actors`` (``account:7``), for staff; others are left out."""
    ids = [int(actor.partition(":")[2]) for actor in actors if actor.startswith("account:")]
    rows = session.execute(select(Account.id, Account.display_name).where(Account.id.in_(ids)))
    return {f"account:{account_id}": name for account_id, name in rows}


def text_of(value: str, key: str, *, needed: bool = True, longest: int = LONGEST_TEXT) -> str:
    """A text as typed, without control characters. Raises ``INVALID_OBJECTION`` for none at all and one too long."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(one for one in lines if one == "\n" or one.isprintable()).strip()
    if needed and not clean:
        raise invalid(key, "不能为空", "must not be empty")
    if len(clean) > longest:
        raise invalid(
            key, f"最多 {longest} 字，现有 {len(clean)} 字", f"at most {longest} characters, not {len(clean)}"
        )
    return clean


def invalid(key: str, zh: str, en: str) -> Problem:
    """``INVALID_OBJECTION`` about ``key`` of what was typed."""
    return Problem("INVALID_OBJECTION", shown={"key": key}, key=key, detail_zh=zh, detail_en=en)


def _moved(session: Session, case: ObjectionCase, last: ObjectionEvent | None) -> Problem:
    assert last is not None  # noqa: S101 - a filed case has its filing
    who = names_of(session, {last.by}).get(last.by) if last.party != Party.BUSINESS else None
    zh, en = ("经营主体", "the business") if last.party == Party.BUSINESS else (who or "系统", who or "the system")
    what_zh, what_en = MOVE_WORDS[Move(last.move)]
    return Problem(
        "OBJECTION_MOVED",
        shown={"move": last.move, "at": last.at.isoformat()},
        number=case.number,
        who_zh=zh,
        who_en=en,
        what_zh=what_zh,
        what_en=what_en,
        at=f"{last.at:%Y-%m-%d %H:%M}",
    )
