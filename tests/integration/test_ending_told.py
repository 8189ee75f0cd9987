"""Notices of ended and replaced reports on both stores: with the deed or not at all, once, to whom they concern."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from creditreport.accounts.demo import DemoAccount, make_demo_accounts
from creditreport.accounts.models import Account, Authorisation
from creditreport.notices.models import Notice
from creditreport.reports.archive import find_report
from creditreport.reports.ending import replacing, revoking
from creditreport.reports.ending.replacing import replace_report
from creditreport.reports.ending.revoking import confirm_revocation, propose_revocation
from creditreport.reports.ending.telling import EndedBy, endings_of, replacements_of, tell_revoked
from creditreport.reports.issue import IssuedReport
from creditreport.reports.withdraw_key import withdraw_key
from creditreport.service import Service
from tests.at_once import at_once
from tests.conftest import NOON
from tests.integration.asking import Sync, ask
from tests.integration.city import City

WHY = "来源更正"
Told = list[tuple[str, str, str, str | None]]


class BrokenError(Exception):
    """What ends a transaction in the middle."""


@pytest.fixture
def issued(city: City, service: Service, sync: Sync) -> IssuedReport:
    """A report for finance. One person acts for the business, one for finance, one for commerce, one for another."""
    mine, other = city.business(1, "盐城甲示例有限公司"), city.business(2, "盐城乙示例有限公司")
    sync()
    people = [("head", mine), ("finance", mine), ("commerce", mine), ("other", other)]
    accounts = [DemoAccount(name, code, name) for name, code in people]
    make_demo_accounts(service.settings, service.sessions, accounts, NOON)
    with service.sessions.begin() as session:
        for name in ("finance", "commerce"):
            whose = select(Account.id).where(Account.subject == name).scalar_subquery()
            session.execute(update(Authorisation).where(Authorisation.account_id == whose).values(purposes=name))
    return ask(service, mine, purpose="finance")


def told(service: Service) -> Told:
    query = select(Account.subject, Notice.kind, Notice.subject, Notice.number)
    with service.reading() as session:
        rows = session.execute(query.join(Account, Account.id == Notice.account_id).order_by(Account.subject))
        return [tuple(row) for row in rows]  # type: ignore[misc]


def to_mine(kind: str, number: str, leads_to: str) -> Told:
    return [(name, kind, f"report:{number}", leads_to) for name in ("finance", "head")]


def revoke(service: Service, number: str, by: str = "account:98") -> None:
    confirm_revocation(service, number, by=by, now=NOON)


def replace(service: Service, number: str) -> None:
    replace_report(service, number, reason=WHY, by="account:97", now=NOON)


def test_two_who_confirm_at_once_tell_once(service: Service, issued: IssuedReport) -> None:
    propose_revocation(service, issued.number, "authority", WHY, by="account:97", now=NOON)
    assert told(service) == [], "a proposal is told to nobody"
    outcomes = at_once(*(lambda by=by: revoke(service, issued.number, by) for by in ("account:98", "account:99")))
    assert outcomes == {"done": 1, "NOT_VALID_ANY_MORE": 1}
    assert told(service) == to_mine("report_revoked", issued.number, issued.number)
    with service.sessions.begin() as session:
        assert tell_revoked(session, issued.number, NOON + timedelta(days=1)) == 0, "safe to repeat"
        ending = endings_of(session, [issued.number])[issued.number]
    assert (ending.by, ending.since, ending.why) == (EndedBy.AUTHORITY, NOON, WHY)


def test_two_who_replace_at_once_tell_once(service: Service, issued: IssuedReport) -> None:
    service.signer, service.catalog, service.editions, service.fonts  # noqa: B018 - once, before there are two
    outcomes = at_once(*[lambda: replace(service, issued.number)] * 2)
    assert outcomes == {"done": 1, "ALREADY_REPLACED": 1}
    with service.reading() as session:
        successor = find_report(session, issued.number).superseded_by
        assert successor is not None
        ending = replacements_of(session, [issued.number])[issued.number]
    assert told(service) == to_mine("report_replaced", issued.number, successor)
    assert (ending.by, ending.since, ending.why, ending.successor) == (EndedBy.REPLACED, NOON, WHY, successor)


@pytest.mark.parametrize(
    ("deed", "module", "name"), [(revoke, revoking, "_note"), (replace, replacing, "tell_replaced")]
)
def test_deed_and_notice_are_kept_or_lost_together(
    service: Service,
    issued: IssuedReport,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[Service, str], None],
    module: Any,
    name: str,
) -> None:
    propose_revocation(service, issued.number, "authority", WHY, by="account:97", now=NOON)
    real = getattr(module, name)

    def broken(*given: Any) -> None:
        real(*given)
        raise BrokenError

    monkeypatch.setattr(module, name, broken)
    with pytest.raises(BrokenError):
        deed(service, issued.number)
    assert told(service) == []
    with service.reading() as session:
        assert find_report(session, issued.number).status == "ISSUED"
        assert endings_of(session, [issued.number]) == replacements_of(session, [issued.number]) == {}


def test_a_key_that_is_withdrawn_is_told_without_the_operators_words(service: Service, issued: IssuedReport) -> None:
    for _ in range(2):
        withdraw_key(
            service.sessions, issued.document.signer_fingerprint, since=NOON, reason="机房失窃", by="test", now=NOON
        )
    assert told(service) == to_mine("report_revoked", issued.number, issued.number)
    with service.reading() as session:
        ending = endings_of(session, [issued.number])[issued.number]
    assert (ending.by, ending.why) == (EndedBy.KEY, None)
