"""Who acts for the house, as the use cases need to know: ``accounts.person.Person`` is one."""

from __future__ import annotations

from typing import Protocol

from creditreport.accounts.models import Role
from creditreport.errors import Problem
from creditreport.objections.flow import Party
from creditreport.objections.models import ObjectionCase


class Officer(Protocol):
    """A signed-in member of staff."""

    @property
    def actor(self) -> str:
        """How events and the audit trail call them."""

    @property
    def roles(self) -> frozenset[Role]:
        """What they may do."""

    @property
    def domains(self) -> frozenset[str]:
        """The fields whose unit they are an officer of."""


def is_credit_officer(officer: Officer) -> bool:
    """Whether they act for the credit office."""
    return Role.CREDIT_OFFICER in officer.roles


def acts_for_unit(officer: Officer, case: ObjectionCase) -> bool:
    """Whether they are an officer of the unit that the case is with."""
    return (
        Role.DEPARTMENT_OFFICER in officer.roles
        and case.unit_domain is not None
        and case.unit_domain in officer.domains
    )


def may_see(officer: Officer, case: ObjectionCase) -> bool:
    """Whether they may read the case: credit office and auditors all that was filed, a unit what is with it."""
    if case.filed_at is None:
        return False
    if officer.roles & {Role.CREDIT_OFFICER, Role.AUDITOR}:
        return True
    return acts_for_unit(officer, case)


def party_of(officer: Officer, case: ObjectionCase) -> Party:
    """In whose part they act on this case. Raises ``NOT_ALLOWED`` for anybody else.

    Who is of both houses acts for the unit while the case is with their unit, else for the credit office.
    """
    if acts_for_unit(officer, case):
        return Party.UNIT
    if is_credit_officer(officer):
        return Party.CREDIT_OFFICE
    raise Problem("NOT_ALLOWED")
