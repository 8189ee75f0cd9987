"""How fresh the departments' data are now: what a report would meet today."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from creditreport.console.sources import source_states
from creditreport.statistics.table import Indicator, Kind, Table, share, table

if TYPE_CHECKING:
    from creditreport.service import Service

COLUMNS = (
    ("field", Kind.FIELD), ("unit", Kind.TEXT), ("mode", Kind.MODE), ("data_as_of", Kind.MOMENT),
    ("behind_days", Kind.COUNT), ("waiting", Kind.COUNT), ("state", Kind.STATE),
)  # fmt: skip


def sources(session: Session, service: Service, now: datetime) -> tuple[list[Indicator], list[Table]]:
    """Each field as the store knows it at ``now``; one that was never heard of counts as neither fresh nor stale."""
    states = [one for one in source_states(session, service, now) if one.role == "domain"]
    heard = [one for one in states if one.behind is not None]
    rows = [(one.slug, one.unit, one.mode, one.heard.data_as_of, one.behind, one.waiting, one.state) for one in states]
    fresh = share(sum(not one.stale for one in heard), len(heard))
    return [Indicator("fields_fresh", Kind.SHARE, fresh)], [table("sources", COLUMNS, rows)]
