"""Verifications: how often, by which way, with which verdict. Nobody is counted, only looks are."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from creditreport.statistics.period import Period
from creditreport.statistics.table import Indicator, Kind, Table, day_by_day, share, table
from creditreport.verification.models import Channel, Look
from creditreport.verification.status import VerdictStatus


def verified(session: Session, period: Period) -> tuple[list[Indicator], list[Table]]:
    """The looks at reports within ``period``; those that led to no report leave no trace and are not counted."""
    by_day: Counter[tuple[date, str]] = Counter()
    by_verdict: Counter[str] = Counter()
    query = (
        select(Look.day, Look.channel, Look.verdict, func.count())
        .where(Look.at >= period.begin, Look.at < period.end)
        .group_by(Look.day, Look.channel, Look.verdict)
    )
    for day, channel, verdict, count in session.execute(query):
        by_day[day, channel] += count
        by_verdict[verdict] += count
    total, channels = by_verdict.total(), [one.value for one in Channel]
    known = [one.value for one in VerdictStatus]
    verdicts = sorted(by_verdict, key=lambda one: known.index(one) if one in known else len(known))
    return [
        Indicator("verified", Kind.COUNT, total),
        Indicator("verified_valid", Kind.SHARE, share(by_verdict[VerdictStatus.VALID.value], total)),
    ], [
        day_by_day("verified_by_day", period.days, channels, by_day),
        table(
            "verified_by_verdict",
            [("verdict", Kind.VERDICT), ("looks", Kind.COUNT), ("share", Kind.SHARE)],
            [(one, by_verdict[one], share(by_verdict[one], total)) for one in verdicts],
        ),
    ]
