"""Whether a person is told by e-mail: an address counts once a link sent to it was opened; ending it forgets it."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from creditreport.accounts.models import Account
from creditreport.accounts.sessions import digest_of
from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.notices.mail import MailFailedError, confirmation_mail, digest_of_address, read_opt_out, send
from creditreport.notices.models import Notice, NoticeChoice

if TYPE_CHECKING:
    from creditreport.service import Service

LINK_COUNTS = timedelta(days=3)
# Nobody can fill a stranger's inbox from here.
BETWEEN = timedelta(minutes=5)
LONGEST = 254
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")


def ask_address(service: Service, account_id: int, address: str, language: str, now: datetime) -> None:
    """Send the link that confirms ``address``; mails will be in ``language`` (zh or en).

    Until it is opened nothing else is sent there. Raises ``INVALID_EMAIL``, ``CONFIRMATION_TOO_SOON``, and
    ``MAIL_UNAVAILABLE`` when the mail server does not take it (it can be asked for again at once).
    """
    wanted, mail = address.strip(), service.settings.mail
    if len(wanted) > LONGEST or not ADDRESS.fullmatch(wanted):
        raise Problem("INVALID_EMAIL")
    if mail is None:
        raise Problem("MAIL_UNAVAILABLE")
    token = secrets.token_urlsafe(24)
    with service.sessions.begin() as session:
        row = session.get(NoticeChoice, account_id, with_for_update=True)
        if row is None:
            row = NoticeChoice(account_id=account_id)
            session.add(row)
        elif row.confirm_digest is not None and now < row.asked_at + BETWEEN:
            raise Problem("CONFIRMATION_TOO_SOON", minutes=int(BETWEEN.total_seconds()) // 60)
        row.language, row.asked_at = language, now
        row.pending_email, row.confirm_digest = wanted, digest_of(token)
        _note(session, account_id, "notices.address_asked", f"account:{account_id}", now)
    try:
        send(mail, confirmation_mail(service.settings, wanted, token, language), now)
    except MailFailedError:
        with service.sessions.begin() as session:
            row = session.get_one(NoticeChoice, account_id)
            row.pending_email = row.confirm_digest = None
        raise Problem("MAIL_UNAVAILABLE") from None


def address_to_confirm(session: Session, token: str, now: datetime) -> str:
    """The address that the link with this token confirms. Raises ``MAIL_LINK_OVER``."""
    return _asked(session, token, now).pending_email or ""


def confirm_address(service: Service, token: str, now: datetime) -> None:
    """From now on notices are mailed there, too. Raises ``MAIL_LINK_OVER``."""
    with service.sessions.begin() as session:
        row = _asked(session, token, now)
        session.get_one(Account, row.account_id).email = row.pending_email
        row.pending_email = row.confirm_digest = None
        _note(session, row.account_id, "notices.address_confirmed", f"account:{row.account_id}", now)


def stop_mails(service: Service, account_id: int, now: datetime) -> None:
    """Send no more mails and forget the address; safe to repeat."""
    with service.sessions.begin() as session:
        _stop(session, account_id, f"account:{account_id}", now)


def stop_by_link(service: Service, token: str, now: datetime) -> None:
    """As :func:`stop_mails`, by the link of a mail; a link of an address given up before changes nothing.

    Raises ``MAIL_LINK_OVER`` for what was not signed here.
    """
    account_id, digest = read_opt_out(service.settings, token)
    with service.sessions.begin() as session:
        account = session.get(Account, account_id)
        if account is not None and account.email is not None and digest_of_address(account.email) == digest:
            _stop(session, account_id, "mail:opt-out", now)


def _stop(session: Session, account_id: int, actor: str, now: datetime) -> None:
    account = session.get_one(Account, account_id)
    choice = session.get(NoticeChoice, account_id)
    if account.email is None and choice is None:
        return
    account.email = None
    session.execute(delete(NoticeChoice).where(NoticeChoice.account_id == account_id))
    session.execute(update(Notice).where(Notice.account_id == account_id).values(mail_next_at=None))
    _note(session, account_id, "notices.address_forgotten", actor, now)


def _asked(session: Session, token: str, now: datetime) -> NoticeChoice:
    row = session.scalar(select(NoticeChoice).where(NoticeChoice.confirm_digest == digest_of(token)))
    if row is None or row.pending_email is None or now > row.asked_at + LINK_COUNTS:
        raise Problem("MAIL_LINK_OVER")
    return row


def _note(session: Session, account_id: int, action: str, actor: str, now: datetime) -> None:
    add_entry(session, at=now, actor=actor, action=action, subject=f"account:{account_id}")
