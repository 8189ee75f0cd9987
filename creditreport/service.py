"""The parts wired together once: what a command or a request needs, made when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from creditreport.clock import Clock, machine_day
from creditreport.config import Settings, load_settings
from creditreport.db import for_single_reads, make_engine, make_sessions

if TYPE_CHECKING:
    # Each part is imported when it is first made: a command that only screens needs no PDF library.
    from creditreport.accounts.limits import FailureLimits
    from creditreport.bidpacks.limits import PackLimits
    from creditreport.catalog.load import Catalog
    from creditreport.demo.running import DemoSources
    from creditreport.replica import Replica
    from creditreport.reports.compose import DomainFacts
    from creditreport.reports.fonts import FontSet
    from creditreport.reports.pages import Edition, Language
    from creditreport.rules.choosing import CityRules
    from creditreport.signing.keyring import Keyring
    from creditreport.signing.signer import DocumentSigner
    from creditreport.signing.trust import TrustStore
    from creditreport.verification.currency import CurrencyCheck
    from creditreport.verification.kept import KeptPages, StateReader
    from creditreport.verification.looks import LookBook
    from creditreport.verification.misses import MissLimits
    from creditreport.violations.question import Collecting
    from creditreport.violations.ruleset import RuleBook, RuleSet
    from creditreport.web.limits import Counter
    from creditreport.worktime import WorkCalendar


class Service:
    """Settings and the long-lived parts made from them; one per process."""

    def __init__(self, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or load_settings()
        self.clock = clock or self.settings.make_clock()
        # Set by the web application: its pages may not keep the store busy for long.
        self.serving = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the store's connections back; a command does it at its end (``with Service() as service``)."""
        if "looks" in self.__dict__:
            self.looks.flush()
        if "engine" in self.__dict__:
            self.engine.dispose()
        if self.__dict__.get("replica") is not None:
            self.__dict__["replica"].close()
        if "demo_sources" in self.__dict__:
            self.demo_sources.close()

    @cached_property
    def engine(self) -> Engine:
        """The store's engine."""
        bounds = self.settings.store
        return make_engine(self.settings.database_url, bounds if self.serving else bounds.for_work())

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """The store's session factory, for use cases that write; with a broker, workers hear of new jobs at once."""
        sessions = make_sessions(self.engine)
        if self.settings.broker_url is not None:
            from creditreport.jobs.broker import Broker
            from creditreport.jobs.outbox import SHOWN_TO

            sessions.configure(info={SHOWN_TO: Broker(self.settings.broker_url).show})
        return sessions

    @cached_property
    def reading(self) -> sessionmaker[Session]:
        """A session factory for reading only: on SQLite it does not queue behind writers."""
        return make_sessions(self.engine.execution_options(readonly=True))

    @cached_property
    def looking(self) -> sessionmaker[Session]:
        """The same for statements that stand each for itself: a server is told of no transaction around them."""
        return make_sessions(for_single_reads(self.engine))

    @cached_property
    def replica(self) -> Replica | None:
        """A copy of the store for verification, where there is one."""
        from creditreport.replica import Replica

        url = self.settings.store.read_database_url
        return Replica(url, self.settings.store, self.engine) if url else None

    @cached_property
    def catalog(self) -> Catalog:
        """The 45 domains, the register and the overlays: all or an error."""
        from creditreport.catalog.load import load_catalog

        return load_catalog(self.settings.domains_dir)

    @cached_property
    def facts(self) -> tuple[DomainFacts, ...]:
        """What reports take from the catalogue."""
        from creditreport.reports.facts import facts_of

        return facts_of(self.catalog)

    @cached_property
    def demo_sources(self) -> DemoSources:
        """In the demo, the invented departments' interfaces, started if none answer; else only the environment."""
        from creditreport.demo.running import DemoSources

        return DemoSources(self.settings)

    @cached_property
    def collecting(self) -> Collecting:
        """What asking the sources needs beside the manifests."""
        from creditreport.mirror.store import MirrorStore
        from creditreport.violations.question import Collecting

        return Collecting(
            self.demo_sources.environ,
            self.catalog.vocabulary,
            self.calendar,
            MirrorStore(self.looking),
            today=machine_day,
        )

    @cached_property
    def draw_code(self) -> Callable[[], str]:
        """Draws a verification code."""
        from creditreport.verification.codes import new_code

        return new_code

    @cached_property
    def rulebook(self) -> RuleBook:
        """All versions of all rule sets, the operator's beside the shipped: all or an error."""
        from creditreport.violations.ruleset import load_rulebook

        return load_rulebook(self.settings.rulesets_dir)

    @cached_property
    def rules(self) -> CityRules:
        """The rule set that the city chose, by day."""
        from creditreport.rules.choosing import CityRules

        return CityRules(self.rulebook, self.settings.ruleset)

    @property
    def ruleset(self) -> RuleSet:
        """The version that a report is issued under now. Raises ``RULESET_NOT_EFFECTIVE``."""
        return self.rules.on(self.clock.now().date())

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working days."""
        from creditreport.worktime import load_work_calendar

        return load_work_calendar(self.settings.var_dir)

    @cached_property
    def fonts(self) -> FontSet:
        """The fonts of the report."""
        from creditreport.reports.fonts import load_fonts

        return load_fonts(self.settings.var_dir)

    @cached_property
    def editions(self) -> Mapping[Language, Edition]:
        """The words of every edition of the report, as the operator has them."""
        from creditreport.reports.pages import load_editions

        return load_editions(self.settings.templates_dir)

    @cached_property
    def keyring(self) -> Keyring:
        """Knows which key signs now."""
        from creditreport.signing.keyring import Keyring

        return Keyring(self.settings, self.reading, self.clock.now)

    @property
    def signer(self) -> DocumentSigner:
        """The key that signs now, ready to use: another one after a rotation."""
        return self.keyring.signer()

    @cached_property
    def trust(self) -> TrustStore:
        """The roots that a genuine report's chain must end in."""
        from creditreport.signing.trust import load_trust

        return load_trust(self.settings.keys_dir, self.settings.env)

    @cached_property
    def sign_in_limits(self) -> FailureLimits:
        """Counts failed sign-ins."""
        from creditreport.accounts.limits import FailureLimits

        return FailureLimits(self.counter)

    @cached_property
    def counter(self) -> Counter:
        """Counts failures and requests, for all workers together where there is a Redis."""
        from creditreport.web.limits import Counter

        return Counter(self.settings.broker_url)

    @cached_property
    def miss_limits(self) -> MissLimits:
        """Counts codes that were asked for and are not there."""
        from creditreport.verification.misses import MissLimits

        return MissLimits(self.counter, self.settings.misses_per_minute)

    @cached_property
    def pack_limits(self) -> PackLimits:
        """Counts bid packs that were taken on."""
        from creditreport.bidpacks.limits import PackLimits

        return PackLimits(self.counter, self.settings.packs_per_hour)

    @cached_property
    def currency(self) -> CurrencyCheck:
        """Tells whether what a report lists would be listed again; keeps its answers for a minute."""
        from creditreport.verification.currency import CurrencyCheck

        return CurrencyCheck(self)

    @cached_property
    def report_states(self) -> StateReader:
        """Reads what can change about a report."""
        from creditreport.verification.kept import StateReader

        return StateReader(self.engine)

    @cached_property
    def kept_pages(self) -> KeptPages:
        """Verdict pages that were drawn before."""
        from creditreport.verification.kept import KeptPages

        return KeptPages()

    @cached_property
    def looks(self) -> LookBook:
        """Notes that a report was looked at, written a moment later."""
        from creditreport.verification.looks import LookBook

        return LookBook(self.sessions)
