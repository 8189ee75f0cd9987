"""Keeping what a rule set said, so that a report can be made again when its file is long gone."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

from pydantic import ValidationError
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.errors import Problem
from creditreport.kept import keep_once
from creditreport.rules.models import RuleSetVersion
from creditreport.violations.ruleset import RuleSet, from_content


def remember_ruleset(session: Session, ruleset: RuleSet, *, at: datetime, actor: str) -> bool:
    """Keep ``ruleset`` in the caller's transaction; ``True`` when this was its first use (then with an audit entry)."""
    values = {"ruleset": ruleset.id, "version": ruleset.version, "content": ruleset.canonical, "first_used_at": at}
    if not keep_once(session, RuleSetVersion, ruleset.digest, values):
        return False
    detail = {"ruleset": ruleset.id, "version": ruleset.version}
    add_entry(
        session, at=at, actor=actor, action="ruleset.first_used", subject=f"ruleset:{ruleset.digest}", detail=detail
    )
    return True


def ruleset_by_digest(session: Session, digest: str) -> RuleSet:
    """The rule set that reports with this ``ruleset_digest`` were issued under, as it was then.

    Raises ``RULESET_NOT_STORED`` when no report used it or when what is stored is no longer what was stored.
    """
    row = session.get(RuleSetVersion, digest)
    if row is None:
        raise Problem("RULESET_NOT_STORED", digest=digest, detail_zh="没有存档", detail_en="it is not stored")
    try:
        if sha256(row.content.encode("utf-8")).hexdigest() != digest:
            raise ValueError("another digest")
        ruleset = from_content(json.loads(row.content))
    except (ValidationError, ValueError) as error:
        raise Problem(
            "RULESET_NOT_STORED",
            digest=digest,
            detail_zh="存档内容与摘要不符或不能读取",
            detail_en="what is stored does not fit the digest or cannot be read",
        ) from error
    return ruleset
