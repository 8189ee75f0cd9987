"""Sending the mails that notices want: at least once, in ordinary running once; never lost, pauses between tries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from creditreport.accounts.acting import businesses_of
from creditreport.accounts.models import Account
from creditreport.audit.trail import add_entry
from creditreport.notices.mail import MailFailedError, notice_mail, send
from creditreport.notices.models import Notice, NoticeChoice
from creditreport.notices.reading import may_read

if TYPE_CHECKING:
    from creditreport.service import Service

log = structlog.get_logger(__name__)

JOB = "job:notices"
# Longer than sending may take, so that a second run beside this one never takes the same notice.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360))
AT_ONCE = 100


def run_mails(service: Service, now: datetime, most: int = AT_ONCE) -> int:
    """Send the mails that are due at ``now``, ``most`` of them; returns how many the mail server took.

    Safe to repeat and to run twice at once: a notice is taken by moving its next try on. A run that is killed between
    the server's yes and our note of it sends that one mail again, with the same ``Message-ID``. A failure waits 5, 15
    minutes, 1, 3, then every 6 hours; only an address that the server refuses for good gets no further try.
    """
    sent = 0
    for _ in range(most if service.settings.mail is not None else 0):
        taken = _take(service, now)
        if taken is None:
            break
        sent += _deliver(service, taken, now)
    return sent


def _take(service: Service, now: datetime) -> Notice | None:
    query = (
        select(Notice)
        .where(Notice.mail_next_at <= now)
        .order_by(Notice.mail_next_at, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with service.sessions.begin() as session:
        row = session.scalar(query)
        if row is not None:
            row.mail_tries += 1
            row.mail_next_at = now + PAUSES[min(row.mail_tries, len(PAUSES)) - 1]
        return row


def _deliver(service: Service, row: Notice, now: datetime) -> bool:
    with service.reading() as session:
        wanted = _wanted(session, row, now)
    if wanted is None:
        _settle(service, row.id, None)
        return False
    mail, (address, language) = service.settings.mail, wanted
    assert mail is not None  # noqa: S101 - run_mails asked before
    message = notice_mail(service.settings, address, row.account_id, row.id, language)
    try:
        send(mail, message, now)
    except MailFailedError as error:
        log.warning("mail not sent", notice=row.id, tries=row.mail_tries, reason=str(error))
        if error.permanent:
            _settle(service, row.id, None)
        return False
    _settle(service, row.id, now)
    return True


def _wanted(session: Session, row: Notice, now: datetime) -> tuple[str, str] | None:
    """Address and language, while the person wants mails and may still read the notice; else ``None``."""
    account = session.get_one(Account, row.account_id)
    if account.email is None or account.disabled_at is not None or row.read_at is not None:
        return None
    if not may_read(row.kind, row.register_id, row.purpose, businesses_of(session, account.id, now)):
        return None
    choice = session.get(NoticeChoice, account.id)
    return account.email, choice.language if choice is not None else "zh"


def _settle(service: Service, notice_id: int, mailed_at: datetime | None) -> None:
    """No further mail for this notice; with the moment if one was sent."""
    with service.sessions.begin() as session:
        session.execute(update(Notice).where(Notice.id == notice_id).values(mail_next_at=None, mailed_at=mailed_at))
        if mailed_at is not None:
            add_entry(session, at=mailed_at, actor=JOB, action="notice.mailed", subject=f"notice:{notice_id}")
