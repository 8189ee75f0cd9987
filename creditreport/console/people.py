"""Who a member of staff is on the desk: what they may touch, and how the store's names for people are told."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from creditreport.accounts.models import Account, Role
from creditreport.accounts.person import Person
from creditreport.errors import Problem

# Who sees the whole city's data; an officer of a unit sees the fields that the unit answers for.
SEE_ALL = frozenset((Role.CREDIT_OFFICER, Role.AUDITOR))


def domains_seen(person: Person) -> frozenset[str] | None:
    """The domains that the person may see on the desk; ``None`` for all."""
    return None if person.roles & SEE_ALL else person.domains


def check_sees(person: Person, slug: str) -> None:
    """``NOT_ALLOWED`` unless the person may see the source ``slug``."""
    seen = domains_seen(person)
    if seen is not None and slug not in seen:
        raise Problem("NOT_ALLOWED")


def may_settle(person: Person, slug: str) -> bool:
    """Whether the person works on the source ``slug``: the credit office on all, a unit's officer on the unit's own."""
    return Role.CREDIT_OFFICER in person.roles or person.answers_for(slug)


def check_may_settle(person: Person, slug: str) -> None:
    """``NOT_ALLOWED`` unless :func:`may_settle`."""
    if not may_settle(person, slug):
        raise Problem("NOT_ALLOWED")


def names_of(session: Session, actors: Iterable[str | None]) -> dict[str, str]:
    """How people are called whom the store names ``account:12``; what is no account is told as it is."""
    texts = {actor for actor in actors if actor}
    ids = {int(text.removeprefix("account:")) for text in texts if _is_account(text)}
    query = select(Account.id, Account.display_name).where(Account.id.in_(ids))
    known = {f"account:{key}": name for key, name in session.execute(query)} if ids else {}
    return {text: known.get(text, text) for text in texts}


def _is_account(text: str) -> bool:
    number = text.removeprefix("account:")
    return text != number and number.isascii() and number.isdecimal()
