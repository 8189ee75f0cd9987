"""Writing and sending mails. A mail tells that there is something to read, and where; never what."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeSerializer

from creditreport.config_mail import MailSecurity, MailSettings
from creditreport.errors import Problem

if TYPE_CHECKING:
    from creditreport.config import Settings

TIMEOUT_SECONDS = 20
PERMANENT = 500
NOTICE = {
    "zh": (
        "{portal}：您有一条新通知",
        "您在“{portal}”经营主体专用信用报告服务中有一条新通知。为保护您的信息，邮件中不写内容；请登录查看：\n\n{url}/notices\n\n"
        "不想再收到邮件，请打开以下链接（无需登录）：\n{stop}\n",
    ),
    "en": (
        "{portal}: you have a new notice",
        "There is a new notice for you at the special-purpose credit report service of {portal}. For your protection "
        "this mail does not say what it is; sign in and read it:\n\n{url}/notices\n\n"
        "To receive no more mails, open this link (no sign-in needed):\n{stop}\n",
    ),
}
CONFIRMATION = {
    "zh": (
        "{portal}：请确认您的邮箱",
        "有人在“{portal}”经营主体专用信用报告服务中填写了这个邮箱来接收通知。如果是您，请打开以下链接确认（三天内有效）：\n\n{link}\n\n"
        "如果不是您，请不必理会，不会再有邮件发来。\n",
    ),
    "en": (
        "{portal}: please confirm your address",
        "Somebody gave this address at the special-purpose credit report service of {portal} to receive notices. If it "
        "was you, open this link within three days:\n\n{link}\n\nIf not, ignore this mail; no other will come.\n",
    ),
}


class MailFailedError(Exception):
    """The mail server did not take a mail; ``permanent``: it will never take one for this address."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


def notice_mail(settings: Settings, address: str, account_id: int, notice_id: int, language: str) -> EmailMessage:
    """The mail for one notice: the same ``Message-ID`` however often it is sent, so that a second copy is known."""
    stop = f"{settings.public_url}/notices/opt-out/{opt_out_token(settings, account_id, address)}"
    message = _message(settings, address, NOTICE[language], url=settings.public_url, stop=stop)
    message["Message-ID"] = f"<notice-{notice_id}-{account_id}@{settings.official_domain.split(':')[0]}>"
    # RFC 8058: a mail program ends the mails with one click, without opening a page.
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def confirmation_mail(settings: Settings, address: str, token: str, language: str) -> EmailMessage:
    """The mail whose link confirms ``address``."""
    link = f"{settings.public_url}/notices/confirm/{token}"
    return _message(settings, address, CONFIRMATION[language], link=link)


def send(mail: MailSettings, message: EmailMessage, now: datetime) -> None:
    """Hand ``message`` to the mail server; returns once the server has taken it. Raises ``MailFailedError``."""
    message["Date"] = format_datetime(now)
    try:
        server = _connect(mail)
        try:
            if mail.user and mail.password:
                server.login(mail.user, mail.password)
            server.send_message(message)
        finally:
            # After the mail was taken, a server that hangs up early has still taken it.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise MailFailedError(f"recipient refused: {codes}", permanent=min(codes) >= PERMANENT) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailFailedError(type(error).__name__) from error


def opt_out_token(settings: Settings, account_id: int, address: str) -> str:
    """What ends the mails to ``address``: signed, so that it needs no sign-in; worth nothing for another address."""
    return str(_signer(settings).dumps([account_id, digest_of_address(address)]))


def read_opt_out(settings: Settings, token: str) -> tuple[int, str]:
    """The account and the digest of the address. Raises ``MAIL_LINK_OVER`` for what was not signed here."""
    try:
        account_id, digest = _signer(settings).loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Problem("MAIL_LINK_OVER") from None
    return int(account_id), str(digest)


def digest_of_address(address: str) -> str:
    """A short digest of an address, by which a link knows it again."""
    return sha256(address.encode()).hexdigest()[:16]


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="notices.opt-out")


def _message(settings: Settings, address: str, words: tuple[str, str], **details: str) -> EmailMessage:
    if settings.mail is None:
        raise Problem("MAIL_UNAVAILABLE")
    subject, body = (text.format(portal=settings.issuer_portal, **details) for text in words)
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, settings.mail.sender, address
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _connect(mail: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=str(mail.ca_file) if mail.ca_file else None)
    if mail.security is MailSecurity.TLS:
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS)
    if mail.security is MailSecurity.STARTTLS:
        try:
            server.starttls(context=context)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
    return server
