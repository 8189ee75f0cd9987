"""Staff accounts: made, given roles, set up, disabled; each a use case with one commit and an audit entry.

``who`` is the account's name as typed, or its id.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session, sessionmaker

from creditreport.accounts import secondfactor
from creditreport.accounts.models import LOCAL, Account, Kind, Role, RoleGrant
from creditreport.accounts.passwords import hash_password
from creditreport.accounts.sessions import digest_of, end_all
from creditreport.audit.trail import add_entry
from creditreport.errors import Problem

# Long enough to hand the link over, short enough that one left in a mailbox is worth nothing.
SETUP = timedelta(days=3)
SHORTEST_PASSWORD = 12
LONGEST_NAME, LONGEST_SUBJECT = 40, 200
USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,79}")


def read_roles(texts: Iterable[str], domains: Collection[str]) -> set[tuple[Role, str]]:
    """Roles as typed: ``credit_officer``, ``department_officer:taxation``. Raises ``INVALID_ROLE`` naming the text."""
    roles = set()
    for text in texts:
        name, _, domain = text.partition(":")
        bound = name == Role.DEPARTMENT_OFFICER
        if name not in set(Role) or bound != bool(domain) or (bound and domain not in domains):
            raise Problem("INVALID_ROLE", value=text, known=", ".join(Role))
        roles.add((Role(name), domain))
    if not roles:
        raise Problem("INVALID_ROLE", value="", known=", ".join(Role))
    return roles


def add_staff(
    stored: sessionmaker[Session], username: str, name: str, roles: set[tuple[Role, str]], by: str, now: datetime,
    *, issuer: str = LOCAL,
) -> str | None:  # fmt: skip
    """Make a staff account; returns the token of its set-up link, or None where an identity service signs in.

    Raises ``ACCOUNT_EXISTS``, ``INVALID_STAFF``.
    """
    name = name.strip()
    if issuer == LOCAL and USERNAME.fullmatch(username) is None:
        raise _invalid(
            "账号须为 2 至 80 位字母、数字或 . _ @ -", "the account needs 2 to 80 letters, digits or any of . _ @ -"
        )
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or not 1 <= len(username) <= LONGEST_SUBJECT:
        raise _invalid("姓名须为 1 至 40 个字", "the name needs 1 to 40 characters")
    token = secrets.token_urlsafe(24) if issuer == LOCAL else None
    with stored.begin() as session:
        if _find(session, username, issuer) is not None:
            raise Problem("ACCOUNT_EXISTS", username=username)
        account = Account(issuer=issuer, subject=username, kind=Kind.STAFF, display_name=name, created_at=now)
        _offer_setup(account, token, now)
        session.add(account)
        session.flush()
        _note(session, account, "staff.made", by, now, {"issuer": issuer})
        _grant(session, account, roles, by, now)
    return token


def set_roles(
    stored: sessionmaker[Session], who: str | int, roles: set[tuple[Role, str]], by: str, now: datetime
) -> None:
    """Give the account exactly these roles; safe to repeat. Raises ``NOT_STAFF``, ``OWN_ACCOUNT``, ``LAST_ADMIN``."""
    with stored.begin() as session:
        account = _others(session, who, by)
        if (Role.ADMIN, "") not in roles:
            _keep_an_admin(session, account)
        _grant(session, account, roles, by, now)


def reset(stored: sessionmaker[Session], who: str | int, by: str, now: datetime) -> str:
    """Forget password and second factor, end all sessions; returns the token of a new set-up link.

    Raises ``NOT_STAFF``, also for one who signs in elsewhere, and ``OWN_ACCOUNT``.
    """
    token = secrets.token_urlsafe(24)
    with stored.begin() as session:
        account = _others(session, who, by)
        if account.issuer != LOCAL:
            raise Problem("NOT_STAFF", subject=account.subject)
        account.password_hash = account.totp_secret = account.totp_step = None
        _offer_setup(account, token, now)
        end_all(session, account.id, now, by, "reset")
        _note(session, account, "staff.reset", by, now, {})
    return token


def set_disabled(stored: sessionmaker[Session], who: str | int, disabled: bool, by: str, now: datetime) -> None:
    """Disable the account and end its sessions, or let it sign in again; safe to repeat.

    Raises ``NOT_STAFF``, ``OWN_ACCOUNT``, ``LAST_ADMIN``.
    """
    with stored.begin() as session:
        account = _others(session, who, by)
        if (account.disabled_at is not None) == disabled:
            return
        if disabled:
            _keep_an_admin(session, account)
        account.disabled_at = now if disabled else None
        if disabled:
            end_all(session, account.id, now, by, "disabled")
        _note(session, account, "staff.disabled" if disabled else "staff.enabled", by, now, {})


def waiting_setup(session: Session, token: str, now: datetime) -> Account:
    """The account whose set-up link this is. Raises ``SETUP_OVER``."""
    account = session.scalar(select(Account).where(Account.setup_digest == digest_of(token)))
    if account is None or account.setup_until is None or now > account.setup_until or account.disabled_at is not None:
        raise Problem("SETUP_OVER")
    return account


def complete_setup(
    stored: sessionmaker[Session], token: str, password: str, secret: str, code: str, secret_key: str, now: datetime
) -> int:
    """Choose the password and bind the second factor, once; returns the account.

    Raises ``SETUP_OVER``, ``WEAK_PASSWORD``, ``WRONG_CODE``.
    """
    step = secondfactor.step_of(secret, code, now, None)
    hashed = hash_password(password)  # outside the transaction: slow on purpose
    with stored.begin() as session:
        account = waiting_setup(session, token, now)
        if len(password) < SHORTEST_PASSWORD or account.subject.lower() in password.lower():
            raise Problem("WEAK_PASSWORD", shortest=SHORTEST_PASSWORD)
        if step is None:
            raise Problem("WRONG_CODE")
        account.password_hash, account.totp_secret = hashed, secondfactor.seal(secret, secret_key)
        account.totp_step, account.setup_digest, account.setup_until = step, None, None
        _note(session, account, "staff.set_up", f"account:{account.id}", now, {})
        return account.id


def check_code(stored: sessionmaker[Session], account_id: int, code: str, secret_key: str, now: datetime) -> None:
    """Use up the code of the account's second factor. Raises ``WRONG_CODE``, also for a code that was used."""
    with stored.begin() as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        secret = secondfactor.unseal(account.totp_secret, secret_key) if account.totp_secret else None
        step = secondfactor.step_of(secret, code, now, account.totp_step) if secret else None
        if step is None:
            raise Problem("WRONG_CODE")
        account.totp_step = step


def _offer_setup(account: Account, token: str | None, now: datetime) -> None:
    if token is not None:
        account.setup_digest, account.setup_until = digest_of(token), now + SETUP


def _grant(session: Session, account: Account, roles: set[tuple[Role, str]], by: str, now: datetime) -> None:
    held = {(Role(one.role), one.domain) for one in session.scalars(_grants(account))}
    if held == roles:
        return
    session.execute(delete(RoleGrant).where(RoleGrant.account_id == account.id))
    session.add_all(
        RoleGrant(account_id=account.id, role=role, domain=domain, granted_by=by, granted_at=now)
        for role, domain in sorted(roles)
    )
    told = sorted(f"{role}:{domain}" if domain else role.value for role, domain in roles)
    _note(session, account, "staff.roles", by, now, {"roles": told})


def _grants(account: Account) -> Select[RoleGrant]:
    return select(RoleGrant).where(RoleGrant.account_id == account.id)


def _find(session: Session, username: str, issuer: str | None = None) -> Account | None:
    query = select(Account).where(Account.subject == username)
    query = query.where(Account.issuer == issuer) if issuer else query.where(Account.kind == Kind.STAFF)
    return session.scalars(query.order_by(Account.id)).first()


def _staff(session: Session, who: str | int) -> Account:
    account = session.get(Account, who) if isinstance(who, int) else _find(session, who)
    if account is None or account.kind != Kind.STAFF:
        raise Problem("NOT_STAFF", subject=who)
    return account


def _others(session: Session, who: str | int, by: str) -> Account:
    """The account, unless it is that of whoever acts: two pairs of eyes on every right."""
    account = _staff(session, who)
    if by == f"account:{account.id}":
        raise Problem("OWN_ACCOUNT")
    return account


def _keep_an_admin(session: Session, account: Account) -> None:
    """``LAST_ADMIN`` if nobody else could look after people and settings.

    All administrators' grants are locked first, in one order: two who demote each other at once queue here.
    """
    admins = select(RoleGrant).where(RoleGrant.role == Role.ADMIN).order_by(RoleGrant.account_id).with_for_update()
    holders = {grant.account_id for grant in session.scalars(admins)}
    if account.id not in holders:
        return
    able = select(Account.id).where(
        Account.id.in_(holders - {account.id}),
        Account.disabled_at.is_(None),
        or_(Account.issuer != LOCAL, Account.password_hash.is_not(None)),
    )
    if session.scalars(able).first() is None:
        raise Problem("LAST_ADMIN", username=account.subject)


def _invalid(zh: str, en: str) -> Problem:
    return Problem("INVALID_STAFF", detail_zh=zh, detail_en=en)


def _note(session: Session, account: Account, action: str, by: str, now: datetime, detail: dict[str, object]) -> None:
    add_entry(session, at=now, actor=by, action=action, subject=f"account:{account.id}", detail=detail)
