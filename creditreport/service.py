"""The parts wired together once: what a command or a request needs, made when first asked for."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from creditreport.catalog.load import Catalog, load_catalog
from creditreport.clock import Clock
from creditreport.config import Settings, load_settings
from creditreport.db import make_engine, make_sessions
from creditreport.reports.fonts import FontSet, load_fonts
from creditreport.signing.signer import DocumentSigner, load_signer
from creditreport.signing.trust import TrustStore, load_trust
from creditreport.violations.ruleset import RuleSet, load_ruleset
from creditreport.worktime import WorkCalendar, load_work_calendar


class Service:
    """Settings and the long-lived parts made from them; one per process."""

    def __init__(self, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or load_settings()
        self.clock = clock or self.settings.make_clock()

    @cached_property
    def engine(self) -> Engine:
        """The store's engine."""
        return make_engine(self.settings.database_url)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """The store's session factory."""
        return make_sessions(self.engine)

    @cached_property
    def catalog(self) -> Catalog:
        """The 45 domains, the register and the overlays: all or an error."""
        return load_catalog(self.settings.domains_dir)

    @cached_property
    def ruleset(self) -> RuleSet:
        """The rule set that the city uses now."""
        return load_ruleset(self.settings.ruleset)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working days."""
        return load_work_calendar(self.settings.var_dir)

    @cached_property
    def fonts(self) -> FontSet:
        """The fonts of the report."""
        return load_fonts(self.settings.var_dir)

    @cached_property
    def signer(self) -> DocumentSigner:
        """The key that signs, ready to use."""
        return load_signer(self.settings)

    @cached_property
    def trust(self) -> TrustStore:
        """The roots that a genuine report's chain must end in."""
        return load_trust(self.settings.keys_dir)
