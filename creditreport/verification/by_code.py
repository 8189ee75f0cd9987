"""What a verification code is worth today: the fifth step of verify.py, for which no file is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from creditreport.objections.corrections import is_disputed
from creditreport.reports.archive import find_by_code
from creditreport.reports.models import CreditReport
from creditreport.verification.codes import Mistyped, read_code
from creditreport.verification.sentences import MISTYPED, UNKNOWN, ended
from creditreport.verification.status import IssuedFile, Mark, VerdictStatus, first_file, status_today
from creditreport.verification.verdict import Detail, Verdict


class Currency(StrEnum):
    """Whether what a report lists would be listed again today."""

    CURRENT = "current"
    CHANGED = "changed"
    UNKNOWN = "unknown"


# Asks the sources about a report that lists something; see currency.py.
CheckCurrency = Callable[[CreditReport, datetime], Currency]


def verify_code(session: Session, text: str, now: datetime, *, current: CheckCurrency | None = None) -> Verdict:
    """The verdict on a code as a person typed it, at ``now``.

    The records are told only when ``current`` says that each would still be listed; without it they are not.
    """
    code = read_code(text)
    if isinstance(code, Mistyped):
        detail = Detail(MISTYPED.zh.format(code.zh), MISTYPED.en.format(code.en))
        return Verdict(VerdictStatus.MISTYPED, detail=detail, misses=1)
    report = find_by_code(session, code.value)
    if report is None:
        return Verdict(VerdictStatus.UNKNOWN, detail=UNKNOWN, misses=1)
    return told_today(session, first_file(report), now, current)


def told_today(session: Session, known: IssuedFile, now: datetime, current: CheckCurrency | None) -> Verdict:
    """Today's status of a report, its records only while each would still be listed."""
    report = known.report
    # The verdict keeps the report; the connection is given back, because the sources may take their time.
    disputed = (
        (Mark.OBJECTION_OPEN,) if report.listed and is_disputed(session, report.register_id, report.number) else ()
    )
    session.expunge(report)
    session.rollback()
    status = status_today(report, now)
    reduced = (Mark.REDUCED_SIGNATURE_LEVEL,) if known.reduced else ()
    if status is not VerdictStatus.VALID:
        return Verdict(status, report=report, marks=reduced, detail=ended(report, status))
    if report.listed == 0:
        return Verdict(status, report=report, details=True, marks=reduced)
    currency = current(report, now) if current is not None else Currency.UNKNOWN
    changed = (Mark.FACTS_CHANGED,) if currency is Currency.CHANGED else ()
    return Verdict(status, report=report, details=currency is Currency.CURRENT, marks=(*disputed, *changed, *reduced))
