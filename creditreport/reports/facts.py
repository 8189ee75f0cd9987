"""What a report takes from the catalogue, kept as it was on the day: titles and numbers may change, a report not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from creditreport.audit.trail import add_entry
from creditreport.kept import keep_once
from creditreport.reports.compose import DomainFacts
from creditreport.reports.models import CatalogVersion
from creditreport.violations.screen import ScreeningDomain

if TYPE_CHECKING:
    from creditreport.catalog.load import Catalog


_FACTS = TypeAdapter(tuple[DomainFacts, ...])


def facts_of(catalog: Catalog) -> tuple[DomainFacts, ...]:
    """The facts of every domain, in the order of their numbers."""
    manifests = [located.manifest for located in catalog.domains]
    return tuple(
        DomainFacts(
            slug=one.slug,
            number=one.number,
            title=one.title,
            title_en=one.title_en,
            responsible_unit=one.responsible_unit,
            effective_from=one.effective_from,
        )
        for one in manifests
        if one.number is not None and one.effective_from is not None  # every domain has both
    )


def screening_domains(facts: Sequence[DomainFacts]) -> dict[str, ScreeningDomain]:
    """What screening needs of the domains, by slug."""
    return {one.slug: ScreeningDomain(one.number, one.effective_from) for one in facts}


def remember_facts(session: Session, facts: Sequence[DomainFacts], *, at: datetime, actor: str) -> str:
    """Keep ``facts`` in the caller's transaction and return their digest; safe to repeat, also at the same time."""
    content, digest = _kept_form(tuple(facts))
    if keep_once(session, CatalogVersion, digest, {"content": content, "first_used_at": at}):
        add_entry(session, at=at, actor=actor, action="catalog.first_used", subject=f"catalog:{digest}")
    return digest


# The same for every report of a process, as long as nobody changes the catalogue.
@lru_cache(maxsize=8)
def _kept_form(facts: tuple[DomainFacts, ...]) -> tuple[str, str]:
    """The facts as they are stored, and the digest of that."""
    content = _FACTS.dump_json(facts).decode()
    return content, sha256(content.encode()).hexdigest()


def facts_by_digest(session: Session, digest: str) -> tuple[DomainFacts, ...]:
    """The facts that reports with this ``catalog_digest`` were made with. ``ValueError`` when they are not as kept."""
    row = session.get(CatalogVersion, digest)
    if row is None:
        raise ValueError("not stored")
    if sha256(row.content.encode()).hexdigest() != digest:
        raise ValueError("another digest")
    return _FACTS.validate_json(row.content)
