"""A store with an audit trail to be sealed, and ways to tamper with it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from creditreport.audit.chain import START, Place, digest_after
from creditreport.audit.check import check
from creditreport.audit.checking import Checked
from creditreport.audit.listing import Filter, all_of
from creditreport.audit.sealing import seal
from creditreport.audit.trail import add_entry
from creditreport.clock import FixedClock
from creditreport.config import Settings
from creditreport.service import Service
from tests.conftest import NOON
from tests.stores import make_store


def trail_service(settings: Settings, database_url: str, folder: Path, *, empty: bool = True) -> Service:
    """A service over an empty store (or over the one that is there); heads go to ``folder/heads``."""
    if empty:
        make_store(database_url)
    changed = replace(settings, database_url=database_url, var_dir=folder, audit_export_dir=folder / "heads")
    return Service(changed, FixedClock(NOON))


def deeds(service: Service, first: int, last: int) -> None:
    """Entries from number ``first`` to ``last``, a minute apart, each in a transaction of its own."""
    for n in range(first, last + 1):
        with service.sessions.begin() as session:
            add_entry(
                session, at=NOON + timedelta(minutes=n), actor=f"account:{n % 3}", action="report.issued",
                subject=f"report:{n}", detail={"listed": n, "why": "核实"},
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trail:
    """A sealed trail of 30 entries under heads of the places 10, 20 and 30, on SQLite: a copy for each test."""

    service: Service
    heads: Path

    def run(self, *statements: str, **values: object) -> None:
        """Tamper with the store."""
        with self.service.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    def found(self, **how: object) -> Checked:
        """What a check tells."""
        return check(self.service, "test", NOON + timedelta(days=1), **how)  # type: ignore[arg-type]

    def kinds(self, **how: object) -> list[tuple[str, int, int]]:
        """What a check finds: kind, first and last place."""
        return [(one.kind.value, one.first, one.last) for one in self.found(**how).findings]

    def rewrite(self) -> None:
        """Compute every place and digest anew, as somebody would who knows how."""
        with self.service.sessions.begin() as session:
            place = START
            for entry in list(all_of(session, Filter())):
                digest = digest_after(
                    place, entry_id=entry.id, at=entry.at, actor=entry.actor, action=entry.action,
                    subject=entry.subject, detail=entry.detail,
                )  # fmt: skip
                place = Place(place.position + 1, digest)
                session.execute(
                    text("UPDATE audit_entry SET position = :p, digest = :d WHERE id = :i"),
                    {"p": place.position, "d": place.digest, "i": entry.id},
                )


def make_trail(settings: Settings, folder: Path) -> Path:
    """Make the trail once; returns the folder that :func:`copy_trail` copies."""
    with trail_service(settings, f"sqlite:///{folder / 'store.sqlite3'}", folder) as service:
        for begin in (1, 11, 21):
            deeds(service, begin, begin + 9)
            seal(service, NOON + timedelta(hours=begin))
    return folder


def copy_trail(settings: Settings, made: Path, folder: Path) -> Trail:
    """A copy of a trail that was made."""
    copied = Path(shutil.copytree(made, folder / "trail"))
    service = trail_service(settings, f"sqlite:///{copied / 'store.sqlite3'}", copied, empty=False)
    return Trail(service, copied / "heads")
