"""The person behind a request as pages and use cases see them: no hash, no database."""

from __future__ import annotations

from dataclasses import dataclass

from flask_login import UserMixin

from creditreport.accounts.actor import Acting
from creditreport.accounts.models import Kind, Role


@dataclass(frozen=True)
class Person(UserMixin):  # type: ignore[misc]
    """Who is signed in. ``acting`` is the business chosen among ``businesses``; staff have neither."""

    token: str
    account_id: int
    kind: Kind
    display_name: str
    local: bool
    roles: frozenset[Role] = frozenset()
    domains: frozenset[str] = frozenset()
    businesses: tuple[Acting, ...] = ()
    acting: Acting | None = None

    def get_id(self) -> str:
        """What the cookie keeps: the session's token, so that ending the session signs out everywhere it was copied."""
        return self.token

    @property
    def actor(self) -> str:
        """How the audit trail and the stored request call this person."""
        return f"account:{self.account_id}"

    @property
    def uscc(self) -> str | None:
        """The code of the business chosen."""
        return self.acting.uscc if self.acting else None

    def answers_for(self, domain: str) -> bool:
        """Whether this is an officer of the unit that answers for ``domain``."""
        return Role.DEPARTMENT_OFFICER in self.roles and domain in self.domains
